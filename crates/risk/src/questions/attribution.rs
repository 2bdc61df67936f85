//! How much of depth, delay and bad debt each channel adds: a run against the same run without the channel.
//!
//! ```text
//! effect_k    = mean over paths of (x_i - x_i without k)            same random numbers, so a paired difference
//! total       = mean over paths of (x_i - x_i without any stress)
//! share_k     = effect_k / total
//! interaction = total - sum of effect_k over channels that carry stress
//! ```
//!
//! Effects need not add up: where two channels need each other, taking out either takes out what both do, and the
//! interaction is negative. What holds stress up (arbitrage) has a negative effect: what it saves.

use super::measure::{mean_and_variance, quantile_rank};
use crate::tally::OutcomeTable;
use pegstress_sim::{Metric, MetricKind};

/// A channel for labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What it is called.
    pub name: String,
    /// Whether it holds stress up instead of carrying it on.
    pub dampens: bool,
}

/// The quantities of a run that are attributed, by path.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Name with unit suffix, and the value of each path; NaN where it is undefined or the path broke.
    quantities: Vec<(String, Vec<f64>)>,
}

/// What is attributed to what.
#[derive(Debug, Clone)]
pub struct Attribution {
    /// Paths of each run.
    pub paths: u64,
    /// One entry per quantity that stress moves.
    pub quantities: Vec<Attributed>,
}

/// One quantity.
#[derive(Debug, Clone)]
pub struct Attributed {
    /// Name with unit suffix.
    pub name: String,
    /// Mean over paths.
    pub mean: f64,
    /// Median and 95 % quantile.
    pub quantiles: [f64; 2],
    /// What all channels that carry stress add together.
    pub total: Effect,
    /// By channel, in the order of the study.
    pub channels: Vec<(Label, Effect)>,
    /// What is left of the total: (mean, standard error).
    pub interaction: (f64, f64),
}

/// What a channel adds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Mean of the paired differences,
    pub mean: f64,
    /// and its standard error.
    pub standard_error: f64,
    /// Share of the total; `None` where there is no total.
    pub share: Option<f64>,
    /// Median and 95 % quantile without it.
    pub quantiles_without: [f64; 2],
    /// Paths that are sound and defined in both runs.
    pub pairs: u64,
}

impl Sample {
    /// The quantities that are attributed, out of a run's outcomes.
    pub fn new(metrics: &[Metric], table: &OutcomeTable) -> Self {
        let values = |of: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
            let one = |row: &crate::OutcomeRow| if row.fault.is_some() { f64::NAN } else { of(&row.metrics) };
            table.rows.iter().map(one).collect()
        };
        let kinds = [
            MetricKind::DeepestClose,
            MetricKind::DeepestPrint,
            MetricKind::DiscountHours,
            MetricKind::LongestDelay,
            MetricKind::LongestPipelineDelay,
            MetricKind::ValueLoss,
            MetricKind::LiquidatedLrt,
            MetricKind::LatentBadDebt,
        ];
        let mut quantities = Vec::new();
        for kind in kinds {
            if let Some(place) = metrics.iter().position(|metric| metric.kind == kind) {
                quantities.push((metrics[place].name.clone(), values(&|row| row[place])));
            }
        }
        let of_markets: Vec<usize> =
            (0..metrics.len()).filter(|k| matches!(metrics[*k].kind, MetricKind::BadDebt(_))).collect();
        if !of_markets.is_empty() {
            let sum = |row: &[f64]| of_markets.iter().map(|k| row[*k]).sum();
            quantities.push(("bad_debt_eth".to_owned(), values(&sum)));
        }
        Self { quantities }
    }

    fn of(&self, name: &str) -> Option<&[f64]> {
        self.quantities.iter().find(|one| one.0 == name).map(|one| one.1.as_slice())
    }
}

/// Attributes the quantities of `whole` to channels; `calm` is the run without any of those that carry stress.
pub fn attribute(whole: &Sample, calm: &Sample, without: &[(Label, Sample)]) -> Attribution {
    let paths = whole.quantities.first().map_or(0, |one| one.1.len() as u64);
    let quantities = whole.quantities.iter().filter_map(|(name, values)| {
        let total = effect(values, calm.of(name)?, None)?;
        let share_of = |effect: Effect| Effect {
            share: (total.mean != 0.0).then(|| effect.mean / total.mean),
            ..effect
        };
        let channels: Vec<(Label, Effect)> = without
            .iter()
            .filter_map(|(label, other)| {
                Some((label.clone(), share_of(effect(values, other.of(name)?, None)?)))
            })
            .collect();
        if total.mean == 0.0 && channels.iter().all(|one| one.1.mean == 0.0) {
            return None;
        }
        let sound: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        let others: Vec<&[f64]> =
            without.iter().filter(|one| !one.0.dampens).filter_map(|one| one.1.of(name)).collect();
        Some(Attributed {
            name: name.clone(),
            mean: mean_and_variance(&sound).0,
            quantiles: quantiles(sound),
            total: share_of(total),
            channels,
            interaction: interaction(values, calm.of(name)?, &others),
        })
    });
    Attribution { paths, quantities: quantities.collect() }
}

/// The paired difference of two runs; `None` without a pair.
fn effect(with: &[f64], without: &[f64], share: Option<f64>) -> Option<Effect> {
    let pairs: Vec<(f64, f64)> =
        with.iter().zip(without).map(|(a, b)| (*a, *b)).filter(|(a, b)| !a.is_nan() && !b.is_nan()).collect();
    if pairs.is_empty() {
        return None;
    }
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| a - b).collect();
    let (mean, standard_error) = mean_and_error(&differences);
    let quantiles_without = quantiles(pairs.iter().map(|pair| pair.1).collect());
    Some(Effect { mean, standard_error, share, quantiles_without, pairs: pairs.len() as u64 })
}

/// `(x - calm) - sum of (x - without k)` over paths that are defined in all runs.
fn interaction(values: &[f64], calm: &[f64], others: &[&[f64]]) -> (f64, f64) {
    let left: Vec<f64> = (0..values.len().min(calm.len()))
        .map(|path| {
            let sum: f64 = others.iter().map(|other| values[path] - other[path]).sum();
            values[path] - calm[path] - sum
        })
        .filter(|left| !left.is_nan())
        .collect();
    if left.is_empty() { (f64::NAN, f64::NAN) } else { mean_and_error(&left) }
}

/// Mean and its standard error; of one value the error is not a number.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let (mean, variance) = mean_and_variance(values);
    (mean, (variance / values.len() as f64).sqrt())
}

fn quantiles(mut values: Vec<f64>) -> [f64; 2] {
    values.sort_unstable_by(f64::total_cmp);
    [0.5, 0.95].map(|level| values.get(quantile_rank(values.len(), level)).copied().unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(values: &[f64]) -> Sample {
        Sample { quantities: vec![("depth_bps".to_owned(), values.to_vec())] }
    }

    fn label(name: &str, dampens: bool) -> Label {
        Label { name: name.to_owned(), dampens }
    }

    #[test]
    fn two_channels_that_need_each_other_interact_by_what_is_counted_twice() {
        // Whole 10, 12; calm 0, 2; without either of two channels only 3 is left of the 10.
        let whole = sample(&[10.0, 12.0]);
        let without = [
            (label("a", false), sample(&[3.0, 5.0])),
            (label("b", false), sample(&[3.0, 5.0])),
            (label("arbitrage", true), sample(&[15.0, 17.0])),
        ];
        let found = attribute(&whole, &sample(&[0.0, 2.0]), &without);
        let [one] = found.quantities.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.mean, one.total.mean), (11.0, 10.0));
        assert_eq!(one.channels.iter().map(|c| c.1.mean).collect::<Vec<_>>(), [7.0, 7.0, -5.0]);
        assert_eq!(one.channels[0].1.share, Some(0.7));
        assert_eq!(one.channels[2].1.share, Some(-0.5));
        // 10 - 7 - 7; every path agrees.
        assert_eq!(one.interaction, (-4.0, 0.0));
        assert_eq!((one.quantiles, one.channels[0].1.quantiles_without), ([10.0, 12.0], [3.0, 5.0]));
    }

    #[test]
    fn paths_that_broke_in_either_run_are_no_pair_and_what_never_moves_is_left_out() {
        let whole = sample(&[10.0, f64::NAN, 4.0]);
        let without = [(label("a", false), sample(&[8.0, 1.0, f64::NAN]))];
        let found = attribute(&whole, &sample(&[0.0, 0.0, 0.0]), &without);
        assert_eq!(
            (found.quantities[0].channels[0].1.pairs, found.quantities[0].channels[0].1.mean),
            (1, 2.0)
        );
        let still = attribute(&whole, &whole, &[(label("a", false), whole.clone())]);
        assert!(still.quantities.is_empty());
    }
}
