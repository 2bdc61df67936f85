//! The file as written: units of the file, nothing resolved.

pub mod quantity;

pub mod agents;
pub mod catalogue;
pub mod drivers;
pub mod joint;
pub mod lending;
pub mod network;
pub mod process;
pub mod redemption;
pub mod restaking;
pub mod shock;
pub mod study;
pub mod sweep;
pub mod target;
pub mod token;
pub mod venue;

pub mod pools;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use std::collections::BTreeMap;

use agents::RawAgents;
use catalogue::{RawLimit, RawSeverity};
use drivers::RawDrivers;
use lending::RawLending;
use network::RawNetwork;
use redemption::RawRedemption;
use restaking::RawRestaking;
use shock::RawShock;
use study::{RawPaths, RawQueue, RawReport, RawRolling};
use sweep::RawSweep;
use target::{RawCalibrate, RawTarget};
use token::RawToken;
use venue::RawVenue;

/// A stress scenario of a liquid restaking or staking token.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawScenario {
    /// Short name; also the name of the report's folder. Letters, digits and hyphens.
    pub name: String,
    /// One line for headings.
    pub title: String,
    /// What happened, or what is supposed to happen; one paragraph.
    pub story: String,
    /// What it follows: `historical: ...`, or `hypothetical`.
    pub anchor: Option<String>,
    /// What would show that the story is wrong.
    pub falsified_by: Option<String>,
    /// File whose keys this one inherits, relative to this one: tables are merged key by key, lists are replaced as a whole, evidence
    /// goes with its values; name, title, story, anchor, severities and markets are not inherited.
    pub base: Option<String>,
    /// Tokens for which the story makes sense, each with a file beside `base`: what `--market` may choose.
    #[serde(default)]
    pub markets: Vec<String>,
    /// How hard it may come: values that replace those of the file, by name (`A`, `B`, `C`). A run takes each with the same seed.
    #[serde(default)]
    pub severities: BTreeMap<String, RawSeverity>,
    /// Limits that the answer is held against.
    #[serde(default)]
    pub limits: Vec<RawLimit>,
    /// What is computed.
    pub mode: Mode,
    /// The window.
    pub time: RawTime,
    /// The token under test.
    pub token: RawToken,
    /// Pools in which the token trades.
    #[serde(default)]
    pub venues: Vec<RawVenue>,
    /// What comes from outside of the model.
    pub drivers: RawDrivers,
    /// Exit rules of the beacon chain.
    pub network: Option<RawNetwork>,
    /// Questions to a recorded exit queue.
    pub queue: Option<RawQueue>,
    /// How the token turns into ETH.
    pub redemption: Option<RawRedemption>,
    /// Where the token is restaked; nothing can be slashed if absent.
    pub restaking: Option<RawRestaking>,
    /// Markets that lend ETH against the token.
    #[serde(default)]
    pub lending: Vec<RawLending>,
    /// Who acts.
    pub agents: Option<RawAgents>,
    /// What is laid on top.
    #[serde(default)]
    pub shocks: Vec<RawShock>,
    /// How many paths are drawn.
    pub paths: Option<RawPaths>,
    /// Where the paths of a rolling study start.
    pub rolling: Option<RawRolling>,
    /// What is reported.
    pub report: Option<RawReport>,
    /// Keys that `pegstress sweep` varies, and their values.
    #[serde(default)]
    pub sweep: Vec<RawSweep>,
    /// What was observed of the event, for `pegstress backtest` and `pegstress calibrate`.
    #[serde(default)]
    pub targets: Vec<RawTarget>,
    /// Keys that `pegstress calibrate` moves.
    #[serde(default)]
    pub calibrate: Vec<RawCalibrate>,
    /// Where the parameters come from.
    #[serde(default)]
    pub evidence: Vec<RawEvidence>,
}

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Recorded pool reserves drive the pool's mathematics; nothing is simulated.
    PoolHistory,
    /// A recorded exit queue drives the unlock delay; nothing is simulated.
    QueueHistory,
    /// Many paths over the same window.
    Forward,
    /// Paths that start one after another in a history.
    Rolling,
}

/// The window of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTime {
    /// First time, RFC 3339 with an offset: `"2024-08-04T00:00:00Z"`.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub start: Timestamp,
    /// Last time, RFC 3339 with an offset.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub end: Timestamp,
    /// Length of a step. Not in `pool_history`, where the rows are those of the record.
    #[schemars(extend("minimum" = 1, "maximum" = 1440))]
    pub step_minutes: Option<u32>,
}

/// Where a parameter comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawEvidence {
    /// Key path of this file, or of a table: then for everything below it that has no longer entry.
    pub key: String,
    /// Strength of the evidence.
    pub mark: Mark,
    /// Where the value was read or how it was found.
    pub source: String,
}

/// Strength of the evidence behind a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Read in a contract, a specification, on chain, or in a first-hand record.
    Source,
    /// Derived by arithmetic from sources.
    Derived,
    /// A web page or the press.
    Web,
    /// Chosen so that the model meets a recorded event.
    Calibrated,
    /// Assumed without an anchor.
    Assumed,
}
