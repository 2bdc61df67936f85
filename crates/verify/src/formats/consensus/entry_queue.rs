//! The queue of deposits, epoch by epoch (`process_pending_deposits`); deposits to known validators only.
//!
//! Keys: `ballast_effective_balance` (validator 0, which stays), `validators` (`index`, `effective_balance`, `exit_epoch`,
//! `withdrawable_epoch`), `deposit_balance_to_consume`, `pending_deposits` as `[validator, amount, slot]`, `steps`: `epoch`,
//! `finalized_epoch`, `per_epoch_churn`, `available`, `credited` as `[validator, amount]` by validator,
//! `deposit_balance_to_consume`, `queue_left`. Effective balances stay as they are. `fork` where it is not Electra.

use super::rows::{Row, churn_rule, compare_rows, rows};
use crate::formats::Format;
use crate::formats::steps::each_step;
use crate::words::{FieldError, list, small};
use crate::{Document, Record};
use pegstress_exact::consensus::churn::ChurnRule;
use pegstress_exact::consensus::entry_queue::{EntryQueue, PendingDeposit, Recipient};
use pegstress_exact::consensus::registry::{Cohort, FAR_FUTURE_EPOCH, total_active_balance};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const FORMAT: Format = Format { name: "Entry queue", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["pending_deposits", "steps"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

/// What the queue asks of a validator.
struct Depositor {
    effective_balance: u64,
    exit_epoch: u64,
    withdrawable_epoch: u64,
}

struct Chain {
    rule: ChurnRule,
    validators: BTreeMap<u64, Depositor>,
    queue: EntryQueue,
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let rule = if case.get("fork").is_some() { churn_rule(case)? } else { ChurnRule::Electra };
    let validators = validators(case)?;
    let pending = rows::<3>(case, "pending_deposits")?;
    for (k, Row([validator, ..])) in pending.iter().enumerate() {
        if !validators.contains_key(validator) {
            let key = format!("pending_deposits[{k}]");
            return Err(FieldError::new(&key, "a deposit to a validator of the case", validator));
        }
    }
    let deposit = |&Row([validator, amount, slot]): &Row<3>| PendingDeposit { validator, amount, slot };
    let queue = EntryQueue {
        pending: pending.iter().map(deposit).collect(),
        deposit_balance_to_consume: small(case, "deposit_balance_to_consume")?,
    };
    let mut chain = Chain { rule, validators, queue };
    each_step(record, place, case, |record, step| {
        compare_step(record, step.place(), &mut chain, step.value())
    })
}

fn validators(case: &Value) -> Result<BTreeMap<u64, Depositor>, FieldError> {
    let ballast = Depositor {
        effective_balance: small(case, "ballast_effective_balance")?,
        exit_epoch: FAR_FUTURE_EPOCH,
        withdrawable_epoch: FAR_FUTURE_EPOCH,
    };
    let mut validators = BTreeMap::from([(0, ballast)]);
    for (k, row) in list(case, "validators")?.iter().enumerate() {
        let within = |error: FieldError| error.below(&format!("validators[{k}]"));
        let index = small(row, "index").map_err(within)?;
        if validators.insert(index, depositor(row).map_err(within)?).is_some() {
            return Err(within(FieldError::new("index", "an index that no other validator has", index)));
        }
    }
    Ok(validators)
}

fn depositor(row: &Value) -> Result<Depositor, FieldError> {
    Ok(Depositor {
        effective_balance: small(row, "effective_balance")?,
        exit_epoch: small(row, "exit_epoch")?,
        withdrawable_epoch: small(row, "withdrawable_epoch")?,
    })
}

fn compare_step(record: &mut Record, place: &str, chain: &mut Chain, step: &Value) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let epoch = small(step, "epoch")?;
    let churn = chain.activation_churn(epoch)?;
    record.equal("churn limits", of("per_epoch_churn"), small(step, "per_epoch_churn")?, churn);
    let available = chain.queue.available(churn);
    record.check("budgets", of("available"), Some(small(step, "available")?), available);

    let validators = &chain.validators;
    let recipient = |index| {
        let of = validators.get(&index);
        of.map_or(Recipient::Staying, |of| Recipient::of(of.exit_epoch, of.withdrawable_epoch, epoch))
    };
    let credited = chain.queue.process_epoch(small(step, "finalized_epoch")?, churn, recipient);
    let stated = rows::<2>(step, "credited")?;
    match credited {
        Ok(credited) => {
            let ours = by_validator(&credited)?;
            compare_rows(record, "deposits", &format!("{place}.credited"), &stated, &ours);
        }
        Err(error) => {
            let length = format!("{} entries", stated.len());
            record.check("deposits", of("credited"), Some(length), Err(error));
        }
    }
    let left = small(step, "deposit_balance_to_consume")?;
    let ours = chain.queue.deposit_balance_to_consume;
    record.equal("budgets", of("deposit_balance_to_consume"), left, ours);
    let row = |deposit: &PendingDeposit| Row([deposit.validator, deposit.amount, deposit.slot]);
    let queue: Vec<_> = chain.queue.pending.iter().map(row).collect();
    let place = format!("{place}.queue_left");
    compare_rows(record, "queues", &place, &rows::<3>(step, "queue_left")?, &queue);
    Ok(())
}

/// What each validator gained, in order of their indices.
fn by_validator(credited: &[PendingDeposit]) -> Result<Vec<Row<2>>, FieldError> {
    let mut gains = BTreeMap::<u64, u64>::new();
    for deposit in credited {
        let gain = gains.entry(deposit.validator).or_default();
        *gain = gain
            .checked_add(deposit.amount)
            .ok_or_else(|| FieldError::new("credited", "a balance below 2^64", deposit.amount))?;
    }
    Ok(gains.into_iter().map(|(validator, amount)| Row([validator, amount])).collect())
}

impl Chain {
    fn activation_churn(&self, epoch: u64) -> Result<u64, FieldError> {
        let registry = self.validators.values().map(|of| Cohort {
            validators: 1,
            effective_balance: of.effective_balance,
            activation_epoch: 0,
            exit_epoch: of.exit_epoch,
        });
        let total = total_active_balance(registry, epoch)
            .map_err(|error| FieldError::new("epoch", "a total active balance below 2^64", error))?;
        Ok(self.rule.activation_churn(total))
    }
}
