//! Observations from a scenario or from a file of their own, checked against the metrics of the run.

use crate::experiment::Experiment;
use crate::failure::Failure;
use pegstress_risk::questions::{Measure, Observed, Purpose, Range, Scale, Target, Tolerance, find_metric};
use pegstress_scenario::raw::sweep::RawScale;
use pegstress_scenario::raw::target::{RawCalibrate, RawPurpose, RawTarget};
use pegstress_scenario::{Document, ScenarioError, TargetFile, read_targets};
use pegstress_sim::{Metric, Plan};
use std::path::Path;

/// Where targets stand.
pub(crate) enum TargetSource {
    /// In the scenario.
    Scenario,
    /// In a file of their own.
    File(TargetFile),
}

impl TargetSource {
    /// The file that `--to` names, or the scenario itself.
    pub(crate) fn open(to: Option<&Path>) -> Result<Self, Failure> {
        Ok(match to {
            Some(path) => Self::File(read_targets(path)?),
            None => Self::Scenario,
        })
    }

    fn raw<'a>(&'a self, document: &'a Document) -> (&'a [RawTarget], &'a [RawCalibrate]) {
        match self {
            Self::Scenario => (&document.raw().targets, &document.raw().calibrate),
            Self::File(file) => (&file.raw().targets, &file.raw().calibrate),
        }
    }

    fn problem(&self, document: &Document, key: &str, message: String) -> ScenarioError {
        match self {
            Self::Scenario => document.problem(key, message),
            Self::File(file) => file.problem(key, message),
        }
    }

    /// The targets; every metric is one of the run.
    pub(crate) fn targets(&self, experiment: &Experiment) -> Result<Vec<Target>, Failure> {
        let plan = Plan::new(experiment.study()?, &experiment.scenario.report);
        let (raw, _) = self.raw(&experiment.document);
        let refuse = |key: &str, message| self.problem(&experiment.document, key, message);
        let read = |(index, one)| target(index, one, &plan.metrics, &refuse);
        Ok(raw.iter().enumerate().map(read).collect::<Result<_, _>>()?)
    }

    /// The keys to be moved that stand beside the targets.
    pub(crate) fn ranges(&self, document: &Document) -> Vec<Range> {
        let (_, raw) = self.raw(document);
        let range = |one: &RawCalibrate| Range {
            key: one.key.clone(),
            low: one.low,
            high: one.high,
            scale: match one.scale.unwrap_or_default() {
                RawScale::Linear => Scale::Linear,
                RawScale::Log => Scale::Logarithmic,
            },
        };
        raw.iter().map(range).collect()
    }
}

/// Says if a scenario's own targets name a metric that its run does not have.
pub(crate) fn check_targets(document: &Document, metrics: &[Metric]) -> Result<(), ScenarioError> {
    let refuse = |key: &str, message| document.problem(key, message);
    let mut targets = document.raw().targets.iter().enumerate();
    targets.try_for_each(|(index, one)| target(index, one, metrics, &refuse).map(|_| ()))
}

fn target(
    index: usize,
    raw: &RawTarget,
    metrics: &[Metric],
    refuse: &dyn Fn(&str, String) -> ScenarioError,
) -> Result<Target, ScenarioError> {
    let key = |name: &str| format!("targets[{index}].{name}");
    find_metric(metrics, &raw.metric)
        .map_err(|unknown| refuse(&key("metric"), format!("{}: {unknown}", key("metric"))))?;
    let statistic = raw.statistic.as_deref().unwrap_or("p50");
    let measure: Measure = format!("{}:{statistic}", raw.metric)
        .parse()
        .map_err(|error| refuse(&key("statistic"), format!("{}: {error}", key("statistic"))))?;
    let (low, high) = raw.observed.ends();
    let tolerance = match (raw.within_factor, raw.within) {
        (Some(factor), _) => Tolerance::Factor(factor),
        (None, Some(within)) => Tolerance::Within(within.0),
        (None, None) => {
            let message = format!("targets[{index}] has no tolerance");
            return Err(refuse(&format!("targets[{index}]"), message));
        }
    };
    Ok(Target {
        name: raw.name.clone(),
        measure,
        observed: Observed { low, high },
        tolerance,
        purpose: match raw.purpose.unwrap_or_default() {
            RawPurpose::Fit => Purpose::Fit,
            RawPurpose::Judge => Purpose::Judge,
        },
        source: raw.source.clone(),
    })
}
