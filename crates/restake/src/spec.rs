//! Operators, services and who relies on whom. Plain data, validated by whoever reads it from a file.

use crate::ExposureRule;

/// Part of an operator's stake at the disposal of a service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AllocationSpec {
    /// Place of the service in [`RestakeSpec::services`].
    pub service: usize,
    /// Fraction of the operator's initial stake: the magnitude allocated (EigenLayer), the limit (Symbiotic), the
    /// largest part of all assets that one slash takes (Karak).
    pub share: f64,
}

/// An operator the token delegates to.
#[derive(Debug, Clone, PartialEq)]
pub struct OperatorSpec {
    /// Name.
    pub name: String,
    /// Fraction of the token's stake delegated to it.
    pub stake_share: f64,
    /// Client it runs: those who run the same fail together.
    pub client: String,
    /// Cloud it runs in: the same.
    pub cloud: String,
    /// What it has allocated, one entry per service at most.
    pub allocations: Vec<AllocationSpec>,
}

/// A service (AVS, network, DSS) that can slash.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceSpec {
    /// Name.
    pub name: String,
}

/// How a token is restaked.
#[derive(Debug, Clone, PartialEq)]
pub struct RestakeSpec {
    /// The protocol's rule.
    pub rule: ExposureRule,
    /// Operators; stake that none of them has is idle and never slashed.
    pub operators: Vec<OperatorSpec>,
    /// Services.
    pub services: Vec<ServiceSpec>,
}

impl RestakeSpec {
    /// Places of the operators that run a client.
    pub fn operators_of_client(&self, client: &str) -> Vec<usize> {
        self.operators_where(|operator| operator.client == client)
    }

    /// Places of the operators in a cloud.
    pub fn operators_of_cloud(&self, cloud: &str) -> Vec<usize> {
        self.operators_where(|operator| operator.cloud == cloud)
    }

    /// Fraction of the stake that no operator has.
    pub fn idle_share(&self) -> f64 {
        let delegated: f64 = self.operators.iter().map(|operator| operator.stake_share).sum();
        (1.0 - delegated).max(0.0)
    }

    fn operators_where(&self, wanted: impl Fn(&OperatorSpec) -> bool) -> Vec<usize> {
        let places = self.operators.iter().enumerate();
        places.filter(|(_, operator)| wanted(operator)).map(|(place, _)| place).collect()
    }
}
