//! Counts of numbers in log-linear bins: integers only, so merging is exact and order-free.
//!
//! Each power of two in 2^-40..2^40 is cut into `2^sub_bits` bins of equal width, alike for negative numbers; the
//! index is read off the exponent and the top bits of the fraction. Numbers below 2^-40 in size share the zero
//! bin, numbers from 2^40 on (infinity too) share one saturated bin per sign. (HdrHistogram's layout, here for
//! floats and with a sign.)
//!
//! Errors. Order statistics are midpoints of bins, within a relative `2^-(sub_bits + 1)` of the exact one (within
//! 2^-40 absolutely in the zero bin). Minimum and maximum are exact. NaN is counted apart as missing.
//!
//! Memory: 8 bytes per bin between the lowest and the highest occupied one.

use crate::moments::LIMIT;

/// Octaves on either side of one.
const OCTAVES: u64 = 40;
const FRACTION_BITS: u32 = 52;
const EXPONENT_BIAS: u64 = 1023;

/// Counts and extremes of the numbers added; see the module's documentation for the errors.
#[derive(Clone, Debug, PartialEq)]
pub struct LogCounts {
    sub_bits: u32,
    /// Counts of the bins `lowest_bin..`, first and last never zero: equal contents compare equal.
    counts: Vec<u64>,
    lowest_bin: i64,
    total: u64,
    missing: u64,
    min: f64,
    max: f64,
}

impl LogCounts {
    /// Empty counts with `2^sub_bits` bins per power of two.
    ///
    /// # Panics
    ///
    /// If `sub_bits` is above 16.
    pub fn new(sub_bits: u32) -> Self {
        assert!(sub_bits <= 16, "sub_bits is {sub_bits}, must be in 0..=16");
        LogCounts {
            sub_bits,
            counts: Vec::new(),
            lowest_bin: 0,
            total: 0,
            missing: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }

    /// Adds a number; NaN is counted as missing.
    #[inline]
    pub fn add(&mut self, value: f64) {
        if value.is_nan() {
            self.missing += 1;
            return;
        }
        let value = value + 0.0; // no negative zero: the order of adding would decide the sign of the minimum
        *self.count_mut(self.bin_of(value)) += 1;
        self.total += 1;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// Adds the contents of another histogram, as if its numbers had been added here.
    ///
    /// # Panics
    ///
    /// If the two differ in `sub_bits`.
    pub fn merge(&mut self, other: &LogCounts) {
        assert_eq!(self.sub_bits, other.sub_bits, "histograms of different resolution cannot be merged");
        for (bin, count) in other.occupied() {
            *self.count_mut(bin) += count;
        }
        self.total += other.total;
        self.missing += other.missing;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// How many numbers were added, without the missing ones.
    pub fn count(&self) -> u64 {
        self.total
    }

    /// How many NaN were added.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// How many numbers were at least 2^40 in size: if any, mean and variance are those of the limited numbers.
    pub fn saturated(&self) -> u64 {
        self.occupied().filter(|(bin, _)| bin.unsigned_abs() == self.last_bin()).map(|(_, count)| count).sum()
    }

    /// Bins per power of two, as an exponent of two.
    pub fn sub_bits(&self) -> u32 {
        self.sub_bits
    }

    /// The smallest number.
    pub fn min(&self) -> Option<f64> {
        (self.count() > 0).then_some(self.min)
    }

    /// The greatest number.
    pub fn max(&self) -> Option<f64> {
        (self.count() > 0).then_some(self.max)
    }

    /// The number of rank `rank` in ascending order, from 0; `None` if there are not so many.
    pub fn value_at_rank(&self, rank: u64) -> Option<f64> {
        let mut below = 0;
        for (bin, count) in self.occupied() {
            below += count;
            if rank < below {
                return Some(self.representative(bin));
            }
        }
        None
    }

    /// The number of rank `ceil(q * n) - 1`, for `q` in 0..=1; `None` if empty or if `q` is outside.
    ///
    /// The product is lowered by a relative 1e-13 before rounding up: 7 % of 100 is 7, though 0.07 * 100.0 is not.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        if !(0.0..=1.0).contains(&q) {
            return None;
        }
        let position = (q * self.count() as f64 * (1.0 - 1e-13)).ceil() as u64;
        self.value_at_rank(position.saturating_sub(1))
    }

    /// How many numbers are above `value`, those of its own bin by the bin's representative.
    pub fn count_above(&self, value: f64) -> u64 {
        self.occupied().filter(|(bin, _)| self.representative(*bin) > value).map(|(_, count)| count).sum()
    }

    /// The mean of the numbers of rank `rank` and above; `None` if there are none.
    pub fn mean_above_rank(&self, rank: u64) -> Option<f64> {
        self.mean_of_ranks(rank, self.count())
    }

    /// The mean of the numbers of rank `rank` and below; `None` if there are not so many.
    pub fn mean_up_to_rank(&self, rank: u64) -> Option<f64> {
        if rank < self.count() { self.mean_of_ranks(0, rank + 1) } else { None }
    }

    /// Occupied bins in ascending order as (lower edge, upper edge, count); a saturated bin ends at infinity.
    pub fn bins(&self) -> impl Iterator<Item = (f64, f64, u64)> + '_ {
        self.occupied().map(|(bin, count)| {
            let (lower, upper) = self.edges(bin);
            (lower, upper, count)
        })
    }

    /// Mean of the bins' representatives over ranks `first..end`.
    fn mean_of_ranks(&self, first: u64, end: u64) -> Option<f64> {
        let (mut sum, mut taken, mut below) = (0.0, 0, 0);
        for (bin, count) in self.occupied() {
            let from = first.max(below);
            below += count;
            let here = end.min(below).saturating_sub(from);
            if here > 0 {
                sum += here as f64 * self.representative(bin);
                taken += here;
            }
        }
        (taken > 0).then(|| sum / taken as f64)
    }

    /// Bin 0 holds zero, bins `1..` ascending positive numbers, bins `-1..` descending negative numbers.
    #[inline]
    fn bin_of(&self, value: f64) -> i64 {
        let shift = FRACTION_BITS - self.sub_bits;
        let first = (EXPONENT_BIAS - OCTAVES) << self.sub_bits;
        let position = (value.abs().to_bits() >> shift) + 1;
        let bin = position.saturating_sub(first).min(self.last_bin()) as i64;
        if value < 0.0 { -bin } else { bin }
    }

    /// The saturated bin of positive numbers.
    #[inline]
    fn last_bin(&self) -> u64 {
        ((2 * OCTAVES) << self.sub_bits) + 1
    }

    /// Lower and upper edge of a bin.
    fn edges(&self, bin: i64) -> (f64, f64) {
        let edge = |position: u64| {
            let exponent_and_top = position + ((EXPONENT_BIAS - OCTAVES) << self.sub_bits);
            f64::from_bits(exponent_and_top << (FRACTION_BITS - self.sub_bits))
        };
        let size = bin.unsigned_abs();
        if size == 0 {
            return (-edge(0), edge(0));
        }
        let (near, far) = (edge(size - 1), if size == self.last_bin() { f64::INFINITY } else { edge(size) });
        if bin < 0 { (-far, -near) } else { (near, far) }
    }

    /// The number that stands for a bin: its midpoint (2^40 in size if saturated), within minimum and maximum.
    fn representative(&self, bin: i64) -> f64 {
        let (lower, upper) = self.edges(bin);
        let (lower, upper) = (lower.max(-LIMIT), upper.min(LIMIT));
        (0.5 * (lower + upper)).clamp(self.min, self.max)
    }

    /// Bins with a count, ascending.
    fn occupied(&self) -> impl Iterator<Item = (i64, u64)> + '_ {
        let bins = (self.lowest_bin..).zip(self.counts.iter().copied());
        bins.filter(|(_, count)| *count > 0)
    }

    /// The count of a bin, which the caller must increase.
    #[inline]
    fn count_mut(&mut self, bin: i64) -> &mut u64 {
        let mut offset = bin.wrapping_sub(self.lowest_bin) as usize;
        if offset >= self.counts.len() {
            self.make_room(bin);
            offset = bin.wrapping_sub(self.lowest_bin) as usize;
        }
        &mut self.counts[offset]
    }

    /// Extends the counts to hold a bin below or above.
    #[cold]
    fn make_room(&mut self, bin: i64) {
        if self.counts.is_empty() {
            self.lowest_bin = bin;
        }
        if bin < self.lowest_bin {
            let missing = (self.lowest_bin - bin) as usize;
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.lowest_bin = bin;
        }
        let needed = (bin - self.lowest_bin) as usize + 1;
        if needed > self.counts.len() {
            self.counts.resize(needed, 0);
        }
    }
}
