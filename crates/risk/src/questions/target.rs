//! A run against an observed number of an event.
//!
//! The *miss* is the distance from the observation in units of the tolerance, positive where the model lies above:
//! `ln(model / observed) / ln(factor)`, or `(model - observed) / within`. Where sources give a range, the distance to its nearer
//! end, and 0 inside. A target is met if the miss is at most 1 in size.

use super::measure::{Estimate, Measure, Statistic};

/// What a target is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Parameters may be fitted to it.
    Fit,
    /// Nothing is fitted to it: it says what the fit is worth.
    Judge,
}

impl Purpose {
    /// As written in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Judge => "judge",
        }
    }
}

/// How near the model should come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tolerance {
    /// Neither is more than so many times the other.
    Factor(f64),
    /// They differ by at most so much, in the metric's unit.
    Within(f64),
}

/// What was observed: one number, or the ends of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// Lower end.
    pub low: f64,
    /// Upper end; the lower one for one number.
    pub high: f64,
}

impl Observed {
    /// The end that is nearer to `value`, or `value` itself inside of the range.
    pub fn nearest(self, value: f64) -> f64 {
        if value < self.low {
            self.low
        } else if value > self.high {
            self.high
        } else {
            value
        }
    }
}

/// An observed number of an event, and how near a run should come to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What was observed.
    pub name: String,
    /// The number of a run that stands for it.
    pub measure: Measure,
    /// The observation.
    pub observed: Observed,
    /// How near is near enough.
    pub tolerance: Tolerance,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it was read.
    pub source: String,
}

/// A target and what a run has in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The target.
    pub target: Target,
    /// The run's number with its Monte-Carlo interval; `None` where the metric is not defined in any path.
    pub model: Option<Estimate>,
    /// 5 %, 50 % and 95 % quantile of the metric over the paths: between the outer ones nine of ten histories lie.
    pub paths: Option<[f64; 3]>,
    /// Share of the defined paths at or below the observation (the middle of a range).
    pub rank: Option<f64>,
    /// Share of the paths in which the metric is not defined.
    pub undefined: f64,
}

impl Target {
    /// Distance of `value` from the observation in tolerances; infinite where a factor meets a number that is not positive.
    pub fn miss(&self, value: f64) -> f64 {
        let nearest = self.observed.nearest(value);
        match self.tolerance {
            Tolerance::Factor(_) if value <= 0.0 => f64::NEG_INFINITY,
            Tolerance::Factor(factor) => pegstress_num::ln(value / nearest) / pegstress_num::ln(factor),
            Tolerance::Within(within) => (value - nearest) / within,
        }
    }

    /// Puts a run's `values` of the metric (NaN: not defined) beside the observation.
    pub fn judge(&self, values: &[f64]) -> Judged {
        let mut defined: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        defined.sort_unstable_by(f64::total_cmp);
        let quantile = |level: f64| Statistic::Quantile(level).of(&defined).map(|one| one.value);
        let paths = quantile(0.05).zip(quantile(0.5)).zip(quantile(0.95)).map(|((a, b), c)| [a, b, c]);
        let middle = 0.5 * (self.observed.low + self.observed.high);
        let below = defined.iter().filter(|value| **value <= middle).count();
        let share = |part: usize, of: usize| (of > 0).then(|| part as f64 / of as f64);
        Judged {
            target: self.clone(),
            model: self.measure.statistic.of(values),
            paths,
            rank: share(below, defined.len()),
            undefined: share(values.len() - defined.len(), values.len()).unwrap_or(0.0),
        }
    }
}

impl Judged {
    /// The miss of the run's number; `None` where it has none.
    pub fn miss(&self) -> Option<f64> {
        self.model.map(|model| self.target.miss(model.value))
    }

    /// Whether the target is met; a number that is not defined meets nothing.
    pub fn is_met(&self) -> bool {
        self.miss().is_some_and(|miss| miss.abs() <= 1.0)
    }

    /// Model less the observation, or its nearer end, in the metric's unit.
    pub fn error(&self) -> Option<f64> {
        self.model.map(|model| model.value - self.target.observed.nearest(model.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(low: f64, high: f64, tolerance: Tolerance) -> Target {
        Target {
            name: "a number".into(),
            measure: "sold_lrt:p50".parse().expect("a measure"),
            observed: Observed { low, high },
            tolerance,
            purpose: Purpose::Judge,
            source: "by hand".into(),
        }
    }

    #[test]
    fn a_factor_is_met_up_to_itself_on_both_sides() {
        let twice = target(100.0, 100.0, Tolerance::Factor(2.0));
        // ln 2 / ln 2 and ln 1/2 / ln 2; ln 4 / ln 2.
        assert_eq!((twice.miss(200.0), twice.miss(50.0), twice.miss(400.0)), (1.0, -1.0, 2.0));
        assert_eq!(twice.miss(0.0), f64::NEG_INFINITY);
        assert!(twice.judge(&[200.0]).is_met() && !twice.judge(&[201.0]).is_met());
    }

    #[test]
    fn inside_of_an_observed_range_nothing_is_missed_and_outside_the_nearer_end_counts() {
        let range = target(30.0, 60.0, Tolerance::Within(10.0));
        assert_eq!((range.miss(45.0), range.miss(75.0), range.miss(20.0)), (0.0, 1.5, -1.0));
        assert_eq!(range.judge(&[75.0]).error(), Some(15.0));
    }

    #[test]
    fn the_paths_are_shown_beside_the_number_and_undefined_ones_are_counted() {
        let values: Vec<f64> = (1..=100).map(f64::from).chain([f64::NAN; 25]).collect();
        let judged = target(20.0, 20.0, Tolerance::Within(1.0)).judge(&values);
        assert_eq!(judged.model.map(|one| one.value), Some(50.0));
        assert_eq!(judged.paths, Some([5.0, 50.0, 95.0]));
        assert_eq!((judged.rank, judged.undefined), (Some(0.2), 0.2));
    }

    #[test]
    fn a_run_without_the_number_meets_nothing() {
        let judged = target(20.0, 20.0, Tolerance::Within(1e9)).judge(&[f64::NAN]);
        assert!(!judged.is_met() && judged.miss().is_none() && judged.error().is_none());
    }
}
