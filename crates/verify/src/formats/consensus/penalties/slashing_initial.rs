//! What a slashing takes and gives at once, and when the validator leaves, in every fork; nobody leaves before it.
//!
//! Keys: `fork`, `epoch`, `effective_balance`, `balance`, `total_active_balance`, `whistleblower_is_proposer`; results
//! `initial_penalty`, `balance_after`, `proposer_reward`, `whistleblower_reward_if_separate`, `exit_epoch`,
//! `withdrawable_epoch`, `slashings_entry`, `slashings_entry_index`.

use super::{came_to, compare_fields, fork};
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, flag, small};
use pegstress_exact::consensus::exits::{ExitQueue, Stake};
use pegstress_exact::consensus::slashings_vector::{SlashingsVector, slot};
use pegstress_exact::consensus::validator::Validator;
use serde_json::Value;

pub(super) const FORMAT: Format = Format {
    name: "Slashings, initial penalties",
    recognise: |document| document.some_case_has(&["initial_penalty", "slashings_entry"]),
    exact: |document, record| record.each_case(document, compare),
    lanes: None,
};

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let (fork, epoch) = (fork(case)?, small(case, "epoch")?);
    // With nobody in the queue the number of validators decides nothing, and a slashing asks for no credentials.
    let stake = Stake { total_active_balance: small(case, "total_active_balance")?, active_validators: 1 };
    let mut validator = Validator::active(small(case, "effective_balance")?, small(case, "balance")?, false);
    let mut slashings = SlashingsVector::default();
    let initial = validator.slash(fork, &mut ExitQueue::empty(fork), &mut slashings, epoch, stake);
    let Some(initial) = came_to(record, place, initial) else { return Ok(()) };
    let (proposer, separate) = initial.rewards(flag(case, "whistleblower_is_proposer")?);
    let fields = [
        ("penalties", "initial_penalty", initial.penalty),
        ("balances", "balance_after", validator.balance),
        ("rewards", "proposer_reward", proposer),
        ("rewards", "whistleblower_reward_if_separate", separate),
        ("epochs", "exit_epoch", validator.exit_epoch),
        ("epochs", "withdrawable_epoch", validator.withdrawable_epoch),
        ("slashings vector", "slashings_entry", slashings.entry(epoch)),
        ("slashings vector", "slashings_entry_index", slot(epoch) as u64),
    ];
    compare_fields(record, place, case, &fields)
}
