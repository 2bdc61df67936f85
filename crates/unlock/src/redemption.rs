//! A token's redemption: an instant path, a FIFO queue, and the exits that pay it.
//!
//! ```text
//! advance    exits arrive; deposits bring up to target - (buffer + arrived - outstanding); the bucket refills
//! finalise   at a report: requests old enough are filled in order, out of arrived exits (and the whole buffer), at
//!            min(rate at request, rate now), up to the cap times the time since the last report
//! request    instant = min(claim, bucket, (buffer - watermark) / (1 - fee)), the rest waits
//! close      exits are ordered for what waits and is not covered; they arrive after
//!            max(exit clock, escrow) + processing
//! ```
//!
//! Queues are FIFO by step with one head per lane, no lists. Who asks for what in a step is filled alike. Claims of holders
//! and of arbitrageurs are kept apart only to know whom to pay. Units: ETH, tokens, seconds.

use crate::clock::ExitClock;
use crate::exits::{ExitTable, Exits, Survival};
use crate::requests::{Fill, RequestTable, Requests};
use crate::rules::{BufferUse, RedemptionRules, is_due, next_due_secs};
use pegstress_num::{Lanes, greater, lesser, select};

/// What waits counts as covered by the ETH at hand if this much is left over, ETH.
const LEAST_COVER_ETH: f64 = 1.0;

/// Tables of a path, to be used again by the next one: they are large.
#[derive(Debug, Default)]
pub struct Room<const W: usize> {
    requests: RequestTable<W>,
    exits: ExitTable<W>,
    claims: Vec<[[f64; 2]; W]>,
}

/// State of a token's redemption.
#[derive(Debug, Clone)]
pub struct Redemption<const W: usize> {
    rules: RedemptionRules,
    /// The network's exit clock, own exits included.
    pub clock: ExitClock<W>,
    /// ETH that pays instant redemptions, or the queue, or both.
    pub buffer_eth: Lanes<W>,
    bucket_eth: Lanes<W>,
    /// ETH that has arrived for the queue and is not paid yet.
    queue_eth: Lanes<W>,
    /// ETH that is finalised and waits for its claim.
    claimable_eth: Lanes<W>,
    /// ETH that new deposits have added.
    pub refilled_eth: Lanes<W>,
    /// ETH that exits have brought.
    pub arrived_eth: Lanes<W>,
    /// Tokens whose redemption waits.
    pub waiting_lrt: Lanes<W>,
    requests: Requests<W>,
    exits: Exits<W>,
    /// Finalised claims by the step of payment, `[holders, arbitrage]`; empty where there is no delay.
    claims: Vec<[[f64; 2]; W]>,
    /// What is asked for in the present step.
    asked: [Lanes<W>; 2],
    asked_rate: Lanes<W>,
    /// Time since the last finalisation that was let through, which the cap counts.
    since_report_secs: Lanes<W>,
    /// Steps done.
    steps: usize,
}

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimant {
    /// Holders who redeem.
    Holders,
    /// Arbitrageurs who redeem what they bought.
    Arbitrage,
}

/// ETH paid to those who waited.
#[derive(Debug, Clone, Copy)]
pub struct Claims<const W: usize> {
    /// To holders.
    pub holders: Lanes<W>,
    /// To arbitrageurs.
    pub arbitrage: Lanes<W>,
    /// What finalisation took off holders' value at request,
    pub holders_marked_down: Lanes<W>,
    /// and off arbitrageurs'.
    pub arbitrage_marked_down: Lanes<W>,
    /// Tokens that were finalised.
    pub lrt: Lanes<W>,
}

/// What a request led to.
#[derive(Debug, Clone, Copy)]
pub struct Served<const W: usize> {
    /// ETH paid at once, after the instant fee.
    pub paid_now_eth: Lanes<W>,
    /// Tokens that were redeemed for it.
    pub paid_now_lrt: Lanes<W>,
    /// Tokens that wait.
    pub queued_lrt: Lanes<W>,
}

/// The end of a step, seconds after the start of the path.
#[inline(always)]
fn end_of(step: usize, step_secs: f64) -> f64 {
    (step + 1) as f64 * step_secs
}

/// `secs` in whole steps, rounded up.
#[inline(always)]
fn steps_up(secs: f64, step_secs: f64) -> usize {
    (secs / step_secs).ceil() as usize
}

impl<const W: usize> Redemption<W> {
    /// The state at the start of a path of `steps` steps; `room` is that of an earlier one, or empty.
    pub fn new(rules: RedemptionRules, clock: ExitClock<W>, steps: usize, room: Room<W>) -> Self {
        let zero = [0.0; W];
        let Room { requests, exits, mut claims } = room;
        claims.clear();
        if rules.queue.claim_delay_secs > 0.0 {
            claims.resize(steps, [[0.0; 2]; W]);
        }
        Self {
            rules,
            clock,
            buffer_eth: [rules.buffer.start_eth; W],
            bucket_eth: [rules.buffer.bucket.map_or(f64::INFINITY, |bucket| bucket.capacity_eth); W],
            queue_eth: zero,
            claimable_eth: zero,
            refilled_eth: zero,
            arrived_eth: zero,
            waiting_lrt: zero,
            requests: Requests::new(steps, requests),
            exits: Exits::new(steps, exits),
            claims,
            asked: [zero; 2],
            asked_rate: zero,
            since_report_secs: zero,
            steps: 0,
        }
    }

    /// The tables, to be used again.
    pub fn into_room(self) -> Room<W> {
        Room { requests: self.requests.into_room(), exits: self.exits.into_room(), claims: self.claims }
    }

    /// Begins `step`: exits arrive, less what was slashed on the way, and deposits and the bucket refill.
    #[inline(always)]
    pub fn advance(&mut self, step: usize, step_secs: f64, survival: Option<&Survival<W>>) {
        let escrow_steps = steps_up(self.rules.exits.escrow_secs, step_secs);
        let arrived = self.exits.arrive(step, escrow_steps, survival);
        let buffer = self.rules.buffer;
        let inflow = buffer.refill_eth_per_sec * step_secs;
        let one_pot = buffer.serves == BufferUse::InstantAndQueue;
        for i in 0..W {
            self.arrived_eth[i] += arrived[i];
            self.queue_eth[i] += select(one_pot, 0.0, arrived[i]);
            self.buffer_eth[i] += select(one_pot, arrived[i], 0.0);
            // Nobody waits: what is left over belongs to those who stay.
            let spare = select(self.requests.outstanding_eth[i] <= 0.0, self.queue_eth[i], 0.0);
            self.queue_eth[i] -= spare;
            self.buffer_eth[i] += spare;
            // What requests wait for is not the buffer's, be it at hand already or not.
            let reserved = self.requests.outstanding_eth[i] - self.queue_eth[i];
            let reserved = select(buffer.serves.is_for_queue(), reserved, 0.0);
            let lacking = greater(buffer.target_eth + reserved - self.buffer_eth[i], 0.0);
            let added = lesser(lacking, inflow);
            self.buffer_eth[i] += added;
            self.refilled_eth[i] += added;
        }
        if let Some(bucket) = buffer.bucket {
            let refill = bucket.refill_eth_per_sec * step_secs;
            for left in &mut self.bucket_eth {
                *left = lesser(*left + refill, bucket.capacity_eth);
            }
        }
    }

    /// Finalises at `rate` (ETH per token) in the lanes that may, and pays what is due.
    #[inline(always)]
    pub fn finalise(&mut self, step: usize, step_secs: f64, rate: &Lanes<W>, may: &[bool; W]) -> Claims<W> {
        let queue = self.rules.queue;
        let zero = [0.0; W];
        let mut paid = Claims {
            holders: zero,
            arbitrage: zero,
            holders_marked_down: zero,
            arbitrage_marked_down: zero,
            lrt: zero,
        };
        for since in &mut self.since_report_secs {
            *since += step_secs;
        }
        if is_due(queue.finalised_every_secs, end_of(step, step_secs), step_secs) {
            let buffer_part = select(self.rules.buffer.serves.is_for_queue(), 1.0, 0.0);
            let mut budget_eth = [0.0; W];
            for i in 0..W {
                let cap = queue.cap_eth_per_sec * self.since_report_secs[i];
                let at_hand = self.queue_eth[i] + self.buffer_eth[i] * buffer_part;
                budget_eth[i] = select(may[i], lesser(at_hand, cap), 0.0);
                self.since_report_secs[i] = select(may[i], 0.0, self.since_report_secs[i]);
            }
            let old_enough = steps_up(queue.minimum_age_secs, step_secs).max(1);
            let filled = self.requests.fill(&Fill {
                budget_eth: &budget_eth,
                before_step: (step + 1).saturating_sub(old_enough),
                rate,
                frozen_at: queue.rate_frozen_at,
                batch_eth: queue.batch_eth,
            });
            for i in 0..W {
                let eth = filled.holders_eth[i] + filled.arbitrage_eth[i];
                let arrived = lesser(eth, self.queue_eth[i]);
                self.queue_eth[i] -= arrived;
                // Paid to the last, a rounding may be missing.
                self.buffer_eth[i] = greater(self.buffer_eth[i] - (eth - arrived), 0.0);
                self.waiting_lrt[i] -= filled.lrt[i];
            }
            paid = Claims {
                holders: filled.holders_eth,
                arbitrage: filled.arbitrage_eth,
                holders_marked_down: filled.holders_marked_down_eth,
                arbitrage_marked_down: filled.arbitrage_marked_down_eth,
                lrt: filled.lrt,
            };
        }
        if self.claims.is_empty() {
            return paid;
        }
        let later = step + steps_up(queue.claim_delay_secs, step_secs);
        for i in 0..W {
            self.claimable_eth[i] += paid.holders[i] + paid.arbitrage[i];
            if let Some(row) = self.claims.get_mut(later) {
                row[i] = [paid.holders[i], paid.arbitrage[i]];
            }
            let [holders, arbitrage] = self.claims[step][i];
            self.claimable_eth[i] -= holders + arbitrage;
            paid.holders[i] = holders;
            paid.arbitrage[i] = arbitrage;
        }
        paid
    }

    /// Claims that the instant path takes now, ETH gross of its fee.
    #[inline(always)]
    pub fn instant_room_eth(&self) -> Lanes<W> {
        let mut room = [0.0; W];
        if self.rules.buffer.serves.is_instant() {
            for i in 0..W {
                let above = greater(self.buffer_eth[i] - self.rules.buffer.watermark_eth, 0.0);
                room[i] = lesser(above, self.bucket_eth[i]);
            }
        }
        room
    }

    /// Fee of the instant path if `eth` leaves the buffer now, fraction.
    #[inline(always)]
    pub fn instant_fee(&self, eth: &Lanes<W>) -> Lanes<W> {
        let curve = self.rules.buffer.fee;
        let mut fee = [curve.at_full; W];
        if curve.at_empty == curve.at_full {
            return fee;
        }
        for i in 0..W {
            fee[i] = curve.at(self.buffer_eth[i] - eth[i]);
        }
        fee
    }

    /// Asks for redemption of `lrt` tokens at `rate`: at once while the instant path lasts, the rest waits.
    #[inline(always)]
    pub fn request(&mut self, claimant: Claimant, lrt: &Lanes<W>, rate: &Lanes<W>) -> Served<W> {
        let zero = [0.0; W];
        let mut served = Served { paid_now_eth: zero, paid_now_lrt: zero, queued_lrt: *lrt };
        if self.rules.buffer.serves.is_instant() {
            let mut leaves = self.instant_room_eth();
            for i in 0..W {
                leaves[i] = lesser(leaves[i], lrt[i] * rate[i]);
            }
            let fee = self.instant_fee(&leaves);
            for i in 0..W {
                // The fee stays in the buffer: claims up to `above / keep` empty it.
                let keep = 1.0 - fee[i];
                let above = greater(self.buffer_eth[i] - self.rules.buffer.watermark_eth, 0.0);
                let claim = lrt[i] * rate[i];
                let instant = lesser(lesser(claim, self.bucket_eth[i]), above / keep);
                self.bucket_eth[i] -= instant;
                self.buffer_eth[i] = greater(self.buffer_eth[i] - instant * keep, 0.0);
                served.paid_now_eth[i] = instant * keep;
                served.queued_lrt[i] = greater(claim - instant, 0.0) / rate[i];
                served.paid_now_lrt[i] = lrt[i] - served.queued_lrt[i];
            }
        }
        let asked = &mut self.asked[claimant as usize];
        for i in 0..W {
            asked[i] += served.queued_lrt[i];
            self.waiting_lrt[i] += served.queued_lrt[i];
        }
        self.asked_rate = *rate;
        served
    }

    /// ETH at hand beyond all that waits, what was asked for in this step included; with what is on its way, exits have
    /// to be ordered for what is below zero.
    #[inline(always)]
    fn cover_eth(&self) -> Lanes<W> {
        let is_for_queue = self.rules.buffer.serves.is_for_queue();
        let mut cover = [0.0; W];
        for i in 0..W {
            let spare = select(is_for_queue, self.buffer_eth[i], 0.0);
            let asked = (self.asked[0][i] + self.asked[1][i]) * self.asked_rate[i];
            cover[i] = self.queue_eth[i] + spare - self.requests.outstanding_eth[i] - asked;
        }
        cover
    }

    /// ETH that nothing at hand or on its way covers.
    #[inline(always)]
    fn uncovered_eth(&self) -> Lanes<W> {
        let mut uncovered = self.cover_eth();
        for i in 0..W {
            uncovered[i] = greater(-(uncovered[i] + self.exits.in_flight_eth[i]), 0.0);
        }
        uncovered
    }

    /// Ends `step`: takes in what was asked for, and orders exits if it is time.
    #[inline(always)]
    pub fn close(&mut self, step: usize, step_secs: f64) {
        let mut needed = [0.0; W];
        if is_due(self.rules.exits.ordered_every_secs, end_of(step, step_secs), step_secs) {
            needed = self.uncovered_eth();
            self.clock.reserve(&needed);
        }
        let [holders, arbitrage] = &self.asked;
        self.requests.ask(step, holders, arbitrage, &self.asked_rate);
        self.asked = [[0.0; W]; 2];
        let mut delay = self.clock.delay_secs();
        for d in &mut delay {
            *d = greater(*d, self.rules.exits.escrow_secs) + self.rules.exits.processing_secs;
        }
        self.exits.order(step, step_secs, &needed, &delay);
        self.steps = step + 1;
    }

    /// Time until the queue would pay the next token asked for in `step`, seconds: the instant path left aside.
    #[inline(always)]
    pub fn queue_delay_secs(&self, step: usize, step_secs: f64) -> Lanes<W> {
        let (queue, exits) = (self.rules.queue, self.rules.exits);
        let now = end_of(step, step_secs);
        let order_secs = next_due_secs(exits.ordered_every_secs, now) - now;
        let per_cap = 1.0 / queue.cap_eth_per_sec;
        let cover = self.cover_eth();
        let mut delay = self.clock.delay_after_secs(&self.uncovered_eth());
        for i in 0..W {
            let fetched = order_secs + greater(delay[i], exits.escrow_secs) + exits.processing_secs;
            // Covered by what is on its way counts as fetched: its arrival is bounded by that of a new order.
            let at_hand = cover[i] >= LEAST_COVER_ETH;
            let paid = select(at_hand, 0.0, fetched);
            let asked = (self.asked[0][i] + self.asked[1][i]) * self.asked_rate[i];
            let capped = (self.requests.outstanding_eth[i] + asked) * per_cap;
            delay[i] = greater(greater(paid, capped), queue.minimum_age_secs);
        }
        if queue.finalised_every_secs > 0.0 {
            for d in &mut delay {
                *d = next_due_secs(queue.finalised_every_secs, now + *d) - now;
            }
        }
        for d in &mut delay {
            *d += queue.claim_delay_secs;
        }
        delay
    }

    /// ETH inside of the protocol's contracts.
    #[inline(always)]
    pub fn held_eth(&self) -> Lanes<W> {
        let mut held = self.buffer_eth;
        for i in 0..W {
            held[i] += self.queue_eth[i] + self.claimable_eth[i];
        }
        held
    }

    /// ETH that claims wait for: at the rates of the requests, and finalised.
    #[inline(always)]
    pub fn owed_eth(&self) -> Lanes<W> {
        let mut owed = self.claimable_eth;
        for i in 0..W {
            owed[i] += self.requests.outstanding_eth[i];
        }
        owed
    }

    /// ETH on its way, before losses, as the running sum has it.
    pub fn in_flight_eth(&self) -> Lanes<W> {
        self.exits.in_flight_eth
    }

    /// Tokens that wait, counted from their requests: equals `waiting_lrt` if none was lost.
    pub fn requested_lrt(&self) -> Lanes<W> {
        std::array::from_fn(|i| self.requests.left_lrt(i, self.steps))
    }

    /// ETH on its way, before losses, counted from its orders.
    pub fn ordered_eth(&self) -> Lanes<W> {
        std::array::from_fn(|i| self.exits.left_eth(i, self.steps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{BufferRules, ExitRules, FeeCurve, QueueRules, RateFrozenAt};

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
    fn first_payment(
        token: &mut Redemption<1>,
        from: usize,
        steps: usize,
        rate: f64,
    ) -> Option<(usize, f64)> {
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
        let exits =
            ExitRules { ordered_every_secs: 0.0, escrow_secs: 7.0 * 86_400.0, processing_secs: 86_400.0 };
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
        let buffer =
            BufferRules { serves: BufferUse::Queue, refill_eth_per_sec: 60.0 / HOUR, ..RULES.buffer };
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
}
