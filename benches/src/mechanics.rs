//! One token with eight operators, three services, a redemption queue behind a busy exit clock, and two lending markets of
//! eight buckets each.

use crate::kernels::Mechanics;
use crate::lending::markets;
use pegstress_restake::{AllocationSpec, ExposureRule, OperatorSpec, Restake, RestakeSpec, ServiceSpec};
use pegstress_unlock::{
    Breaker, BreakerRules, BucketRules, BufferRules, BufferUse, DAY_SECS, ExitClock, ExitRules, FeeCurve,
    QueueRules, RateFrozenAt, Redemption, RedemptionRules, Response, Room,
};

/// The rules of weETH's token file.
fn rules() -> RedemptionRules {
    RedemptionRules {
        buffer: BufferRules {
            start_eth: 27_000.0,
            target_eth: 27_000.0,
            refill_eth_per_sec: 0.0,
            watermark_eth: 25_000.0,
            serves: BufferUse::InstantAndQueue,
            bucket: Some(BucketRules { capacity_eth: 2_000.0, refill_eth_per_sec: 2_000.0 / DAY_SECS }),
            fee: FeeCurve::flat(0.003),
        },
        queue: QueueRules {
            finalised_every_secs: DAY_SECS,
            minimum_age_secs: 0.0,
            claim_delay_secs: 0.0,
            cap_eth_per_sec: 80_000.0 / DAY_SECS,
            batch_eth: 0.0,
            rate_frozen_at: RateFrozenAt::Finalisation,
        },
        exits: ExitRules {
            ordered_every_secs: DAY_SECS,
            escrow_secs: 14.0 * DAY_SECS,
            processing_secs: DAY_SECS,
        },
    }
}

fn restake<const W: usize>() -> Restake<W> {
    let operator = |k: usize| OperatorSpec {
        name: format!("operator {k}"),
        stake_share: 0.125,
        client: format!("client {}", k % 3),
        cloud: format!("cloud {}", k % 2),
        allocations: (0..3).map(|service| AllocationSpec { service, share: 0.3 }).collect(),
    };
    let services = (0..3).map(|k| ServiceSpec { name: format!("service {k}") }).collect();
    Restake::new(&RestakeSpec {
        rule: ExposureRule::EIGENLAYER,
        operators: (0..8).map(operator).collect(),
        services,
    })
}

/// The state before a path of `steps` steps.
pub fn mechanics<const W: usize>(steps: usize) -> Mechanics<W> {
    let breaker = BreakerRules {
        report_every_secs: DAY_SECS,
        largest_loss: 0.0002742,
        response: Response::Refuse,
        resolved_after_secs: 2.0 * DAY_SECS,
    };
    Mechanics {
        redemption: Redemption::new(
            rules(),
            ExitClock::new([400_000.0; W], 256.0, 4.0 * DAY_SECS),
            steps,
            Room::default(),
        ),
        restake: restake(),
        breaker: Breaker::new(breaker, &[1.0; W]),
        markets: markets(),
    }
}
