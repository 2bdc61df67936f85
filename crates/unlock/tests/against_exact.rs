//! The fluid clock against the integer clock of the consensus spec.
//!
//! The integer clock hands out whole epochs. With `r` the balance reserved before an exit and `b` the exit, it gives
//! `5 + ceil((r + b) / churn) - 1` epochs after the present one to the first exits on an empty clock, where the fluid
//! one says `max(5, (r + b) / churn)`; on a clock that is already past the lookahead the two differ by less than an epoch.

use pegstress_exact::consensus::exit_clock::ExitClock as IntegerClock;
use pegstress_unlock::{EPOCH_SECS, ExitClock, WITHDRAWABILITY_DELAY_EPOCHS};
use proptest::prelude::*;

const CHURN_ETH: u64 = 256;
const GWEI: u64 = 1_000_000_000;

/// Epochs from now to the exit of the last unit, by the fluid clock.
fn fluid_epochs(clock: &ExitClock<1>) -> f64 {
    clock.delay_secs()[0] / EPOCH_SECS - WITHDRAWABILITY_DELAY_EPOCHS
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_exit_behind_a_busy_queue_leaves_within_one_epoch_of_the_integer_clock(
        queue_epochs in 10_u64..20_000,
        exits in prop::collection::vec(1_u64..500_000, 1..40),
        churn_eth in prop::sample::select(vec![128_u64, 200, 256, 512]),
        now in 0_u64..1_000_000,
    ) {
        let churn = churn_eth * GWEI;
        // So many whole epochs are reserved: the last of them is full, the next has its whole budget left.
        let mut integer = IntegerClock { earliest_exit_epoch: now + queue_epochs, exit_balance_to_consume: 0 };
        let mut fluid = ExitClock::<1>::new([(queue_epochs * churn_eth) as f64], churn_eth as f64, 0.0);
        for eth in exits {
            let epoch = integer.assign(now, eth * GWEI, churn).expect("small numbers");
            fluid.reserve(&[eth as f64]);
            let difference = (epoch - now) as f64 - fluid_epochs(&fluid);
            // A unit that the fluid serves within an epoch leaves at its end: up to one epoch later, never earlier. The
            // rest is rounding of at most 1e6 epochs in doubles.
            prop_assert!((-1e-6..1.0).contains(&difference), "{} epochs", difference);
        }
    }

    #[test]
    fn an_exit_on_an_empty_clock_leaves_up_to_four_epochs_later_than_the_fluid_says_and_never_earlier(
        eth in 1_u64..50_000, now in 0_u64..1_000_000,
    ) {
        let mut integer = IntegerClock::default();
        let mut fluid = ExitClock::<1>::new([0.0], CHURN_ETH as f64, 0.0);
        let epoch = integer.assign(now, eth * GWEI, CHURN_ETH * GWEI).expect("small numbers");
        fluid.reserve(&[eth as f64]);
        prop_assert_eq!(epoch - now, 5 + eth.div_ceil(CHURN_ETH) - 1);
        let difference = (epoch - now) as f64 - fluid_epochs(&fluid);
        // 5 + ceil(w) - 1 - max(5, w): below 5 for w above 5, and at most 4 for w up to 5.
        prop_assert!((-1e-6..5.0).contains(&difference), "{} epochs", difference);
        if eth <= 5 * CHURN_ETH {
            prop_assert!(difference <= 4.0 + 1e-6, "{} epochs", difference);
        }
    }

    #[test]
    fn while_the_queue_never_runs_dry_serving_and_reserving_step_by_step_stays_within_one_epoch(
        start_epochs in 2_000_u64..20_000,
        exits in prop::collection::vec(0_u64..20_000, 1..60),
    ) {
        let mut integer = IntegerClock { earliest_exit_epoch: start_epochs, exit_balance_to_consume: 0 };
        let mut fluid = ExitClock::<1>::new([(start_epochs * CHURN_ETH) as f64], CHURN_ETH as f64, 0.0);
        // Ten epochs a step. A record without anybody else falls by the churn, so that it adds nothing.
        let (step, served) = (10_u64, (10 * CHURN_ETH) as f64);
        let mut recorded = (start_epochs * CHURN_ETH) as f64;
        for (k, eth) in exits.iter().enumerate() {
            let now = step * (k as u64 + 1);
            fluid.advance(step as f64 * EPOCH_SECS, &[recorded], &[recorded - served]);
            recorded -= served;
            let epoch = integer.assign(now, eth * GWEI, CHURN_ETH * GWEI).expect("small numbers");
            fluid.reserve(&[*eth as f64]);
            let difference = (epoch - now) as f64 - fluid_epochs(&fluid);
            prop_assert!((-1e-6..1.0).contains(&difference), "{} epochs", difference);
        }
    }
}
