//! How the token turns into ETH: buffer, queue, exits, breaker.
//!
//! Every key may stand in the token file or in the scenario; the scenario's wins.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{Bps, BpsBelowAll, Days, Hours, NonNegative, Positive};

/// How the token turns into ETH.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawRedemption {
    /// ETH that the protocol's contracts hold at the start.
    pub buffer_eth: Option<NonNegative>,
    /// Ceiling up to which deposits refill the buffer; its start if absent.
    pub buffer_target_eth: Option<NonNegative>,
    /// Pace of deposits that refill the buffer.
    pub buffer_refill_eth_per_day: Option<NonNegative>,
    /// Part of the buffer that the instant path leaves to the queue; none if absent.
    pub buffer_watermark_eth: Option<NonNegative>,
    /// Whom the buffer pays; instant redemptions if absent.
    pub buffer_serves: Option<BufferServes>,
    /// Fee of the instant path, with a full buffer where there is a curve.
    pub instant_fee_bps: Option<BpsBelowAll>,
    /// How the fee rises as the buffer empties; flat if absent.
    pub instant_fee_curve: Option<RawFeeCurve>,
    /// Limit on the pace of instant redemptions; none if absent.
    pub instant_bucket: Option<RawBucket>,
    /// Time between two finalisations of the queue; 0 (if absent): as soon as there is ETH.
    pub finalised_every_hours: Option<Hours>,
    /// Most that is finalised; no cap if absent.
    pub finalised_eth_per_day: Option<Positive>,
    /// Only whole batches of this size are finalised; any amount if absent.
    pub batch_eth: Option<Positive>,
    /// Age that a request needs to be finalised (a cool-down); none if absent.
    pub minimum_age_days: Option<Days>,
    /// From finalisation to ETH in hand; none if absent.
    pub claim_delay_days: Option<Days>,
    /// When the rate of a payout is known; finalisation if absent.
    pub rate_frozen_at: Option<RateFrozenAt>,
    /// Time between two orders of validator exits; 0 (if absent): at once.
    pub exits_ordered_every_hours: Option<Hours>,
    /// Escrow that runs in parallel with the exit queue; or `escrow_blocks`.
    pub escrow_days: Option<Days>,
    /// The same in blocks of 12 s, which missed slots stretch; or `escrow_days`.
    #[schemars(extend("minimum" = 0, "maximum" = 100000000))]
    pub escrow_blocks: Option<u32>,
    /// Processing by the protocol after exit and escrow.
    pub processing_days: Option<Days>,
    /// Whether a pause also holds back what was requested before it; false if absent.
    pub pause_stops_claims: Option<bool>,
    /// What holds back the recognition of a loss; nothing if absent.
    pub breaker: Option<RawBreaker>,
}

/// Whom the buffer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BufferServes {
    /// Instant redemptions only.
    Instant,
    /// The queue only: nothing is instant.
    Queue,
    /// Instant redemptions as they come, and the queue when it is finalised.
    InstantAndQueue,
}

/// When the rate of a payout is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateFrozenAt {
    /// At the request.
    Request,
    /// At finalisation, never above the rate at the request.
    Finalisation,
}

/// A fee that rises in a straight line as the buffer empties.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawFeeCurve {
    /// Fee at and below `empty_eth`.
    pub when_empty_bps: BpsBelowAll,
    /// Buffer at and above which the fee is `instant_fee_bps`.
    pub full_eth: Positive,
    /// Buffer at which it is `when_empty_bps`.
    pub empty_eth: NonNegative,
}

/// A token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBucket {
    /// Largest instant redemption when full.
    pub capacity_eth: NonNegative,
    /// Pace at which it refills.
    pub refill_eth_per_day: NonNegative,
}

/// What holds back the recognition of a loss.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBreaker {
    /// Time between two reports of the rate; 0: in every step.
    pub report_every_hours: Hours,
    /// Largest loss that a report may bring.
    pub largest_loss_bps: Bps,
    /// What happens to redemptions while a larger loss is not recognised.
    pub response: BreakerResponse,
    /// Time after which it is recognised all the same.
    pub resolved_after_days: Days,
}

/// What happens to redemptions while a loss is not recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerResponse {
    /// The queue stands still; the instant path pays at the stale rate.
    Refuse,
    /// Neither is open.
    Pause,
    /// Both go on at the stale rate.
    Delay,
}

impl RawRedemption {
    /// These keys, and for those that are absent the keys of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let has_escrow = self.escrow_days.is_some() || self.escrow_blocks.is_some();
        Self {
            buffer_eth: self.buffer_eth.or(other.buffer_eth),
            buffer_target_eth: self.buffer_target_eth.or(other.buffer_target_eth),
            buffer_refill_eth_per_day: self.buffer_refill_eth_per_day.or(other.buffer_refill_eth_per_day),
            buffer_watermark_eth: self.buffer_watermark_eth.or(other.buffer_watermark_eth),
            buffer_serves: self.buffer_serves.or(other.buffer_serves),
            instant_fee_bps: self.instant_fee_bps.or(other.instant_fee_bps),
            instant_fee_curve: self.instant_fee_curve.or(other.instant_fee_curve),
            instant_bucket: self.instant_bucket.or(other.instant_bucket),
            finalised_every_hours: self.finalised_every_hours.or(other.finalised_every_hours),
            finalised_eth_per_day: self.finalised_eth_per_day.or(other.finalised_eth_per_day),
            batch_eth: self.batch_eth.or(other.batch_eth),
            minimum_age_days: self.minimum_age_days.or(other.minimum_age_days),
            claim_delay_days: self.claim_delay_days.or(other.claim_delay_days),
            rate_frozen_at: self.rate_frozen_at.or(other.rate_frozen_at),
            exits_ordered_every_hours: self.exits_ordered_every_hours.or(other.exits_ordered_every_hours),
            escrow_days: if has_escrow { self.escrow_days } else { other.escrow_days },
            escrow_blocks: if has_escrow { self.escrow_blocks } else { other.escrow_blocks },
            processing_days: self.processing_days.or(other.processing_days),
            pause_stops_claims: self.pause_stops_claims.or(other.pause_stops_claims),
            breaker: self.breaker.or(other.breaker),
        }
    }
}
