//! Cases of steps: recognising them, going through them in order, and comparing what a contract's call returned.

use crate::words::{FieldError, list, object, text, word};
use crate::{Document, Record};
use pegstress_exact::{ArithmeticError, U256};
use serde_json::Value;
use std::fmt;

/// Why ours refused, with the contract's word for it.
#[derive(Debug, Clone)]
pub(super) struct Revert {
    /// Name of the custom error, text of the requirement, or `Panic(code)`.
    pub(super) word: &'static str,
    /// Our reason.
    pub(super) reason: String,
}

impl Revert {
    pub(super) fn new(word: &'static str, error: &impl fmt::Display) -> Self {
        Self { word, reason: error.to_string() }
    }
}

impl fmt::Display for Revert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// The panic of the contract's compiler.
pub(super) fn panic_word(error: ArithmeticError) -> &'static str {
    match error {
        ArithmeticError::Overflow | ArithmeticError::Underflow => "Panic(0x11)",
        ArithmeticError::DivisionByZero => "Panic(0x12)",
    }
}

/// Whether a step of some case has all of these keys; a key may be a path such as `state.bucket`.
pub(super) fn some_step_has(document: &Document, keys: &[&str]) -> bool {
    let has = |step: &Value, key: &str| key.split('.').try_fold(step, |at, part| at.get(part)).is_some();
    let steps = document.cases().iter().filter_map(|case| case.get("steps")?.as_array()).flatten();
    steps.into_iter().any(|step| keys.iter().all(|key| has(step, key)))
}

/// Compares the steps of a case in order. After one that cannot be read the state is not known: the case ends there.
pub(super) fn each_step(
    record: &mut Record,
    place: &str,
    case: &Value,
    mut compare: impl FnMut(&mut Record, &str, &Value) -> Result<(), FieldError>,
) -> Result<(), FieldError> {
    for (k, step) in list(case, "steps")?.iter().enumerate() {
        let place = format!("{place}.steps[{k}]");
        let compared = compare(record, &place, step);
        if record.readable(&place, compared).is_none() {
            break;
        }
    }
    Ok(())
}

/// Compares what a call returned, the numbers under these keys of `out`, or its revert by the contract's word. A
/// call that returns nothing is compared in that it did not revert.
pub(super) fn compare_call<const N: usize>(
    record: &mut Record,
    place: &str,
    step: &Value,
    kind: &'static str,
    keys: [&'static str; N],
    got: &Result<[U256; N], Revert>,
) -> Result<(), FieldError> {
    let out = object(step, "out")?;
    if compare_revert(record, place, out, got)? {
        return Ok(());
    }
    if keys.is_empty() {
        let done = got.as_ref().map(|_| "done");
        record.check(kind, || format!("{place}.out"), Some("done"), done);
    }
    for (k, key) in keys.into_iter().enumerate() {
        let got = got.as_ref().map(|values| values[k]);
        record.check(kind, || format!("{place}.out.{key}"), Some(word(out, key)?), got);
    }
    Ok(())
}

/// Compares a revert by the contract's word, if the call reverted; says whether it did.
pub(super) fn compare_revert<T>(
    record: &mut Record,
    place: &str,
    out: &Value,
    got: &Result<T, Revert>,
) -> Result<bool, FieldError> {
    if out.get("revert").is_none() {
        return Ok(false);
    }
    let expected = text(out, "revert")?;
    let got = got.as_ref().err().map_or("no revert", |revert| revert.word);
    record.equal("reverts", || format!("{place}.out.revert"), expected, got);
    Ok(true)
}

/// The error of an operation that the format does not know.
pub(super) fn unknown_operation(found: &str) -> FieldError {
    FieldError { key: "op".to_owned(), wanted: "a known operation", found: found.to_owned() }
}
