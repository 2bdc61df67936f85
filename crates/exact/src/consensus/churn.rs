//! How much stake may leave, enter and merge per epoch.
//!
//! Since Electra the limits are balances, functions of the total active balance `T`:
//!
//! ```text
//! balance(T)       = floor to ETH of max(128 ETH, T / 65536)
//! Electra:         exits = activations = min(256 ETH, balance(T)),   consolidations = balance(T) - exits
//! Gloas, EIP-8061: exits = floor to ETH of max(128 ETH, T / 32768),  activations = min(256 ETH, exits),
//!                  consolidations = floor to ETH of T / 65536
//! ```
//!
//! Before Electra whole validators were counted.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/electra/beacon-chain.md`, `specs/gloas/beacon-chain.md`,
//! `specs/phase0/beacon-chain.md`, `specs/deneb/beacon-chain.md`; ethereum/EIPs at f767a1e8, `EIPS/eip-8080.md`.
//!
//! Units: Gwei per epoch of 384 s; validators per epoch before Electra. Domain: all of `u64`.

use super::registry::{GWEI_PER_ETH, MIN_ACTIVATION_BALANCE_GWEI};

const MIN_BALANCE_CHURN_GWEI: u64 = 128 * GWEI_PER_ETH;
const MAX_ACTIVATION_EXIT_CHURN_GWEI: u64 = 256 * GWEI_PER_ETH;
const BALANCE_CHURN_QUOTIENT: u64 = 65_536;
const GLOAS_EXIT_CHURN_QUOTIENT: u64 = 32_768;
const GLOAS_CONSOLIDATION_CHURN_QUOTIENT: u64 = 65_536;
const MIN_VALIDATOR_CHURN: u64 = 4;
const MAX_VALIDATOR_ACTIVATION_CHURN: u64 = 8;
const VALIDATOR_CHURN_QUOTIENT: u64 = 65_536;

/// Balance-weighted churn rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChurnRule {
    /// Electra and Fulu: 1/65536 of the stake, at least 128 ETH; exits and activations at most 256 ETH each.
    Electra,
    /// Gloas (EIP-8061): exits 1/32768 of the stake without a cap; activations as in Electra.
    Gloas,
    /// EIP-8080, a draft: the limits of Electra, but an exit goes through the consolidation queue where that is
    /// shorter ([`ExitQueues`](super::exit_queues::ExitQueues)).
    Eip8080,
    /// Fixed limits, whatever the stake.
    Custom {
        /// Gwei of exits per epoch.
        exit: u64,
        /// Gwei of deposits per epoch.
        activation: u64,
        /// Gwei of consolidations per epoch.
        consolidation: u64,
    },
}

impl ChurnRule {
    /// Balance that may exit (or be withdrawn in part) per epoch.
    #[must_use]
    pub fn exit_churn(self, total_active_balance: u64) -> u64 {
        match self {
            Self::Electra | Self::Eip8080 => {
                balance_churn(total_active_balance).min(MAX_ACTIVATION_EXIT_CHURN_GWEI)
            }
            Self::Gloas => churn_of(total_active_balance, GLOAS_EXIT_CHURN_QUOTIENT),
            Self::Custom { exit, .. } => exit,
        }
    }

    /// Balance that may be deposited per epoch.
    #[must_use]
    pub fn activation_churn(self, total_active_balance: u64) -> u64 {
        match self {
            Self::Electra | Self::Eip8080 | Self::Gloas => {
                self.exit_churn(total_active_balance).min(MAX_ACTIVATION_EXIT_CHURN_GWEI)
            }
            Self::Custom { activation, .. } => activation,
        }
    }

    /// Balance that may be consolidated per epoch.
    #[must_use]
    pub fn consolidation_churn(self, total_active_balance: u64) -> u64 {
        match self {
            // The subtrahend is the minuend, capped: never below zero.
            Self::Electra | Self::Eip8080 => {
                balance_churn(total_active_balance) - self.exit_churn(total_active_balance)
            }
            Self::Gloas => floor_to_eth(total_active_balance / GLOAS_CONSOLIDATION_CHURN_QUOTIENT),
            Self::Custom { consolidation, .. } => consolidation,
        }
    }

    /// Whether consolidation requests are looked at: they are ignored while the limit is 32 ETH or less.
    #[must_use]
    pub fn accepts_consolidations(self, total_active_balance: u64) -> bool {
        self.consolidation_churn(total_active_balance) > MIN_ACTIVATION_BALANCE_GWEI
    }

    /// Balance that can exit per epoch in the long run while nobody consolidates; saturates at 64 bits.
    #[must_use]
    pub fn exit_throughput(self, total_active_balance: u64) -> u64 {
        let exits = self.exit_churn(total_active_balance);
        match self {
            Self::Eip8080 => {
                let consolidations = self.consolidation_churn(total_active_balance);
                // Two thirds of an exit's balance are taken out of the consolidation queue.
                exits.saturating_add(consolidations.saturating_mul(3) / 2)
            }
            Self::Electra | Self::Gloas | Self::Custom { .. } => exits,
        }
    }
}

/// The limit that Electra divides between exits and consolidations (`get_balance_churn_limit`).
#[must_use]
pub fn balance_churn(total_active_balance: u64) -> u64 {
    churn_of(total_active_balance, BALANCE_CHURN_QUOTIENT)
}

fn churn_of(total_active_balance: u64, quotient: u64) -> u64 {
    floor_to_eth((total_active_balance / quotient).max(MIN_BALANCE_CHURN_GWEI))
}

fn floor_to_eth(gwei: u64) -> u64 {
    gwei - gwei % GWEI_PER_ETH
}

/// Validators that may exit per epoch before Electra.
#[must_use]
pub fn validator_exit_churn(active_validators: u64) -> u64 {
    MIN_VALIDATOR_CHURN.max(active_validators / VALIDATOR_CHURN_QUOTIENT)
}

/// Validators that may be activated per epoch in Deneb (EIP-7514).
#[must_use]
pub fn validator_activation_churn(active_validators: u64) -> u64 {
    MAX_VALIDATOR_ACTIVATION_CHURN.min(validator_exit_churn(active_validators))
}
