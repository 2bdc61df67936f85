//! Timelines against arithmetic by hand.

use super::*;
use crate::clock::DAY_SECS;
use crate::rules::{BucketRules, BufferRules, BufferUse, ExitRules, FeeCurve, QueueRules, RateFrozenAt};

const RULES: RedemptionRules = RedemptionRules {
    buffer: BufferRules {
        start_eth: 0.0,
        target_eth: 0.0,
        refill_eth_per_sec: 0.0,
        watermark_eth: 0.0,
        serves: BufferUse::Queue,
        bucket: None,
        fee: FeeCurve { at_full: 0.0, at_empty: 0.0, full_eth: 1.0, empty_eth: 0.0 },
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
};

fn case(rules: RedemptionRules, amount_eth: f64, queue_eth: f64) -> ExitCase {
    ExitCase {
        rules,
        amount_eth,
        queue_eth,
        churn_eth_per_epoch: 256.0,
        sweep_secs: 4.0 * DAY_SECS,
        until_order_secs: 0.0,
        until_finalisation_secs: 0.0,
        redeposit: None,
    }
}

fn days(secs: f64) -> f64 {
    secs / DAY_SECS
}

#[test]
fn an_extra_exit_of_half_a_million_delays_the_marginal_unit_by_8_68_days() {
    let exit = timeline(&case(RULES, 500_000.0, 943_000.0));
    // 500,000 / 57,600.
    assert!((days(exit.marginal_secs - exit.marginal_without_secs) - 8.68).abs() < 0.001);
    let (first, last) = (exit.first_secs().expect("paid"), exit.last_secs().expect("paid"));
    let fixed = 256.0 / 225.0 + 4.0;
    assert!((days(first) - (943_000.0 / 57_600.0 + fixed)).abs() < 0.05);
    assert!((days(last) - (1_443_000.0 / 57_600.0 + fixed)).abs() < 1e-3, "{}", days(last));
    assert!((exit.paid_eth() - 500_000.0).abs() < 1e-3);
}

#[test]
fn escrow_outlasts_a_short_queue_and_everything_comes_at_once() {
    let exits =
        ExitRules { ordered_every_secs: 0.0, escrow_secs: 14.0 * DAY_SECS, processing_secs: DAY_SECS };
    let exit = timeline(&case(RedemptionRules { exits, ..RULES }, 1_000.0, 0.0));
    assert!((days(exit.first_secs().expect("paid")) - 15.0).abs() < 1e-6);
    assert!((days(exit.last_secs().expect("paid")) - 15.0).abs() < 1e-6);
    let escrow = exit.stages.iter().find(|stage| stage.kind == StageKind::Escrow).expect("a stage");
    assert!(escrow.kind.is_parallel() && escrow.start_secs == 0.0 && days(escrow.last_secs) == 14.0);
}

#[test]
fn the_bucket_pays_first_then_eth_at_hand_then_exits() {
    let buffer = BufferRules {
        start_eth: 7_000.0,
        target_eth: 7_000.0,
        watermark_eth: 5_000.0,
        serves: BufferUse::InstantAndQueue,
        bucket: Some(BucketRules { capacity_eth: 2_000.0, refill_eth_per_sec: 0.0 }),
        fee: FeeCurve { at_full: 0.003, at_empty: 0.003, full_eth: 1.0, empty_eth: 0.0 },
        ..RULES.buffer
    };
    let queue = QueueRules { finalised_every_secs: DAY_SECS, ..RULES.queue };
    let at = ExitCase {
        until_finalisation_secs: DAY_SECS,
        ..case(RedemptionRules { buffer, queue, ..RULES }, 25_000.0, 57_600.0)
    };
    let exit = timeline(&at);
    // MECHANICS 4.2: 30 bps of the bucket.
    assert_eq!(exit.payments[0], Payment { secs: 0.0, eth: 1_994.0 });
    assert!((exit.fee_eth - 6.0).abs() < 1e-12);
    // 7,000 - 1,994 at hand, at the first report: the watermark binds the instant path only.
    assert!((exit.payments[1].eth - 5_006.0).abs() < 1e-9 && exit.payments[1].secs == DAY_SECS);
    assert!((exit.fetched_eth - 17_994.0).abs() < 1e-9);
    assert!((exit.paid_eth() + exit.fee_eth - 25_000.0).abs() < 1e-6);
    // One day of queue, 256 epochs, four days of sweep: 6.14 to 6.45 days, at the report of day 7.
    assert!(exit.payments.iter().skip(2).all(|payment| payment.secs == 7.0 * DAY_SECS));
}

#[test]
fn a_cap_spreads_payments_over_reports_and_a_batch_leaves_a_rest() {
    let buffer = BufferRules { start_eth: 1e6, ..RULES.buffer };
    let queue =
        QueueRules { finalised_every_secs: DAY_SECS, cap_eth_per_sec: 80_000.0 / DAY_SECS, ..RULES.queue };
    let exit = timeline(&case(RedemptionRules { buffer, queue, ..RULES }, 200_000.0, 0.0));
    let paid: Vec<_> =
        exit.payments.iter().map(|payment| (days(payment.secs), payment.eth.round())).collect();
    assert_eq!(paid, [(0.0, 80_000.0), (1.0, 80_000.0), (2.0, 40_000.0)]);
    let batches = QueueRules { batch_eth: 50.0, ..RULES.queue };
    let exit = timeline(&case(RedemptionRules { buffer, queue: batches, ..RULES }, 120.0, 0.0));
    assert!((exit.paid_eth() - 100.0).abs() < 1e-9 && (exit.left_waiting_eth - 20.0).abs() < 1e-9);
}

#[test]
fn an_age_and_a_claim_delay_hold_back_what_is_at_hand() {
    let buffer = BufferRules { start_eth: 1e6, ..RULES.buffer };
    let queue = QueueRules { minimum_age_secs: 7.0 * DAY_SECS, claim_delay_secs: DAY_SECS, ..RULES.queue };
    let exit = timeline(&case(RedemptionRules { buffer, queue, ..RULES }, 100.0, 1e6));
    assert_eq!(exit.payments, [Payment { secs: 8.0 * DAY_SECS, eth: 100.0 }]);
    assert_eq!(exit.fetched_eth, 0.0);
}

#[test]
fn random_delays_lie_around_the_stated_one_and_do_not_depend_on_how_many_are_drawn() {
    let exits = ExitRules { ordered_every_secs: DAY_SECS, ..RULES.exits };
    let case = ExitCase {
        until_order_secs: 0.5 * DAY_SECS,
        ..case(RedemptionRules { exits, ..RULES }, 10.0, 576_000.0)
    };
    let draw = |paths| {
        delays(
            &case,
            &Draws { paths, seed: 7, queue_changes_eth: &[-1_000.0, 1_000.0], change_secs: 21_600.0 },
        )
    };
    let many = draw(4_000);
    assert_eq!(many[..100], draw(100)[..]);
    let mean = many.iter().map(|one| days(one.last_secs)).sum::<f64>() / 4_000.0;
    // Order: half a day, sd 0.29; sweep: 4 days, sd 2.31; the changes have mean 0. Five standard errors are 0.19.
    assert!((mean - days(timeline(&case).last_secs().expect("paid"))).abs() < 0.19, "{mean}");
}

#[test]
fn mechanics_1_4_a_full_entry_queue_takes_39_29_days_to_come_back_through() {
    let buffer = BufferRules { start_eth: 1e6, ..RULES.buffer };
    let redeposit = Some(Redeposit { entry_queue_eth: 2_262_825.0, churn_eth_per_epoch: 256.0 });
    let exit = timeline(&ExitCase { redeposit, ..case(RedemptionRules { buffer, ..RULES }, 57_600.0, 0.0) });
    let back = exit.stages.last().expect("a stage");
    assert_eq!((back.kind, back.start_secs), (StageKind::Redeposit, 0.0));
    // The printed figure, and eight epochs; the last unit a day later.
    assert!((days(back.first_secs) - 8.0 / 225.0 - 39.29).abs() < 0.005, "{}", days(back.first_secs));
    assert!((days(back.last_secs - back.first_secs) - 1.0).abs() < 1e-9);
}
