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

mod instant;
mod orders;
mod queue;

#[cfg(test)]
mod tests;

use crate::clock::ExitClock;
use crate::exits::{ExitTable, Exits};
use crate::requests::{RequestTable, Requests};
use crate::rules::RedemptionRules;
use pegstress_num::Lanes;

/// Tables of a path, to be used again by the next one: they are large.
#[derive(Debug, Default)]
#[repr(align(64))]
pub struct Room<const W: usize> {
    requests: RequestTable<W>,
    exits: ExitTable<W>,
    claims: Vec<[[f64; 2]; W]>,
}

/// State of a token's redemption.
#[derive(Debug, Clone)]
#[repr(align(64))]
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
#[repr(align(64))]
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
#[repr(align(64))]
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
