//! Single withdrawal requests (EIP-7002), the validator and the exit clock before and after.
//!
//! Keys: `current_epoch`, `total_active_balance`, `per_epoch_churn`, `credentials`, `source_address_matches`,
//! `effective_balance`, `balance`, `activation_epoch`, `exit_epoch`, `pending_amounts` of the validator, `amount` asked for
//! (0 = exit), `earliest_exit_epoch`, `exit_balance_to_consume`; `result` (`ignored`, `exit_initiated`,
//! `partial_queued`), `new_exit_epoch`, `new_withdrawable_epoch`, `new_earliest_exit_epoch`,
//! `new_exit_balance_to_consume`, and of a queued part `queued_amount`, `queued_withdrawable_epoch`. A validator that has
//! an exit epoch is withdrawable 256 epochs later. `fork` where it is not Electra.

use super::rows::{churn_rule, credentials};
use crate::formats::Format;
use crate::words::{FieldError, flag, small, smalls, text};
use crate::{Document, Record};
use pegstress_exact::consensus::churn::ChurnRule;
use pegstress_exact::consensus::exit_clock::{ExitClock, ExitClockError, withdrawable_epoch};
use pegstress_exact::consensus::exit_queues::ExitQueues;
use pegstress_exact::consensus::registry::{FAR_FUTURE_EPOCH, RegistryEntry};
use pegstress_exact::consensus::withdrawal_request::{
    RequestContext, RequestOutcome, WithdrawalRequest, process_withdrawal_request,
};
use serde_json::Value;

pub(super) const FORMAT: Format = Format { name: "Withdrawal requests", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["source_address_matches", "pending_amounts"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let rule = if case.get("fork").is_some() { churn_rule(case)? } else { ChurnRule::Electra };
    let mut validator = validator(case)?;
    let context = context(case)?;
    let churn = rule.exit_churn(context.total_active_balance);
    record.equal("churn limits", of("per_epoch_churn"), small(case, "per_epoch_churn")?, churn);
    let exits = ExitClock {
        earliest_exit_epoch: small(case, "earliest_exit_epoch")?,
        exit_balance_to_consume: small(case, "exit_balance_to_consume")?,
    };
    let mut queues = ExitQueues::new(rule, exits);
    let request = WithdrawalRequest {
        is_from_credentials: flag(case, "source_address_matches")?,
        amount: small(case, "amount")?,
    };
    let outcome = process_withdrawal_request(request, Some(&mut validator), context, &mut queues);
    compare_outcome(record, place, case, outcome)?;
    for (key, got) in
        [("new_exit_epoch", validator.exit_epoch), ("new_withdrawable_epoch", validator.withdrawable_epoch)]
    {
        record.equal("exit epochs", of(key), small(case, key)?, got);
    }
    for (key, got) in [
        ("new_earliest_exit_epoch", queues.exits.earliest_exit_epoch),
        ("new_exit_balance_to_consume", queues.exits.exit_balance_to_consume),
    ] {
        record.equal("clock values", of(key), small(case, key)?, got);
    }
    Ok(())
}

fn compare_outcome(
    record: &mut Record,
    place: &str,
    case: &Value,
    outcome: Result<RequestOutcome, ExitClockError>,
) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let result = match text(case, "result")? {
        result @ ("ignored" | "exit_initiated" | "partial_queued") => result,
        other => return Err(FieldError::new("result", "ignored, exit_initiated or partial_queued", other)),
    };
    let ours = outcome.map(|outcome| match outcome {
        RequestOutcome::Ignored(_) => "ignored",
        RequestOutcome::ExitInitiated => "exit_initiated",
        RequestOutcome::PartialQueued { .. } => "partial_queued",
    });
    let agree = record.check("decisions", of("result"), Some(result), ours);
    if let (true, Ok(RequestOutcome::PartialQueued { amount, withdrawable_epoch })) = (agree, outcome) {
        record.equal("amounts", of("queued_amount"), small(case, "queued_amount")?, amount);
        let key = "queued_withdrawable_epoch";
        record.equal("exit epochs", of(key), small(case, key)?, withdrawable_epoch);
    }
    Ok(())
}

fn validator(case: &Value) -> Result<RegistryEntry, FieldError> {
    let exit_epoch = small(case, "exit_epoch")?;
    let withdrawable_epoch = if exit_epoch == FAR_FUTURE_EPOCH {
        FAR_FUTURE_EPOCH
    } else {
        withdrawable_epoch(exit_epoch)
            .map_err(|_| FieldError::new("exit_epoch", "an epoch with a withdrawable one", exit_epoch))?
    };
    Ok(RegistryEntry {
        credentials: credentials(case, "credentials")?,
        effective_balance: small(case, "effective_balance")?,
        balance: small(case, "balance")?,
        activation_epoch: small(case, "activation_epoch")?,
        exit_epoch,
        withdrawable_epoch,
    })
}

fn context(case: &Value) -> Result<RequestContext, FieldError> {
    let pending = smalls(case, "pending_amounts")?;
    let pending_of_validator = pending
        .iter()
        .try_fold(0_u64, |sum, &amount| sum.checked_add(amount))
        .ok_or_else(|| FieldError::new("pending_amounts", "a sum below 2^64", format!("{pending:?}")))?;
    Ok(RequestContext {
        current_epoch: small(case, "current_epoch")?,
        total_active_balance: small(case, "total_active_balance")?,
        pending_of_validator,
        pending_partials: pending.len() as u64,
    })
}
