//! How much stake may leave per epoch, by the rules of each era.
//!
//! ```text
//! before Electra   32 max(4, validators // 65,536)                       whole validators
//! Electra, Fulu    min(256, floor(max(128, stake / 65,536)))             one limit for exits, one for entries
//! Gloas            floor(max(128, stake / 32,768))                       EIP-8061, exits without a cap
//! EIP-8080         Electra + 3/2 (floor(stake / 65,536) - 256)           exits through the consolidation queue, at 2/3
//! ```
//!
//! Source: ethereum/consensus-specs at a08d8a6e, specs/{phase0,deneb,electra,gloas}/beacon-chain.md; EIP-8080 (draft).
//! The integer version is `pegstress_exact::consensus`. Units: ETH, epochs of 384 s.

/// Validators before Electra hold this at most, ETH.
const VALIDATOR_ETH: f64 = 32.0;
const LEAST_CHURN_ETH: f64 = 128.0;
const MOST_EXIT_CHURN_ETH: f64 = 256.0;
const CHURN_QUOTIENT: f64 = 65_536.0;
const GLOAS_EXIT_QUOTIENT: f64 = 32_768.0;
const LEAST_VALIDATORS: f64 = 4.0;

/// The rule of an era and what it is a function of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ChurnRule {
    /// Phase 0 to Deneb.
    BeforeElectra {
        /// Active validators.
        active_validators: f64,
    },
    /// Electra and Fulu.
    Electra {
        /// Total active balance, ETH.
        staked_eth: f64,
    },
    /// EIP-8061, unscheduled.
    Gloas {
        /// Total active balance, ETH.
        staked_eth: f64,
    },
    /// EIP-8080, a draft: the most that leaves through both queues.
    Eip8080 {
        /// Total active balance, ETH.
        staked_eth: f64,
    },
    /// Whatever the scenario says.
    Custom {
        /// ETH per epoch.
        eth_per_epoch: f64,
    },
}

impl ChurnRule {
    /// ETH that may exit per epoch.
    pub fn exit_eth_per_epoch(self) -> f64 {
        let balance_churn = |staked: f64, quotient: f64| (staked / quotient).max(LEAST_CHURN_ETH).floor();
        match self {
            Self::BeforeElectra { active_validators } => {
                VALIDATOR_ETH * (active_validators / CHURN_QUOTIENT).floor().max(LEAST_VALIDATORS)
            }
            Self::Electra { staked_eth } => {
                balance_churn(staked_eth, CHURN_QUOTIENT).min(MOST_EXIT_CHURN_ETH)
            }
            Self::Gloas { staked_eth } => balance_churn(staked_eth, GLOAS_EXIT_QUOTIENT),
            Self::Eip8080 { staked_eth } => {
                let exits = Self::Electra { staked_eth }.exit_eth_per_epoch();
                exits + 1.5 * (balance_churn(staked_eth, CHURN_QUOTIENT) - exits)
            }
            Self::Custom { eth_per_epoch } => eth_per_epoch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mechanics_1_2_limits_of_every_era() {
        // Stake, Electra, Gloas: the table of MECHANICS 1.2.
        for (staked_eth, electra, gloas) in [
            (5e6, 128.0, 152.0),
            (16_777_216.0, 256.0, 512.0),
            (34e6, 256.0, 1037.0),
            (36e6, 256.0, 1098.0),
            (42_228_608.0, 256.0, 1288.0),
        ] {
            assert_eq!(ChurnRule::Electra { staked_eth }.exit_eth_per_epoch(), electra);
            assert_eq!(ChurnRule::Gloas { staked_eth }.exit_eth_per_epoch(), gloas);
        }
        // 35.7M ETH: 256 + 1.5 * 288 = 688, the EIP's own figure.
        assert_eq!(ChurnRule::Eip8080 { staked_eth: 35.7e6 }.exit_eth_per_epoch(), 688.0);
        // August 2024: 16 validators.
        assert_eq!(ChurnRule::BeforeElectra { active_validators: 1_054_767.0 }.exit_eth_per_epoch(), 512.0);
        assert_eq!(ChurnRule::BeforeElectra { active_validators: 1000.0 }.exit_eth_per_epoch(), 128.0);
    }
}
