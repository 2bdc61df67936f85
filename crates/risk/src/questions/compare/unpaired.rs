//! Differences of two independent samples.

use super::paired::is_bounded;
use super::statistics::{Ordered, p_normal, student};
use super::{Compared, Difference, LEVELS};
use crate::questions::bootstrap;
use crate::questions::measure::{Z95, mean_and_variance};

/// All rows.
pub(super) fn differences(metrics: &[(&str, &[f64], &[f64])], seed: u64) -> Vec<Difference> {
    let quantiles = quantiles(metrics, seed);
    let mut rows = Vec::new();
    for ((metric, a, b), quantiles) in metrics.iter().zip(quantiles) {
        rows.extend(mean(metric, a, b));
        rows.extend(quantiles);
        rows.extend(defined_share(metric, a, b));
    }
    rows
}

fn row(metric: &str, statistic: Compared, values: (f64, f64), counts: (usize, usize)) -> Difference {
    Difference {
        metric: metric.to_owned(),
        statistic,
        first: values.0,
        second: values.1,
        interval: None,
        p_value: None,
        p_holm: None,
        first_count: counts.0 as u64,
        second_count: counts.1 as u64,
    }
}

fn mean(metric: &str, a: &[f64], b: &[f64]) -> Option<Difference> {
    let defined = |list: &[f64]| -> Vec<f64> { list.iter().copied().filter(|one| !one.is_nan()).collect() };
    let (a, b) = (defined(a), defined(b));
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (of_a, of_b) = (mean_and_variance(&a), mean_and_variance(&b));
    let mut row = row(metric, Compared::Mean, (of_a.0, of_b.0), (a.len(), b.len()));
    if a.len() > 1 && b.len() > 1 {
        let (va, vb) = (of_a.1 / a.len() as f64, of_b.1 / b.len() as f64);
        // Welch and Satterthwaite's degrees of freedom; without any spread it does not matter how many.
        let down = va * va / (a.len() - 1) as f64 + vb * vb / (b.len() - 1) as f64;
        let freedom = if down > 0.0 { (va + vb) * (va + vb) / down } else { 1.0 };
        let (p, half) = student(row.difference(), (va + vb).sqrt(), freedom);
        row.p_value = p;
        row.interval = half.map(|half| (row.difference() - half, row.difference() + half));
    }
    Some(row)
}

fn quantiles(metrics: &[(&str, &[f64], &[f64])], seed: u64) -> Vec<Vec<Difference>> {
    let sizes = metrics.first().map_or((0, 0), |(_, a, b)| (a.len(), b.len()));
    let samples: Vec<(Ordered<'_>, Ordered<'_>)> = metrics
        .iter()
        .map(|(_, a, b)| {
            (Ordered::new(a, |place| !a[place].is_nan()), Ordered::new(b, |place| !b[place].is_nan()))
        })
        .collect();
    let (mut of_a, mut of_b) = (vec![1; sizes.0], vec![1; sizes.1]);
    let whole: Vec<_> =
        samples.iter().map(|(a, b)| (a.quantiles(LEVELS, &of_a), b.quantiles(LEVELS, &of_b))).collect();
    let mut replicates = vec![[const { Vec::new() }; LEVELS.len()]; metrics.len()];
    for replicate in 0..bootstrap::REPLICATES {
        bootstrap::draw(&mut of_a, seed, replicate, 0);
        bootstrap::draw(&mut of_b, seed, replicate, 1);
        for (lists, (a, b)) in replicates.iter_mut().zip(&samples) {
            let (a, b) = (a.quantiles(LEVELS, &of_a), b.quantiles(LEVELS, &of_b));
            lists.iter_mut().zip(a.iter().zip(b)).for_each(|(list, (a, b))| list.push(b - a));
        }
    }
    let all = metrics.iter().zip(&samples).zip(whole.into_iter().zip(replicates));
    all.map(|(((metric, ..), (a, b)), (whole, replicates))| {
        let levels = LEVELS.into_iter().enumerate().zip(replicates);
        levels
            .filter(|((_, level), _)| is_bounded(a.len(), *level) && is_bounded(b.len(), *level))
            .map(|((k, level), replicates)| {
                let values = (whole.0[k], whole.1[k]);
                let mut row = row(metric, Compared::Quantile(level), values, (a.len(), b.len()));
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

/// Two proportions by their pooled standard error; no row where the metric is always defined.
fn defined_share(metric: &str, a: &[f64], b: &[f64]) -> Option<Difference> {
    let defined = |list: &[f64]| list.iter().filter(|one| !one.is_nan()).count();
    let (x, y) = (defined(a), defined(b));
    if a.is_empty() || b.is_empty() || (x == a.len() && y == b.len()) {
        return None;
    }
    let (n, m) = (a.len() as f64, b.len() as f64);
    let (p, q) = (x as f64 / n, y as f64 / m);
    let pooled = (x + y) as f64 / (n + m);
    let mut row = row(metric, Compared::DefinedShare, (p, q), (a.len(), b.len()));
    row.p_value = p_normal(q - p, (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt());
    let half = Z95 * (p * (1.0 - p) / n + q * (1.0 - q) / m).sqrt();
    row.interval = Some((q - p - half, q - p + half));
    Some(row)
}
