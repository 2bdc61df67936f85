//! Slashings and leaks: penalties at once and later, inactivity, ejection, finality, effective balances.

mod effective_balance;
mod inactivity_leak;
mod leak_behaviour;
mod leak_ejection;
mod leak_population;
mod mass_slashing;
mod slashed_lifecycle;
mod slashing_already_exiting;
mod slashing_correlation;
mod slashing_initial;
mod slashing_long_queue;

use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, list, small, text};
use pegstress_exact::consensus::fork::Fork;
use pegstress_exact::consensus::validator::ValidatorError;
use serde_json::Value;
use std::collections::BTreeMap;

pub(in crate::formats) const FORMATS: &[Format] = &[
    slashing_initial::FORMAT,
    slashing_already_exiting::FORMAT,
    slashing_correlation::FORMAT,
    slashing_long_queue::FORMAT,
    mass_slashing::FORMAT,
    slashed_lifecycle::FORMAT,
    inactivity_leak::FORMAT,
    leak_ejection::FORMAT,
    leak_population::FORMAT,
    effective_balance::FORMAT,
];

/// Epochs of a chain that are followed one by one: some 12 years.
const MOST_EPOCHS: u64 = 1 << 20;

/// The case's `fork`.
fn fork(case: &Value) -> Result<Fork, FieldError> {
    let name = text(case, "fork")?;
    Fork::named(name).ok_or_else(|| FieldError::new("fork", "a fork from phase0 to gloas", name))
}

/// Whether the withdrawal credentials are 0x02.
fn compounding(case: &Value) -> Result<bool, FieldError> {
    match small(case, "credentials")? {
        prefix @ 0..=2 => Ok(prefix == 2),
        other => Err(FieldError::new("credentials", "0, 1 or 2", other)),
    }
}

/// A number of steps, validators or the like that are followed one by one.
fn number(case: &Value, key: &str) -> Result<u64, FieldError> {
    match small(case, key)? {
        number if number <= MOST_EPOCHS => Ok(number),
        other => Err(FieldError::new(key, "an integer up to 1048576", other)),
    }
}

/// `case[key]`, slashed effective balances with the epochs they are slashed in.
fn slashings(case: &Value, key: &str) -> Result<BTreeMap<u64, u64>, FieldError> {
    let mut sums = BTreeMap::new();
    for entry in list(case, key)? {
        let (epoch, amount) = (small(entry, "epoch")?, small(entry, "amount")?);
        let sum: &mut u64 = sums.entry(epoch).or_default();
        *sum = sum.checked_add(amount).ok_or_else(|| FieldError::new(key, "sums below 2^64", amount))?;
    }
    Ok(sums)
}

/// The stake of a validator and of the others together.
fn stake_beside(ballast: u64, effective_balance: u64) -> Result<u64, FieldError> {
    let stake = ballast.checked_add(effective_balance);
    stake.ok_or_else(|| FieldError::new("ballast_effective_balance", "a stake below 2^64", ballast))
}

/// What our steps came to; where they refuse, the case counts as one comparison that does not agree.
fn came_to<T>(record: &mut Record, place: &str, ours: Result<T, ValidatorError>) -> Option<T> {
    match ours {
        Ok(ours) => Some(ours),
        Err(error) => {
            let wanted = Some("results".to_owned());
            record.check("refused cases", || place.to_owned(), wanted, Err::<String, _>(error));
            None
        }
    }
}

/// Compares fields that hold unsigned integers.
fn compare_fields(
    record: &mut Record,
    place: &str,
    stated: &Value,
    fields: &[(&'static str, &str, u64)],
) -> Result<(), FieldError> {
    for (kind, key, got) in fields {
        record.equal(kind, || format!("{place}.{key}"), small(stated, key)?, *got);
    }
    Ok(())
}
