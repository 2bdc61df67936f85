//! Sequences of calls as they were recorded: what went in, what came out, and the state that was read back after it.
//!
//! Keys of a step: `op`, `in`, `out`, `state`. A call that reverted has the reason in `out.revert` (the name of an
//! error, or `Panic(0x11)`), and the state after it is the state before.

use crate::Record;
use crate::words::{FieldError, list, object, text, word};
use pegstress_exact::{ArithmeticError, U256};
use serde_json::Value;
use std::fmt::Display;

/// A step of a case.
pub(super) struct Step<'a> {
    place: &'a str,
    pub(super) op: &'a str,
    input: &'a Value,
    out: &'a Value,
    state: &'a Value,
}

impl<'a> Step<'a> {
    fn read(place: &'a str, step: &'a Value) -> Result<Self, FieldError> {
        let (op, input) = (text(step, "op")?, object(step, "in")?);
        Ok(Self { place, op, input, out: object(step, "out")?, state: object(step, "state")? })
    }

    /// A field of `in`.
    pub(super) fn input<T>(
        &self,
        read: impl FnOnce(&'a Value, &str) -> Result<T, FieldError>,
        key: &str,
    ) -> Result<T, FieldError> {
        read(self.input, key).map_err(|error| below("in", error))
    }

    /// A field of `out`.
    pub(super) fn output<T>(
        &self,
        read: impl FnOnce(&'a Value, &str) -> Result<T, FieldError>,
        key: &str,
    ) -> Result<T, FieldError> {
        read(self.out, key).map_err(|error| below("out", error))
    }

    /// A field of `state`.
    pub(super) fn state<T>(
        &self,
        read: impl FnOnce(&'a Value, &str) -> Result<T, FieldError>,
        key: &str,
    ) -> Result<T, FieldError> {
        read(self.state, key).map_err(|error| below("state", error))
    }

    /// The place of a field, such as `cases[0].steps[3].out.paid`.
    pub(super) fn place_of(&self, part: &'static str, key: &'static str) -> impl Fn() -> String {
        let place = self.place.to_owned();
        move || format!("{place}.{part}.{key}")
    }

    /// Compares whether the call went through, and if it did not, why. Returns what it gave where both did.
    pub(super) fn ended<T, E: Display>(
        &self,
        record: &mut Record,
        got: Result<T, E>,
        reason: impl FnOnce(&E) -> &'static str,
    ) -> Result<Option<T>, FieldError> {
        let expected =
            if self.out.get("revert").is_some() { Some(self.output(text, "revert")?) } else { None };
        let place = self.place_of("out", "revert");
        match (expected, got) {
            (None, Ok(given)) => return Ok(Some(given)),
            (None, Err(error)) => {
                record.check("reverts", place, Some("no revert"), Err(error));
            }
            (Some(expected), got) => {
                let got = got.map_or_else(|error| reason(&error), |_| "no revert");
                record.equal("reverts", place, expected, got);
            }
        }
        Ok(None)
    }

    /// Compares numbers of `out`.
    pub(super) fn outputs(
        &self,
        record: &mut Record,
        kind: &'static str,
        numbers: &[(&'static str, U256)],
    ) -> Result<(), FieldError> {
        for &(key, got) in numbers {
            record.equal(kind, self.place_of("out", key), self.output(word, key)?, got);
        }
        Ok(())
    }

    /// Compares numbers of `state`.
    pub(super) fn states<E: Display>(
        &self,
        record: &mut Record,
        numbers: impl IntoIterator<Item = (&'static str, Result<U256, E>)>,
    ) -> Result<(), FieldError> {
        for (key, got) in numbers {
            record.check("states", self.place_of("state", key), Some(self.state(word, key)?), got);
        }
        Ok(())
    }

    /// Why a step with this `op` cannot be repeated.
    pub(super) fn unknown(&self) -> FieldError {
        FieldError { key: "op".to_owned(), wanted: "a known operation", found: self.op.to_owned() }
    }
}

fn below(part: &str, error: FieldError) -> FieldError {
    FieldError { key: format!("{part}.{}", error.key), ..error }
}

/// Repeats the steps of a case. `begin` makes the state before the first step, of which the files hold no record, from
/// that step; `repeat` carries it through. After a step that cannot be read the state is not known, and the rest of
/// the case is left.
pub(super) fn replay<S>(
    record: &mut Record,
    place: &str,
    case: &Value,
    begin: impl FnOnce(&Step) -> Result<S, FieldError>,
    mut repeat: impl FnMut(&mut Record, &Step, &mut S) -> Result<(), FieldError>,
) -> Result<(), FieldError> {
    let steps = list(case, "steps")?;
    let Some(first) = steps.first() else { return Ok(()) };
    let place_of = |k: usize| format!("{place}.steps[{k}]");
    let first_place = place_of(0);
    let begun = Step::read(&first_place, first).and_then(|first| begin(&first));
    let Some(mut state) = record.readable(&first_place, begun) else { return Ok(()) };
    for (k, step) in steps.iter().enumerate() {
        let place = place_of(k);
        let repeated = Step::read(&place, step).and_then(|step| repeat(record, &step, &mut state));
        if record.readable(&place, repeated).is_none() {
            break;
        }
    }
    Ok(())
}

/// The compiler's code of a failed operation.
pub(super) fn panic_code(error: &ArithmeticError) -> &'static str {
    match error {
        ArithmeticError::Overflow | ArithmeticError::Underflow => "Panic(0x11)",
        ArithmeticError::DivisionByZero => "Panic(0x12)",
    }
}
