//! One validator's part in the end of an epoch: its inactivity score, then rewards and penalties.
//!
//! The spec moves all scores first and then all balances; a validator's numbers depend on nobody else's but through
//! [`ParticipatingBalances`] and the total, so they can be taken one validator at a time. Balances move in the spec's order, source,
//! target, head, inactivity, each first up and then down, never below zero. The rest of the epoch's steps are functions of
//! their own: ejections, [`Validator::charge_correlation`], [`Validator::update_effective_balance`],
//! [`super::slashings_vector::SlashingsVector::reset_after`], in this order.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/altair/beacon-chain.md` (`process_inactivity_updates`,
//! `process_rewards_and_penalties`).
//!
//! Units: Gwei. Domain: Altair and later.

use super::attestation::{Delta, ParticipatingBalances, Participation, attestation_deltas};
use super::fork::Fork;
use super::inactivity::{inactivity_penalty, next_inactivity_score};
use super::validator::{Validator, ValidatorError, previous_epoch};

/// What the end of an epoch has in common for all validators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochEnd {
    /// The rules.
    pub fork: Fork,
    /// The epoch that ends; settled are the attestations of the one before.
    pub epoch: u64,
    /// Effective balance of the validators active in `epoch`.
    pub total_active_balance: u64,
    /// Who took part in the epoch before.
    pub participating: ParticipatingBalances,
    /// Whether the chain leaks.
    pub leaking: bool,
}

/// Rewards and penalties of one validator in one epoch, before they are cut to its balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Source, target and head.
    pub attestation: [Delta; 3],
    /// For a missed target.
    pub inactivity_penalty: u64,
}

impl Settlement {
    /// Rewards of all flags. A reward is below the validator's balance, so the sum fits.
    #[must_use]
    pub fn attestation_reward(&self) -> u64 {
        self.attestation.iter().map(|delta| delta.reward).fold(0, u64::saturating_add)
    }

    /// Penalties of all flags.
    #[must_use]
    pub fn attestation_penalty(&self) -> u64 {
        self.attestation.iter().map(|delta| delta.penalty).fold(0, u64::saturating_add)
    }

    /// Penalties of all flags and for inactivity.
    #[must_use]
    pub fn penalty(&self) -> u64 {
        self.attestation_penalty().saturating_add(self.inactivity_penalty)
    }
}

impl EpochEnd {
    /// Moves the validator's score and balance. `participation` is that of the epoch before; a slashed validator's does not count,
    /// nor that of one that was not active.
    ///
    /// # Errors
    /// When there is no stake, a number leaves 64 bits, or in phase 0; the validator is then unchanged.
    pub fn settle(
        &self,
        validator: &mut Validator,
        participation: Participation,
    ) -> Result<Settlement, ValidatorError> {
        if self.fork == Fork::Phase0 {
            return Err(ValidatorError::NoParticipationFlags);
        }
        // Nothing was attested before genesis.
        if self.epoch == 0 || !validator.is_settled_in(self.epoch) {
            return Ok(Settlement::default());
        }
        let counts = !validator.slashed && validator.is_active(previous_epoch(self.epoch));
        let participation = if counts { participation } else { Participation::NONE };
        let mut settled = *validator;
        settled.inactivity_score =
            next_inactivity_score(validator.inactivity_score, participation.target, self.leaking)?;
        let effective = validator.effective_balance;
        let attestation = attestation_deltas(
            effective,
            participation,
            self.participating,
            self.total_active_balance,
            self.leaking,
        )?;
        let inactivity_penalty = if participation.target {
            0
        } else {
            inactivity_penalty(self.fork, effective, settled.inactivity_score)?
        };
        for delta in attestation {
            settled.increase_balance(delta.reward)?;
            settled.decrease_balance(delta.penalty);
        }
        settled.decrease_balance(inactivity_penalty);
        *validator = settled;
        Ok(Settlement { attestation, inactivity_penalty })
    }
}
