//! The beacon chain during the study.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{Days, Hours, NonNegative, PercentBelowAll, Positive};

/// Exit rules of the beacon chain during the study.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawNetwork {
    /// ETH that may exit per epoch of 384 s; or `churn_rule`.
    pub churn_eth_per_epoch: Option<Positive>,
    /// The rule of an era; or `churn_eth_per_epoch`.
    pub churn_rule: Option<ChurnRule>,
    /// Total active balance that the rule is a function of.
    pub staked_eth: Option<Positive>,
    /// Active validators that the rule before Electra is a function of.
    pub active_validators: Option<Positive>,
    /// Changes of churn during the study; what is reserved keeps its place.
    #[serde(default)]
    pub churn_changes: Vec<RawChurnChange>,
    /// Share of slots without a block: stretches escrow counted in blocks and a sweep that is computed; 0 if absent.
    pub missed_slots_pct: Option<PercentBelowAll>,
    /// Mean delay from withdrawable to paid; or `sweep`.
    pub sweep_days: Option<Days>,
    /// What the withdrawal sweep goes through, to compute its delay; or `sweep_days`.
    pub sweep: Option<RawSweep>,
}

/// Rules of eras.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChurnRule {
    /// Phase 0 to Deneb: validators are counted.
    BeforeElectra,
    /// Electra and Fulu.
    Electra,
    /// EIP-8061, unscheduled.
    Gloas,
    /// EIP-8080, a draft.
    Eip8080,
}

/// A change of churn.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawChurnChange {
    /// Time after the start of the path.
    pub at_hours: Hours,
    /// ETH that may exit per epoch from then on.
    pub churn_eth_per_epoch: Positive,
}

/// What the withdrawal sweep goes through.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSweep {
    /// All validators.
    pub validators: Positive,
    /// Those that it pays in a cycle: with an excess, or exited.
    pub withdrawable_validators: NonNegative,
    /// Whether partial withdrawals on request take half of every block; false if absent.
    pub partials_saturated: Option<bool>,
}
