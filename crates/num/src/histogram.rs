//! A histogram with exact moments: [`LogCounts`] and the exact sums of the values.
//!
//! Order statistics come from the counts and have their error; mean and variance come from exact sums of the values
//! rounded to 2^-40 and limited to +-2^40. Everything is an integer: merging is exact and order-free.

use crate::counts::LogCounts;
use crate::moments::Moments;

/// Counts, exact moments and extremes of the numbers added.
#[derive(Clone, Debug, PartialEq)]
pub struct LogHistogram {
    counts: LogCounts,
    moments: Moments,
}

impl LogHistogram {
    /// An empty histogram with `2^sub_bits` bins per power of two.
    ///
    /// # Panics
    ///
    /// If `sub_bits` is above 16.
    pub fn new(sub_bits: u32) -> Self {
        LogHistogram { counts: LogCounts::new(sub_bits), moments: Moments::default() }
    }

    /// Adds a number; NaN is counted as missing.
    pub fn add(&mut self, value: f64) {
        self.counts.add(value);
        if !value.is_nan() {
            self.moments.add(value);
        }
    }

    /// Adds the contents of another histogram, as if its numbers had been added here.
    ///
    /// # Panics
    ///
    /// If the two differ in `sub_bits`.
    pub fn merge(&mut self, other: &LogHistogram) {
        self.counts.merge(&other.counts);
        self.moments.merge(&other.moments);
    }

    /// The counts: extremes, order statistics, bins.
    pub fn counts(&self) -> &LogCounts {
        &self.counts
    }

    /// How many numbers were added, without the missing ones.
    pub fn count(&self) -> u64 {
        self.counts.count()
    }

    /// How many NaN were added.
    pub fn missing(&self) -> u64 {
        self.counts.missing()
    }

    /// The mean; `None` if empty.
    pub fn mean(&self) -> Option<f64> {
        self.moments.mean()
    }

    /// The unbiased variance (divisor `n - 1`); `None` below two numbers.
    pub fn variance(&self) -> Option<f64> {
        self.moments.variance()
    }
}
