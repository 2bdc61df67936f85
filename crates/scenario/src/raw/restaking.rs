//! Where the token is restaked.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{Days, Hours, Percent};

/// Operators that the token delegates to, and the services that can slash them.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRestaking {
    /// The protocol's rule of exposure.
    pub rule: RestakingRule,
    /// Delays, where they differ from the protocol's own.
    pub eigenlayer: Option<RawEigenLayer>,
    /// Delays of a Symbiotic vault.
    pub symbiotic: Option<RawSymbiotic>,
    /// Delays of a Karak vault, where they differ from the protocol's own.
    pub karak: Option<RawKarak>,
    /// The contracts learn of losses on the beacon chain this often; 0: in every step.
    pub checkpoint_every_hours: Hours,
    /// Services that can slash.
    #[schemars(length(min = 1, max = 256))]
    pub services: Vec<String>,
    /// Operators; stake that none of them has is idle.
    #[schemars(length(min = 1, max = 256))]
    pub operators: Vec<RawOperator>,
}

/// Protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RestakingRule {
    /// Unique stake by magnitude.
    Eigenlayer,
    /// Vaults with epochs that services share.
    Symbiotic,
    /// Vaults that stay exposed until a redemption is paid.
    Karak,
}

/// EigenLayer's delays.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawEigenLayer {
    /// Escrow of a withdrawal.
    pub withdrawal_days: Days,
    /// Time a lower allocation can still be slashed.
    pub deallocation_days: Days,
    /// Time until a higher allocation can be slashed.
    pub allocation_days: Days,
}

/// A Symbiotic vault's delays.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSymbiotic {
    /// An epoch.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 3650))]
    pub epoch_days: f64,
    /// From the offence to the request.
    pub report_days: Days,
    /// From the request to the slash.
    pub veto_days: Days,
}

/// A Karak vault's delays.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawKarak {
    /// Time a service has to ask for a slash.
    pub window_days: Days,
    /// From the request to the slash.
    pub veto_days: Days,
    /// Between two requests of a service.
    pub cooldown_days: Days,
}

/// An operator.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawOperator {
    /// Name.
    pub name: String,
    /// Part of the token's stake that is delegated to it.
    pub stake_pct: Percent,
    /// Client it runs: those who run the same fail together.
    pub client: String,
    /// Cloud it runs in: the same.
    pub cloud: String,
    /// What it has allocated.
    #[serde(default)]
    pub allocations: Vec<RawAllocation>,
}

/// Stake at the disposal of a service.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAllocation {
    /// The service, one of `services`.
    pub service: String,
    /// Part of the operator's stake.
    pub share_pct: Percent,
}
