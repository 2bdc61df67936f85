//! Constants of slashings and leaks by fork.
//!
//! | | phase0 | altair | bellatrix to deneb | electra and later |
//! |---|---|---|---|---|
//! | initial penalty, 1 / | 128 | 64 | 32 | 4096 |
//! | proportional multiplier | 1 | 2 | 3 | 3 |
//! | inactivity quotient | 2^26 | 3 2^24 | 2^24 | 2^24 |
//! | whistleblower's reward, 1 / | 512 | 512 | 512 | 4096 |
//! | largest effective balance, ETH | 32 | 32 | 32 | 2048 if compounding, else 32 |
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `presets/mainnet`, with the functions of `specs/` that choose among them.

use super::exit_clock::ChurnRule;

/// What effective balances are multiples of, in Gwei.
pub const EFFECTIVE_BALANCE_INCREMENT: u64 = 1_000_000_000;

const MAX_EFFECTIVE_BALANCE: u64 = 32 * EFFECTIVE_BALANCE_INCREMENT;
const MAX_EFFECTIVE_BALANCE_COMPOUNDING: u64 = 2048 * EFFECTIVE_BALANCE_INCREMENT;

/// A version of the consensus rules, in the order of their activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fork {
    /// Genesis.
    Phase0,
    /// Participation flags and inactivity scores.
    Altair,
    /// Full penalties.
    Bellatrix,
    /// Withdrawals.
    Capella,
    /// Capped activations.
    Deneb,
    /// Balances up to 2048 ETH (EIP-7251); smaller initial penalties.
    Electra,
    /// As Electra in everything modelled here.
    Fulu,
    /// Uncapped exits (EIP-8061).
    Gloas,
}

impl Fork {
    /// Every fork, oldest first.
    pub const ALL: [Self; 8] = [
        Self::Phase0,
        Self::Altair,
        Self::Bellatrix,
        Self::Capella,
        Self::Deneb,
        Self::Electra,
        Self::Fulu,
        Self::Gloas,
    ];

    /// The name in the spec.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Phase0 => "phase0",
            Self::Altair => "altair",
            Self::Bellatrix => "bellatrix",
            Self::Capella => "capella",
            Self::Deneb => "deneb",
            Self::Electra => "electra",
            Self::Fulu => "fulu",
            Self::Gloas => "gloas",
        }
    }

    /// The fork of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fork| fork.name() == name)
    }

    /// `MIN_SLASHING_PENALTY_QUOTIENT`: the initial penalty is the effective balance over it.
    #[must_use]
    pub fn min_slashing_penalty_quotient(self) -> u64 {
        match self {
            Self::Phase0 => 128,
            Self::Altair => 64,
            Self::Bellatrix | Self::Capella | Self::Deneb => 32,
            Self::Electra | Self::Fulu | Self::Gloas => 4096,
        }
    }

    /// `PROPORTIONAL_SLASHING_MULTIPLIER`: slashed stake counts so many times in the correlation penalty.
    #[must_use]
    pub fn proportional_slashing_multiplier(self) -> u64 {
        match self {
            Self::Phase0 => 1,
            Self::Altair => 2,
            _ => 3,
        }
    }

    /// `INACTIVITY_PENALTY_QUOTIENT`.
    #[must_use]
    pub fn inactivity_penalty_quotient(self) -> u64 {
        match self {
            Self::Phase0 => 1 << 26,
            Self::Altair => 3 << 24,
            _ => 1 << 24,
        }
    }

    /// `WHISTLEBLOWER_REWARD_QUOTIENT`: the reward of a report is the effective balance over it.
    #[must_use]
    pub fn whistleblower_reward_quotient(self) -> u64 {
        if self < Self::Electra { 512 } else { 4096 }
    }

    /// Largest effective balance of a validator, in Gwei.
    #[must_use]
    pub fn max_effective_balance(self, compounding: bool) -> u64 {
        if compounding && self >= Self::Electra {
            MAX_EFFECTIVE_BALANCE_COMPOUNDING
        } else {
            MAX_EFFECTIVE_BALANCE
        }
    }

    /// Churn by balance; before Electra whole validators are counted.
    #[must_use]
    pub fn churn_rule(self) -> Option<ChurnRule> {
        match self {
            Self::Electra | Self::Fulu => Some(ChurnRule::Electra),
            Self::Gloas => Some(ChurnRule::Gloas),
            _ => None,
        }
    }
}
