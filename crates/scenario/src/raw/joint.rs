//! Several tokens in one run: files of one token each, and what the tokens share.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::catalogue::RawSeverity;
use super::quantity::{BpsBelowAll, DiscountBps, NonNegative};
use super::{RawEvidence, RawTime};

/// Several tokens in one run.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawJointScenario {
    /// Short name; also the name of the report's folder. Letters, digits and hyphens.
    pub name: String,
    /// One line for headings.
    pub title: String,
    /// What happened, or what is supposed to happen; one paragraph.
    pub story: String,
    /// What the story follows: `historical: ...`, or `hypothetical` with a word on its sizes.
    pub anchor: Option<String>,
    /// What would show that the story is wrong.
    pub falsified_by: Option<String>,
    /// What is computed.
    pub mode: JointMode,
    /// Severities by name: key paths of this file, or `members[i].KEY` for a key of a member's file, and the values they take.
    #[serde(default)]
    pub severities: BTreeMap<String, RawSeverity>,
    /// The window of all tokens, instead of the members' own; `step_minutes` is needed.
    pub time: RawTime,
    /// Paths and seed of all tokens, instead of the members' own.
    pub paths: RawJointPaths,
    /// The tokens, in the order of matrix and tables.
    #[schemars(length(min = 1, max = 12))]
    pub members: Vec<RawMember>,
    /// Keys that are set in every member's file, in its own units.
    #[serde(default)]
    pub common: RawSettings,
    /// How discounts of other tokens drive holders out; nobody is driven if absent.
    pub contagion: Option<RawContagion>,
    /// What the tokens have in common.
    pub shared: RawShared,
    /// What is reported of the tokens together.
    pub report: RawJointReport,
    /// Where the parameters of this file come from.
    #[serde(default)]
    pub evidence: Vec<RawEvidence>,
}

/// The word of a file of several tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JointMode {
    /// Several tokens over the same window.
    Joint,
}

/// How many paths are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawJointPaths {
    /// Number of paths; each holds every token.
    #[schemars(extend("minimum" = 1, "maximum" = 1000000000))]
    pub count: u64,
    /// Seed of every random draw.
    pub seed: u64,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMember {
    /// A scenario file of mode `forward`, relative to this file.
    pub file: String,
    /// Keys that are set in it, in its own units: `{ agents.arbitrage.capital_eth = 5_000, "shocks[0].size" = 0.01 }`.
    #[serde(default)]
    pub set: RawSettings,
}

/// Keys and values of another file.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
pub struct RawSettings(#[schemars(with = "serde_json::Map<String, serde_json::Value>")] pub toml::Table);

/// How discounts of other tokens drive holders out.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawContagion {
    /// Discount of another token above which holders react.
    pub threshold_bps: BpsBelowAll,
    /// A row per member: per cent of the float that leaves per day for each bp of the discount of the member of the column
    /// above the threshold. Nothing on the diagonal: a token's own discount is `agents.exit_demand`'s.
    #[schemars(length(min = 1, max = 12))]
    pub matrix_pct_per_day_per_bps: Vec<Vec<NonNegative>>,
}

/// What the tokens have in common.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawShared {
    /// Whether all exits reserve on one exit clock of the beacon chain.
    pub exit_clock: bool,
    /// Capital of arbitrageurs of all tokens, one purse, instead of the members' own; each its own if absent.
    pub arbitrage_capital_eth: Option<NonNegative>,
    /// Lenders whose funds several members' markets draw on.
    #[serde(default)]
    pub lenders: Vec<RawSharedLender>,
}

/// Markets of this name in the members' files add up their funds and debts; each pays interest at the utilisation of the
/// whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSharedLender {
    /// Name of the markets in the members' files.
    pub name: String,
}

/// What is reported of the tokens together.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawJointReport {
    /// Discounts at which tokens are counted together; ascending.
    #[schemars(length(min = 1))]
    pub thresholds_bps: Vec<DiscountBps>,
}
