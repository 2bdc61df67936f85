//! The beacon chain's exit queue as a fluid reservation clock.
//!
//! Since EIP-7251 every exit reserves balance on one clock: `earliest_exit_epoch` and what is left of its churn
//! (ethereum/consensus-specs, specs/electra/beacon-chain.md, `compute_exit_epoch_and_update_churn`). Exits, partial
//! withdrawals, slashed validators and the network's other exits reserve alike. Here the clock is one number per lane,
//! the time until the last unit reserved may leave: it falls with the wall clock and grows by `reserved / churn`. A later
//! change of churn does not move what is reserved, as in the spec. The integer version is
//! `pegstress_exact::consensus::exit_clock`.
//!
//! ```text
//! wait'     = max(wait - dt, 0) + inflow / churn                  (of the last unit reserved)
//! delay     = max(5 epochs, wait) + 256 epochs + sweep
//! inflow    = recorded' - max(recorded - churn * dt, 0)           (so that without own exits wait = recorded / churn)
//! ```
//!
//! Units: ETH, seconds. Domain: churn > 0, queue >= 0. Error: the integer clock hands out whole epochs, so a wait
//! differs from it by less than one epoch (384 s); the last unit of an exit on an empty clock leaves at
//! `5 + ceil(exit / churn) - 1` epochs there and at `max(5, exit / churn)` here, up to four epochs earlier. A change of
//! churn moves the difference by up to `|1 - old / new|` epochs, for what is left of the present epoch is worth
//! `left / old` epochs here and `left / new` there.
//! A recorded queue that falls faster than the churn counts as (negative) inflow: the record wins.

use pegstress_num::{Lanes, greater};

/// Seconds in an epoch: 32 slots of 12 s.
pub const EPOCH_SECS: f64 = 384.0;
/// Seconds in a day.
pub const DAY_SECS: f64 = 86_400.0;
/// An exit takes effect at the current epoch + 1 + `MAX_SEED_LOOKAHEAD` (4) at the earliest.
pub const EXIT_LOOKAHEAD_EPOCHS: f64 = 5.0;
/// `MIN_VALIDATOR_WITHDRAWABILITY_DELAY`, epochs.
pub const WITHDRAWABILITY_DELAY_EPOCHS: f64 = 256.0;

/// Time until everything reserved has left, per lane.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct ExitClock<const W: usize> {
    wait_secs: Lanes<W>,
    churn_eth_per_sec: f64,
    secs_per_eth: f64,
    fixed_secs: f64,
}

impl<const W: usize> ExitClock<W> {
    /// A clock with `queue_eth` ahead, a churn in ETH per epoch and a sweep delay in seconds.
    pub fn new(queue_eth: Lanes<W>, churn_eth_per_epoch: f64, sweep_secs: f64) -> Self {
        let mut clock = Self {
            wait_secs: [0.0; W],
            churn_eth_per_sec: 0.0,
            secs_per_eth: 0.0,
            fixed_secs: WITHDRAWABILITY_DELAY_EPOCHS * EPOCH_SECS + sweep_secs,
        };
        clock.set_churn(churn_eth_per_epoch);
        clock.reserve(&queue_eth);
        clock
    }

    /// From now on `churn_eth_per_epoch` may leave; what is reserved keeps its time.
    #[inline(always)]
    pub fn set_churn(&mut self, churn_eth_per_epoch: f64) {
        self.churn_eth_per_sec = churn_eth_per_epoch / EPOCH_SECS;
        self.secs_per_eth = EPOCH_SECS / churn_eth_per_epoch;
    }

    /// Serves for `step_secs` while the recorded network queue goes from `recorded_before` to `recorded_now`.
    #[inline(always)]
    pub fn advance(&mut self, step_secs: f64, recorded_before: &Lanes<W>, recorded_now: &Lanes<W>) {
        let served = self.churn_eth_per_sec * step_secs;
        for i in 0..W {
            let inflow = recorded_now[i] - greater(recorded_before[i] - served, 0.0);
            let left = greater(self.wait_secs[i] - step_secs, 0.0);
            self.wait_secs[i] = greater(left + inflow * self.secs_per_eth, 0.0);
        }
    }

    /// Reserves an exit of `eth` behind everything reserved before.
    #[inline(always)]
    pub fn reserve(&mut self, eth: &Lanes<W>) {
        for i in 0..W {
            self.wait_secs[i] += eth[i] * self.secs_per_eth;
        }
    }

    /// Wait of the last unit reserved, queue only, seconds.
    #[inline(always)]
    pub fn wait_secs(&self) -> Lanes<W> {
        self.wait_secs
    }

    /// The queue ahead of the next unit at the present churn, ETH.
    #[inline(always)]
    pub fn queue_eth(&self) -> Lanes<W> {
        let mut queue = self.wait_secs;
        for q in &mut queue {
            *q *= self.churn_eth_per_sec;
        }
        queue
    }

    /// Time from now until the last unit reserved is paid by the sweep, seconds.
    #[inline(always)]
    pub fn delay_secs(&self) -> Lanes<W> {
        self.delay_after_secs(&[0.0; W])
    }

    /// [`Self::delay_secs`] if `eth` were reserved now.
    #[inline(always)]
    pub fn delay_after_secs(&self, eth: &Lanes<W>) -> Lanes<W> {
        let mut delay = self.wait_secs;
        for i in 0..W {
            let wait = delay[i] + eth[i] * self.secs_per_eth;
            delay[i] = greater(wait, EXIT_LOOKAHEAD_EPOCHS * EPOCH_SECS) + self.fixed_secs;
        }
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_and_a_half_million_eth_wait_43_40_days() {
        let clock = ExitClock::<1>::new([2_500_000.0], 256.0, 0.0);
        let days = clock.wait_secs()[0] / DAY_SECS;
        // 2,500,000 / 57,600; the published figure has two decimals.
        assert!((days - 43.40).abs() < 0.005, "{days}");
    }

    #[test]
    fn an_empty_clock_still_takes_the_lookahead_the_withdrawability_delay_and_the_sweep() {
        let clock = ExitClock::<1>::new([0.0], 256.0, 1000.0);
        assert_eq!(clock.delay_secs()[0], (5.0 + 256.0) * 384.0 + 1000.0);
    }

    #[test]
    fn without_own_exits_the_queue_is_the_recorded_one() {
        let recorded = [700_000.0, 650_000.0, 655_000.0, 0.0, 120.0, 90_000.0];
        let mut clock = ExitClock::<1>::new([recorded[0]], 256.0, 0.0);
        for pair in recorded.windows(2) {
            clock.advance(21_600.0, &[pair[0]], &[pair[1]]);
            // Roundings of sums of numbers below 1.1e6.
            assert!((clock.queue_eth()[0] - pair[1]).abs() < 1e-8, "{} {}", clock.queue_eth()[0], pair[1]);
        }
    }

    #[test]
    fn own_exits_lengthen_the_queue_until_idle_churn_absorbs_them() {
        let mut clock = ExitClock::<1>::new([10_000.0], 256.0, 0.0);
        clock.reserve(&[5_000.0]);
        assert!((clock.queue_eth()[0] - 15_000.0).abs() < 1e-9);
        // One hour serves 2400 ETH; the record stays level, so the network's inflow is the same 2400.
        clock.advance(3600.0, &[10_000.0], &[10_000.0]);
        assert!((clock.queue_eth()[0] - 15_000.0).abs() < 1e-9);
        // The record empties: what is left is our own exit, and idle churn works it off.
        clock.advance(3600.0 * 24.0, &[10_000.0], &[0.0]);
        assert_eq!(clock.queue_eth()[0], 0.0);
    }

    #[test]
    fn a_change_of_churn_moves_only_what_comes_later() {
        let mut clock = ExitClock::<1>::new([57_600.0], 256.0, 0.0);
        clock.set_churn(1024.0);
        assert!((clock.wait_secs()[0] - DAY_SECS).abs() < 1e-6);
        clock.reserve(&[230_400.0]);
        assert!((clock.wait_secs()[0] - 2.0 * DAY_SECS).abs() < 1e-6);
    }
}
