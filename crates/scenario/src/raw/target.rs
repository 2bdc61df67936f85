//! What was observed: numbers to fit parameters to, and numbers to judge them by.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::Positive;
use super::sweep::RawScale;

/// An observed number of an event, and how near a run should come to it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTarget {
    /// What was observed, in a few words.
    pub name: String,
    /// The metric of a run that stands for it, by its name in `metrics.csv`; the observation has its unit.
    pub metric: String,
    /// What is taken of the metric over the paths: `mean`, a quantile such as `p50`, or a mean of the worst such as
    /// `es95`. The median if absent.
    pub statistic: Option<String>,
    /// The observation, or `[lowest, highest]` where sources give a range.
    pub observed: RawObserved,
    /// The model meets the observation if neither is more than so many times the other,
    #[schemars(extend("exclusiveMinimum" = 1))]
    pub within_factor: Option<f64>,
    /// or if they differ by at most so much, in the metric's unit.
    pub within: Option<Positive>,
    /// Whether parameters may be fitted to it. Judged only, if absent.
    #[serde(rename = "use")]
    pub purpose: Option<RawPurpose>,
    /// Where the observation was read.
    pub source: String,
}

/// One number, or the ends of a range.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawObserved {
    /// The number.
    One(f64),
    /// The lowest and the highest that sources give.
    Between([f64; 2]),
}

/// What a target is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawPurpose {
    /// `pegstress calibrate` fits to it; `pegstress backtest` shows how well.
    Fit,
    /// Nothing is fitted to it: it says what the fit is worth.
    #[default]
    Judge,
}

/// A key that `pegstress calibrate` moves, and where it may go.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCalibrate {
    /// Key path, such as `shocks[0].size`.
    pub key: String,
    /// Lowest plausible value.
    pub low: f64,
    /// Highest plausible value.
    pub high: f64,
    /// Whether equal steps or equal ratios count alike.
    pub scale: Option<RawScale>,
}

/// A file of targets, for a scenario that has none or for other observations.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTargetFile {
    /// What was observed.
    #[schemars(length(min = 1))]
    pub targets: Vec<RawTarget>,
    /// Keys that `pegstress calibrate` moves.
    #[serde(default)]
    pub calibrate: Vec<RawCalibrate>,
}

impl RawObserved {
    /// Lowest and highest.
    pub fn ends(self) -> (f64, f64) {
        match self {
            Self::One(value) => (value, value),
            Self::Between([low, high]) => (low, high),
        }
    }
}
