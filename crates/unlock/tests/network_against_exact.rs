//! Churn and sweep against the integers of the consensus spec.
//!
//! Effective balances are whole ETH, so the total active balance is one, and a double holds it: the churn of every rule is
//! equal, not close. The sweep's cycle is in slots there and a quotient here: less than a slot apart.

use pegstress_exact::consensus::churn::{ChurnRule as IntegerRule, validator_exit_churn};
use pegstress_exact::consensus::sweep_cycle::{
    full_cycle_slots, full_cycle_slots_with_saturated_partials, lido_sweep_delay_epochs,
};
use pegstress_unlock::{ChurnRule, EPOCH_SECS, SLOT_SECS, Sweep};
use proptest::prelude::*;

const GWEI: u64 = 1_000_000_000;
/// No more ETH can be staked than there is, 121 million; a little more is tried.
const MOST_STAKED_ETH: u64 = 200_000_000;

/// Stakes, among them those around a step of the churn.
fn staked_eth() -> impl Strategy<Value = u64> {
    let step = (1..MOST_STAKED_ETH / 32_768, 0..3_u64).prop_map(|(steps, off)| steps * 32_768 + off - 1);
    prop_oneof![1..MOST_STAKED_ETH, step]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn churn_is_that_of_the_spec_at_every_stake(stake in staked_eth()) {
        let staked_eth = stake as f64;
        for (rule, integer) in [
            (ChurnRule::Electra { staked_eth }, IntegerRule::Electra),
            (ChurnRule::Gloas { staked_eth }, IntegerRule::Gloas),
            (ChurnRule::Eip8080 { staked_eth }, IntegerRule::Eip8080),
        ] {
            let gwei = integer.exit_throughput(stake * GWEI);
            prop_assert_eq!(rule.exit_eth_per_epoch() * 1e9, gwei as f64, "{:?}", rule);
        }
    }

    #[test]
    fn before_electra_churn_is_whole_validators(active in 0_u64..5_000_000) {
        let rule = ChurnRule::BeforeElectra { active_validators: active as f64 };
        prop_assert_eq!(rule.exit_eth_per_epoch(), 32.0 * validator_exit_churn(active) as f64);
    }

    #[test]
    fn a_cycle_of_the_sweep_is_less_than_a_slot_shorter_than_in_whole_slots(
        validators in 0_u64..5_000_000, paid_part in 0.0..=1.0,
    ) {
        let paid = (validators as f64 * paid_part) as u64;
        for (partials_saturated, slots) in [
            (false, full_cycle_slots(validators, paid)),
            (true, full_cycle_slots_with_saturated_partials(validators, paid)),
        ] {
            let sweep = Sweep { validators: validators as f64, withdrawable: paid as f64, partials_saturated };
            let rest = slots as f64 - sweep.cycle_secs(0.0) / SLOT_SECS;
            // Roundings of a quotient of up to a million slots.
            prop_assert!((-1e-6..1.0).contains(&rest), "{} slots", rest);
        }
    }

    // ceil(w / 512) cycles of an epoch, halved and rounded down, against w / 1,024: half an epoch either way.
    #[test]
    fn the_mean_sweep_is_within_half_an_epoch_of_what_lidos_oracle_predicts(validators in 1_u64..5_000_000, partials_saturated: bool) {
        let pending_partials = if partials_saturated { validators } else { 0 };
        let epochs = lido_sweep_delay_epochs(validators, pending_partials);
        let all = validators as f64;
        let sweep = Sweep { validators: all, withdrawable: all, partials_saturated };
        let difference = epochs as f64 - sweep.mean_secs(0.0) / EPOCH_SECS;
        prop_assert!(difference.abs() <= 0.5 + 1e-6, "{} epochs", difference);
    }
}
