//! Correlation penalties of several validators in one epoch, in every fork.
//!
//! Keys: `fork`, `epoch`, `total_active_balance`, `slashings` (put into the vector as they stand), `sum_slashings`, `validators` with
//! `effective_balance`, `balance`, `withdrawable_epoch`, `slashed`; results `penalty_applied`, `balance_after`.

use super::{came_to, compare_fields, fork, slashings};
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, flag, list, small};
use pegstress_exact::consensus::fork::Fork;
use pegstress_exact::consensus::slashings_vector::SlashingsVector;
use pegstress_exact::consensus::validator::Validator;
use serde_json::Value;

pub(super) const FORMAT: Format = Format {
    name: "Slashings, correlation penalties",
    recognise: |document| document.some_case_has(&["slashings", "sum_slashings", "validators"]),
    exact: |document, record| record.each_case(document, compare),
    lanes: None,
};

/// The epoch's numbers, the same for every validator.
struct Epoch {
    fork: Fork,
    epoch: u64,
    slashed_balance: u64,
    total_active_balance: u64,
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let mut vector = SlashingsVector::default();
    let added =
        slashings(case, "slashings")?.into_iter().try_for_each(|(epoch, amount)| vector.add(epoch, amount));
    if came_to(record, place, added).is_none() {
        return Ok(());
    }
    let sum = small(case, "sum_slashings")?;
    record.equal("slashings vector", || format!("{place}.sum_slashings"), sum, vector.sum());
    let epoch = Epoch {
        fork: fork(case)?,
        epoch: small(case, "epoch")?,
        slashed_balance: vector.sum(),
        total_active_balance: small(case, "total_active_balance")?,
    };
    let validators = list(case, "validators")?;
    record.each(&format!("{place}.validators"), validators, |record, place, validator| {
        compare_validator(record, place, &epoch, validator)
    });
    Ok(())
}

fn compare_validator(
    record: &mut Record,
    place: &str,
    epoch: &Epoch,
    stated: &Value,
) -> Result<(), FieldError> {
    // Credentials have no part in it.
    let mut validator = Validator {
        withdrawable_epoch: small(stated, "withdrawable_epoch")?,
        slashed: flag(stated, "slashed")?,
        ..Validator::active(small(stated, "effective_balance")?, small(stated, "balance")?, false)
    };
    let taken = validator.charge_correlation(
        epoch.fork,
        epoch.epoch,
        epoch.slashed_balance,
        epoch.total_active_balance,
    );
    let Some(taken) = came_to(record, place, taken) else { return Ok(()) };
    let fields = [("penalties", "penalty_applied", taken), ("balances", "balance_after", validator.balance)];
    compare_fields(record, place, stated, &fields)
}
