//! What the consensus formats have in common: rows of integers, runs of validators, forks.

use crate::Record;
use crate::words::{FieldError, list, small, smalls, text};
use pegstress_exact::consensus::churn::ChurnRule;
use pegstress_exact::consensus::exit_clock::ExitClock;
use pegstress_exact::consensus::registry::{Credentials, RegistryEntry};
use serde_json::Value;
use std::fmt;

/// More validators than any chain has had: a count beyond is a slip of the pen.
const MOST_VALIDATORS: u64 = 10_000_000;

/// A list of integers that is compared as a whole, such as `[validator, amount, slot]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row<const N: usize>(pub(super) [u64; N]);

impl<const N: usize> fmt::Display for Row<N> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", self.0)
    }
}

/// `value[key]` as a list of rows of `N` integers.
pub(super) fn rows<const N: usize>(value: &Value, key: &str) -> Result<Vec<Row<N>>, FieldError> {
    let wanted = "a list of rows of integers below 2^64";
    let rows = list(value, key)?.iter().enumerate().map(|(k, row)| {
        // A row is read like a field, to have the same rules for integers.
        let holder = serde_json::json!({ "row": row });
        let malformed = || FieldError::new(&format!("{key}[{k}]"), wanted, row);
        let integers = smalls(&holder, "row").map_err(|_| malformed())?;
        integers.try_into().map(Row).map_err(|_| malformed())
    });
    rows.collect()
}

/// Compares lists as a whole by their length, then row by row.
pub(super) fn compare_rows<const N: usize>(
    record: &mut Record,
    kind: &'static str,
    place: &str,
    expected: &[Row<N>],
    got: &[Row<N>],
) {
    record.check_list(kind, || place.to_owned(), expected, Ok::<_, FieldError>(got));
}

/// The exit clock of a case.
pub(super) fn exit_clock(case: &Value) -> Result<ExitClock, FieldError> {
    Ok(ExitClock {
        earliest_exit_epoch: small(case, "earliest_exit_epoch")?,
        exit_balance_to_consume: small(case, "exit_balance_to_consume")?,
    })
}

/// `value[key]` as a number of validators.
pub(super) fn validators_of(value: &Value, key: &'static str) -> Result<u64, FieldError> {
    let number = small(value, key)?;
    if (1..=MOST_VALIDATORS).contains(&number) {
        return Ok(number);
    }
    Err(FieldError::new(key, "an integer in 1..=10000000", number))
}

/// `value[key]` as the first byte of withdrawal credentials.
pub(super) fn credentials(value: &Value, key: &'static str) -> Result<Credentials, FieldError> {
    let prefix = small(value, key)?;
    Credentials::from_prefix(prefix).ok_or_else(|| FieldError::new(key, "0, 1 or 2", prefix))
}

/// The registry under `validators`, where a row stands for `count` validators in index order.
pub(super) fn registry(case: &Value) -> Result<Vec<RegistryEntry>, FieldError> {
    let mut registry = Vec::new();
    for (k, row) in list(case, "validators")?.iter().enumerate() {
        let within = |error: FieldError| error.below(&format!("validators[{k}]"));
        let (count, validator) = run_of_validators(row).map_err(within)?;
        if registry.len() as u64 + count > MOST_VALIDATORS {
            return Err(within(FieldError::new("count", "at most 10000000 validators in all", count)));
        }
        registry.extend(std::iter::repeat_n(validator, count as usize));
    }
    Ok(registry)
}

fn run_of_validators(row: &Value) -> Result<(u64, RegistryEntry), FieldError> {
    let validator = RegistryEntry {
        credentials: credentials(row, "credentials")?,
        effective_balance: small(row, "effective_balance")?,
        balance: small(row, "balance")?,
        activation_epoch: 0,
        exit_epoch: small(row, "exit_epoch")?,
        withdrawable_epoch: small(row, "withdrawable_epoch")?,
    };
    Ok((validators_of(row, "count")?, validator))
}

/// `case["fork"]` as a churn rule.
pub(super) fn churn_rule(case: &Value) -> Result<ChurnRule, FieldError> {
    match text(case, "fork")? {
        "electra" | "fulu" => Ok(ChurnRule::Electra),
        "gloas" => Ok(ChurnRule::Gloas),
        other => Err(FieldError::new("fork", "electra, fulu or gloas", other)),
    }
}
