//! Withdrawals of successive blocks (`get_expected_withdrawals`, `process_withdrawals`).
//!
//! Keys: `fork` (`capella` or `electra`), `slot`, `next_withdrawal_index`, `next_withdrawal_validator_index`,
//! `validator_count`, `validators` in runs of `count` (`credentials`, `effective_balance`, `balance`, `exit_epoch`,
//! `withdrawable_epoch`), `pending_partial_withdrawals` as `[validator, amount, withdrawable epoch]`, `payloads`: `slot`,
//! `withdrawals` as `[index, validator, amount]`, `processed_partial_withdrawals_count`, `validators_examined`,
//! `next_withdrawal_validator_index`, `next_withdrawal_index`, `pending_partials_left`; `final_balances_sum`. In Capella
//! the list of partials and the three counts of a payload may be missing.

use super::rows::{Row, compare_rows, registry, rows};
use crate::formats::Format;
use crate::words::{FieldError, list, small, text};
use crate::{Document, Record};
use pegstress_exact::consensus::withdrawal_sweep::{PendingPartial, SweepRule, Withdrawal, WithdrawalSweep};
use serde_json::Value;

pub(super) const FORMAT: Format =
    Format { name: "Withdrawal sweep, block by block", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["payloads", "next_withdrawal_validator_index"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let rule = match text(case, "fork")? {
        "electra" | "fulu" => SweepRule::Electra,
        "capella" | "deneb" => SweepRule::Capella,
        other => return Err(FieldError::new("fork", "capella, deneb, electra or fulu", other)),
    };
    let mut sweep = sweep_of(record, place, case, rule)?;
    let mut slot = small(case, "slot")?;
    for (k, payload) in list(case, "payloads")?.iter().enumerate() {
        let place = format!("{place}.payloads[{k}]");
        let read = compare_payload(record, &place, &mut sweep, slot, payload);
        // After a payload that cannot be read the registry is not known.
        if record.readable(&place, read).is_none() {
            return Ok(());
        }
        slot = slot.saturating_add(1);
    }
    let sum: u128 = sweep.validators.iter().map(|validator| u128::from(validator.balance)).sum();
    let stated = u128::from(small(case, "final_balances_sum")?);
    record.equal("balances", || format!("{place}.final_balances_sum"), stated, sum);
    Ok(())
}

/// The registry with its queue and cursor; the index of the next withdrawal where the case has it.
pub(super) fn sweep_of(
    record: &mut Record,
    place: &str,
    case: &Value,
    rule: SweepRule,
) -> Result<WithdrawalSweep, FieldError> {
    let validators = registry(case)?;
    let number = validators.len() as u64;
    let stated = small(case, "validator_count")?;
    record.equal("validators", || format!("{place}.validator_count"), stated, number);
    let place_of = |key: &str, at: u64| {
        usize::try_from(at)
            .ok()
            .filter(|_| at < number)
            .ok_or_else(|| FieldError::new(key, "a validator of the case", at))
    };
    let has_partials = rule == SweepRule::Electra || case.get("pending_partial_withdrawals").is_some();
    let rows = if has_partials { rows::<3>(case, "pending_partial_withdrawals")? } else { Vec::new() };
    let pending = rows.iter().map(|&Row([validator, amount, withdrawable_epoch])| {
        let validator = place_of("pending_partial_withdrawals", validator)?;
        Ok(PendingPartial { validator, amount, withdrawable_epoch })
    });
    let cursor = "next_withdrawal_validator_index";
    let index = "next_withdrawal_index";
    Ok(WithdrawalSweep {
        rule,
        pending_partials: pending.collect::<Result<_, FieldError>>()?,
        next_withdrawal_index: if case.get(index).is_some() { small(case, index)? } else { 0 },
        next_validator: place_of(cursor, small(case, cursor)?)?,
        validators,
    })
}

fn compare_payload(
    record: &mut Record,
    place: &str,
    sweep: &mut WithdrawalSweep,
    slot: u64,
    stated: &Value,
) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    record.equal("slots", of("slot"), small(stated, "slot")?, slot);
    let expected = rows::<3>(stated, "withdrawals")?;
    let payload = match sweep.process_payload(slot) {
        Ok(payload) => payload,
        Err(error) => {
            let length = format!("{} entries", expected.len());
            record.check("withdrawals", of("withdrawals"), Some(length), Err(error));
            return Ok(());
        }
    };
    let row = |paid: &Withdrawal| Row([paid.index, paid.validator as u64, paid.amount]);
    let ours: Vec<_> = payload.withdrawals.iter().map(row).collect();
    compare_rows(record, "withdrawals", &format!("{place}.withdrawals"), &expected, &ours);
    for (key, got) in [
        ("next_withdrawal_validator_index", sweep.next_validator as u64),
        ("next_withdrawal_index", sweep.next_withdrawal_index),
    ] {
        record.equal("cursors", of(key), small(stated, key)?, got);
    }
    for (key, got) in [
        ("validators_examined", payload.validators_examined),
        ("processed_partial_withdrawals_count", payload.partials_processed),
        ("pending_partials_left", sweep.pending_partials.len()),
    ] {
        // Capella's own functions do not count these.
        if sweep.rule == SweepRule::Electra || stated.get(key).is_some_and(|count| !count.is_null()) {
            record.equal("cursors", of(key), small(stated, key)?, got as u64);
        }
    }
    Ok(())
}
