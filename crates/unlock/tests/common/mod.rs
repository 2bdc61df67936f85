//! What the tests of the lanes share.

use pegstress_unlock::{
    BufferRules, BufferUse, ExitRules, FeeCurve, QueueRules, RateFrozenAt, RedemptionRules,
};

/// No buffer, no rules but the exit clock.
pub(crate) fn bare() -> RedemptionRules {
    RedemptionRules {
        buffer: BufferRules {
            start_eth: 0.0,
            target_eth: 0.0,
            refill_eth_per_sec: 0.0,
            watermark_eth: 0.0,
            serves: BufferUse::Instant,
            bucket: None,
            fee: FeeCurve::flat(0.0),
        },
        queue: QueueRules {
            finalised_every_secs: 0.0,
            minimum_age_secs: 0.0,
            claim_delay_secs: 0.0,
            cap_eth_per_sec: f64::INFINITY,
            batch_eth: 0.0,
            rate_frozen_at: RateFrozenAt::Finalisation,
        },
        exits: ExitRules { ordered_every_secs: 0.0, escrow_secs: 0.0, processing_secs: 0.0 },
    }
}
