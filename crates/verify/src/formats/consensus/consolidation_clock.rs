//! Single calls of the consolidation clock (`compute_consolidation_epoch_and_update_churn`), before and after.
//!
//! Keys: `current_epoch`, `total_active_balance`, `earliest_consolidation_epoch`, `consolidation_balance_to_consume`,
//! `consolidation_balance`, `per_epoch_churn`, `consolidation_epoch`, `new_earliest_consolidation_epoch`,
//! `new_consolidation_balance_to_consume`; `fork` where it is not Electra.

use super::rows::churn_rule;
use crate::formats::Format;
use crate::words::{FieldError, small};
use crate::{Document, Record};
use pegstress_exact::consensus::churn::ChurnRule;
use pegstress_exact::consensus::consolidation_clock::ConsolidationClock;
use pegstress_exact::consensus::exit_clock::ExitClock;
use pegstress_exact::consensus::exit_queues::ExitQueues;
use serde_json::Value;

pub(super) const FORMAT: Format =
    Format { name: "Consolidation clock, single consolidations", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["consolidation_balance", "new_earliest_consolidation_epoch"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let rule = if case.get("fork").is_some() { churn_rule(case)? } else { ChurnRule::Electra };
    let total = small(case, "total_active_balance")?;
    let churn = small(case, "per_epoch_churn")?;
    record.equal("churn limits", of("per_epoch_churn"), churn, rule.consolidation_churn(total));
    let mut queues = ExitQueues::new(rule, ExitClock::default());
    queues.consolidations = ConsolidationClock {
        earliest_consolidation_epoch: small(case, "earliest_consolidation_epoch")?,
        consolidation_balance_to_consume: small(case, "consolidation_balance_to_consume")?,
    };
    let now = small(case, "current_epoch")?;
    let epoch = queues.assign_consolidation(now, total, small(case, "consolidation_balance")?);
    let expected = small(case, "consolidation_epoch")?;
    record.check("exit epochs", of("consolidation_epoch"), Some(expected), epoch);
    let clock = queues.consolidations;
    for (key, got) in [
        ("new_earliest_consolidation_epoch", clock.earliest_consolidation_epoch),
        ("new_consolidation_balance_to_consume", clock.consolidation_balance_to_consume),
    ] {
        record.equal("clock values", of(key), small(case, key)?, got);
    }
    Ok(())
}
