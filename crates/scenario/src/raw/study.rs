//! How a study is run and what it reports.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{DiscountBps, Hours, NonNegative, Percent, Positive};

/// Questions to a recorded exit queue.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawQueue {
    /// Sizes of hypothetical exits.
    #[schemars(length(min = 1))]
    pub exit_sizes_eth: Vec<Positive>,
    /// Required returns at which a delay is turned into a fair discount.
    #[schemars(length(min = 1))]
    pub required_returns_pct_per_year: Vec<NonNegative>,
}

/// How many paths are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPaths {
    /// Number of paths; in `rolling` it follows from the starts.
    #[schemars(extend("minimum" = 1, "maximum" = 1000000000))]
    pub count: Option<u64>,
    /// Seed of every random draw.
    pub seed: u64,
}

/// Where the paths of a rolling study start.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRolling {
    /// Time between two starts.
    #[schemars(extend("minimum" = 1, "maximum" = 8760))]
    pub every_hours: u32,
    /// Paths that share a start.
    #[schemars(extend("minimum" = 1, "maximum" = 1000000))]
    pub paths_per_start: u64,
    /// Length of each path.
    #[schemars(extend("minimum" = 1, "maximum" = 87600))]
    pub horizon_hours: u32,
}

/// What is reported. Lists ascend.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawReport {
    /// Sale sizes at which executable prices are quoted, tokens; the middle one is followed through paths.
    #[schemars(length(min = 1))]
    pub sizes_lrt: Vec<Positive>,
    /// Discounts at which depth and cost to reach are reported.
    #[schemars(length(min = 1))]
    pub depth_discounts_bps: Vec<DiscountBps>,
    /// Discounts whose first passage and time above are reported.
    #[schemars(length(min = 1))]
    pub thresholds_bps: Option<Vec<DiscountBps>>,
    /// The discount counts as recovered at or below this
    pub recovery_bps: Option<DiscountBps>,
    /// if it stays there for this long.
    pub recovery_hold_hours: Option<Hours>,
    /// A run in which more of the paths are faulty ends with exit code 1, after its report is written; 0.1 if absent.
    pub most_faults_pct: Option<Percent>,
    /// Pairs of model and recorded price further apart than this are shown and not scored.
    pub max_pair_gap_hours: Option<Hours>,
}
