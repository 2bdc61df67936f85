use super::*;
use pegstress_num::{draw, normal_quantile, philox::philox_pair};

fn normal(path: u64, key: u64) -> f64 {
    normal_quantile(draw::unit_open(philox_pair(path, 0, key).0))
}

fn run(seed: u64, n: u64, of: impl Fn(u64) -> f64) -> RunOutcomes {
    RunOutcomes {
        seed: Some(seed),
        paths: (0..n).collect(),
        metrics: vec![("m_bps".into(), (0..n).map(of).collect())],
    }
}

fn row(comparison: &RunComparison, statistic: Compared) -> &Difference {
    comparison.rows.iter().find(|row| row.statistic == statistic).expect("a row")
}

#[test]
fn the_paired_t_of_five_numbers_is_the_one_by_hand() {
    let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 2.0, 5.0, 4.0, 7.0]);
    let found = compare(&run(1, 5, |i| a[i as usize]), &run(1, 5, |i| b[i as usize]), None);
    assert_eq!(found.pairing, Pairing::ByPath(5));
    let mean = row(&found, Compared::Mean);
    // Differences 1, 0, 2, 0, 2: mean 1, variance 1, standard error 0.4472, t = 2.2361 with 4 degrees of freedom:
    // p = 0.08901, t(0.975) = 2.7764.
    assert_eq!(mean.difference(), 1.0);
    assert!((mean.p_value.expect("a p-value") - 0.08901).abs() < 5e-5, "{mean:?}");
    let (low, high) = mean.interval.expect("an interval");
    assert!((high - 1.0 - 2.7764 * 0.2_f64.sqrt()).abs() < 1e-4 && (low + high - 2.0).abs() < 1e-9);
}

#[test]
fn pairing_sees_a_shift_that_independent_samples_cannot() {
    let shifted = |i: u64| normal(i, 7) + 0.01 + 0.01 * normal(i, 8);
    let paired = compare(&run(1, 2000, |i| normal(i, 7)), &run(1, 2000, shifted), None);
    let apart = compare(&run(1, 2000, |i| normal(i, 7)), &run(2, 2000, shifted), None);
    assert!(matches!(&apart.pairing, Pairing::Impossible(why) if why.contains("seeds differ (1 and 2)")));
    let p = |found: &RunComparison, of| row(found, of).p_value.expect("a p-value");
    // 0.01 is 45 standard errors of the paired mean (0.01 / sqrt 2000) and a third of one of the unpaired.
    assert!(p(&paired, Compared::Mean) < 1e-12 && p(&apart, Compared::Mean) > 0.5);
    let width = |found: &RunComparison| {
        let (low, high) = row(found, Compared::Quantile(0.5)).interval.expect("an interval");
        assert!(low < 0.01 && 0.01 < high, "{low} {high}");
        high - low
    };
    // Only paths that change sides of the median move it: a share of about 0.4 * 0.01, so 0.06 in place of 0.7 for
    // the root of twice a quarter.
    assert!(width(&apart) > 5.0 * width(&paired), "{} {}", width(&apart), width(&paired));
}

#[test]
fn runs_without_a_difference_are_called_different_in_five_percent_of_tests() {
    let samples = 400;
    let mut claims = [0; 2];
    for sample in 0..samples {
        let a = run(1, 60, |i| normal(i, 2 * sample));
        let b = run(1, 60, |i| normal(i, 2 * sample + 1));
        let paired = compare(&a, &b, None);
        let apart = compare(&a, &b, Some("to see".into()));
        for (claims, found) in claims.iter_mut().zip([&paired, &apart]) {
            *claims += u64::from(row(found, Compared::Mean).p_value.expect("a p-value") < 0.05);
        }
    }
    // Binomial with mean 20 and standard deviation 4.4; four of them.
    assert!(claims.iter().all(|claims| (3..=37).contains(claims)), "{claims:?}");
}

#[test]
fn equal_runs_differ_in_nothing_and_claim_nothing() {
    let found = compare(&run(1, 500, |i| normal(i, 3)), &run(1, 500, |i| normal(i, 3)), None);
    assert!(found.rows.len() >= 7);
    for one in &found.rows {
        assert_eq!((one.difference(), one.p_value, one.p_holm), (0.0, Some(1.0), Some(1.0)), "{one:?}");
        assert_eq!(one.interval, Some((0.0, 0.0)));
    }
}

#[test]
fn paths_are_matched_by_number_and_undefined_ones_counted_in_a_row_of_their_own() {
    let mut first = run(1, 100, |i| i as f64);
    let mut second = run(1, 100, |i| i as f64 + 1.0);
    // Path 3 faulted in the second run; ten of the first are not defined and two of the second, one of them in both.
    second.paths.remove(3);
    second.metrics[0].1.remove(3);
    for path in 50..60 {
        first.metrics[0].1[path] = f64::NAN;
    }
    second.metrics[0].1[54] = f64::NAN;
    second.metrics[0].1[90] = f64::NAN;
    second.metrics.push(("only_eth".into(), vec![0.0; 99]));
    let found = compare(&first, &second, None);
    assert_eq!(
        (found.pairing.clone(), found.unmatched.clone()),
        (Pairing::ByPath(99), vec!["only_eth".to_owned()])
    );
    let mean = row(&found, Compared::Mean);
    assert_eq!((mean.difference(), mean.first_count), (1.0, 88));
    let share = row(&found, Compared::DefinedShare);
    assert_eq!((share.first, share.second), (89.0 / 99.0, 97.0 / 99.0));
    // Paths 50 to 59 but 55 (which is path 55 at place 54 of the shortened list) are won, path 91 is lost: McNemar of
    // 9 and 1: 2 (1 + 10) / 1024.
    assert!((share.p_value.expect("a p-value") - 22.0 / 1024.0).abs() < 1e-9, "{share:?}");
}

#[test]
fn quantiles_that_the_sample_cannot_bound_are_left_out() {
    let found = compare(&run(1, 50, |i| normal(i, 3)), &run(1, 50, |i| normal(i, 4)), None);
    let levels: Vec<_> =
        found.rows.iter().filter(|row| matches!(row.statistic, Compared::Quantile(_))).collect();
    assert_eq!(levels.len(), 3, "{levels:?}");
}

#[test]
fn holm_multiplies_the_smallest_p_values_and_never_falls() {
    let one = |p: Option<f64>| Difference {
        metric: String::new(),
        statistic: Compared::Mean,
        first: 0.0,
        second: 0.0,
        interval: None,
        p_value: p,
        p_holm: None,
        first_count: 1,
        second_count: 1,
    };
    let mut rows = vec![one(Some(0.04)), one(Some(0.01)), one(None), one(Some(0.03)), one(Some(0.005))];
    holm(&mut rows);
    let adjusted: Vec<_> = rows.iter().map(|row| row.p_holm.map(|p| (p * 1e6).round() / 1e6)).collect();
    // Holm's own scheme: 4 x 0.005, 3 x 0.01, 2 x 0.03, then not less than before.
    assert_eq!(adjusted, [Some(0.06), Some(0.03), None, Some(0.06), Some(0.02)]);
}
