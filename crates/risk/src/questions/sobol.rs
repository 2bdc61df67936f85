//! Which key carries how much of the variance of an answer: first-order and total indices over a [`Design`].
//!
//! With `f` centred on its mean over `A` and `B`, and `V` its variance there:
//!
//! ```text
//! S_i = (1/N) sum f(B) (f(AB_i) - f(A)) / V          Saltelli et al. (2010), table 2, (b)
//! T_i = (1/2N) sum (f(A) - f(AB_i))^2 / V            Jansen, Comput. Phys. Commun. 117 (1999) 35-43; (f) there
//! ```
//!
//! `S_i` is the share that would go if key `i` were known, `T_i` the share that would stay if all others were; the
//! difference is interaction. Keys are independent and uniform on their scale. 95 % intervals: percentiles of a
//! bootstrap over rows (Archer, Saltelli and Sobol, J. Stat. Comput. Simul. 58 (1997) 99-120), which is too wide
//! rather than too narrow here, because the rows of a low-discrepancy design are better spread than independent ones.

use super::bootstrap;
use super::design::Design;

/// Share of variance of one key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Index {
    /// First-order index,
    pub first: f64,
    /// and its interval.
    pub first_interval: Option<(f64, f64)>,
    /// Total index,
    pub total: f64,
    /// and its interval.
    pub total_interval: Option<(f64, f64)>,
}

/// Indices of every key.
#[derive(Debug, Clone, PartialEq)]
pub struct Indices {
    /// Rows that count.
    pub rows: usize,
    /// Rows left out because the answer is not defined somewhere in them.
    pub undefined_rows: usize,
    /// Mean of the answer over the design,
    pub mean: f64,
    /// and its variance.
    pub variance: f64,
    /// One index per key.
    pub keys: Vec<Index>,
}

/// The indices of a model whose `answers` at the points of `design` are given, NaN where it has none; `None` where
/// the answer does not vary or fewer than two rows are left.
pub fn indices(design: &Design, answers: &[f64]) -> Option<Indices> {
    let all: Vec<&[f64]> = answers.chunks_exact(design.keys + 2).collect();
    let rows: Vec<&[f64]> = all.iter().copied().filter(|row| row.iter().all(|one| one.is_finite())).collect();
    let ones = vec![1_u32; rows.len()];
    let whole = weighted(&rows, &ones, design.keys)?;
    let mut weights = ones;
    let mut replicates: Vec<Vec<(f64, f64)>> = Vec::new();
    for replicate in 0..bootstrap::REPLICATES {
        bootstrap::draw(&mut weights, design.seed, replicate, 0);
        replicates.extend(weighted(&rows, &weights, design.keys).map(|found| found.keys));
    }
    let keys = whole.keys.iter().enumerate().map(|(k, (first, total))| Index {
        first: *first,
        first_interval: interval(replicates.iter().map(|found| found[k].0)),
        total: *total,
        total_interval: interval(replicates.iter().map(|found| found[k].1)),
    });
    Some(Indices {
        rows: rows.len(),
        undefined_rows: all.len() - rows.len(),
        mean: whole.mean,
        variance: whole.variance,
        keys: keys.collect(),
    })
}

fn interval(replicates: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    bootstrap::interval(replicates.collect()).map(|(low, high, _)| (low, high))
}

struct Found {
    mean: f64,
    variance: f64,
    /// First-order and total index.
    keys: Vec<(f64, f64)>,
}

/// The estimators with each row counted `weights` times.
fn weighted(rows: &[&[f64]], weights: &[u32], keys: usize) -> Option<Found> {
    let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    if total < 2.0 {
        return None;
    }
    let sum = |of: &dyn Fn(&[f64]) -> f64| -> f64 {
        rows.iter().zip(weights).map(|(row, weight)| f64::from(*weight) * of(row)).sum::<f64>() / total
    };
    let mean = sum(&|row| 0.5 * (row[0] + row[1]));
    let square = |x: f64| x * x;
    let variance = sum(&|row| 0.5 * (square(row[0] - mean) + square(row[1] - mean)));
    // Below this a constant answer and its rounding cannot be told from a varying one.
    if !(variance > 1e-24 * mean * mean && variance > 0.0) {
        return None;
    }
    let keys = (0..keys).map(|k| {
        let first = sum(&|row| (row[1] - mean) * (row[k + 2] - row[0])) / variance;
        let total = 0.5 * sum(&|row| square(row[0] - row[k + 2])) / variance;
        (first, total)
    });
    Some(Found { mean, variance, keys: keys.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegstress_num::cos_sin_2pi;
    use std::f64::consts::PI;

    fn sin(x: f64) -> f64 {
        cos_sin_2pi((x / std::f64::consts::TAU).rem_euclid(1.0)).1
    }

    fn answers(design: &Design, model: impl Fn(&[f64]) -> f64) -> Vec<f64> {
        design.points.iter().map(|point| model(point)).collect()
    }

    /// sin x + 7 sin^2 y + 0.1 z^4 sin x on (-pi, pi)^3 (Ishigami and Homma, 1990).
    fn ishigami(u: &[f64]) -> f64 {
        let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        sin(x[0]) + 7.0 * sin(x[1]) * sin(x[1]) + 0.1 * x[2] * x[2] * x[2] * x[2] * sin(x[0])
    }

    #[test]
    fn the_indices_of_the_ishigami_function_are_the_known_ones() {
        let design = Design::new(3, 4096, 1);
        let found = indices(&design, &answers(&design, ishigami)).expect("it varies");
        // In closed form with a = 7, b = 0.1: V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2.
        let (a, b) = (7.0, 0.1);
        let (p4, p8) = (PI * PI * PI * PI, PI * PI * PI * PI * PI * PI * PI * PI);
        let v1 = 0.5 * (1.0 + b * p4 / 5.0) * (1.0 + b * p4 / 5.0);
        let (v2, v13) = (a * a / 8.0, b * b * p8 * (1.0 / 18.0 - 1.0 / 50.0));
        let v = v1 + v2 + v13;
        // 4096 points of a net: errors of a few times 1e-3 (independent points: 0.03).
        let tolerance = 0.01;
        let truth = [(v1 / v, (v1 + v13) / v), (v2 / v, v2 / v), (0.0, v13 / v)];
        assert!((found.variance / v - 1.0).abs() < tolerance, "{} {v}", found.variance);
        for (index, (first, total)) in found.keys.iter().zip(truth) {
            assert!((index.first - first).abs() < tolerance, "{index:?}, truth {first}");
            assert!((index.total - total).abs() < tolerance, "{index:?}, truth {total}");
            let (low, high) = index.total_interval.expect("an interval");
            assert!(low <= total && total <= high, "{index:?}, truth {total}");
        }
    }

    #[test]
    fn the_intervals_of_a_small_design_hold_the_truth_and_shrink_with_its_size() {
        // An additive model: x + 2 y has V = 5/12, S = T = 1/5 and 4/5.
        let width = |rows: usize| {
            let design = Design::new(2, rows, 2);
            let found = indices(&design, &answers(&design, |u| u[0] + 2.0 * u[1])).expect("it varies");
            for (index, truth) in found.keys.iter().zip([0.2, 0.8]) {
                let inside = |interval: Option<(f64, f64)>| {
                    interval.is_some_and(|(low, high)| low <= truth && truth <= high)
                };
                assert!(inside(index.first_interval) && inside(index.total_interval), "{index:?}");
            }
            let (low, high) = found.keys[0].first_interval.expect("an interval");
            high - low
        };
        // By the root of 16.
        let ratio = width(64) / width(1024);
        assert!((2.8..5.7).contains(&ratio), "{ratio}");
    }

    #[test]
    fn a_key_without_effect_has_a_total_of_zero_and_a_constant_model_no_indices() {
        let design = Design::new(2, 128, 5);
        let found = indices(&design, &answers(&design, |u| u[0] * u[0])).expect("it varies");
        assert_eq!((found.keys[1].first, found.keys[1].total), (0.0, 0.0));
        assert_eq!(indices(&design, &answers(&design, |_| 4.2)), None);
    }

    #[test]
    fn rows_in_which_the_answer_is_not_defined_are_left_out_and_counted() {
        let design = Design::new(2, 256, 5);
        let mut list = answers(&design, |u| u[0] + u[1]);
        list[6] = f64::NAN;
        let found = indices(&design, &list).expect("it varies");
        assert_eq!((found.rows, found.undefined_rows), (255, 1));
        // One of 256 rows, with an influence of at most a few times its weight.
        assert!((found.keys[0].total - 0.5).abs() < 0.03, "{found:?}");
    }
}
