//! Gradual changes of amplification and `gamma` by the owner.
//!
//! Between the two times both parameters move linearly,
//! `floor((initial (t_1 - t) + future (t - t_0)) / (t_1 - t_0))`. The contract keeps a marker in `t_1`: 0 without a
//! ramp, 1 from the operation that finds the ramp over until that operation has been booked. With a ramp, `D` is
//! computed anew before each operation and the virtual price may fall.

use ruint::aliases::U256;

use super::{Curve, Error, ONE, Pool};
use crate::arithmetic::{add, div_down, mul, mul_div_down};

/// Least duration of a ramp and least time between two starts.
const DAY_SECS: u64 = 86_400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ramp {
    initial: Curve,
    future: Curve,
    started_at_secs: u64,
    /// The contract's `future_A_gamma_time`, marker included.
    ends_at_secs: u64,
}

impl Ramp {
    pub(super) fn none(curve: Curve) -> Self {
        Self { initial: curve, future: curve, started_at_secs: 0, ends_at_secs: 0 }
    }

    /// Whether the marker is not zero.
    pub(super) fn is_active(&self) -> bool {
        self.ends_at_secs > 0
    }

    /// Marks a ramp as over. A one-coin withdrawal does so without a ramp too.
    pub(super) fn end_if_due(&mut self, now_secs: u64) {
        if now_secs >= self.ends_at_secs {
            self.ends_at_secs = 1;
        }
    }

    /// Takes the mark of a ramp that is over away.
    pub(super) fn clear_if_over(&mut self) {
        if self.ends_at_secs == 1 {
            self.ends_at_secs = 0;
        }
    }

    fn curve_at(&self, now_secs: u64) -> Result<Curve, Error> {
        if now_secs >= self.ends_at_secs {
            return Ok(self.future);
        }
        let duration = U256::from(self.ends_at_secs.saturating_sub(self.started_at_secs));
        let passed = U256::from(now_secs.saturating_sub(self.started_at_secs));
        let left = duration.saturating_sub(passed);
        let between = |from: U256, to: U256| div_down(add(mul(from, left)?, mul(to, passed)?)?, duration);
        Curve::new(
            between(self.initial.amplification(), self.future.amplification())?,
            between(self.initial.gamma(), self.future.gamma())?,
        )
    }
}

impl Pool {
    /// The curve at the present (`A` and `gamma`).
    ///
    /// # Errors
    /// When the interpolation overflows.
    pub fn curve(&self) -> Result<Curve, Error> {
        self.ramp.curve_at(self.state.now_secs)
    }

    /// Starts a ramp to `future`, which is reached at `ends_at_secs` (`ramp_A_gamma`).
    ///
    /// The clock must be the chain's, or at least a day must have passed since second 0.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn start_ramp(&mut self, future: Curve, ends_at_secs: u64) -> Result<(), Error> {
        let now_secs = self.state.now_secs;
        let earliest_start = self.ramp.started_at_secs.saturating_add(DAY_SECS);
        if now_secs < earliest_start || ends_at_secs < now_secs.saturating_add(DAY_SECS) {
            return Err(Error::RampTooShort);
        }
        let initial = self.curve()?;
        check_ratio("amplification", initial.amplification(), future.amplification())?;
        check_ratio("gamma", initial.gamma(), future.gamma())?;
        self.ramp = Ramp { initial, future, started_at_secs: now_secs, ends_at_secs };
        Ok(())
    }

    /// Freezes the curve where it is (`stop_ramp_A_gamma`).
    ///
    /// # Errors
    /// When the interpolation overflows; the pool is then unchanged.
    pub fn stop_ramp(&mut self) -> Result<(), Error> {
        let now_secs = self.state.now_secs;
        let curve = self.curve()?;
        self.ramp = Ramp { initial: curve, future: curve, started_at_secs: now_secs, ends_at_secs: now_secs };
        Ok(())
    }
}

/// At most tenfold up, and not below a tenth.
fn check_ratio(name: &'static str, from: U256, to: U256) -> Result<(), Error> {
    let ten = U256::from(10);
    let ratio = mul_div_down(ONE, to, from)?;
    let allowed = div_down(ONE, ten)?..=mul(ONE, ten)?;
    if allowed.contains(&ratio) { Ok(()) } else { Err(Error::RampTooSteep { name }) }
}
