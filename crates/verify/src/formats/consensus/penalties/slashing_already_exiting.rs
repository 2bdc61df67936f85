//! Slashings of validators that leave already: they keep their exit epoch and take no second place in the queue.
//!
//! Keys: `fork`, `slashed_at_epoch`, `exit_epoch_before`, `withdrawable_epoch_before`; results `exit_epoch`,
//! `withdrawable_epoch`, `correlation_epoch`, `clock_consumed`.

use super::{came_to, compare_fields, fork};
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, flag, small};
use pegstress_exact::consensus::exits::{ExitQueue, Stake};
use pegstress_exact::consensus::fork::EFFECTIVE_BALANCE_INCREMENT;
use pegstress_exact::consensus::slashing::correlation_epoch;
use pegstress_exact::consensus::slashings_vector::SlashingsVector;
use pegstress_exact::consensus::validator::Validator;
use serde_json::Value;

pub(super) const FORMAT: Format = Format {
    name: "Slashings of exiting validators",
    recognise: |document| document.some_case_has(&["exit_epoch_before", "clock_consumed"]),
    exact: |document, record| record.each_case(document, compare),
    lanes: None,
};

/// The file gives no balances: no epoch depends on them.
const BALANCE: u64 = 32 * EFFECTIVE_BALANCE_INCREMENT;
const STAKE: Stake = Stake { total_active_balance: 1_000_000 * BALANCE, active_validators: 1_000_000 };

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let (fork, epoch) = (fork(case)?, small(case, "slashed_at_epoch")?);
    let mut validator = Validator {
        exit_epoch: small(case, "exit_epoch_before")?,
        withdrawable_epoch: small(case, "withdrawable_epoch_before")?,
        ..Validator::active(BALANCE, BALANCE, false)
    };
    let before = ExitQueue::empty(fork);
    let mut queue = before;
    let slashed = validator.slash(fork, &mut queue, &mut SlashingsVector::default(), epoch, STAKE);
    if came_to(record, place, slashed).is_none() {
        return Ok(());
    }
    let consumed = flag(case, "clock_consumed")?;
    record.equal("clocks consumed", || format!("{place}.clock_consumed"), consumed, queue != before);
    let Some(correlation) = correlation_epoch(validator.withdrawable_epoch) else {
        record.unreadable(format!("{place}.withdrawable_epoch"), "8192 or more", "less".to_owned());
        return Ok(());
    };
    let fields = [
        ("epochs", "exit_epoch", validator.exit_epoch),
        ("epochs", "withdrawable_epoch", validator.withdrawable_epoch),
        ("epochs", "correlation_epoch", correlation),
    ];
    compare_fields(record, place, case, &fields)
}
