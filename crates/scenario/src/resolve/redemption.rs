//! Redemption in the units of the simulation: fractions, seconds, ETH per second.

use pegstress_sim::scenario::Redemption;
use pegstress_unlock::{
    BreakerRules, BucketRules, BufferRules, BufferUse, DAY_SECS, ExitRules, FeeCurve, QueueRules,
    RateFrozenAt, RedemptionRules, Response, wall_secs,
};

use crate::raw::redemption::{
    BreakerResponse, BufferServes, RateFrozenAt as RawFrozen, RawBreaker, RawRedemption,
};

/// `None` where a key that the rules ask for is absent; `missed_share` of slots have no block.
pub(crate) fn redemption(raw: &RawRedemption, missed_share: f64) -> Option<Redemption> {
    let start_eth = raw.buffer_eth?.0;
    let fee = match raw.buffer_serves {
        Some(BufferServes::Queue) => 0.0,
        _ => raw.instant_fee_bps?.fraction(),
    };
    let buffer = BufferRules {
        start_eth,
        target_eth: raw.buffer_target_eth.map_or(start_eth, |eth| eth.0),
        refill_eth_per_sec: raw.buffer_refill_eth_per_day?.0 / DAY_SECS,
        watermark_eth: raw.buffer_watermark_eth.map_or(0.0, |eth| eth.0),
        serves: match raw.buffer_serves {
            None | Some(BufferServes::Instant) => BufferUse::Instant,
            Some(BufferServes::Queue) => BufferUse::Queue,
            Some(BufferServes::InstantAndQueue) => BufferUse::InstantAndQueue,
        },
        bucket: raw.instant_bucket.map(|bucket| BucketRules {
            capacity_eth: bucket.capacity_eth.0,
            refill_eth_per_sec: bucket.refill_eth_per_day.0 / DAY_SECS,
        }),
        fee: raw.instant_fee_curve.map_or(FeeCurve::flat(fee), |curve| FeeCurve {
            at_full: fee,
            at_empty: curve.when_empty_bps.fraction(),
            full_eth: curve.full_eth.0,
            empty_eth: curve.empty_eth.0,
        }),
    };
    let queue = QueueRules {
        finalised_every_secs: raw.finalised_every_hours.map_or(0.0, |hours| hours.secs()),
        minimum_age_secs: raw.minimum_age_days.map_or(0.0, |days| days.secs()),
        claim_delay_secs: raw.claim_delay_days.map_or(0.0, |days| days.secs()),
        cap_eth_per_sec: raw.finalised_eth_per_day.map_or(f64::INFINITY, |cap| cap.0 / DAY_SECS),
        batch_eth: raw.batch_eth.map_or(0.0, |eth| eth.0),
        rate_frozen_at: match raw.rate_frozen_at {
            Some(RawFrozen::Request) => RateFrozenAt::Request,
            None | Some(RawFrozen::Finalisation) => RateFrozenAt::Finalisation,
        },
    };
    let exits = ExitRules {
        ordered_every_secs: raw.exits_ordered_every_hours.map_or(0.0, |hours| hours.secs()),
        escrow_secs: match raw.escrow_blocks {
            Some(blocks) => wall_secs(f64::from(blocks), missed_share),
            None => raw.escrow_days?.secs(),
        },
        processing_secs: raw.processing_days?.secs(),
    };
    Some(Redemption {
        rules: RedemptionRules { buffer, queue, exits },
        breaker: raw.breaker.map(breaker),
        pause_stops_claims: raw.pause_stops_claims.unwrap_or(false),
    })
}

fn breaker(raw: RawBreaker) -> BreakerRules {
    BreakerRules {
        report_every_secs: raw.report_every_hours.secs(),
        largest_loss: raw.largest_loss_bps.fraction(),
        response: match raw.response {
            BreakerResponse::Refuse => Response::Refuse,
            BreakerResponse::Pause => Response::Pause,
            BreakerResponse::Delay => Response::Delay,
        },
        resolved_after_secs: raw.resolved_after_days.secs(),
    }
}
