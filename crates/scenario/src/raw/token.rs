//! A token, in a scenario or in a file of its own.

use schemars::JsonSchema;
use serde::Deserialize;

use super::RawEvidence;
use super::quantity::Positive;
use super::redemption::RawRedemption;

/// The token under test.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawToken {
    /// Ticker, for labels.
    pub symbol: String,
    /// Token file, relative to this file: gives every key of `redemption` that this file does not.
    pub file: Option<String>,
    /// Tokens outside of pools that their holders may sell or redeem.
    pub free_float_lrt: Option<Positive>,
}

/// A token file: what a protocol's contracts and documents say of its redemption.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTokenFile {
    /// Ticker, for labels.
    pub symbol: String,
    /// The protocol that issues it.
    pub protocol: String,
    /// What is special about its redemption; one paragraph.
    pub notes: String,
    /// How it turns into ETH.
    pub redemption: RawRedemption,
    /// Where the parameters come from.
    #[serde(default)]
    pub evidence: Vec<RawEvidence>,
}
