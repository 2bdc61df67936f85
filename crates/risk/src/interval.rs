//! Monte-Carlo error of quantiles and probabilities, without assumptions on the distribution.

use statrs::distribution::{Beta, Binomial, ContinuousCDF, DiscreteCDF};

/// Probability left outside of an interval on either side (95 % intervals).
const TAIL: f64 = 0.025;

/// Ranks (from 0) of the order statistics that enclose the `level` quantile with at least 95 % probability.
///
/// The number of values below the quantile is binomial(n, level), whatever the distribution (David and Nagaraja,
/// Order Statistics, 2003, section 7.1). `None` where the sample has too few values on that side.
pub fn quantile_ranks(n: u64, level: f64) -> (Option<u64>, Option<u64>) {
    let Ok(below) = Binomial::new(level, n) else { return (None, None) };
    // Smallest k with P(B <= k) >= tail: the k-th value (from 1) has at most the tail's probability above the quantile.
    let low = below.inverse_cdf(TAIL);
    let high = below.inverse_cdf(1.0 - TAIL) + 1;
    (low.checked_sub(1), (high <= n).then(|| high - 1))
}

/// Exact interval of a probability of which `events` of `n` trials were seen.
///
/// Clopper and Pearson, Biometrika 26 (1934) 404-413. `n` must be positive.
pub fn probability_interval(events: u64, n: u64) -> (f64, f64) {
    let (x, n) = (events as f64, n as f64);
    let quantile = |a: f64, b: f64, p: f64| Beta::new(a, b).map(|beta| beta.inverse_cdf(p));
    let low = if events == 0 { 0.0 } else { quantile(x, n - x + 1.0, TAIL).unwrap_or(0.0) };
    let high = if x >= n { 1.0 } else { quantile(x + 1.0, n - x, 1.0 - TAIL).unwrap_or(1.0) };
    (low, high)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the standard library is the truth to test against")]
mod tests {
    use super::*;

    #[test]
    fn no_event_in_a_hundred_leaves_an_upper_bound_of_3_6_percent() {
        // 1 - 0.025^(1/100); the library's inverse is good to its own 1e-8.
        let (low, high) = probability_interval(0, 100);
        assert_eq!(low, 0.0);
        assert!((high - (1.0 - 0.025_f64.powf(0.01))).abs() < 1e-6, "{high}");
        assert_eq!(probability_interval(100, 100).1, 1.0);
    }

    #[test]
    fn the_interval_of_ten_in_a_hundred_is_the_tabulated_one() {
        // Clopper-Pearson 95 %: 4.90 % to 17.62 %.
        let (low, high) = probability_interval(10, 100);
        assert!((low - 0.0490).abs() < 5e-5 && (high - 0.1762).abs() < 5e-5, "{low} {high}");
    }

    #[test]
    fn the_median_of_a_hundred_lies_between_the_40th_and_the_61st_value() {
        // Tabulated: ranks 40 and 61 from 1 (coverage 96.5 %).
        assert_eq!(quantile_ranks(100, 0.5), (Some(39), Some(60)));
    }

    #[test]
    fn a_small_sample_cannot_bound_an_extreme_quantile_from_above() {
        let (low, high) = quantile_ranks(1000, 0.999);
        assert!(low.is_some());
        assert_eq!(high, None);
    }
}
