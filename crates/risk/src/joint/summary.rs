//! What a joint run says, ready to be drawn and written.

use crate::summary::{MetricSummary, PathSummary, Probability};
use pegstress_sim::joint::Channel;

/// The answer of a joint run. Tokens are places in the order of the scenario's members.
#[derive(Debug, Clone)]
pub struct JointSummary {
    /// Each token's own distribution.
    pub members: Vec<PathSummary>,
    /// Largest relative violation of the common books of ETH.
    pub eth_imbalance: f64,
    /// Tokens below a threshold together, by threshold.
    pub together: Vec<TogetherSummary>,
    /// `[i][j]`, `i != j` only: how the deepest closes of two tokens move together.
    pub correlations: Vec<Vec<Correlation>>,
    /// What coupling has added to each token: the joint run against its run alone.
    pub against_alone: Vec<Deepening>,
    /// What each channel adds while the others are there.
    pub channels: Vec<ChannelEffect>,
}

/// Tokens whose close is beyond one discount in the same step.
#[derive(Debug, Clone)]
pub struct TogetherSummary {
    /// The discount, fraction.
    pub threshold: f64,
    /// At place `k`: some step with `k + 1` or more tokens at once.
    pub at_least: Vec<Probability>,
    /// Mean over paths of the largest number at once.
    pub mean_most_at_once: f64,
    /// Time with two or more at once.
    pub hours_two_or_more: MetricSummary,
    /// Pairs `i < j`, `j` ascending, then `i`.
    pub pairs: Vec<PairSummary>,
}

/// Two tokens beyond one discount in the same step.
#[derive(Debug, Clone)]
pub struct PairSummary {
    /// One token.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// Some step has both.
    pub both: Probability,
    /// The same among the paths in which the first one is ever beyond; absent where it never is.
    pub given_first: Option<Probability>,
    /// And among those of the second one.
    pub given_second: Option<Probability>,
}

/// Correlation over paths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// Of the values; absent where one of them does not vary.
    pub pearson: Option<f64>,
    /// Of their ranks.
    pub spearman: Option<f64>,
}

/// The joint run against the same with one channel cut.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelEffect {
    /// The channel.
    pub channel: Channel,
    /// By token.
    pub tokens: Vec<Deepening>,
}

/// A token in the joint run against another run of it, path by path with the same draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deepening {
    /// Paths that are sound in both.
    pub pairs: u64,
    /// Mean of the deepest close in the other run, bps.
    pub other_bps: f64,
    /// The same in the joint run.
    pub joint_bps: f64,
    /// How much deeper on average, bps,
    pub deeper_bps: f64,
    /// and the standard error of that.
    pub standard_error_bps: f64,
    /// Share of the paths that are deeper in the joint run.
    pub share_deeper: f64,
    /// Largest difference of one path, bps.
    pub most_deeper_bps: f64,
}
