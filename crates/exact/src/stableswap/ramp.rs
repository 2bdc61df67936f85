//! The amplification ramp: governance moves `A` linearly between two times.
//!
//! With the stored values `A_0` at `t_0` and `A_1` at `t_1`, for `t < t_1`
//!
//! ```text
//! A = A_0 + floor((A_1 - A_0) (t - t_0) / (t_1 - t_0))   upwards,
//! A = A_0 - floor((A_0 - A_1) (t - t_0) / (t_1 - t_0))   downwards
//! ```
//!
//! and `A_1` from then on. All generations share this (`_A`, `ramp_A`, `stop_ramp_A`); stored values carry two decimals
//! except in the 3pool era, so that a ramp there moves in whole steps. The invariant follows `A` at once: a ramp
//! changes the virtual price of a pool out of balance without a trade.

use super::{Error, Pool};

/// Least duration of a ramp and least time between two starts.
const DAY_SECS: u64 = 86_400;
/// Most that a ramp multiplies or divides the amplification by.
const MAX_CHANGE: u64 = 10;
/// Amplifications below this can be reached by a ramp (unscaled).
const RAMP_LIMIT: u64 = 1_000_000;

/// A pool's record of its ramp, as read from the chain. Without a ramp both values are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramp {
    /// Amplification at the start, as stored (`initial_A`).
    pub initial: u64,
    /// Amplification at the end, as stored (`future_A`).
    pub future: u64,
    /// Start (`initial_A_time`).
    pub starts_at_secs: u64,
    /// End (`future_A_time`).
    pub ends_at_secs: u64,
}

impl Ramp {
    /// No ramp.
    pub(super) fn resting_at(stored: u64) -> Self {
        Self { initial: stored, future: stored, starts_at_secs: 0, ends_at_secs: 0 }
    }

    /// Stored amplification at a time.
    #[must_use]
    pub fn at(&self, now_secs: u64) -> u64 {
        if now_secs >= self.ends_at_secs {
            return self.future;
        }
        let duration = u128::from(self.ends_at_secs.saturating_sub(self.starts_at_secs));
        let passed = u128::from(now_secs.saturating_sub(self.starts_at_secs));
        let distance = u128::from(self.initial.abs_diff(self.future));
        // Not above the distance, since less than the duration has passed; a product of two 64-bit numbers fits.
        let moved = (distance * passed).checked_div(duration).unwrap_or(0) as u64;
        if self.future > self.initial { self.initial + moved } else { self.initial - moved }
    }
}

impl Pool {
    /// The pool with a ramp read from the chain, at this time of the chain's clock.
    ///
    /// # Errors
    /// When an amplification of the ramp is outside of the contract's limits.
    pub fn with_ramp(mut self, ramp: Ramp, now_secs: u64) -> Result<Self, Error> {
        for stored in [ramp.initial, ramp.future] {
            self.curve.at_amplification(stored)?;
        }
        self.curve = self.curve.at_amplification(ramp.at(now_secs))?;
        self.ramp = ramp;
        self.now_secs = now_secs;
        Ok(self)
    }

    /// The record of the ramp.
    #[must_use]
    pub fn ramp(&self) -> &Ramp {
        &self.ramp
    }

    /// Starts a ramp to `amplification` (unscaled), reached at `ends_at_secs` (`ramp_A`).
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn start_ramp(&mut self, amplification: u64, ends_at_secs: u64) -> Result<(), Error> {
        let earliest = self.ramp.starts_at_secs.saturating_add(DAY_SECS);
        if self.now_secs < earliest || ends_at_secs < self.now_secs.saturating_add(DAY_SECS) {
            return Err(Error::RampTooShort);
        }
        if !(1..RAMP_LIMIT).contains(&amplification) {
            return Err(Error::AmplificationOutOfRange { amplification });
        }
        let initial = self.ramp.at(self.now_secs);
        let future = amplification * self.curve.generation().amplification_precision();
        if future > initial.saturating_mul(MAX_CHANGE) || future.saturating_mul(MAX_CHANGE) < initial {
            return Err(Error::RampTooSteep);
        }
        self.ramp = Ramp { initial, future, starts_at_secs: self.now_secs, ends_at_secs };
        Ok(())
    }

    /// Freezes the amplification where it is (`stop_ramp_A`).
    pub fn stop_ramp(&mut self) {
        let stored = self.ramp.at(self.now_secs);
        let now_secs = self.now_secs;
        self.ramp =
            Ramp { initial: stored, future: stored, starts_at_secs: now_secs, ends_at_secs: now_secs };
    }

    /// Lets time pass for the ramp and the oracle.
    pub fn advance(&mut self, secs: u64) {
        self.now_secs = self.now_secs.saturating_add(secs);
        // The two ends of the ramp were checked, and what lies between them is in range too.
        if let Ok(curve) = self.curve.at_amplification(self.ramp.at(self.now_secs)) {
            self.curve = curve;
        }
        if let Some(averages) = &mut self.averages {
            averages.advance(secs);
        }
    }
}
