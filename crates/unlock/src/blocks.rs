//! What is counted in blocks and not in wall time: escrow and the withdrawal sweep. A missed slot has no block, so both
//! take longer; epochs do not.
//!
//! ```text
//! wall time      = blocks * 12 s / (1 - missed)
//! cycle          = max(withdrawable / 16, validators / 16,384) blocks;  with saturated partial withdrawals withdrawable / 8
//! mean sweep     = half a cycle
//! ```
//!
//! Source: consensus-specs at a08d8a6e, specs/capella and specs/electra (`get_expected_withdrawals`); EigenLayer
//! `DelegationManager.minWithdrawalDelayBlocks`. The cycle holds for evenly spread validators. Units: seconds.

/// Length of a slot, seconds.
pub const SLOT_SECS: f64 = 12.0;
/// EigenLayer's escrow on mainnet: `MIN_WITHDRAWAL_DELAY_BLOCKS` (script/configs/mainnet.json).
pub const EIGENLAYER_ESCROW_BLOCKS: f64 = 100_800.0;
const WITHDRAWALS_PER_BLOCK: f64 = 16.0;
const VALIDATORS_PER_BLOCK: f64 = 16_384.0;
const PARTIALS_PER_BLOCK: f64 = 8.0;

/// Wall time of so many blocks when a share of slots is missed, seconds.
pub fn wall_secs(blocks: f64, missed_share: f64) -> f64 {
    blocks * SLOT_SECS / (1.0 - missed_share)
}

/// What the withdrawal sweep has to go through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sweep {
    /// All validators of the registry.
    pub validators: f64,
    /// Those that the sweep pays in a cycle.
    pub withdrawable: f64,
    /// Whether partial withdrawals on request take half of every block.
    pub partials_saturated: bool,
}

impl Sweep {
    /// A whole cycle, seconds.
    pub fn cycle_secs(self, missed_share: f64) -> f64 {
        let left = WITHDRAWALS_PER_BLOCK - if self.partials_saturated { PARTIALS_PER_BLOCK } else { 0.0 };
        wall_secs((self.withdrawable / left).max(self.validators / VALIDATORS_PER_BLOCK), missed_share)
    }

    /// The mean wait of a validator, seconds.
    pub fn mean_secs(self, missed_share: f64) -> f64 {
        0.5 * self.cycle_secs(missed_share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mechanics_1_6_cycles_of_the_sweep() {
        // Printed with two decimals of a day, one for saturated partials.
        for (n, partials, cycle, mean, digits) in [
            (900e3, false, 7.81, 3.91, 5.1e-3),
            (600e3, false, 5.21, 2.60, 5.1e-3),
            (300e3, false, 2.60, 1.30, 5.1e-3),
            (900e3, true, 15.6, 7.8, 5.1e-2),
        ] {
            let sweep = Sweep { validators: n, withdrawable: n, partials_saturated: partials };
            assert!((sweep.cycle_secs(0.0) / 86_400.0 - cycle).abs() < digits);
            assert!((sweep.mean_secs(0.0) / 86_400.0 - mean).abs() < digits);
        }
        // Nobody to pay: the sweep still walks the registry.
        let idle = Sweep { validators: 1e6, withdrawable: 0.0, partials_saturated: false };
        assert!((idle.cycle_secs(0.0) - 1e6 / 16_384.0 * 12.0).abs() < 1e-9);
    }

    #[test]
    fn missed_slots_stretch_blocks() {
        assert_eq!(wall_secs(EIGENLAYER_ESCROW_BLOCKS, 0.0), 14.0 * 86_400.0);
        assert!((wall_secs(EIGENLAYER_ESCROW_BLOCKS, 0.01) / 86_400.0 - 14.0 / 0.99).abs() < 1e-12);
    }
}
