//! Resampling: every rule by examples computed by hand, and every refusal.

use jiff::Timestamp;
use pegstress_series::{Grid, RowKind, Rule, Series, SeriesError};
use proptest::prelude::*;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).expect("in range")
}

fn series(observations: &[(i64, f64)]) -> Series {
    Series {
        stamps: observations.iter().map(|&(secs, _)| at(secs)).collect(),
        values: observations.iter().map(|&(_, value)| value).collect(),
        rows: (2..).take(observations.len()).collect(),
        kind: RowKind::Line,
        file: "flows.csv".into(),
        column: "eth".into(),
    }
}

fn grid(start: i64, step_secs: i64, points: usize) -> Grid {
    Grid { start: at(start), step_secs, points }
}

fn message(result: Result<Vec<f64>, SeriesError>) -> String {
    result.expect_err("an error").to_string()
}

// Observations at 0, 10, 25 and 30 s.
fn sample() -> Series {
    series(&[(0, 1.0), (10, 2.0), (25, 4.0), (30, 8.0)])
}

#[test]
fn last_carries_a_level_forward_up_to_the_age() {
    let values = sample().resample(&grid(0, 5, 8), Rule::Last, 15).expect("young enough");
    assert_eq!(values, [1.0, 1.0, 2.0, 2.0, 2.0, 4.0, 8.0, 8.0]);
    assert_eq!(sample().resample(&grid(45, 1, 1), Rule::Last, 15).expect("exactly the age"), [8.0]);
}

#[test]
fn last_names_both_sides_of_a_gap_its_length_the_age_and_the_time() {
    let text = message(sample().resample(&grid(0, 12, 3), Rule::Last, 11));
    for part in [
        "flows.csv, column `eth`",
        "line 3 (1970-01-01T00:00:10Z)",
        "line 4 (1970-01-01T00:00:25Z)",
        "a gap of 15 s",
        "needs 1970-01-01T00:00:24Z",
        "at most 11 s",
    ] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    let text = message(sample().resample(&grid(46, 1, 1), Rule::Last, 15));
    assert!(text.contains("last observation is line 5") && text.contains("16 s earlier"), "{text}");
}

#[test]
fn nothing_is_filled_backwards() {
    for rule in [Rule::Last, Rule::Sum, Rule::Mean] {
        let text = message(sample().resample(&grid(-1, 5, 3), rule, 100));
        assert!(text.contains("line 2, column `eth` is the first observation"), "{text}");
        assert!(text.contains("needs 1969-12-31T23:59:59Z"), "{text}");
    }
}

#[test]
fn sum_takes_the_step_that_ends_at_the_point() {
    // (-15, 0], (0, 15], (15, 30]
    let values = sample().resample(&grid(0, 15, 3), Rule::Sum, 15).expect("covered");
    assert_eq!(values, [1.0, 2.0, 12.0]);
    // (5, 10], (10, 15], (15, 20], (20, 25]: no observation in the middle two, in a gap of 15 s.
    let values = sample().resample(&grid(10, 5, 4), Rule::Sum, 15).expect("covered");
    assert_eq!(values, [2.0, 0.0, 0.0, 4.0]);
}

#[test]
fn sum_and_mean_refuse_an_interval_that_a_long_gap_overlaps_even_in_part() {
    for rule in [Rule::Sum, Rule::Mean] {
        let text = message(sample().resample(&grid(15, 15, 2), rule, 14));
        assert!(
            text.contains("line 3") && text.contains("line 4") && text.contains("a gap of 15 s"),
            "{text}"
        );
    }
    // The gap from 10 to 25 s touches neither (0, 10] nor (25, 30].
    assert_eq!(sample().resample(&grid(10, 10, 1), Rule::Sum, 14).expect("before"), [2.0]);
    assert_eq!(sample().resample(&grid(30, 5, 1), Rule::Sum, 14).expect("after"), [8.0]);
}

#[test]
fn the_ends_of_a_series_are_gaps_to_a_sum() {
    let text = message(sample().resample(&grid(46, 46, 1), Rule::Sum, 15));
    assert!(text.contains("last observation is line 5"), "{text}");
    let text = message(sample().resample(&grid(10, 26, 1), Rule::Sum, 15));
    assert!(text.contains("first observation"), "{text}");
}

#[test]
fn mean_divides_by_the_count_and_refuses_an_empty_interval() {
    assert_eq!(sample().resample(&grid(0, 15, 3), Rule::Mean, 15).expect("covered"), [1.0, 2.0, 6.0]);
    let text = message(sample().resample(&grid(10, 5, 4), Rule::Mean, 15));
    assert!(text.contains("no observation after 1970-01-01T00:00:10Z up to 1970-01-01T00:00:15Z"), "{text}");
}

#[test]
fn a_grid_or_an_age_that_cannot_be_is_refused() {
    for bad in [grid(0, 0, 3), grid(0, -5, 3), grid(0, i64::MAX, 3), grid(0, 1, usize::MAX)] {
        assert!(message(sample().resample(&bad, Rule::Last, 1)).contains("step must be above 0 s"));
    }
    assert!(message(sample().resample(&grid(0, 1, 1), Rule::Last, -1)).contains("-1 s"));
    assert!(message(series(&[]).resample(&grid(0, 1, 1), Rule::Last, 1)).contains("no observation"));
    assert_eq!(sample().resample(&grid(0, 1, 0), Rule::Last, 1).expect("no points"), [0.0; 0]);
}

#[test]
fn a_window_holds_both_ends_and_keeps_the_rows() {
    let window = sample().window(at(10), at(25));
    assert_eq!((window.values, window.rows), (vec![2.0, 4.0], vec![3, 4]));
    assert!(sample().window(at(11), at(24)).is_empty());
    assert!(sample().window(at(25), at(10)).is_empty());
}

#[test]
fn nearest_prefers_the_earlier_of_two_equally_near() {
    for (secs, value) in [(-100, 1.0), (4, 1.0), (5, 1.0), (6, 2.0), (10, 2.0), (26, 4.0), (999, 8.0)] {
        assert_eq!(sample().nearest(at(secs)).map(|(_, value)| value), Some(value), "{secs}");
    }
    assert_eq!(series(&[]).nearest(at(0)), None);
}

proptest! {
    #[test]
    fn last_at_the_stamps_returns_the_values(
        start in -1_000_000_i64..1_000_000,
        step in 1_i64..100_000,
        values in proptest::collection::vec(-1e12..1e12_f64, 1..50),
    ) {
        let observations: Vec<(i64, f64)> = (start..).step_by(step as usize).zip(values.iter().copied()).collect();
        let grid = grid(start, step, values.len());
        let even = series(&observations);
        prop_assert_eq!(&even.resample(&grid, Rule::Last, 0).expect("age 0"), &values);
        prop_assert_eq!(&even.resample(&grid, Rule::Sum, step).expect("covered"), &values);
    }

    #[test]
    fn a_sum_over_the_whole_grid_loses_no_observation(
        steps in proptest::collection::vec(1_i64..50, 1..40),
        step in 1_i64..60,
    ) {
        let mut secs = 0;
        let observations: Vec<(i64, f64)> = steps.iter().map(|gap| { secs += gap; (secs, 1.0) }).collect();
        // From the first observation, in the first interval, to the first point at or after the last one.
        let points = ((secs - observations[0].0) / step + 2) as usize;
        let grid = grid(observations[0].0, step, points);
        let sums = series(&observations).resample(&grid, Rule::Sum, 10_000).expect("covered");
        prop_assert_eq!(sums.iter().sum::<f64>(), observations.len() as f64);
    }
}
