//! Exits one after the other while the stake, and with it the churn, changes.
//!
//! Keys: `fork` (`electra` or `gloas`), `initial_earliest_exit_epoch`, `initial_exit_balance_to_consume`, `steps`. A step
//! takes `exit_balance` (`clock`), `effective_balance` (`initiate_exit`, `full_exit_request`) or `amount`
//! (`partial_request`) out of the clock; where `accepted` is false the spec ignored it and the clock stands.

use crate::formats::Format;
use crate::words::{FieldError, flag_or, list, small, text};
use crate::{Document, Record};
use pegstress_exact::consensus::exit_clock::{ChurnRule, ExitClock, withdrawable_epoch};
use serde_json::Value;

pub(super) const FORMAT: Format =
    Format { name: "Exit clock, sequences of exits", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["initial_earliest_exit_epoch", "steps"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let rule = match text(case, "fork")? {
        "electra" | "fulu" => ChurnRule::Electra,
        "gloas" => ChurnRule::Gloas,
        other => {
            let (key, found) = ("fork".to_owned(), other.to_owned());
            return Err(FieldError { key, wanted: "electra, fulu or gloas", found });
        }
    };
    let mut clock = ExitClock {
        earliest_exit_epoch: small(case, "initial_earliest_exit_epoch")?,
        exit_balance_to_consume: small(case, "initial_exit_balance_to_consume")?,
    };
    for (k, step) in list(case, "steps")?.iter().enumerate() {
        let place = format!("{place}.steps[{k}]");
        let read = compare_step(record, &place, rule, &mut clock, step);
        // After a step that cannot be read the clock is not known.
        if record.readable(&place, read).is_none() {
            break;
        }
    }
    Ok(())
}

fn compare_step(
    record: &mut Record,
    place: &str,
    rule: ChurnRule,
    clock: &mut ExitClock,
    step: &Value,
) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    if flag_or(step, "accepted", true)? {
        let balance = balance_of(step)?;
        let churn = rule.exit_churn(small(step, "total_active_balance")?);
        let epoch = clock.assign(small(step, "epoch")?, balance, churn);
        record.check("exit epochs", of("exit_epoch"), Some(small(step, "exit_epoch")?), epoch);
        let expected = small(step, "withdrawable_epoch")?;
        let withdrawable = epoch.and_then(withdrawable_epoch);
        record.check("exit epochs", of("withdrawable_epoch"), Some(expected), withdrawable);
    }
    for (key, got) in [
        ("earliest_exit_epoch", clock.earliest_exit_epoch),
        ("exit_balance_to_consume", clock.exit_balance_to_consume),
    ] {
        record.equal("clock values", of(key), small(step, key)?, got);
    }
    Ok(())
}

fn balance_of(step: &Value) -> Result<u64, FieldError> {
    match text(step, "op")? {
        "clock" => small(step, "exit_balance"),
        "initiate_exit" | "full_exit_request" => small(step, "effective_balance"),
        "partial_request" => small(step, "amount"),
        other => {
            let (key, found) = ("op".to_owned(), other.to_owned());
            Err(FieldError { key, wanted: "a known operation", found })
        }
    }
}
