//! The fluid clock against the integer clock of the consensus spec.
//!
//! The integer clock hands out whole epochs. With `r` the balance reserved before an exit and `b` the exit, it gives
//! `5 + ceil((r + b) / churn) - 1` epochs after the present one to the first exits on an empty clock, where the fluid
//! one says `max(5, (r + b) / churn)`; on a clock that is already past the lookahead the two differ by less than an epoch.

mod common;

use common::bare;
use pegstress_exact::consensus::exit_clock::{ExitClock as IntegerClock, withdrawable_epoch};
use pegstress_unlock::{Claimant, EPOCH_SECS, ExitClock, Redemption, Room, WITHDRAWABILITY_DELAY_EPOCHS};
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

    // What is left of an epoch's budget is worth `left / old` epochs to the fluid and `left / new` to the integers.
    #[test]
    fn every_change_of_churn_adds_no_more_than_its_own_share_of_an_epoch(
        queue_epochs in 10_u64..20_000,
        changes in prop::collection::vec((128_u64..600, prop::collection::vec(1_u64..20_000, 1..10)), 1..10),
    ) {
        let mut churn = CHURN_ETH;
        let mut integer = IntegerClock { earliest_exit_epoch: queue_epochs, exit_balance_to_consume: 0 };
        let mut fluid = ExitClock::<1>::new([(queue_epochs * churn) as f64], churn as f64, 0.0);
        let (mut earlier, mut later) = (0.0, 1.0);
        for (next, exits) in changes {
            let share = 1.0 - churn as f64 / next as f64;
            earlier += share.min(0.0);
            later += share.max(0.0);
            churn = next;
            fluid.set_churn(churn as f64);
            for eth in exits {
                let epoch = integer.assign(0, eth * GWEI, churn * GWEI).expect("small numbers");
                fluid.reserve(&[eth as f64]);
                let difference = epoch as f64 - fluid_epochs(&fluid);
                prop_assert!((earlier - 1e-6..later).contains(&difference), "{} epochs", difference);
            }
        }
    }

    // A step is ten epochs. What the fluid delivers in a step the integers deliver in it or in the next: they are up to five
    // epochs later, and a step rounds up.
    #[test]
    fn what_exits_bring_arrives_in_the_step_of_the_integer_clock_or_the_one_before(
        queue_eth in prop::sample::select(vec![0_u64, 5_000, 200_000]),
        asked in prop::collection::vec(prop_oneof![Just(0_u64), 1..20_000_u64], 1..60),
    ) {
        let step_secs = 10.0 * EPOCH_SECS;
        let steps = asked.len() + 400;
        let mut integer = IntegerClock::default();
        integer.assign(0, queue_eth * GWEI, CHURN_ETH * GWEI).expect("small numbers");
        let clock = ExitClock::<1>::new([queue_eth as f64], CHURN_ETH as f64, 0.0);
        let mut token = Redemption::new(bare(), clock, steps, Room::default());
        let mut due = vec![0.0; steps];
        for step in 0..steps {
            token.clock.advance(step_secs, &[0.0], &[0.0]);
            token.advance(step, step_secs, None);
            token.finalise(step, step_secs, &[1.0], &[true]);
            let eth = asked.get(step).copied().unwrap_or(0);
            token.request(Claimant::Holders, &[eth as f64], &[1.0]);
            token.close(step, step_secs);
            if eth > 0 {
                let now = 10 * (step as u64 + 1);
                let epoch = integer.assign(now, eth * GWEI, CHURN_ETH * GWEI).expect("small numbers");
                let paid = withdrawable_epoch(epoch).expect("small numbers").div_ceil(10) as usize;
                // The step that ends with or after that epoch.
                due[(paid - 1).min(steps - 1)] += eth as f64;
            }
            let (now, next): (f64, f64) = (due[..=step].iter().sum(), due[..(step + 2).min(steps)].iter().sum());
            let arrived = token.arrived_eth[0];
            prop_assert!((now - 1e-6..=next + 1e-6).contains(&arrived), "{} not in {}..{}", arrived, now, next);
        }
        prop_assert!((token.arrived_eth[0] - asked.iter().sum::<u64>() as f64).abs() < 1e-6);
    }
}
