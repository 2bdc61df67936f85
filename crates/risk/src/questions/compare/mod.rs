//! Differences of two runs, metric by metric, with their significance.
//!
//! Two runs of one seed share the random numbers of each path, so they are compared path by path: what the draws have
//! in common drops out of the difference. Otherwise they are two independent samples.
//!
//! | statistic | paired | independent |
//! |---|---|---|
//! | mean | Student's t of the paths' differences | Welch's t (Biometrika 34 (1947) 28-35) |
//! | quantile | bootstrap over paths, both runs with the same weights | bootstrap of either run |
//! | share of paths in which it is defined | McNemar's exact test (Psychometrika 12 (1947) 153-157) | two proportions |
//!
//! Means and quantiles of a pair are those of the paths in which both runs have the metric. A quantile's p-value is
//! that of its difference over the bootstrap's standard deviation; quantiles that the sample cannot bound are left
//! out. Many tests are made at once: `p_holm` is the p-value after Holm (Scand. J. Statist. 6 (1979) 65-70), which
//! keeps the chance of a single false claim among all rows below its level.

mod paired;
mod statistics;
mod unpaired;

use std::collections::BTreeMap;

/// Levels at which runs are compared.
pub const LEVELS: [f64; 7] = [0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99];

/// The sound outcomes of one run.
#[derive(Debug, Clone)]
pub struct RunOutcomes {
    /// Seed of the run.
    pub seed: Option<u64>,
    /// Numbers of the sound paths, ascending.
    pub paths: Vec<u64>,
    /// Name and values of each metric by path; NaN where it is not defined.
    pub metrics: Vec<(String, Vec<f64>)>,
}

/// How the paths of two runs belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pairing {
    /// By their number: how many sound paths both have.
    ByPath(u64),
    /// Not at all, and why.
    Impossible(String),
}

/// What is compared of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Compared {
    /// The mean.
    Mean,
    /// A quantile.
    Quantile(f64),
    /// The share of paths in which the metric is defined.
    DefinedShare,
}

/// A difference and what it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Name of the metric.
    pub metric: String,
    /// What of it.
    pub statistic: Compared,
    /// In the first run,
    pub first: f64,
    /// in the second,
    pub second: f64,
    /// 95 % interval of second less first, where it can be had.
    pub interval: Option<(f64, f64)>,
    /// Chance of a difference as large if there were none.
    pub p_value: Option<f64>,
    /// The same after Holm, over all rows of the comparison.
    pub p_holm: Option<f64>,
    /// Paths behind the first value,
    pub first_count: u64,
    /// and behind the second; the pairs where paths are paired.
    pub second_count: u64,
}

impl Difference {
    /// Second less first.
    pub fn difference(&self) -> f64 {
        self.second - self.first
    }
}

/// The whole comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct RunComparison {
    /// How paths belong together.
    pub pairing: Pairing,
    /// Metrics in the order of the first run.
    pub rows: Vec<Difference>,
    /// Metrics that only one run has.
    pub unmatched: Vec<String>,
}

/// Compares two runs; `refused` says why they cannot be paired though their seeds are equal, if that is so.
pub fn compare(first: &RunOutcomes, second: &RunOutcomes, refused: Option<String>) -> RunComparison {
    let pairing = pairing(first, second, refused);
    let named: BTreeMap<&str, &Vec<f64>> =
        second.metrics.iter().map(|(name, list)| (name.as_str(), list)).collect();
    let shared: Vec<(&str, &[f64], &[f64])> = first
        .metrics
        .iter()
        .filter_map(|(name, a)| Some((name.as_str(), a.as_slice(), named.get(name.as_str())?.as_slice())))
        .collect();
    let mut rows = match pairing {
        Pairing::ByPath(_) => {
            paired::differences(&shared, &matching(&first.paths, &second.paths), seed(first))
        }
        Pairing::Impossible(_) => unpaired::differences(&shared, seed(first)),
    };
    holm(&mut rows);
    let is_shared = |name: &str| shared.iter().any(|one| one.0 == name);
    let all = first.metrics.iter().chain(&second.metrics).map(|(name, _)| name.clone());
    RunComparison { pairing, rows, unmatched: all.filter(|name| !is_shared(name)).collect() }
}

fn seed(run: &RunOutcomes) -> u64 {
    run.seed.unwrap_or(0)
}

fn pairing(first: &RunOutcomes, second: &RunOutcomes, refused: Option<String>) -> Pairing {
    if let Some(reason) = refused {
        return Pairing::Impossible(reason);
    }
    match (first.seed, second.seed) {
        (Some(a), Some(b)) if a == b => {}
        (Some(a), Some(b)) => return Pairing::Impossible(format!("the seeds differ ({a} and {b})")),
        _ => return Pairing::Impossible("the seed of a run is not known".to_owned()),
    }
    match matching(&first.paths, &second.paths).len() {
        0 => Pairing::Impossible("no path is in both runs".to_owned()),
        pairs => Pairing::ByPath(pairs as u64),
    }
}

/// Places of the paths that both ascending lists have.
fn matching(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if x == y {
            pairs.push((i, j));
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    pairs
}

/// Holm's step-down: the k-th smallest of m p-values times m - k + 1, never falling.
fn holm(rows: &mut [Difference]) {
    let mut order: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].p_value.is_some()).collect();
    order.sort_by(|a, b| rows[*a].p_value.unwrap_or(1.0).total_cmp(&rows[*b].p_value.unwrap_or(1.0)));
    let (tests, mut most) = (order.len(), 0.0_f64);
    for (k, row) in order.into_iter().enumerate() {
        most = most.max(rows[row].p_value.unwrap_or(1.0) * (tests - k) as f64).min(1.0);
        rows[row].p_holm = Some(most);
    }
}

#[cfg(test)]
mod tests;
