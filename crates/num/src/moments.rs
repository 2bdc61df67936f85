//! Exact sums of fixed-point numbers and of their squares: integers, so that merging is exact and order-free.
//!
//! A value is limited to +-2^40 and rounded to a multiple of 2^-40, an integer of at most 80 bits. The sum takes
//! 128 bits and the sum of squares 256, enough for 2^46 values. The variance is
//! `(n * sum of squares - sum^2) / (n * (n - 1))`, its numerator computed exactly: there is no cancellation.

use crate::nearest::nearest;

/// Largest size of a value that enters the sums unchanged.
pub(crate) const LIMIT: f64 = (1_u64 << 40) as f64;
/// Fixed-point units in one.
const UNITS: f64 = (1_u64 << 40) as f64;

/// An unsigned 256-bit integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wide {
    high: u128,
    low: u128,
}

impl Wide {
    fn product(a: u128, b: u128) -> Wide {
        let (low, high) = a.carrying_mul(b, 0);
        Wide { high, low }
    }

    /// `self * factor`; the product must fit.
    fn times(self, factor: u64) -> Wide {
        let low = Wide::product(self.low, u128::from(factor));
        Wide { high: self.high * u128::from(factor) + low.high, low: low.low }
    }

    fn plus(self, other: Wide) -> Wide {
        let (low, carry) = self.low.overflowing_add(other.low);
        Wide { high: self.high + other.high + u128::from(carry), low }
    }

    /// `self - other`; `other` must not be greater.
    fn minus(self, other: Wide) -> Wide {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Wide { high: self.high - other.high - u128::from(borrow), low }
    }

    fn to_f64(self) -> f64 {
        const TWO_128: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;
        self.high as f64 * TWO_128 + self.low as f64
    }
}

/// Number, sum and sum of squares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moments {
    pub(crate) n: u64,
    sum: i128,
    sum_of_squares: Wide,
}

impl Moments {
    /// Adds a value that is not NaN.
    pub(crate) fn add(&mut self, value: f64) {
        let units = nearest(value.clamp(-LIMIT, LIMIT) * UNITS) as i128;
        let size = units.unsigned_abs();
        self.n += 1;
        self.sum += units;
        self.sum_of_squares = self.sum_of_squares.plus(Wide::product(size, size));
    }

    pub(crate) fn merge(&mut self, other: &Moments) {
        self.n += other.n;
        self.sum += other.sum;
        self.sum_of_squares = self.sum_of_squares.plus(other.sum_of_squares);
    }

    pub(crate) fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum as f64 / self.n as f64 / UNITS)
    }

    pub(crate) fn variance(&self) -> Option<f64> {
        if self.n < 2 {
            return None;
        }
        let size = self.sum.unsigned_abs();
        let spread = self.sum_of_squares.times(self.n).minus(Wide::product(size, size));
        Some(spread.to_f64() / self.n as f64 / (self.n - 1) as f64 / UNITS / UNITS)
    }
}
