//! The maximum of a likelihood, and what its curvature says of the parameters.
//!
//! Nelder and Mead's [`simplex`](crate::simplex), started again from its own end until nothing is gained, from every start that
//! is given. Covariance: the inverse of the observed information, by central differences; standard errors of functions of the
//! parameters by the delta method.

use crate::simplex::{Effort, descend};

/// Iterations of one search (five dimensions take some hundreds), and when it ends before.
const EFFORT: Effort = Effort { iterations: 4000, spread: 1e-9 };
/// Searches from one start.
const RESTARTS: usize = 6;
/// A gain of log-likelihood that is not worth another search.
const NO_GAIN: f64 = 1e-6;
/// Stands for a likelihood of nothing; infinity would spoil the simplex's own tolerance.
const WORST: f64 = 1e200;

/// A maximum.
#[derive(Debug, Clone)]
pub(super) struct Maximum {
    pub(super) at: Vec<f64>,
    pub(super) log_likelihood: f64,
}

/// The highest point that is found from any of `starts`; none where no start has a likelihood.
pub(super) fn maximise(log_likelihood: &impl Fn(&[f64]) -> f64, starts: &[Vec<f64>]) -> Option<Maximum> {
    let mut best: Option<Maximum> = None;
    for start in starts {
        let mut here = Maximum { at: start.clone(), log_likelihood: log_likelihood(start) };
        for _ in 0..RESTARTS {
            let Some(next) = climb(log_likelihood, &here.at) else { break };
            let gain = next.log_likelihood - here.log_likelihood;
            if gain > 0.0 || !here.log_likelihood.is_finite() {
                here = next;
            }
            if gain < NO_GAIN {
                break;
            }
        }
        if here.log_likelihood.is_finite()
            && best.as_ref().is_none_or(|best| here.log_likelihood > best.log_likelihood)
        {
            best = Some(here);
        }
    }
    best
}

fn climb(log_likelihood: &impl Fn(&[f64]) -> f64, from: &[f64]) -> Option<Maximum> {
    let mut simplex = vec![from.to_vec()];
    for k in 0..from.len() {
        let mut corner = from.to_vec();
        corner[k] += 0.1 + 0.1 * corner[k].abs();
        simplex.push(corner);
    }
    let cost = |at: &[f64]| Some(-log_likelihood(at)).map(|cost| if cost.is_finite() { cost } else { WORST });
    let (at, cost) = descend(cost, simplex, EFFORT)?;
    (cost < WORST).then_some(Maximum { at, log_likelihood: -cost })
}

/// Standard errors of `natural` at the maximum; none where the likelihood is flat there.
pub(super) fn standard_errors(
    log_likelihood: &impl Fn(&[f64]) -> f64,
    maximum: &Maximum,
    natural: &impl Fn(&[f64]) -> Vec<f64>,
) -> Option<Vec<f64>> {
    let covariance = inverse(information(log_likelihood, &maximum.at))?;
    let size = maximum.at.len();
    let slopes: Vec<Vec<f64>> = (0..size)
        .map(|k| {
            let h = step(maximum.at[k]);
            let (up, down) = (natural(&moved(&maximum.at, k, h)), natural(&moved(&maximum.at, k, -h)));
            up.iter().zip(&down).map(|(up, down)| (up - down) / (2.0 * h)).collect()
        })
        .collect();
    let variance = |one: usize| -> f64 {
        let pairs = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
        pairs.map(|(i, j)| slopes[i][one] * covariance[i][j] * slopes[j][one]).sum()
    };
    let count = natural(&maximum.at).len();
    let errors: Vec<f64> = (0..count).map(|one| variance(one).sqrt()).collect();
    errors.iter().all(|error| error.is_finite()).then_some(errors)
}

fn step(x: f64) -> f64 {
    1e-4 * (1.0 + x.abs())
}

fn moved(at: &[f64], k: usize, by: f64) -> Vec<f64> {
    let mut there = at.to_vec();
    there[k] += by;
    there
}

/// Minus the second derivatives.
fn information(log_likelihood: &impl Fn(&[f64]) -> f64, at: &[f64]) -> Vec<Vec<f64>> {
    let size = at.len();
    let value = |i: usize, a: f64, j: usize, b: f64| {
        log_likelihood(&moved(&moved(at, i, a * step(at[i])), j, b * step(at[j])))
    };
    (0..size)
        .map(|i| {
            let entry = |j: usize| {
                let sum = value(i, 1.0, j, 1.0) - value(i, 1.0, j, -1.0) - value(i, -1.0, j, 1.0)
                    + value(i, -1.0, j, -1.0);
                -sum / (4.0 * step(at[i]) * step(at[j]))
            };
            (0..size).map(entry).collect()
        })
        .collect()
}

/// The inverse of a positive definite matrix, by Gauss and Jordan; none where it is not one.
fn inverse(mut matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let unit = |i: usize| (0..size).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
    let mut result: Vec<Vec<f64>> = (0..size).map(unit).collect();
    for k in 0..size {
        // Pivots of a positive definite matrix are positive without exchanges.
        let pivot = matrix[k][k];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return None;
        }
        for j in 0..size {
            matrix[k][j] /= pivot;
            result[k][j] /= pivot;
        }
        for i in (0..size).filter(|i| *i != k) {
            let factor = matrix[i][k];
            for j in 0..size {
                matrix[i][j] -= factor * matrix[k][j];
                result[i][j] -= factor * result[k][j];
            }
        }
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quadratic_likelihood_has_its_own_maximum_and_covariance() {
        // -1/2 (x - m)^T A (x - m) with A = [[2, 1], [1, 4]]: covariance A^-1 = [[4, -1], [-1, 2]] / 7.
        let quadratic = |x: &[f64]| {
            let (a, b) = (x[0] - 3.0, x[1] + 2.0);
            -0.5 * (2.0 * a * a + 2.0 * a * b + 4.0 * b * b)
        };
        let found = maximise(&quadratic, &[vec![0.0, 0.0]]).expect("a maximum");
        // The simplex ends when its values differ by 1e-9: a distance of some 1e-5.
        assert!((found.at[0] - 3.0).abs() < 1e-3 && (found.at[1] + 2.0).abs() < 1e-3, "{found:?}");
        let natural = |x: &[f64]| vec![x[0], x[1], x[0] + x[1]];
        let errors = standard_errors(&quadratic, &found, &natural).expect("a curvature");
        for (error, variance) in errors.iter().zip([4.0 / 7.0, 2.0 / 7.0, 4.0 / 7.0]) {
            let exact: f64 = variance;
            assert!((error - exact.sqrt()).abs() < 1e-5, "{error} {exact}");
        }
    }

    #[test]
    fn a_flat_direction_has_no_standard_error() {
        let flat = |x: &[f64]| -x[0] * x[0];
        let found = maximise(&flat, &[vec![1.0, 1.0]]).expect("a maximum");
        assert_eq!(standard_errors(&flat, &found, &|x: &[f64]| x.to_vec()), None);
    }

    #[test]
    fn a_start_without_a_likelihood_finds_nothing() {
        assert!(maximise(&|_: &[f64]| f64::NAN, &[vec![1.0]]).is_none());
    }
}
