//! Files of calls one after the other: what went in, what came out, and the state that was read back after it.
//!
//! Keys of a step: `op`, `in`, `out`, `state`. A call that reverted has the contract's word in `out.revert` (the name of a
//! custom error, the text of a requirement, or `Panic(0x11)`), and the state after it is the state before.

use crate::words::{FieldError, list, object, text, word};
use crate::{Document, Record};
use pegstress_exact::{ArithmeticError, U256};
use serde_json::Value;
use std::fmt::Display;

/// A step of a case, or a row of such parts.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    place: &'a str,
    value: &'a Value,
}

impl<'a> Step<'a> {
    pub(super) fn new(place: &'a str, value: &'a Value) -> Self {
        Self { place, value }
    }

    pub(super) fn place(&self) -> &'a str {
        self.place
    }

    /// The whole step, where it has no parts.
    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// Which call it is.
    pub(super) fn op(&self) -> Result<&'a str, FieldError> {
        text(self.value, "op")
    }

    /// Why a step with this `op` cannot be repeated.
    pub(super) fn unknown(&self) -> FieldError {
        FieldError::new("op", "a known operation", self.op().unwrap_or_default())
    }

    /// Reads a whole part (`in`, `out` or `state`).
    pub(super) fn part<T>(
        &self,
        part: &'static str,
        read: impl FnOnce(&'a Value) -> Result<T, FieldError>,
    ) -> Result<T, FieldError> {
        within(part, read(object(self.value, part)?))
    }

    /// A field of `in`.
    pub(super) fn input<T>(
        &self,
        read: impl FnOnce(&'a Value, &str) -> Result<T, FieldError>,
        key: &str,
    ) -> Result<T, FieldError> {
        self.part("in", |input| read(input, key))
    }

    /// A field of `out`.
    pub(super) fn output<T>(
        &self,
        read: impl FnOnce(&'a Value, &str) -> Result<T, FieldError>,
        key: &str,
    ) -> Result<T, FieldError> {
        self.part("out", |out| read(out, key))
    }

    /// A field of `state`.
    pub(super) fn state<T>(
        &self,
        read: impl FnOnce(&'a Value, &str) -> Result<T, FieldError>,
        key: &str,
    ) -> Result<T, FieldError> {
        self.part("state", |state| read(state, key))
    }

    /// The place of a field, such as `cases[0].steps[3].out.paid`.
    pub(super) fn place_of<'k>(&self, part: &'static str, key: &'k str) -> impl Fn() -> String + use<'a, 'k> {
        let place = self.place;
        move || format!("{place}.{part}.{key}")
    }

    /// The contract's word, if the call reverted.
    pub(super) fn reverted(&self) -> Result<Option<&'a str>, FieldError> {
        self.part("out", |out| out.get("revert").map(|_| text(out, "revert")).transpose())
    }

    /// Compares whether the call went through, and if it did not, why, by the contract's word for our error. Returns what
    /// it gave where both did.
    pub(super) fn ended<T, E: Display, W: AsRef<str>>(
        &self,
        record: &mut Record,
        got: Result<T, E>,
        word_for: impl FnOnce(&E) -> W,
    ) -> Result<Option<T>, FieldError> {
        let place = self.place_of("out", "revert");
        match (self.reverted()?, got) {
            (None, Ok(given)) => return Ok(Some(given)),
            (None, Err(error)) => record.check("reverts", place, Some("no revert"), Err(error)),
            (Some(expected), Ok(_)) => record.equal("reverts", place, expected, "no revert"),
            (Some(expected), Err(error)) => {
                record.equal("reverts", place, expected, word_for(&error).as_ref())
            }
        };
        Ok(None)
    }

    /// The same for a call that returns nothing: that it went through counts as a comparison of its kind.
    pub(super) fn done<T, E: Display, W: AsRef<str>>(
        &self,
        record: &mut Record,
        kind: &'static str,
        got: Result<T, E>,
        word_for: impl FnOnce(&E) -> W,
    ) -> Result<(), FieldError> {
        if self.reverted()?.is_none() {
            let place = self.place;
            record.check(kind, || format!("{place}.out"), Some("done"), got.map(|_| "done"));
            return Ok(());
        }
        self.ended(record, got, word_for).map(|_| ())
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
        kind: &'static str,
        numbers: impl IntoIterator<Item = (&'static str, Result<U256, E>)>,
    ) -> Result<(), FieldError> {
        for (key, got) in numbers {
            record.check(kind, self.place_of("state", key), Some(self.state(word, key)?), got);
        }
        Ok(())
    }
}

/// Goes through the steps of a case in order. After one that cannot be read the state is not known: the case ends there.
pub(super) fn each_step(
    record: &mut Record,
    place: &str,
    case: &Value,
    mut compare: impl FnMut(&mut Record, &Step) -> Result<(), FieldError>,
) -> Result<(), FieldError> {
    for (k, step) in list(case, "steps")?.iter().enumerate() {
        let place = format!("{place}.steps[{k}]");
        let compared = compare(record, &Step::new(&place, step));
        if record.readable(&place, compared).is_none() {
            break;
        }
    }
    Ok(())
}

/// [`each_step`] from a state of which the files hold no record: `begin` makes it from the first step.
pub(super) fn replay<S>(
    record: &mut Record,
    place: &str,
    case: &Value,
    begin: impl FnOnce(&Step) -> Result<S, FieldError>,
    mut repeat: impl FnMut(&mut Record, &Step, &mut S) -> Result<(), FieldError>,
) -> Result<(), FieldError> {
    let (mut begin, mut begun) = (Some(begin), None);
    each_step(record, place, case, |record, step| {
        if let Some(begin) = begin.take() {
            begun = Some(begin(step)?);
        }
        begun.as_mut().map_or(Ok(()), |state| repeat(record, step, state))
    })
}

/// Whether a step of some case has all of these keys; a key may be a path such as `state.bucket`.
pub(super) fn some_step_has(document: &Document, keys: &[&str]) -> bool {
    let has = |step: &Value, key: &str| key.split('.').try_fold(step, |at, part| at.get(part)).is_some();
    let steps = document.cases().iter().filter_map(|case| case.get("steps")?.as_array()).flatten();
    steps.into_iter().any(|step| keys.iter().all(|key| has(step, key)))
}

/// What was read below `key`, whose place an error names.
pub(super) fn within<T>(key: &str, read: Result<T, FieldError>) -> Result<T, FieldError> {
    read.map_err(|error| error.below(key))
}

/// The compiler's word for a failed operation.
pub(super) fn panic_word(error: ArithmeticError) -> &'static str {
    match error {
        ArithmeticError::Overflow | ArithmeticError::Underflow => "Panic(0x11)",
        ArithmeticError::DivisionByZero => "Panic(0x12)",
    }
}
