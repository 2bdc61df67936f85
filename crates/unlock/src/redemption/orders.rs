//! The end of a step: exits are ordered for what is not covered; and the delay that the next request would meet.

use super::{Redemption, end_of};
use crate::rules::{is_due, next_due_secs};
use pegstress_num::{Lanes, greater, select};

/// What waits counts as covered by the ETH at hand if this much is left over, ETH.
const LEAST_COVER_ETH: f64 = 1.0;

impl<const W: usize> Redemption<W> {
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
}
