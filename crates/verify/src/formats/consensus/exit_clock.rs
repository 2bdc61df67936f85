//! Single calls of the exit clock (`compute_exit_epoch_and_update_churn`), the clock before and after.
//!
//! Keys: `current_epoch`, `total_active_balance`, `earliest_exit_epoch`, `exit_balance_to_consume`, `exit_balance`,
//! `per_epoch_churn`, `exit_epoch`, `new_earliest_exit_epoch`, `new_exit_balance_to_consume`. Cases of Gloas have an
//! `id` that begins with `gloas`, the others are Electra's.

use super::rows::exit_clock;
use crate::formats::Format;
use crate::words::{FieldError, small};
use crate::{Document, Record};
use pegstress_exact::consensus::exit_clock::ChurnRule;
use serde_json::Value;

pub(super) const FORMAT: Format = Format { name: "Exit clock, single exits", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["exit_balance", "new_earliest_exit_epoch"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn rule_of(case: &Value) -> ChurnRule {
    let gloas = case.get("id").and_then(Value::as_str).is_some_and(|id| id.starts_with("gloas"));
    if gloas { ChurnRule::Gloas } else { ChurnRule::Electra }
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let churn = small(case, "per_epoch_churn")?;
    let ours = rule_of(case).exit_churn(small(case, "total_active_balance")?);
    record.equal("churn limits", of("per_epoch_churn"), churn, ours);
    let mut clock = exit_clock(case)?;
    let epoch = clock.assign(small(case, "current_epoch")?, small(case, "exit_balance")?, ours);
    record.check("exit epochs", of("exit_epoch"), Some(small(case, "exit_epoch")?), epoch);
    for (key, got) in [
        ("new_earliest_exit_epoch", clock.earliest_exit_epoch),
        ("new_exit_balance_to_consume", clock.exit_balance_to_consume),
    ] {
        record.equal("clock values", of(key), small(case, key)?, got);
    }
    Ok(())
}
