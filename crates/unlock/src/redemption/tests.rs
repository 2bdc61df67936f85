//! Small histories of one lane, by hand.

use super::*;
use crate::rules::{BufferRules, BufferUse, ExitRules, FeeCurve, QueueRules, RateFrozenAt};

const HOUR: f64 = 3600.0;
const RULES: RedemptionRules = RedemptionRules {
    buffer: BufferRules {
        start_eth: 100.0,
        target_eth: 100.0,
        refill_eth_per_sec: 0.0,
        watermark_eth: 0.0,
        serves: BufferUse::Instant,
        bucket: None,
        fee: FeeCurve { at_full: 0.003, at_empty: 0.003, full_eth: 1.0, empty_eth: 0.0 },
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

fn redemption(queue_eth: f64, rules: RedemptionRules, steps: usize) -> Redemption<1> {
    Redemption::new(rules, ExitClock::new([queue_eth], 256.0, 0.0), steps, Room::default())
}

/// Steps until the first payment to holders, and the payment.
fn first_payment(token: &mut Redemption<1>, from: usize, steps: usize, rate: f64) -> Option<(usize, f64)> {
    for step in from..steps {
        token.advance(step, HOUR, None);
        let paid = token.finalise(step, HOUR, &[rate], &[true]).holders[0];
        if paid > 0.0 {
            return Some((step, paid));
        }
        token.close(step, HOUR);
    }
    None
}

#[test]
fn the_buffer_pays_at_once_less_the_fee_and_the_rest_waits() {
    let mut token = redemption(57_600.0, RULES, 100);
    let served = token.request(Claimant::Holders, &[250.0], &[1.0]);
    token.close(0, HOUR);
    // 100 / 0.997 of the claim empty the buffer: the fee stays in it and pays too.
    assert!((served.paid_now_eth[0] - 100.0).abs() < 1e-12 && token.buffer_eth[0] < 1e-12);
    let queued = 250.0 - 100.0 / 0.997;
    assert!((served.queued_lrt[0] - queued).abs() < 1e-12);
    // The clock holds (57,600 + 149.7) / 57,600 days, and 256 epochs follow: 51.4 hours, due in step 52.
    let (step, paid) = first_payment(&mut token, 1, 100, 1.0).expect("a payment");
    assert_eq!(step, 52);
    assert!((paid - queued).abs() < 1e-9);
}

#[test]
fn escrow_runs_beside_the_exit_clock_and_processing_after_both() {
    let exits = ExitRules { ordered_every_secs: 0.0, escrow_secs: 7.0 * 86_400.0, processing_secs: 86_400.0 };
    let delay =
        |queue| redemption(queue, RedemptionRules { exits, ..RULES }, 10).queue_delay_secs(0, HOUR)[0];
    assert_eq!(delay(0.0), 8.0 * 86_400.0);
    // 10 days of queue and 256 epochs outlast the escrow.
    assert!((delay(576_000.0) - (11.0 * 86_400.0 + 256.0 * 384.0)).abs() < 1e-6);
}

#[test]
fn a_buffer_for_the_queue_pays_at_the_report_and_a_loss_since_the_request_is_the_claimants() {
    let buffer = BufferRules { serves: BufferUse::Queue, start_eth: 1e4, ..RULES.buffer };
    let queue = QueueRules { finalised_every_secs: 24.0 * HOUR, ..RULES.queue };
    let mut token = redemption(0.0, RedemptionRules { buffer, queue, ..RULES }, 100);
    let served = token.request(Claimant::Holders, &[100.0], &[1.2]);
    assert_eq!((served.paid_now_eth[0], served.queued_lrt[0]), (0.0, 100.0));
    token.close(0, HOUR);
    // The report ends the first day: step 23. 100 at 1.2 finalised at 1.18.
    let (step, paid) = first_payment(&mut token, 1, 100, 1.18).expect("a payment");
    assert_eq!(step, 23);
    assert!((paid - 118.0).abs() < 1e-9, "{paid}");
    // Nothing had to be fetched.
    assert_eq!(token.clock.wait_secs()[0], 0.0);
}

#[test]
fn a_cool_down_a_claim_delay_and_a_cap_each_hold_a_payment_back() {
    let buffer = BufferRules { serves: BufferUse::Queue, start_eth: 1e6, ..RULES.buffer };
    let first = |queue: QueueRules| {
        let mut token = redemption(0.0, RedemptionRules { buffer, queue, ..RULES }, 200);
        token.request(Claimant::Holders, &[240.0], &[1.0]);
        token.close(0, HOUR);
        first_payment(&mut token, 1, 200, 1.0).expect("a payment")
    };
    assert_eq!(first(RULES.queue), (1, 240.0));
    assert_eq!(first(QueueRules { minimum_age_secs: 72.0 * HOUR, ..RULES.queue }), (72, 240.0));
    assert_eq!(first(QueueRules { claim_delay_secs: 8.0 * HOUR, ..RULES.queue }), (9, 240.0));
    let (step, paid) = first(QueueRules { cap_eth_per_sec: 10.0 / HOUR, ..RULES.queue });
    assert_eq!(step, 1);
    assert!((paid - 10.0).abs() < 1e-9);
}

#[test]
fn deposits_bring_what_requests_wait_for_on_top_of_the_buffers_target() {
    // Renzo `getWithdrawDeficit`: 250 asked of a full buffer of 100 leave a deficit of 150, and a buffer to fill again.
    let buffer = BufferRules { serves: BufferUse::Queue, refill_eth_per_sec: 60.0 / HOUR, ..RULES.buffer };
    let queue = QueueRules { minimum_age_secs: 72.0 * HOUR, ..RULES.queue };
    let mut token = redemption(0.0, RedemptionRules { buffer, queue, ..RULES }, 100);
    token.request(Claimant::Holders, &[250.0], &[1.0]);
    token.close(0, HOUR);
    let mut brought = Vec::new();
    for step in 1..=6 {
        let before = token.refilled_eth[0];
        token.advance(step, HOUR, None);
        brought.push((token.refilled_eth[0] - before).round());
        token.close(step, HOUR);
    }
    assert_eq!(brought, [60.0, 60.0, 60.0, 60.0, 10.0, 0.0]);
    assert!((token.buffer_eth[0] - 350.0).abs() < 1e-9);
}

#[test]
fn a_report_that_did_not_come_leaves_its_part_of_the_cap_to_the_next() {
    let buffer = BufferRules { serves: BufferUse::Queue, start_eth: 1e6, ..RULES.buffer };
    let cap_eth_per_sec = 80_000.0 / (24.0 * HOUR);
    let queue = QueueRules { finalised_every_secs: 24.0 * HOUR, cap_eth_per_sec, ..RULES.queue };
    let mut token = redemption(0.0, RedemptionRules { buffer, queue, ..RULES }, 200);
    let mut reports = Vec::new();
    for step in 0..96 {
        token.advance(step, HOUR, None);
        let paid = token.finalise(step, HOUR, &[1.0], &[step != 47]).holders[0];
        if step % 24 == 23 {
            reports.push(paid.round());
        }
        let asked = if step == 0 { 500_000.0 } else { 0.0 };
        token.request(Claimant::Holders, &[asked], &[1.0]);
        token.close(step, HOUR);
    }
    assert_eq!(reports, [80_000.0, 0.0, 160_000.0, 80_000.0]);
}

#[test]
fn one_pot_pays_those_who_redeem_at_once_out_of_what_exits_bring_and_the_watermark_binds_only_them() {
    let buffer = BufferRules { serves: BufferUse::InstantAndQueue, watermark_eth: 60.0, ..RULES.buffer };
    let queue = QueueRules { finalised_every_secs: 240.0 * HOUR, ..RULES.queue };
    let mut token = redemption(0.0, RedemptionRules { buffer, queue, ..RULES }, 300);
    let keep = 1.0 - 0.003;
    let served = token.request(Claimant::Holders, &[200.0], &[1.0]);
    assert!((served.paid_now_eth[0] - 40.0).abs() < 1e-12);
    token.close(0, HOUR);
    let waits = 200.0 - 40.0 / keep;
    let mut paid = Vec::new();
    for step in 1..240 {
        token.advance(step, HOUR, None);
        paid.push(token.finalise(step, HOUR, &[1.0], &[true]).holders[0]);
        if step == 100 {
            // The exits for what the 60 at hand do not cover have arrived.
            assert!((token.instant_room_eth()[0] - (waits - 60.0)).abs() < 1e-9);
            assert!(
                (token.request(Claimant::Holders, &[10.0], &[1.0]).paid_now_eth[0] - 10.0 * keep).abs()
                    < 1e-9
            );
        }
        token.close(step, HOUR);
    }
    // The report comes with step 239, and new exits have brought what was paid meanwhile.
    assert!((paid.iter().sum::<f64>() - waits).abs() < 1e-9 && paid[238] > 0.0);
    assert!(token.buffer_eth[0].abs() < 1e-9);
}

#[test]
fn the_fee_rises_as_the_buffer_empties() {
    // MECHANICS 4.3: cap 10,000, limit 5,000, 5 to 50 bps; after 7,000 the contract says 32 bps, here 32 exactly:
    // 5 + 45 * 0.6.
    let fee = FeeCurve { at_full: 0.0005, at_empty: 0.005, full_eth: 1e4, empty_eth: 5e3 };
    let buffer = BufferRules { start_eth: 1e4, fee, ..RULES.buffer };
    let token = redemption(0.0, RedemptionRules { buffer, ..RULES }, 1);
    for (leaves, bps) in [(3_000.0, 32.0), (5_000.0, 50.0), (-2_000.0, 5.0)] {
        assert!((token.instant_fee(&[leaves])[0] * 1e4 - bps).abs() < 1e-9);
    }
}
