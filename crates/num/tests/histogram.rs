//! Laws of the histogram: merging is exact and order-free, errors stay within the documented bounds.

use pegstress_num::LogHistogram;
use proptest::prelude::*;

const SUB_BITS: u32 = 6;

fn histogram_of(values: &[f64]) -> LogHistogram {
    let mut histogram = LogHistogram::new(SUB_BITS);
    for value in values {
        histogram.add(*value);
    }
    histogram
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Half a bin relative to the value's size, or the zero bin's half width.
fn bin_error(value: f64) -> f64 {
    (value.abs() * f64::from(1_u32 << (SUB_BITS + 1)).recip()).max(2.0_f64.powi(-40))
}

/// Numbers of every kind, NaN and infinities included.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -2.0..2.0,
        2 => -1e9..1e9,
        1 => -1e-12..1e-12,
        1 => any::<f64>(),
        1 => prop_oneof![Just(0.0), Just(-0.0), Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY)],
    ]
}

/// Numbers within the range of the bins.
fn number_in_range() -> impl Strategy<Value = f64> {
    prop_oneof![6 => -2.0..2.0, 2 => -1e12..1e12, 1 => -1e-12..1e-12, 1 => Just(0.0)]
}

proptest! {
    #[test]
    fn merging_any_partition_in_any_order_gives_the_same_histogram(
        parts in prop::collection::vec(prop::collection::vec(any_number(), 0..40), 1..8),
        shuffled in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let whole = histogram_of(&parts.concat());
        let mut merged = LogHistogram::new(SUB_BITS);
        for index in shuffled.into_iter().filter(|index| *index < parts.len()) {
            merged.merge(&histogram_of(&parts[index]));
        }
        prop_assert_eq!(&merged, &whole);
        prop_assert_eq!(merged.counts().min().map(f64::to_bits), whole.counts().min().map(f64::to_bits));
        prop_assert_eq!(merged.counts().max().map(f64::to_bits), whole.counts().max().map(f64::to_bits));
    }

    #[test]
    fn order_statistics_are_within_half_a_bin(values in prop::collection::vec(number_in_range(), 1..200)) {
        let histogram = histogram_of(&values);
        for (rank, exact) in sorted(&values).into_iter().enumerate() {
            let found = histogram.counts().value_at_rank(rank as u64).expect("rank below the count");
            prop_assert!((found - exact).abs() <= bin_error(exact), "rank {rank}: {found} for {exact}");
        }
        prop_assert_eq!(histogram.counts().value_at_rank(values.len() as u64), None);
    }

    #[test]
    fn quantiles_are_values_of_the_documented_rank(
        values in prop::collection::vec(number_in_range(), 1..200),
        percent in 0_usize..=100,
    ) {
        let histogram = histogram_of(&values);
        let rank = (percent * values.len()).div_ceil(100).saturating_sub(1);
        let found = histogram.counts().quantile(percent as f64 / 100.0);
        prop_assert_eq!(found, histogram.counts().value_at_rank(rank as u64));
    }

    /// Rounding to 2^-40 moves a value, hence the mean, by 2^-41; the division rounds twice more.
    #[test]
    fn the_mean_is_within_the_resolution(integers in prop::collection::vec(-1_000_000_i64..1_000_000, 1..200)) {
        let values: Vec<f64> = integers.iter().map(|i| *i as f64 / 1000.0).collect();
        let exact = integers.iter().sum::<i64>() as f64 / 1000.0 / integers.len() as f64;
        let found = histogram_of(&values).mean().expect("not empty");
        prop_assert!((found - exact).abs() <= 2.0_f64.powi(-41) + 1e-15 * exact.abs(), "{found} for {exact}");
    }

    /// Values that are multiples of 2^-40 enter exactly, so only the last divisions round.
    #[test]
    fn the_variance_of_small_integers_is_exact_to_rounding_even_far_from_zero(
        integers in prop::collection::vec(-1000_i64..1000, 2..200),
    ) {
        let far = (1_u64 << 39) as f64;
        let values: Vec<f64> = integers.iter().map(|i| far + *i as f64).collect();
        let n = integers.len() as i64;
        let sum: i64 = integers.iter().sum();
        let squares: i64 = integers.iter().map(|i| i * i).sum();
        let exact = (n * squares - sum * sum) as f64 / (n * (n - 1)) as f64;
        let found = histogram_of(&values).variance().expect("two values");
        prop_assert!((found - exact).abs() <= 1e-15 * exact, "{found} for {exact}");
    }

    #[test]
    fn tail_means_are_within_half_a_bin_of_the_exact_ones(
        values in prop::collection::vec(0.5..50.0, 1..200),
        share in 0.0..1.0,
    ) {
        let histogram = histogram_of(&values);
        let rank = (share * values.len() as f64) as usize;
        let sorted = sorted(&values);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (above, up_to) = (mean(&sorted[rank..]), mean(&sorted[..=rank]));
        let found_above = histogram.counts().mean_above_rank(rank as u64).expect("rank below the count");
        let found_up_to = histogram.counts().mean_up_to_rank(rank as u64).expect("rank below the count");
        prop_assert!((found_above - above).abs() <= bin_error(above) + 1e-13);
        prop_assert!((found_up_to - up_to).abs() <= bin_error(up_to) + 1e-13);
    }

    #[test]
    fn every_number_lies_in_a_bin_of_its_own_size(value in any_number().prop_filter("a number", |x| !x.is_nan())) {
        let bins: Vec<_> = histogram_of(&[value]).counts().bins().collect();
        prop_assert_eq!(bins.len(), 1);
        let (lower, upper, count) = bins[0];
        prop_assert!(lower <= value && value <= upper && count == 1, "{value} in {lower}..{upper}");
    }
}

#[test]
fn an_empty_histogram_has_no_summaries() {
    let empty = LogHistogram::new(10);
    assert_eq!((empty.count(), empty.missing(), empty.counts().saturated()), (0, 0, 0));
    assert_eq!(
        (empty.mean(), empty.variance(), empty.counts().min(), empty.counts().max()),
        (None, None, None, None)
    );
    assert_eq!((empty.counts().quantile(0.5), empty.counts().value_at_rank(0)), (None, None));
    assert_eq!((empty.counts().mean_above_rank(0), empty.counts().mean_up_to_rank(0)), (None, None));
}

#[test]
fn nan_is_counted_as_missing_and_enters_nothing_else() {
    let histogram = histogram_of(&[1.0, f64::NAN, 3.0]);
    assert_eq!((histogram.count(), histogram.missing()), (2, 1));
    assert_eq!((histogram.mean(), histogram.variance()), (Some(2.0), Some(2.0)));
    assert_eq!((histogram.counts().min(), histogram.counts().max()), (Some(1.0), Some(3.0)));
}

#[test]
fn huge_numbers_are_counted_as_saturated_and_limited_in_the_mean() {
    let limit = 2.0_f64.powi(40);
    let histogram = histogram_of(&[f64::INFINITY, -limit, 1e300, 0.0]);
    assert_eq!(histogram.counts().saturated(), 3);
    assert_eq!(histogram.counts().max(), Some(f64::INFINITY));
    assert_eq!(histogram.mean(), Some(limit / 4.0));
    assert_eq!(histogram.counts().value_at_rank(3), Some(limit));
}

#[test]
fn a_billion_values_at_the_limit_do_not_overflow() {
    let limit = 2.0_f64.powi(40);
    let mut histogram = histogram_of(&[limit, -limit]);
    for _ in 0..40 {
        let same = histogram.clone();
        histogram.merge(&same);
    }
    assert_eq!(histogram.count(), 1 << 41);
    assert_eq!(histogram.mean(), Some(0.0));
    let variance = histogram.variance().expect("many values");
    assert!((variance / (limit * limit) - 1.0).abs() < 1e-11);
}

#[test]
fn a_share_that_rounds_up_in_binary_keeps_its_rank() {
    let values: Vec<f64> = (1..=100).map(f64::from).collect();
    let histogram = histogram_of(&values);
    assert_eq!(histogram.counts().quantile(0.07), histogram.counts().value_at_rank(6));
    assert_eq!(histogram.counts().quantile(0.0), histogram.counts().value_at_rank(0));
    assert_eq!(histogram.counts().quantile(1.0), histogram.counts().value_at_rank(99));
    assert_eq!(
        (
            histogram.counts().quantile(-0.1),
            histogram.counts().quantile(1.1),
            histogram.counts().quantile(f64::NAN)
        ),
        (None, None, None)
    );
}

#[test]
#[should_panic(expected = "different resolution")]
fn histograms_of_different_resolution_do_not_merge() {
    LogHistogram::new(6).merge(&LogHistogram::new(10));
}
