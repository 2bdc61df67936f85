//! How the on-chain redemption rate follows the true one.
//!
//! A protocol recognises a loss at a report, and not at once where it is large: a *breaker* refuses the report
//! (ether.fi `EtherFiAdmin`, Swell `reprice`), pauses withdrawals (Kelp `LRTOracle`), or the loss is known late (an
//! unrecorded checkpoint). Until it is resolved the rate on chain is stale:
//!
//! ```text
//! at a report:  nav_onchain <- nav_true   if 1 - nav_true / nav_onchain <= largest loss, or stale for long enough
//! ```
//!
//! While stale, [`Response::Refuse`] finalises nothing but pays instant redemptions at the stale rate, [`Response::Pause`]
//! does neither, [`Response::Delay`] does both. Units: fractions, seconds.

use pegstress_num::{Lanes, select};

use crate::rules::is_due;

/// How a protocol recognises losses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerRules {
    /// Time between reports, seconds; 0: the rate follows in every step.
    pub report_every_secs: f64,
    /// Largest loss that a report may bring, fraction; 1: any.
    pub largest_loss: f64,
    /// What happens to redemptions while a larger one is not recognised.
    pub response: Response,
    /// A loss is recognised at the first report this long after it was refused, seconds.
    pub resolved_after_secs: f64,
}

/// What happens to redemptions while the rate is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// The queue stands still; the instant path pays at the stale rate.
    Refuse,
    /// Neither is open.
    Pause,
    /// Both go on at the stale rate.
    Delay,
}

/// State of the rate on chain.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Breaker<const W: usize> {
    rules: BreakerRules,
    /// Redemption rate on chain, ETH per token.
    pub nav_onchain: Lanes<W>,
    /// Time since a loss was refused first, seconds; negative while none is.
    stale_secs: Lanes<W>,
}

/// `stale_secs` of a rate that is not stale.
const FRESH: f64 = -1.0;

impl<const W: usize> Breaker<W> {
    /// A rate that is true at the start.
    pub fn new(rules: BreakerRules, nav: &Lanes<W>) -> Self {
        Self { rules, nav_onchain: *nav, stale_secs: [FRESH; W] }
    }

    /// Ends a step at `now_secs`: at a report the rate follows, or is refused.
    #[inline(always)]
    pub fn follow(&mut self, now_secs: f64, step_secs: f64, nav_true: &Lanes<W>) {
        self.follow_where(&[true; W], now_secs, step_secs, nav_true);
    }

    /// The same in the lanes of `reports`; in the others no report comes.
    #[inline(always)]
    pub fn follow_where(&mut self, reports: &[bool; W], now_secs: f64, step_secs: f64, nav_true: &Lanes<W>) {
        let is_due = is_due(self.rules.report_every_secs, now_secs, step_secs);
        let floor = 1.0 - self.rules.largest_loss;
        for i in 0..W {
            let report = is_due & reports[i];
            let stale = self.stale_secs[i];
            let aged = select(stale >= 0.0, stale + step_secs, stale);
            let small = nav_true[i] >= self.nav_onchain[i] * floor;
            let passes = small | (aged >= self.rules.resolved_after_secs);
            let refused = select(aged >= 0.0, aged, 0.0);
            self.stale_secs[i] = select(report, select(passes, FRESH, refused), aged);
            self.nav_onchain[i] = select(report & passes, nav_true[i], self.nav_onchain[i]);
        }
    }

    /// Lanes in which the queue is finalised.
    #[inline(always)]
    pub fn finalises(&self) -> [bool; W] {
        let goes_on = self.rules.response == Response::Delay;
        self.stale_secs.map(|stale| goes_on | (stale < 0.0))
    }

    /// Lanes in which requests are taken, and instant ones paid.
    #[inline(always)]
    pub fn is_open(&self) -> [bool; W] {
        let goes_on = self.rules.response != Response::Pause;
        self.stale_secs.map(|stale| goes_on | (stale < 0.0))
    }

    /// Time until a stale rate is resolved, seconds; 0 where it is not stale. A bound where it never is: the horizon of
    /// the rules.
    #[inline(always)]
    pub fn closed_secs(&self) -> Lanes<W> {
        let mut left = [0.0; W];
        if self.rules.response != Response::Delay {
            for i in 0..W {
                let rest = self.rules.resolved_after_secs - self.stale_secs[i];
                left[i] = select(self.stale_secs[i] >= 0.0, rest, 0.0);
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3600.0;

    fn breaker(response: Response) -> Breaker<2> {
        let rules = BreakerRules {
            report_every_secs: 2.0 * HOUR,
            largest_loss: 0.0003,
            response,
            resolved_after_secs: 6.0 * HOUR,
        };
        Breaker::new(rules, &[1.0, 1.0])
    }

    #[test]
    fn a_small_loss_is_recognised_at_the_next_report_and_a_large_one_once_it_is_resolved() {
        let mut rate = breaker(Response::Refuse);
        let truth = [0.9998, 0.99];
        rate.follow(HOUR, HOUR, &truth);
        assert_eq!(rate.nav_onchain, [1.0, 1.0]);
        assert_eq!(rate.finalises(), [true, true]);
        rate.follow(2.0 * HOUR, HOUR, &truth);
        assert_eq!(rate.nav_onchain, [0.9998, 1.0]);
        assert_eq!((rate.finalises(), rate.is_open()), ([true, false], [true, true]));
        // Refused at hour 2, resolved at the report of hour 8.
        for hour in 3..8 {
            rate.follow(f64::from(hour) * HOUR, HOUR, &truth);
            assert_eq!(rate.nav_onchain[1], 1.0);
        }
        assert_eq!(rate.closed_secs(), [0.0, HOUR]);
        rate.follow(8.0 * HOUR, HOUR, &truth);
        assert_eq!((rate.nav_onchain[1], rate.finalises()[1]), (0.99, true));
    }

    #[test]
    fn a_pause_closes_both_ways_out_and_a_delay_none() {
        for (response, finalises, open) in
            [(Response::Refuse, false, true), (Response::Pause, false, false), (Response::Delay, true, true)]
        {
            let mut rate = breaker(response);
            rate.follow(2.0 * HOUR, HOUR, &[0.9, 1.1]);
            assert_eq!((rate.finalises(), rate.is_open()), ([finalises, true], [open, true]));
            // A gain is never held back.
            assert_eq!(rate.nav_onchain, [1.0, 1.1]);
        }
    }
}
