//! Differences path by path.

use super::statistics::{Ordered, p_mcnemar, p_normal, student};
use super::{Compared, Difference, LEVELS};
use crate::interval::quantile_ranks;
use crate::questions::bootstrap;
use crate::questions::measure::{Z95, mean_and_variance};

/// One metric of both runs, pair by pair.
struct Pairs<'a> {
    metric: &'a str,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Pairs<'_> {
    fn is_defined(&self, place: usize) -> bool {
        !self.first[place].is_nan() && !self.second[place].is_nan()
    }

    fn row(&self, statistic: Compared, (first, second): (f64, f64), count: usize) -> Difference {
        Difference {
            metric: self.metric.to_owned(),
            statistic,
            first,
            second,
            interval: None,
            p_value: None,
            p_holm: None,
            first_count: count as u64,
            second_count: count as u64,
        }
    }
}

/// All rows; `pairs` are the places of paths that belong together.
pub(super) fn differences(
    metrics: &[(&str, &[f64], &[f64])],
    pairs: &[(usize, usize)],
    seed: u64,
) -> Vec<Difference> {
    let all: Vec<Pairs<'_>> = metrics
        .iter()
        .map(|(metric, a, b)| Pairs {
            metric,
            first: pairs.iter().map(|pair| a[pair.0]).collect(),
            second: pairs.iter().map(|pair| b[pair.1]).collect(),
        })
        .collect();
    let quantiles = quantiles(&all, seed);
    let mut rows = Vec::new();
    for (one, quantiles) in all.iter().zip(quantiles) {
        rows.extend(mean(one));
        rows.extend(quantiles);
        rows.extend(defined_share(one));
    }
    rows
}

fn mean(one: &Pairs<'_>) -> Option<Difference> {
    let places: Vec<usize> = (0..one.first.len()).filter(|place| one.is_defined(*place)).collect();
    let n = places.len();
    if n == 0 {
        return None;
    }
    let mean_of = |values: &[f64]| places.iter().map(|place| values[*place]).sum::<f64>() / n as f64;
    let differences: Vec<f64> = places.iter().map(|place| one.second[*place] - one.first[*place]).collect();
    let (difference, variance) = mean_and_variance(&differences);
    let mut row = one.row(Compared::Mean, (mean_of(&one.first), mean_of(&one.second)), n);
    if n > 1 {
        let (p, half) = student(difference, (variance / n as f64).sqrt(), (n - 1) as f64);
        row.p_value = p;
        row.interval = half.map(|half| (difference - half, difference + half));
    }
    Some(row)
}

/// Rows of the quantiles of every metric; one set of draws serves all.
fn quantiles(all: &[Pairs<'_>], seed: u64) -> Vec<Vec<Difference>> {
    let ordered: Vec<_> = all
        .iter()
        .map(|one| {
            let of = |values| Ordered::new(values, |place| one.is_defined(place));
            (of(&one.first), of(&one.second))
        })
        .collect();
    let mut weights = vec![1; all.first().map_or(0, |one| one.first.len())];
    let both = |weights: &[u32]| -> Vec<[(f64, f64); LEVELS.len()]> {
        let pair = |(a, b): &(Ordered<'_>, Ordered<'_>)| {
            let (a, b) = (a.quantiles(LEVELS, weights), b.quantiles(LEVELS, weights));
            std::array::from_fn(|level| (a[level], b[level]))
        };
        ordered.iter().map(pair).collect()
    };
    let whole = both(&weights);
    let mut replicates = vec![[const { Vec::new() }; LEVELS.len()]; all.len()];
    for replicate in 0..bootstrap::REPLICATES {
        bootstrap::draw(&mut weights, seed, replicate, 0);
        for (lists, found) in replicates.iter_mut().zip(both(&weights)) {
            lists.iter_mut().zip(found).for_each(|(list, (a, b))| list.push(b - a));
        }
    }
    let rows = all.iter().zip(&ordered).zip(whole.into_iter().zip(replicates));
    rows.map(|((one, (a, _)), (whole, replicates))| {
        let levels = LEVELS.into_iter().zip(whole.into_iter().zip(replicates));
        let bounded = levels.filter(|(level, _)| is_bounded(a.len(), *level));
        bounded
            .map(|(level, (values, replicates))| {
                let mut row = one.row(Compared::Quantile(level), values, a.len());
                if let Some((low, high, sd)) = bootstrap::interval(replicates) {
                    row.interval = Some((low, high));
                    row.p_value = p_normal(values.1 - values.0, sd);
                }
                row
            })
            .collect()
    })
    .collect()
}

/// Whether a sample of `n` has an interval for the quantile.
pub(super) fn is_bounded(n: usize, level: f64) -> bool {
    matches!(quantile_ranks(n as u64, level), (Some(_), Some(_)))
}

/// The share of paths in which the metric is defined; no row where it always is.
fn defined_share(one: &Pairs<'_>) -> Option<Difference> {
    let n = one.first.len();
    let count = |of: &dyn Fn(bool, bool) -> bool| {
        let pairs = one.first.iter().zip(&one.second);
        pairs.filter(|(a, b)| of(!a.is_nan(), !b.is_nan())).count() as u64
    };
    let (first, second) = (count(&|a, _| a), count(&|_, b| b));
    if n == 0 || (first == n as u64 && second == n as u64) {
        return None;
    }
    let (lost, won) = (count(&|a, b| a && !b), count(&|a, b| b && !a));
    let share = |events: u64| events as f64 / n as f64;
    let mut row = one.row(Compared::DefinedShare, (share(first), share(second)), n);
    row.p_value = p_mcnemar(lost, won);
    let difference = share(won) - share(lost);
    let error = ((share(won) + share(lost) - difference * difference).max(0.0) / n as f64).sqrt();
    row.interval = Some((difference - Z95 * error, difference + Z95 * error));
    Some(row)
}
