//! Files of ether.fi.

mod bucket_limiter;
mod rebase_breaker;
mod redemption_and_queue;

pub(super) use bucket_limiter::FORMAT as BUCKET_LIMITER;
pub(super) use rebase_breaker::FORMAT as REBASE_BREAKER;
pub(super) use redemption_and_queue::FORMAT as REDEMPTION_AND_QUEUE;

use crate::words::{FieldError, list, object, small};
use serde_json::Value;

/// `value[key]` as a signed integer, a decimal string with or without a sign.
fn signed(value: &Value, key: &str) -> Result<i128, FieldError> {
    let text = value.get(key).and_then(Value::as_str);
    let plain = |text: &&str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    text.filter(plain).and_then(|text| text.parse().ok()).ok_or_else(|| {
        let found = value.get(key).map_or_else(|| "missing".to_owned(), Value::to_string);
        FieldError { key: key.to_owned(), wanted: "a signed integer of 128 bits", found }
    })
}

/// When a case begins: the file has the time after each step, and only `wait` moves it.
fn start_of(case: &Value) -> Result<u64, FieldError> {
    let Some(first) = list(case, "steps")?.first() else { return Ok(0) };
    let after = small(object(first, "state")?, "now")?;
    let waited = match first.get("op").and_then(Value::as_str) {
        Some("wait") => small(object(first, "in")?, "seconds")?,
        _ => 0,
    };
    Ok(after.saturating_sub(waited))
}
