//! Files of ether.fi.

mod bucket_limiter;
mod rebase_breaker;
mod redemption_and_queue;

pub(super) use bucket_limiter::FORMAT as BUCKET_LIMITER;
pub(super) use rebase_breaker::FORMAT as REBASE_BREAKER;
pub(super) use redemption_and_queue::FORMAT as REDEMPTION_AND_QUEUE;

use crate::words::{FieldError, list, object, small};
use serde_json::Value;

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
