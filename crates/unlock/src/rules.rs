//! The constants of a token's redemption, as few parts that every protocol combines.
//!
//! | part | Lido | ether.fi | Renzo | Kelp | Puffer | Swell |
//! |---|---|---|---|---|---|---|
//! | buffer serves | queue | both | queue | queue | both | queue |
//! | finalised by | report | report, daily cap | inflow | operator | batches | operator |
//! | rate | min(request, finalisation) | the same | min at the claim: an age | min | min | min |
//! | age or delay | margin of the report | none | cool-down | 8 days | none | none |
//! | breaker | bound on losses | refuses | oracle's age | pauses | none | refuses |
//!
//! Amounts ETH, times seconds, fees fractions.

use pegstress_num::{greater, lesser};

/// How a token turns into ETH.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RedemptionRules {
    /// ETH that the protocol's contracts hold.
    pub buffer: BufferRules,
    /// The protocol's queue.
    pub queue: QueueRules,
    /// How the protocol fetches the ETH that it lacks.
    pub exits: ExitRules,
}

/// ETH at hand and what it is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BufferRules {
    /// At the start, ETH.
    pub start_eth: f64,
    /// Ceiling up to which new deposits refill it, ETH; where it serves the queue, what requests wait for does not count
    /// as filled (Renzo `WithdrawQueue.getWithdrawDeficit`).
    pub target_eth: f64,
    /// Pace of new deposits, ETH per second.
    pub refill_eth_per_sec: f64,
    /// The instant path leaves this, ETH; the queue may have it (ether.fi `EtherFiRedemptionManager`, Renzo
    /// `InstantWithdrawer`).
    pub watermark_eth: f64,
    /// Whom it pays.
    pub serves: BufferUse,
    /// Limit on the pace of instant redemptions; none if absent.
    pub bucket: Option<BucketRules>,
    /// Fee of the instant path.
    pub fee: FeeCurve,
}

/// Whom the buffer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BufferUse {
    /// Instant redemptions only.
    Instant,
    /// The queue only: nothing is instant.
    Queue,
    /// Instant redemptions as they come, and the queue when it is finalised: one pot, into which exits arrive as well, so
    /// that who redeems at once overtakes those who wait (ether.fi, Puffer).
    InstantAndQueue,
}

impl BufferUse {
    /// Whether a request may be paid at once.
    #[inline(always)]
    pub fn is_instant(self) -> bool {
        self != Self::Queue
    }

    /// Whether the queue may be paid out of it.
    #[inline(always)]
    pub fn is_for_queue(self) -> bool {
        self != Self::Instant
    }
}

/// A token bucket: `left' = min(capacity, left + refill * dt)` (ether.fi `BucketLimiter`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BucketRules {
    /// Largest instant redemption, ETH, gross of the fee.
    pub capacity_eth: f64,
    /// ETH per second.
    pub refill_eth_per_sec: f64,
}

/// Fee of the instant path by the buffer that is left: `at_full` from `full_eth` up, rising in a straight line to
/// `at_empty` at `empty_eth` (Renzo `InstantWithdrawer.getFeeBasisPoints`). A step's requests count as one: all pay the
/// fee at the level that they leave behind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeeCurve {
    /// Fraction.
    pub at_full: f64,
    /// Fraction.
    pub at_empty: f64,
    /// ETH.
    pub full_eth: f64,
    /// ETH.
    pub empty_eth: f64,
}

impl FeeCurve {
    /// The same fee at every level.
    pub fn flat(fee: f64) -> Self {
        Self { at_full: fee, at_empty: fee, full_eth: 1.0, empty_eth: 0.0 }
    }

    /// The fee while the buffer holds `eth`, fraction.
    #[inline(always)]
    pub fn at(&self, eth: f64) -> f64 {
        let level = (eth - self.empty_eth) / (self.full_eth - self.empty_eth);
        let missing = 1.0 - greater(lesser(level, 1.0), 0.0);
        self.at_full + (self.at_empty - self.at_full) * missing
    }
}

/// When requests are paid, and at what rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueueRules {
    /// Requests are finalised every so often, seconds; 0: as soon as there is ETH.
    pub finalised_every_secs: f64,
    /// Age that a request needs to be finalised, seconds.
    pub minimum_age_secs: f64,
    /// From finalisation to ETH in hand, seconds.
    pub claim_delay_secs: f64,
    /// At most this much is finalised, ETH per second since the last finalisation that was let through (ether.fi
    /// `EtherFiAdmin`); infinite where there is no cap.
    pub cap_eth_per_sec: f64,
    /// Only whole batches of this size are finalised, as many as the ETH affords, ETH; 0: any amount.
    pub batch_eth: f64,
    /// When the payout is known.
    pub rate_frozen_at: RateFrozenAt,
}

/// When the rate of a payout is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateFrozenAt {
    /// At the request: later losses fall on those who stay.
    Request,
    /// At finalisation, never above the rate at the request: the min rule. A rate frozen at a claim that a cool-down
    /// holds back is this with a minimum age.
    Finalisation,
}

/// How the protocol fetches ETH from validators.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExitRules {
    /// Exits are ordered every so often, seconds; 0: at once.
    pub ordered_every_secs: f64,
    /// Escrow that runs in parallel with the exit clock, seconds.
    pub escrow_secs: f64,
    /// Processing after exit and escrow (checkpoint, transfer), seconds.
    pub processing_secs: f64,
}

/// Whether a time of period `every_secs` falls into the step that ends at `now_secs`; always where the period is 0.
#[inline(always)]
pub fn is_due(every_secs: f64, now_secs: f64, step_secs: f64) -> bool {
    every_secs <= 0.0 || (now_secs / every_secs).floor() > ((now_secs - step_secs) / every_secs).floor()
}

/// The first time of period `every_secs` at or after `secs`.
#[inline(always)]
pub(crate) fn next_due_secs(every_secs: f64, secs: f64) -> f64 {
    if every_secs <= 0.0 { secs } else { (secs / every_secs).ceil() * every_secs }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daily_report_falls_into_the_step_that_ends_a_day() {
        let due: Vec<_> =
            (1..=10).filter(|hour| is_due(4.0 * 3600.0, f64::from(*hour) * 3600.0, 3600.0)).collect();
        assert_eq!(due, [4, 8]);
        // Steps longer than the period: in every one.
        assert!((1..5).all(|day| is_due(3600.0, f64::from(day) * 86_400.0, 86_400.0)));
        assert_eq!(next_due_secs(86_400.0, 86_401.0), 172_800.0);
        assert_eq!(next_due_secs(0.0, 5.0), 5.0);
    }
}
