//! The queue of a step: exits arrive, deposits refill, requests are finalised in their order and paid.

use super::{Claims, Redemption, end_of, steps_up};
use crate::exits::Survival;
use crate::requests::Fill;
use crate::rules::{BufferUse, is_due};
use pegstress_num::{Lanes, greater, lesser, select};

impl<const W: usize> Redemption<W> {
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
}
