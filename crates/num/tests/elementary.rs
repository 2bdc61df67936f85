//! Errors of the elementary functions, against 50-digit values and against the standard library.

// The standard library is the thing compared with.
#![allow(clippy::disallowed_methods)]

mod tables;

use pegstress_num::{cbrt_estimate, cos_sin_2pi, exp, exp_m1, ln, ln_1p, normal_cdf, normal_quantile};
use proptest::prelude::*;
use tables::Row;

/// Distance of two neighbouring doubles at `y`.
fn ulp(y: f64) -> f64 {
    (y.abs().next_up() - y.abs()).max(f64::MIN_POSITIVE * f64::EPSILON)
}

/// The greatest error of `f` over a table, each error divided by `unit(value)`.
fn greatest_error(table: &[Row], f: impl Fn(f64) -> f64, unit: impl Fn(f64) -> f64) -> f64 {
    let errors = table.iter().map(|&(x, y, rest)| {
        let error = ((f(x) - y) - rest).abs() / unit(y);
        assert!(error.is_finite(), "error {error} at {x:e}");
        error
    });
    errors.fold(0.0, f64::max)
}

#[test]
fn ln_is_within_one_ulp_of_the_true_value() {
    let error = greatest_error(tables::LN, ln, ulp);
    assert!(error <= 1.0, "{error} ulp");
}

#[test]
fn ln_1p_is_within_two_ulp_of_the_true_value() {
    let error = greatest_error(tables::LN_1P, ln_1p, ulp);
    assert!(error <= 2.0, "{error} ulp");
}

#[test]
fn exp_is_within_one_ulp_of_the_true_value() {
    let error = greatest_error(tables::EXP, exp, ulp);
    assert!(error <= 1.0, "{error} ulp");
}

#[test]
fn the_estimate_of_a_cube_root_is_within_a_sixteenth() {
    for k in 1..200_000 {
        // Steps of a thousandth and a bit over some 290 decades.
        let root = 1e-96 * exp(f64::from(k) * 0.001_11);
        let error = cbrt_estimate(root * root * root) / root - 1.0;
        assert!(error.abs() < 0.0625, "{root:e}: {error}");
    }
    for odd in [0.0, f64::MIN_POSITIVE / 3.0, f64::INFINITY, -1.0] {
        assert!(cbrt_estimate(odd) > 0.0 && cbrt_estimate(odd).is_finite(), "{odd}");
    }
}

#[test]
fn exp_m1_is_within_three_ulp_of_the_true_value() {
    let error = greatest_error(tables::EXP_M1, exp_m1, ulp);
    assert!(error <= 3.0, "{error} ulp");
}

#[test]
fn cos_and_sin_are_within_the_documented_absolute_error() {
    let cos = greatest_error(tables::COS_2PI, |u| cos_sin_2pi(u).0, |_| 1.0);
    let sin = greatest_error(tables::SIN_2PI, |u| cos_sin_2pi(u).1, |_| 1.0);
    assert!(cos <= 2.3e-16 && sin <= 2.3e-16, "cos {cos:e} sin {sin:e}");
}

#[test]
fn the_normal_law_is_within_the_documented_absolute_and_relative_error() {
    let absolute = greatest_error(tables::NORMAL_CDF, normal_cdf, |_| 1.0);
    let relative = greatest_error(tables::NORMAL_CDF, normal_cdf, |y| y);
    assert!(absolute <= 2.3e-16 && relative <= 2e-15, "absolute {absolute:e}, relative {relative:e}");
}

#[test]
fn the_normal_quantile_is_within_the_documented_relative_error() {
    let relative = greatest_error(tables::NORMAL_QUANTILE, normal_quantile, f64::abs);
    assert!(relative <= 2e-15, "relative {relative:e}");
}

#[test]
fn logarithms_of_zero_negatives_infinity_and_nan_are_as_documented() {
    assert_eq!(ln(0.0), f64::NEG_INFINITY);
    assert_eq!(ln(-0.0), f64::NEG_INFINITY);
    assert_eq!(ln(f64::INFINITY), f64::INFINITY);
    assert_eq!(ln(1.0), 0.0);
    assert!(ln(-1.0).is_nan() && ln(f64::NEG_INFINITY).is_nan() && ln(f64::NAN).is_nan());
    assert_eq!(ln_1p(-1.0), f64::NEG_INFINITY);
    assert_eq!(ln_1p(f64::INFINITY), f64::INFINITY);
    assert_eq!(ln_1p(0.0), 0.0);
    assert!(ln_1p(-1.5).is_nan() && ln_1p(f64::NAN).is_nan());
}

#[test]
fn exp_is_clamped_at_both_ends_and_keeps_nan() {
    assert_eq!(exp(0.0), 1.0);
    assert_eq!(exp(-708.1), 0.0);
    assert_eq!(exp(f64::NEG_INFINITY), 0.0);
    assert_eq!(exp(f64::INFINITY), exp(709.0));
    assert!(exp(f64::MAX).is_finite() && exp(-708.0).is_normal());
    assert!(exp(f64::NAN).is_nan());
}

#[test]
fn exp_m1_is_clamped_at_both_ends_and_keeps_nan() {
    assert_eq!(exp_m1(0.0), 0.0);
    assert_eq!(exp_m1(-708.1), -1.0);
    assert_eq!(exp_m1(f64::NEG_INFINITY), -1.0);
    assert_eq!(exp_m1(f64::INFINITY), exp(709.0));
    assert_eq!(exp_m1(5e-324), 5e-324);
    assert!(exp_m1(f64::NAN).is_nan());
}

#[test]
fn the_normal_law_and_its_quantile_are_defined_at_the_ends() {
    assert_eq!(normal_cdf(0.0), 0.5);
    assert_eq!(normal_cdf(f64::NEG_INFINITY), 0.0);
    assert_eq!(normal_cdf(f64::INFINITY), 1.0);
    assert!(normal_cdf(f64::NAN).is_nan());
    assert_eq!(normal_quantile(0.5), 0.0);
    assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    assert_eq!(normal_quantile(1.0), f64::INFINITY);
    assert!([-0.1, 1.1, f64::NAN].into_iter().all(|u| normal_quantile(u).is_nan()));
}

// The standard library's own error (below 1 ulp on the platforms in use) adds to ours: the bounds are the sums.
proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn ln_agrees_with_the_standard_library_within_two_ulp(x in prop_oneof![0.0..4.0_f64, 0.0..f64::MAX]) {
        prop_assert!((ln(x) - x.ln()).abs() <= 2.0 * ulp(x.ln()));
    }

    #[test]
    fn ln_of_any_positive_double_agrees_within_two_ulp(bits in 1..f64::INFINITY.to_bits()) {
        let x = f64::from_bits(bits);
        prop_assert!((ln(x) - x.ln()).abs() <= 2.0 * ulp(x.ln()));
    }

    #[test]
    fn ln_1p_agrees_with_the_standard_library_within_three_ulp(
        x in prop_oneof![-1.0..1.0, -1e-6..1e-6, 0.0..1e12],
    ) {
        prop_assert!((ln_1p(x) - x.ln_1p()).abs() <= 3.0 * ulp(x.ln_1p()));
    }

    #[test]
    fn exp_agrees_with_the_standard_library_within_two_ulp(x in prop_oneof![-708.0..709.0, -1.0..1.0]) {
        prop_assert!((exp(x) - x.exp()).abs() <= 2.0 * ulp(x.exp()));
    }

    #[test]
    fn exp_m1_agrees_with_the_standard_library_within_four_ulp(
        x in prop_oneof![-708.0..709.0, -2.0..2.0, -1e-6..1e-6],
    ) {
        prop_assert!((exp_m1(x) - x.exp_m1()).abs() <= 4.0 * ulp(x.exp_m1()));
    }

    /// The standard library sees a rounded angle: half an ulp of 2 pi, 4.5e-16, adds to the two errors.
    #[test]
    fn cos_and_sin_agree_with_the_standard_library(u in 0.0..1.0_f64) {
        let (sin, cos) = (std::f64::consts::TAU * u).sin_cos();
        let (our_cos, our_sin) = cos_sin_2pi(u);
        prop_assert!((our_cos - cos).abs() <= 1e-15 && (our_sin - sin).abs() <= 1e-15);
    }

    /// In the lower tail an error of the argument's last bit moves the probability by a relative x^2 * 1.1e-16.
    #[test]
    fn the_normal_law_undoes_its_quantile(exponent in -690.0..-0.7) {
        let u = exp(exponent);
        let back = normal_cdf(normal_quantile(u));
        prop_assert!((back - u).abs() <= 1e-12 * u, "{u:e} became {back:e}");
    }

    #[test]
    fn the_normal_quantile_is_odd_about_one_half(k in 1_u64..(1 << 52)) {
        let u = k as f64 / (1_u64 << 53) as f64;
        prop_assert_eq!(normal_quantile(u), -normal_quantile(1.0 - u));
    }
}
