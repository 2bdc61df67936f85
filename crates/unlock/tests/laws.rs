//! What no sequence of requests may do: overtake, be paid twice, be paid more than was asked, overdraw the buffer.

use pegstress_unlock::redemption::Claimant;
use pegstress_unlock::{ExitClock, Redemption, RedemptionRules};
use proptest::prelude::*;

const STEP_SECS: f64 = 3600.0;
const CHURN: f64 = 256.0;
const SERVED_PER_STEP: f64 = CHURN / 384.0 * STEP_SECS;

#[derive(Debug, Clone)]
struct Step {
    holders: f64,
    arbitrage: f64,
    /// ETH that others add to the queue; the record never falls faster than the churn.
    inflow: f64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step =
        (0.0..30_000.0, 0.0..30_000.0, 0.0..20_000.0, 0..3).prop_map(|(holders, arbitrage, inflow, kind)| {
            Step {
                holders: if kind == 1 { 0.0 } else { holders },
                arbitrage: if kind == 2 { 0.0 } else { arbitrage },
                inflow,
            }
        });
    prop::collection::vec(step, 1..120)
}

fn rules() -> impl Strategy<Value = RedemptionRules> {
    (0.0..20_000.0, 0.0..0.5, 0.0..0.02, 0.0..14.0, 0.0..3.0).prop_map(
        |(buffer, refill, fee, escrow, processing)| RedemptionRules {
            buffer_eth: buffer,
            refill_eth_per_sec: refill,
            instant_fee: fee,
            escrow_secs: escrow * 86_400.0,
            processing_secs: processing * 86_400.0,
        },
    )
}

/// One claimant's books: what was asked, paid at once, queued and paid in the end.
#[derive(Debug, Default, Clone)]
struct Books {
    asked: f64,
    paid_now: f64,
    queued: f64,
    matured: f64,
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_paid_more_than_was_asked_and_every_claim_is_paid_or_in_flight(rules in rules(), steps in steps()) {
        let mut token = Redemption::<1>::new(rules, ExitClock::new([5_000.0], CHURN, 0.0), steps.len(), Vec::new());
        let (mut holders, mut arbitrage) = (Books::default(), Books::default());
        let mut recorded = 5_000.0;
        for (k, step) in steps.iter().enumerate() {
            let next = f64::max(recorded - SERVED_PER_STEP, 0.0) + step.inflow;
            token.clock.advance(STEP_SECS, &[recorded], &[next]);
            recorded = next;
            let due = token.mature(k);
            holders.matured += due.holders[0];
            arbitrage.matured += due.arbitrage[0];
            token.refill(STEP_SECS);
            prop_assert!(token.buffer_eth[0] <= rules.buffer_eth * (1.0 + 1e-12));
            for (claimant, eth, books) in [
                (Claimant::Holders, step.holders, &mut holders),
                (Claimant::Arbitrage, step.arbitrage, &mut arbitrage),
            ] {
                let before = token.buffer_eth[0];
                let served = token.request(claimant, &[eth]);
                let (paid, queued) = (served.paid_now_eth[0], served.queued_eth[0]);
                prop_assert!(paid >= 0.0 && queued >= 0.0 && token.buffer_eth[0] >= 0.0);
                // The buffer pays what it had and no more; roundings of numbers up to 6e4.
                prop_assert!(paid <= before + 1e-9 && (before - paid - token.buffer_eth[0]).abs() < 1e-9);
                prop_assert!(paid / (1.0 - rules.instant_fee) + queued <= eth + 1e-9);
                prop_assert!(paid / (1.0 - rules.instant_fee) + queued >= eth - 1e-9);
                books.asked += eth;
                books.paid_now += paid;
                books.queued += queued;
            }
            token.schedule(k, STEP_SECS);
        }
        let in_flight = token.in_flight_eth()[0];
        let (queued, matured) = (holders.queued + arbitrage.queued, holders.matured + arbitrage.matured);
        // Sums of a few hundred numbers up to 3e4.
        prop_assert!((queued - matured - in_flight).abs() < 1e-6, "{} {} {}", queued, matured, in_flight);
        for books in [holders, arbitrage] {
            prop_assert!(books.matured <= books.queued + 1e-6);
            prop_assert!(books.paid_now + books.queued <= books.asked + 1e-6);
        }
    }

    // The record must not fall faster than the churn serves: a record that does is taken as it is, the queue of the
    // model jumps ahead with it, and a later request may then be due before an earlier one.
    #[test]
    fn no_request_matures_before_one_that_was_made_earlier(rules in rules(), steps in steps()) {
        let rules = RedemptionRules { buffer_eth: 0.0, refill_eth_per_sec: 0.0, ..rules };
        let horizon = 2_000;
        let mut token = Redemption::<1>::new(rules, ExitClock::new([5_000.0], CHURN, 0.0), horizon, Vec::new());
        let mut recorded = 5_000.0;
        let mut last_due = 0;
        for (k, step) in steps.iter().enumerate() {
            let next = f64::max(recorded - SERVED_PER_STEP, 0.0) + step.inflow;
            token.clock.advance(STEP_SECS, &[recorded], &[next]);
            recorded = next;
            token.request(Claimant::Holders, &[step.holders + 1.0]);
            token.schedule(k, STEP_SECS);
            // Taking the claim out tells its maturity and leaves its reservation on the clock.
            let due = (k..horizon).find(|t| token.mature(*t).holders[0] > 0.0).unwrap_or(horizon);
            prop_assert!(due >= last_due, "step {}: due in {}, an earlier request in {}", k, due, last_due);
            prop_assert!(due > k);
            last_due = due;
        }
    }

    #[test]
    fn a_larger_request_is_never_paid_sooner(eth in 0.0..1e6, more in 0.0..1e6, queue in 0.0..1e6) {
        let rules = RedemptionRules {
            buffer_eth: 100.0, refill_eth_per_sec: 0.0, instant_fee: 0.0, escrow_secs: 0.0, processing_secs: 0.0,
        };
        let delay = |eth: f64| {
            let mut token = Redemption::<1>::new(rules, ExitClock::new([queue], CHURN, 0.0), 10, Vec::new());
            token.request(Claimant::Holders, &[eth]);
            token.pipeline_delay_secs()[0]
        };
        prop_assert!(delay(eth + more) >= delay(eth));
    }

    #[test]
    fn a_longer_queue_escrow_or_processing_never_shortens_the_delay(
        rules in rules(), queue in 0.0..1e6, more in 0.0..1e6
    ) {
        let delay = |rules, queue| Redemption::<1>::new(rules, ExitClock::new([queue], CHURN, 0.0), 1, Vec::new()).pipeline_delay_secs()[0];
        let base = delay(rules, queue);
        prop_assert!(delay(rules, queue + more) >= base);
        let escrowed = RedemptionRules { escrow_secs: rules.escrow_secs + more, ..rules };
        let slower = RedemptionRules { processing_secs: rules.processing_secs + more, ..rules };
        prop_assert!(delay(escrowed, queue) >= base);
        prop_assert!(delay(slower, queue) >= base);
        // Escrow and exit run side by side: the two together are never longer than their sum.
        let exit_only = delay(RedemptionRules { escrow_secs: 0.0, ..rules }, queue);
        prop_assert!(base <= exit_only + rules.escrow_secs + 1e-6);
    }

    #[test]
    fn lanes_are_the_same_as_one_path_at_a_time(queues in prop::array::uniform4(0.0..1e6), eth in prop::array::uniform4(0.0..5e4)) {
        let rules = RedemptionRules {
            buffer_eth: 1000.0, refill_eth_per_sec: 0.01, instant_fee: 0.003, escrow_secs: 7e4, processing_secs: 9e3,
        };
        let mut wide = Redemption::<4>::new(rules, ExitClock::new(queues, CHURN, 1e5), 50, Vec::new());
        wide.request(Claimant::Arbitrage, &eth);
        wide.schedule(0, 7200.0);
        wide.clock.advance(7200.0, &queues, &queues);
        for i in 0..4 {
            let mut one = Redemption::<1>::new(rules, ExitClock::new([queues[i]], CHURN, 1e5), 50, Vec::new());
            one.request(Claimant::Arbitrage, &[eth[i]]);
            one.schedule(0, 7200.0);
            one.clock.advance(7200.0, &[queues[i]], &[queues[i]]);
            prop_assert_eq!(one.clock.queue_eth[0].to_bits(), wide.clock.queue_eth[i].to_bits());
            prop_assert_eq!(one.buffer_eth[0].to_bits(), wide.buffer_eth[i].to_bits());
            for t in 0..50 {
                prop_assert_eq!(one.mature(t).arbitrage[0].to_bits(), wide.clone().mature(t).arbitrage[i].to_bits());
            }
        }
    }
}
