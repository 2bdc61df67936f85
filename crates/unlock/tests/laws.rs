//! What no sequence of requests may do: overtake, be paid twice, be paid above the value at request, overdraw the buffer.

mod common;

use common::bare;
use pegstress_unlock::{
    BucketRules, BufferRules, BufferUse, Claimant, ExitClock, ExitRules, FeeCurve, QueueRules, RateFrozenAt,
    Redemption, RedemptionRules, Room,
};
use proptest::prelude::*;

const STEP_SECS: f64 = 3600.0;
const DAY: f64 = 86_400.0;
const CHURN: f64 = 256.0;
const SERVED_PER_STEP: f64 = CHURN / 384.0 * STEP_SECS;

#[derive(Debug, Clone)]
struct Step {
    holders: f64,
    arbitrage: f64,
    /// ETH that others add to the queue; the record never falls faster than the churn.
    inflow: f64,
    /// Growth of the rate.
    growth: f64,
    /// Whether the queue may be finalised.
    may: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0.0..30_000.0, 0.0..30_000.0, 0.0..20_000.0, 0..4, 0..10).prop_map(
        |(holders, arbitrage, inflow, kind, luck)| Step {
            holders: if kind == 1 { 0.0 } else { holders },
            arbitrage: if kind == 2 { 0.0 } else { arbitrage },
            inflow,
            growth: if luck == 0 { 0.97 } else { 1.0001 },
            may: luck != 1,
        },
    );
    prop::collection::vec(step, 1..120)
}

fn buffer() -> impl Strategy<Value = BufferRules> {
    let serves = prop::sample::select(vec![BufferUse::Instant, BufferUse::Queue, BufferUse::InstantAndQueue]);
    let bucket = prop::option::of((1.0..5_000.0, 0.0..1.0));
    let fee = (0.0..0.01, 0.0..0.05, 0.0..10_000.0, 1.0..10_000.0);
    (0.0..20_000.0, 0.0..0.5, 0.0..5_000.0, serves, bucket, fee).prop_map(
        |(start, refill, watermark, serves, bucket, (at_full, more, empty, span))| BufferRules {
            start_eth: start,
            target_eth: start,
            refill_eth_per_sec: refill,
            watermark_eth: watermark,
            serves,
            bucket: bucket
                .map(|(capacity_eth, refill_eth_per_sec)| BucketRules { capacity_eth, refill_eth_per_sec }),
            fee: FeeCurve { at_full, at_empty: at_full + more, full_eth: empty + span, empty_eth: empty },
        },
    )
}

fn queue() -> impl Strategy<Value = QueueRules> {
    let period = prop::sample::select(vec![0.0, 12.0 * 3600.0, DAY]);
    let cap = prop::sample::select(vec![f64::INFINITY, 0.5, 0.01]);
    let batch = prop::sample::select(vec![0.0, 500.0]);
    let frozen = prop::sample::select(vec![RateFrozenAt::Request, RateFrozenAt::Finalisation]);
    (period, 0.0..3.0, prop::sample::select(vec![0.0, DAY]), cap, batch, frozen).prop_map(
        |(period, age, claim, cap, batch, rate_frozen_at)| QueueRules {
            finalised_every_secs: period,
            minimum_age_secs: age * DAY,
            claim_delay_secs: claim,
            cap_eth_per_sec: cap,
            batch_eth: batch,
            rate_frozen_at,
        },
    )
}

fn rules() -> impl Strategy<Value = RedemptionRules> {
    let period = prop::sample::select(vec![0.0, DAY]);
    let exits = (period, 0.0..14.0, 0.0..3.0).prop_map(|(ordered, escrow, processing)| ExitRules {
        ordered_every_secs: ordered,
        escrow_secs: escrow * DAY,
        processing_secs: processing * DAY,
    });
    (buffer(), queue(), exits).prop_map(|(buffer, queue, exits)| RedemptionRules { buffer, queue, exits })
}

fn redemption(rules: RedemptionRules, queue_eth: f64, steps: usize) -> Redemption<1> {
    Redemption::new(rules, ExitClock::new([queue_eth], CHURN, 0.0), steps, Room::default())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn eth_and_tokens_are_conserved_and_nobody_is_paid_above_the_value_at_request(rules in rules(), steps in steps()) {
        let mut token = redemption(rules, 5_000.0, steps.len());
        let (mut recorded, mut rate) = (5_000.0, 1.05);
        let (mut asked_lrt, mut asked_eth, mut now_lrt, mut now_eth, mut paid) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (k, step) in steps.iter().enumerate() {
            let next = f64::max(recorded - SERVED_PER_STEP, 0.0) + step.inflow;
            token.clock.advance(STEP_SECS, &[recorded], &[next]);
            recorded = next;
            rate *= step.growth;
            token.advance(k, STEP_SECS, None);
            let claims = token.finalise(k, STEP_SECS, &[rate], &[step.may]);
            paid += claims.holders[0] + claims.arbitrage[0];
            for (claimant, lrt) in [(Claimant::Holders, step.holders), (Claimant::Arbitrage, step.arbitrage)] {
                let before = token.buffer_eth[0];
                let served = token.request(claimant, &[lrt], &[rate]);
                let eth = served.paid_now_eth[0];
                prop_assert!(eth >= 0.0 && served.queued_lrt[0] >= 0.0 && token.buffer_eth[0] >= 0.0);
                prop_assert!((before - eth - token.buffer_eth[0]).abs() < 1e-9);
                // The instant path neither breaks the watermark nor pays more than the claim.
                prop_assert!(eth <= f64::max(before - rules.buffer.watermark_eth, 0.0) + 1e-9);
                prop_assert!(eth <= served.paid_now_lrt[0] * rate + 1e-9);
                asked_lrt += lrt;
                asked_eth += lrt * rate;
                now_lrt += served.paid_now_lrt[0];
                now_eth += eth;
            }
            token.close(k, STEP_SECS);
        }
        // Sums of some hundred numbers up to 3e4, relative roundings of 1e-16 each.
        let tolerance = 1e-9 * (asked_eth + rules.buffer.start_eth + 1.0);
        let brought = rules.buffer.start_eth + token.refilled_eth[0] + token.arrived_eth[0];
        prop_assert!((brought - token.held_eth()[0] - now_eth - paid).abs() < tolerance);
        prop_assert!((token.requested_lrt()[0] - token.waiting_lrt[0]).abs() < tolerance);
        prop_assert!(now_lrt + token.waiting_lrt[0] <= asked_lrt + tolerance);
        prop_assert!(now_eth + paid <= asked_eth + tolerance);
        // Without claims the highest rate bounds what is paid per token.
        let finalised = asked_lrt - now_lrt - token.waiting_lrt[0];
        prop_assert!(paid <= finalised * 1.05 * 1.0001_f64.powi(120) + tolerance);
    }

    #[test]
    fn everything_is_paid_in_full_once_its_exit_has_arrived_and_in_the_order_of_requests(steps in steps(), escrow in 0.0..14.0) {
        let rules = RedemptionRules {
            exits: ExitRules { escrow_secs: escrow * DAY, ..bare().exits },
            queue: QueueRules { rate_frozen_at: RateFrozenAt::Request, ..bare().queue },
            ..bare()
        };
        // 120 steps of at most 60,000 ETH at 57,600 a day: two months pay for all of it.
        let horizon = 24 * 180;
        let mut token = redemption(rules, 5_000.0, horizon);
        let (mut asked, mut paid, mut recorded) = (Vec::new(), 0.0, 5_000.0);
        for k in 0..horizon {
            let step = steps.get(k);
            let next = f64::max(recorded - SERVED_PER_STEP, 0.0) + step.map_or(0.0, |step| step.inflow);
            token.clock.advance(STEP_SECS, &[recorded], &[next]);
            recorded = next;
            token.advance(k, STEP_SECS, None);
            let claims = token.finalise(k, STEP_SECS, &[1.0], &[true]);
            paid += claims.holders[0];
            let before: f64 = asked.iter().take(k).sum();
            // Only what was asked for in earlier steps has been paid, none twice.
            prop_assert!(paid <= before + 1e-6);
            let lrt = step.map_or(0.0, |step| step.holders);
            token.request(Claimant::Holders, &[lrt], &[1.0]);
            token.close(k, STEP_SECS);
            asked.push(lrt);
        }
        let total: f64 = asked.iter().sum();
        prop_assert!((total - paid).abs() < 1e-6 * (1.0 + total), "{} of {}", paid, total);
    }

    #[test]
    fn a_larger_request_is_never_paid_sooner(lrt in 0.0..1e6, more in 0.0..1e6, queue in 0.0..1e6, rules in rules()) {
        let delay = |lrt: f64| {
            let mut token = redemption(rules, queue, 10);
            token.request(Claimant::Holders, &[lrt], &[1.0]);
            token.close(0, STEP_SECS);
            token.queue_delay_secs(0, STEP_SECS)[0]
        };
        prop_assert!(delay(lrt + more) >= delay(lrt));
    }

    #[test]
    fn a_longer_queue_escrow_processing_age_or_claim_never_shortens_the_delay(
        rules in rules(), queue in 0.0..1e6, more in 0.0..1e6
    ) {
        let delay = |rules, queue| redemption(rules, queue, 1).queue_delay_secs(0, STEP_SECS)[0];
        let base = delay(rules, queue);
        prop_assert!(delay(rules, queue + more) >= base);
        let (exits, waits) = (rules.exits, rules.queue);
        for slower in [
            RedemptionRules { exits: ExitRules { escrow_secs: exits.escrow_secs + more, ..exits }, ..rules },
            RedemptionRules { exits: ExitRules { processing_secs: exits.processing_secs + more, ..exits }, ..rules },
            RedemptionRules { queue: QueueRules { minimum_age_secs: waits.minimum_age_secs + more, ..waits }, ..rules },
            RedemptionRules { queue: QueueRules { claim_delay_secs: waits.claim_delay_secs + more, ..waits }, ..rules },
        ] {
            prop_assert!(delay(slower, queue) >= base);
        }
        // Escrow and exit run side by side: the two together are never longer than their sum.
        let exit_only = delay(RedemptionRules { exits: ExitRules { escrow_secs: 0.0, ..exits }, ..rules }, queue);
        prop_assert!(base <= exit_only + exits.escrow_secs + waits.finalised_every_secs + 1e-6);
    }

    #[test]
    fn lanes_are_the_same_as_one_path_at_a_time(
        rules in rules(),
        queues in prop::array::uniform4(0.0..1e6),
        lrt in prop::collection::vec(prop::array::uniform4(0.0..5e4), 40),
        rates in prop::array::uniform4(0.98..1.0_f64),
    ) {
        let mut wide = Redemption::<4>::new(rules, ExitClock::new(queues, CHURN, 1e5), 40, Room::default());
        let mut paid = Vec::new();
        for (k, lrt) in lrt.iter().enumerate() {
            wide.clock.advance(7200.0, &queues, &queues);
            wide.advance(k, 7200.0, None);
            paid.push(wide.finalise(k, 7200.0, &rates.map(|rate| rate.powi(k as i32)), &[true; 4]).arbitrage);
            wide.request(Claimant::Arbitrage, lrt, &rates.map(|rate| rate.powi(k as i32)));
            wide.close(k, 7200.0);
        }
        for i in 0..4 {
            let mut one = Redemption::<1>::new(rules, ExitClock::new([queues[i]], CHURN, 1e5), 40, Room::default());
            for (k, lrt) in lrt.iter().enumerate() {
                one.clock.advance(7200.0, &[queues[i]], &[queues[i]]);
                one.advance(k, 7200.0, None);
                let rate = [rates[i].powi(k as i32)];
                let claims = one.finalise(k, 7200.0, &rate, &[true]);
                prop_assert_eq!(claims.arbitrage[0].to_bits(), paid[k][i].to_bits());
                one.request(Claimant::Arbitrage, &[lrt[i]], &rate);
                one.close(k, 7200.0);
            }
            prop_assert_eq!(one.clock.wait_secs()[0].to_bits(), wide.clock.wait_secs()[i].to_bits());
            prop_assert_eq!(one.buffer_eth[0].to_bits(), wide.buffer_eth[i].to_bits());
            prop_assert_eq!(
                one.queue_delay_secs(39, 7200.0)[0].to_bits(), wide.queue_delay_secs(39, 7200.0)[i].to_bits()
            );
        }
    }
}
