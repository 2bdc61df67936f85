//! What the steps of a market's life have in common: an outcome, or a revert with its reason.

use std::fmt::Display;

use pegstress_exact::ArithmeticError;
use serde_json::Value;

use crate::Record;
use crate::words::{FieldError, object, text};

/// Our result of a step that neither side reverted. A revert must be met by one for the same reason.
pub(super) fn outcome<T, E: Display>(
    record: &mut Record,
    place: &str,
    step: &Value,
    got: Result<T, E>,
    reason: fn(&E) -> &'static str,
) -> Result<Option<T>, FieldError> {
    let out = object(step, "out")?;
    if out.get("revert").is_some() {
        let expected = text(out, "revert")?;
        let got = match &got {
            Ok(_) => "no revert",
            Err(error) => reason(error),
        };
        record.equal("reverts", || format!("{place}.out.revert"), expected, got);
        return Ok(None);
    }
    match got {
        Ok(value) => Ok(Some(value)),
        Err(error) => {
            record.check("reverts", || format!("{place}.out"), Some("no revert"), Err(error));
            Ok(None)
        }
    }
}

/// What was read below `key`, whose place an error names.
pub(super) fn within<T>(key: &str, read: Result<T, FieldError>) -> Result<T, FieldError> {
    read.map_err(|error| FieldError { key: format!("{key}.{}", error.key), ..error })
}

/// How the compiler's own reverts are written.
pub(super) fn panic_code(error: ArithmeticError) -> &'static str {
    match error {
        ArithmeticError::Overflow | ArithmeticError::Underflow => "Panic(0x11)",
        ArithmeticError::DivisionByZero => "Panic(0x12)",
    }
}

/// The error for a word that is none of those the format knows.
pub(super) fn unknown(key: &str, wanted: &'static str, found: &str) -> FieldError {
    FieldError { key: key.to_owned(), wanted, found: found.to_owned() }
}
