//! How fast the error of a number falls with the paths behind it, and how many a wanted precision needs.
//!
//! A run of `N` paths is cut into batches of `n` (every `N/n`-th path, so that a rolling study's starts are in each).
//! Two errors are given per size, both as half the width of a 95 % interval: what the batches differ by, 1.96
//! standard deviations of their values, which assumes nothing; and what a batch's own interval says. Where they agree
//! the intervals can be trusted. Both fall like `1 / sqrt(n)`, so a half width `h` at `N` becomes `x` at `N (h /
//! x)^2`.

use super::measure::{Measure, Z95, mean_and_variance};

/// Batches below which their spread is not quoted: with 8 it is good to a quarter.
const LEAST_BATCHES: usize = 8;
/// Paths of the smallest batch.
const LEAST_PATHS: usize = 32;

/// Errors at one number of paths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErrorAt {
    /// Paths.
    pub paths: u64,
    /// Batches of so many.
    pub batches: usize,
    /// 1.96 standard deviations of the batches' values.
    pub between: Option<f64>,
    /// Half the width of the interval, averaged over batches that have one.
    pub within: Option<f64>,
}

/// Convergence of one number.
#[derive(Debug, Clone, PartialEq)]
pub struct Convergence {
    /// The number.
    pub measure: Measure,
    /// Its value over all paths,
    pub value: Option<f64>,
    /// and half the width of its interval there.
    pub half_width: Option<f64>,
    /// Errors by number of paths, ascending; the last is the whole run.
    pub errors: Vec<ErrorAt>,
    /// Half width that is wanted.
    pub wanted: Option<f64>,
}

impl Convergence {
    /// The paths at which half the interval is as narrow as `wanted`, from a run of `paths`.
    pub fn paths_for(&self, wanted: f64, paths: u64) -> Option<u64> {
        let ratio = self.half_width? / wanted;
        let needed = paths as f64 * ratio * ratio;
        (needed.is_finite() && needed < 1e18).then(|| (needed.ceil() as u64).max(1))
    }
}

/// Errors of a number whose metric is given for each path, in the order of paths, NaN where it is not defined.
pub fn convergence(measure: &Measure, values: &[f64], wanted: Option<f64>) -> Convergence {
    let whole = measure.statistic.of(values);
    let mut errors = Vec::new();
    let mut batches = 1;
    while values.len() / batches >= LEAST_PATHS {
        errors.push(error_at(measure, values, batches));
        batches *= 2;
    }
    errors.reverse();
    Convergence {
        measure: measure.clone(),
        value: whole.map(|one| one.value),
        half_width: whole.and_then(|one| Some(0.5 * (one.high? - one.low?))),
        errors,
        wanted,
    }
}

fn error_at(measure: &Measure, values: &[f64], batches: usize) -> ErrorAt {
    let size = values.len() / batches;
    let of_batch = |batch: usize| -> Vec<f64> {
        values.iter().skip(batch).step_by(batches).take(size).copied().collect()
    };
    let found: Vec<_> = (0..batches).filter_map(|batch| measure.statistic.of(&of_batch(batch))).collect();
    let of: Vec<f64> = found.iter().map(|one| one.value).collect();
    let widths: Vec<f64> = found.iter().filter_map(|one| Some(0.5 * (one.high? - one.low?))).collect();
    // Where some batches have no interval the average would be that of the lucky ones.
    let within = (widths.len() == batches).then(|| widths.iter().sum::<f64>() / batches as f64);
    let between =
        (batches >= LEAST_BATCHES && of.len() == batches).then(|| Z95 * mean_and_variance(&of).1.sqrt());
    ErrorAt { paths: size as u64, batches, between, within }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegstress_num::{draw, philox::philox_pair};

    fn normals(n: u64) -> Vec<f64> {
        (0..n).map(|k| pegstress_num::normal_quantile(draw::unit_open(philox_pair(k, 0, 11).0))).collect()
    }

    #[test]
    fn the_error_of_a_mean_is_the_known_one_and_falls_with_the_root_of_the_paths() {
        let values = normals(1 << 15);
        let found = convergence(&"a:mean".parse().expect("a measure"), &values, None);
        assert_eq!(found.errors.len(), 11);
        for error in &found.errors {
            let truth = 1.96 / (error.paths as f64).sqrt();
            // An average over at least 32 paths' own standard deviation: 4 % each, less together; four of them alone.
            assert!((error.within.expect("an interval") / truth - 1.0).abs() < 0.05, "{error:?}");
            // A standard deviation of b batches is good to 1 / sqrt(2 (b - 1)); four of them.
            let Some(between) = error.between else { continue };
            let tolerance = 4.0 / (2.0 * (error.batches as f64 - 1.0)).sqrt();
            assert!((between / truth - 1.0).abs() < tolerance, "{error:?}");
        }
    }

    #[test]
    fn a_precision_that_is_twice_as_fine_needs_four_times_the_paths() {
        let values = normals(10_000);
        let found = convergence(&"a:p50".parse().expect("a measure"), &values, Some(0.01));
        let half = found.half_width.expect("an interval");
        assert_eq!(found.paths_for(half, 10_000), Some(10_000));
        let needed = found.paths_for(half / 2.0, 10_000).expect("a number");
        assert!(needed.abs_diff(40_000) <= 1, "{needed}");
        // The median of a normal sample: 1.96 sqrt(pi / 2 n); order statistics of 10,000 give its width to a tenth.
        assert!((half / (1.96 * (std::f64::consts::FRAC_PI_2 / 1e4).sqrt()) - 1.0).abs() < 0.1, "{half}");
    }

    #[test]
    fn a_number_that_small_batches_do_not_have_has_no_error_there() {
        let mut values = vec![f64::NAN; 1024];
        values[5] = 1.0;
        let found = convergence(&"a:mean".parse().expect("a measure"), &values, None);
        assert!(found.errors.iter().all(|error| error.within.is_none() && error.between.is_none()));
        assert_eq!((found.value, found.half_width), (Some(1.0), None));
    }
}
