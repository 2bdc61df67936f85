//! Exact sum of fixed-point numbers, for quantities of which only the mean is asked: an integer, so that adding and merging
//! are exact and order-free, and cheap enough for many of them per path.
//!
//! A value is limited to +-2^42 and rounded to a multiple of 2^-20: a millionth of a token or of an ETH.

use crate::nearest::nearest;

/// Fixed-point units in one.
const UNITS: f64 = (1_u64 << 20) as f64;
/// Largest size of a value that enters unchanged.
const LIMIT: f64 = (1_u64 << 42) as f64;

/// Number and sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FixedSum {
    n: u64,
    sum: i128,
}

impl FixedSum {
    /// Adds a value; NaN is left out.
    #[inline]
    pub fn add(&mut self, value: f64) {
        if !value.is_nan() {
            self.n += 1;
            self.sum += i128::from(nearest(value.clamp(-LIMIT, LIMIT) * UNITS) as i64);
        }
    }

    /// Adds what another has.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.sum += other.sum;
    }

    /// The mean; `None` if empty.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum as f64 / self.n as f64 / UNITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_does_not_depend_on_the_order() {
        let values = [1e9, 0.1, -1e9, 0.3, 1e-3, f64::NAN];
        let sum = |order: &mut dyn Iterator<Item = &f64>| {
            let mut sum = FixedSum::default();
            order.for_each(|value| sum.add(*value));
            sum
        };
        let forward = sum(&mut values.iter());
        assert_eq!(forward, sum(&mut values.iter().rev()));
        let mut halves = sum(&mut values[..3].iter());
        halves.merge(&sum(&mut values[3..].iter()));
        assert_eq!(forward, halves);
        // Each of five values is rounded by half of 2^-20 at most.
        assert!((forward.mean().expect("a mean") - 0.0802).abs() < 0.5 / UNITS);
        assert_eq!(FixedSum::default().mean(), None);
    }
}
