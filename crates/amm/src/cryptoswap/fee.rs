//! The dynamic fee (`_fee` of the contract).
//!
//! ```text
//! fee = mid_fee f + out_fee (1 - f),     f = fee_gamma / (fee_gamma + ((x - y) / (x + y))^2)
//! ```
//!
//! `mid_fee` in balance, towards `out_fee` far from it. The contract counts fees in 1e-10 and rounds down, which moves
//! an output by up to 1e-10 of itself; so do the lanes. Where the fee before rounding is within 1e-7 of a whole unit
//! (for `fee_gamma` of 1e-4; less precise below) the two may round differently.

use pegstress_num::{greater, select};

/// 100 % in the contract's unit of fees.
const UNITS: f64 = 1e10;
/// Adding and subtracting it rounds to an integer.
const ROUNDER: f64 = 4_503_599_627_370_496.0;
/// The contract's least `fee_gamma`.
const LEAST_FEE_GAMMA: f64 = 1e-18;

/// Fees of a pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeeSchedule {
    /// Fee in balance, fraction of what goes out.
    pub mid_fee: f64,
    /// Fee far from balance, fraction of what goes out.
    pub out_fee: f64,
    /// How fast the one turns into the other.
    pub fee_gamma: f64,
}

/// The schedule as kernels read it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fees {
    /// `out_fee`, in 1e-10.
    out: f64,
    /// `out_fee - mid_fee`, in 1e-10.
    span: f64,
    fee_gamma: f64,
}

impl From<FeeSchedule> for Fees {
    fn from(schedule: FeeSchedule) -> Self {
        let (mid, out) = ((schedule.mid_fee * UNITS).round(), (schedule.out_fee * UNITS).round());
        Self { out, span: out - mid, fee_gamma: greater(schedule.fee_gamma, LEAST_FEE_GAMMA) }
    }
}

impl Fees {
    /// Fee at scaled balances, rounded down to 1e-10.
    #[inline(always)]
    pub fn at(self, x: f64, y: f64) -> f64 {
        let (sum, difference) = (x + y, x - y);
        let near = self.fee_gamma * sum * sum;
        let units = self.out - self.span * (near / (near + difference * difference));
        let nearest = (units + ROUNDER) - ROUNDER;
        (nearest - select(nearest > units, 1.0, 0.0)) * (1.0 / UNITS)
    }

    /// The lowest fee.
    #[inline(always)]
    pub fn least(self) -> f64 {
        (self.out - greater(self.span, 0.0)) * (1.0 / UNITS)
    }

    /// Fee before rounding at `v = (x - y) / (x + y)`, and its derivative by `v`.
    #[inline(always)]
    pub fn smooth(self, v: f64) -> (f64, f64) {
        let inverse = 1.0 / (self.fee_gamma + v * v);
        let f = self.fee_gamma * inverse;
        let fee = (self.out - self.span * f) * (1.0 / UNITS);
        (fee, 2.0 * v * self.span * (1.0 / UNITS) * f * inverse)
    }
}
