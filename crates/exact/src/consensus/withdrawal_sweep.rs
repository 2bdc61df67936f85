//! Who is paid in a block: withdrawals in part that are due, then a sweep over the validators.
//!
//! ```text
//! partials:  from the head of their queue while due, until 8 are paid; one that cannot be paid (exiting, effective
//!            balance < 32 ETH, balance <= 32 ETH) is dropped and takes no place; amount = min(balance - 32 ETH, asked)
//! sweep:     from the cursor, until the payload holds 16 or min(n, 16384) validators are examined;
//!            withdrawable: the whole balance; effective balance == max and balance > max: the excess
//! cursor:    behind the last one paid if the payload is full, else 16384 further, modulo n
//! ```
//!
//! One partial that is not due holds up all behind it. Balances are those after the payments that stand before in the
//! same payload. Capella has no partials, and a maximum of 32 ETH for all.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/capella/beacon-chain.md` and `specs/electra/beacon-chain.md`
//! (`get_expected_withdrawals`, `process_withdrawals`); mainnet preset.
//!
//! Units: Gwei, epochs, slots. Domain: all of `u64`. Nothing is accrued between blocks and effective balances stay;
//! that is the caller's affair.

use super::entry_queue::SLOTS_PER_EPOCH;
use super::registry::{Credentials, MIN_ACTIVATION_BALANCE_GWEI, RegistryEntry};
use std::collections::VecDeque;

/// Withdrawals of a block at most.
pub const MAX_WITHDRAWALS_PER_PAYLOAD: usize = 16;

/// Withdrawals in part of a block at most.
pub const MAX_PARTIALS_PER_PAYLOAD: usize = 8;

/// Validators that a block looks at at most.
pub const MAX_VALIDATORS_PER_SWEEP: usize = 16_384;

/// The rules of a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepRule {
    /// Capella and Deneb: 0x01 credentials, 32 ETH, no withdrawals in part on request.
    Capella,
    /// Electra and Fulu.
    Electra,
}

impl SweepRule {
    fn pays(self, credentials: Credentials) -> bool {
        match self {
            Self::Capella => credentials == Credentials::Address,
            Self::Electra => credentials.have_address(),
        }
    }

    fn max_effective_balance(self, credentials: Credentials) -> u64 {
        match self {
            Self::Capella => MIN_ACTIVATION_BALANCE_GWEI,
            Self::Electra => credentials.max_effective_balance(),
        }
    }
}

/// A withdrawal in part that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingPartial {
    /// Place of the validator in the registry.
    pub validator: usize,
    /// Gwei asked for.
    pub amount: u64,
    /// First epoch in which it is due.
    pub withdrawable_epoch: u64,
}

/// A payment out of the consensus layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Number of the withdrawal since Capella.
    pub index: u64,
    /// Place of the validator in the registry.
    pub validator: usize,
    /// Gwei.
    pub amount: u64,
}

/// Withdrawals of one block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// In their order.
    pub withdrawals: Vec<Withdrawal>,
    /// Entries taken off the queue of partials, paid or dropped.
    pub partials_processed: usize,
    /// Validators the sweep looked at.
    pub validators_examined: usize,
}

/// Why a block has no withdrawals, not even none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SweepError {
    /// There is nobody to sweep.
    #[error("the registry is empty")]
    EmptyRegistry,
    /// The cursor or a withdrawal in part is out of the registry.
    #[error("validator {validator} is not one of {validators}")]
    UnknownValidator {
        /// The place asked for.
        validator: usize,
        /// Validators there are.
        validators: usize,
    },
    /// A number of a withdrawal leaves 64 bits.
    #[error("the index of a withdrawal does not fit 64 bits")]
    Overflow,
}

/// The registry with its two places in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawalSweep {
    /// Rules of the fork.
    pub rule: SweepRule,
    /// All validators ever, by index.
    pub validators: Vec<RegistryEntry>,
    /// Withdrawals in part, the next one first.
    pub pending_partials: VecDeque<PendingPartial>,
    /// Index of the next withdrawal.
    pub next_withdrawal_index: u64,
    /// Where the next sweep begins.
    pub next_validator: usize,
}

impl WithdrawalSweep {
    /// The withdrawals that the block of `slot` must contain (`get_expected_withdrawals`).
    ///
    /// # Errors
    /// When there is no validator, one that is named does not exist, or an index overflows.
    pub fn expected_payload(&self, slot: u64) -> Result<Payload, SweepError> {
        let epoch = slot / SLOTS_PER_EPOCH;
        let mut payload = Payload::default();
        if self.rule == SweepRule::Electra {
            self.pay_partials(epoch, &mut payload)?;
        }
        self.sweep(epoch, &mut payload)?;
        Ok(payload)
    }

    /// Pays the withdrawals of the block of `slot` and moves the cursor (`process_withdrawals`).
    ///
    /// # Errors
    /// As [`Self::expected_payload`]; nothing is changed then.
    pub fn process_payload(&mut self, slot: u64) -> Result<Payload, SweepError> {
        let payload = self.expected_payload(slot)?;
        let next_withdrawal_index = match payload.withdrawals.last() {
            Some(last) => last.index.checked_add(1).ok_or(SweepError::Overflow)?,
            None => self.next_withdrawal_index,
        };
        for withdrawal in &payload.withdrawals {
            if let Some(validator) = self.validators.get_mut(withdrawal.validator) {
                validator.balance = validator.balance.saturating_sub(withdrawal.amount);
            }
        }
        self.next_withdrawal_index = next_withdrawal_index;
        self.pending_partials.drain(..payload.partials_processed);
        let start = match payload.withdrawals.last() {
            Some(last) if payload.withdrawals.len() == MAX_WITHDRAWALS_PER_PAYLOAD => last.validator + 1,
            _ => self.next_validator + MAX_VALIDATORS_PER_SWEEP,
        };
        self.next_validator = start % self.validators.len();
        Ok(payload)
    }

    fn pay_partials(&self, epoch: u64, payload: &mut Payload) -> Result<(), SweepError> {
        for partial in &self.pending_partials {
            if partial.withdrawable_epoch > epoch || payload.withdrawals.len() == MAX_PARTIALS_PER_PAYLOAD {
                break;
            }
            let validator = self.validator(partial.validator)?;
            let balance = payload.balance_after(partial.validator, validator);
            let excess = balance.saturating_sub(MIN_ACTIVATION_BALANCE_GWEI);
            let is_stake = validator.effective_balance >= MIN_ACTIVATION_BALANCE_GWEI;
            if !validator.has_exit() && is_stake && excess > 0 {
                self.pay(partial.validator, excess.min(partial.amount), payload)?;
            }
            payload.partials_processed += 1;
        }
        Ok(())
    }

    fn sweep(&self, epoch: u64, payload: &mut Payload) -> Result<(), SweepError> {
        if self.validators.is_empty() {
            return Err(SweepError::EmptyRegistry);
        }
        let mut at = self.next_validator;
        self.validator(at)?;
        for _ in 0..self.validators.len().min(MAX_VALIDATORS_PER_SWEEP) {
            if payload.withdrawals.len() == MAX_WITHDRAWALS_PER_PAYLOAD {
                break;
            }
            let validator = self.validator(at)?;
            // Payments of this block only lower the balance: most validators are passed over without a look at them.
            if self.due(validator, validator.balance, epoch) > 0 {
                let due = self.due(validator, payload.balance_after(at, validator), epoch);
                if due > 0 {
                    self.pay(at, due, payload)?;
                }
            }
            at += 1;
            if at == self.validators.len() {
                at = 0;
            }
            payload.validators_examined += 1;
        }
        Ok(())
    }

    /// What the sweep pays to a validator with this balance.
    fn due(&self, validator: &RegistryEntry, balance: u64, epoch: u64) -> u64 {
        if !self.rule.pays(validator.credentials) {
            return 0;
        }
        if validator.withdrawable_epoch <= epoch {
            return balance;
        }
        let max = self.rule.max_effective_balance(validator.credentials);
        if validator.effective_balance == max { balance.saturating_sub(max) } else { 0 }
    }

    fn pay(&self, validator: usize, amount: u64, payload: &mut Payload) -> Result<(), SweepError> {
        let place = payload.withdrawals.len() as u64;
        let index = self.next_withdrawal_index.checked_add(place).ok_or(SweepError::Overflow)?;
        payload.withdrawals.push(Withdrawal { index, validator, amount });
        Ok(())
    }

    fn validator(&self, at: usize) -> Result<&RegistryEntry, SweepError> {
        let validators = self.validators.len();
        self.validators.get(at).ok_or(SweepError::UnknownValidator { validator: at, validators })
    }
}

impl Payload {
    /// A balance after this payload's payments so far, each of which it covered.
    fn balance_after(&self, at: usize, validator: &RegistryEntry) -> u64 {
        let paid = self.withdrawals.iter().filter(|withdrawal| withdrawal.validator == at);
        paid.fold(validator.balance, |balance, withdrawal| balance.saturating_sub(withdrawal.amount))
    }
}
