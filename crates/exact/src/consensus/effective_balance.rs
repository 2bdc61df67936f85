//! Effective balance: the balance in whole ETH, moved only when it is off by a quarter below or five quarters above.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `process_effective_balance_updates` of `specs/phase0/beacon-chain.md` and
//! `specs/electra/beacon-chain.md`.
//!
//! Units: Gwei.

use super::checked::add;
use super::fork::{EFFECTIVE_BALANCE_INCREMENT, Fork};
use super::validator::{Validator, ValidatorError};

const HYSTERESIS_INCREMENT: u64 = EFFECTIVE_BALANCE_INCREMENT / 4;
const DOWNWARD_THRESHOLD: u64 = HYSTERESIS_INCREMENT;
const UPWARD_THRESHOLD: u64 = 5 * HYSTERESIS_INCREMENT;

impl Validator {
    /// Sets the effective balance at the end of an epoch.
    ///
    /// # Errors
    /// When a number leaves 64 bits; the validator is then unchanged.
    pub fn update_effective_balance(&mut self, fork: Fork) -> Result<(), ValidatorError> {
        let balance = self.balance;
        if add(balance, DOWNWARD_THRESHOLD)? < self.effective_balance
            || add(self.effective_balance, UPWARD_THRESHOLD)? < balance
        {
            let whole = balance - balance % EFFECTIVE_BALANCE_INCREMENT;
            self.effective_balance = whole.min(fork.max_effective_balance(self.compounding));
        }
        Ok(())
    }
}
