//! Exits one after the other while the stake, and with it the churn, changes.
//!
//! Keys: `fork` (`electra` or `gloas`), `initial_earliest_exit_epoch`, `initial_exit_balance_to_consume`,
//! `ballast_effective_balance`, `validators` (`credentials`, `effective_balance`, `balance`), `steps` with
//! `total_active_balance` and the clock after each. Steps by `op`:
//!
//! - `clock`: a bare call with `exit_balance`;
//! - `initiate_exit` of `validator`;
//! - `full_exit_request`, `partial_request` of `validator` (`requested_amount`): whether it is `accepted` is decided
//!   here, from the registry and from what is pending (`pending_before`) after the steps before.
//!
//! Where the registry is listed, all of it active since long, the stake is the ballast's and that of the validators that
//! have not left; else the file's. `ballast_effective_balance_set_to` changes the ballast before the step.

use super::rows::{churn_rule, credentials};
use crate::formats::Format;
use crate::formats::steps::each_step;
use crate::words::{FieldError, flag, list, small, text};
use crate::{Document, Record};
use pegstress_exact::consensus::exit_clock::{
    ExitClock, ExitClockError, WITHDRAWABILITY_DELAY_EPOCHS, withdrawable_epoch,
};
use pegstress_exact::consensus::exit_queues::ExitQueues;
use pegstress_exact::consensus::registry::{Cohort, FAR_FUTURE_EPOCH, RegistryEntry, total_active_balance};
use pegstress_exact::consensus::withdrawal_request::{
    RequestContext, RequestOutcome, WithdrawalRequest, process_withdrawal_request,
};
use serde_json::Value;

pub(super) const FORMAT: Format =
    Format { name: "Exit clock, sequences of exits", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["initial_earliest_exit_epoch", "steps"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

/// The chain as it is carried through the steps.
struct Chain {
    queues: ExitQueues,
    ballast: u64,
    validators: Vec<RegistryEntry>,
    /// Gwei that wait to be withdrawn, by validator.
    pending: Vec<u64>,
    partials: u64,
}

/// What a step gave out.
struct Granted {
    exit_epoch: u64,
    withdrawable_epoch: u64,
    /// Gwei of a withdrawal in part.
    amount: Option<u64>,
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let exits = ExitClock {
        earliest_exit_epoch: small(case, "initial_earliest_exit_epoch")?,
        exit_balance_to_consume: small(case, "initial_exit_balance_to_consume")?,
    };
    let validators = list(case, "validators")?.iter().map(validator).collect::<Result<Vec<_>, _>>()?;
    let mut chain = Chain {
        queues: ExitQueues::new(churn_rule(case)?, exits),
        ballast: small(case, "ballast_effective_balance")?,
        pending: vec![0; validators.len()],
        validators,
        partials: 0,
    };
    each_step(record, place, case, |record, step| {
        compare_step(record, step.place(), &mut chain, step.value())
    })
}

fn validator(row: &Value) -> Result<RegistryEntry, FieldError> {
    Ok(RegistryEntry {
        credentials: credentials(row, "credentials")?,
        effective_balance: small(row, "effective_balance")?,
        balance: small(row, "balance")?,
        activation_epoch: 0,
        exit_epoch: FAR_FUTURE_EPOCH,
        withdrawable_epoch: FAR_FUTURE_EPOCH,
    })
}

fn compare_step(record: &mut Record, place: &str, chain: &mut Chain, step: &Value) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    if step.get("ballast_effective_balance_set_to").is_some() {
        chain.ballast = small(step, "ballast_effective_balance_set_to")?;
    }
    let epoch = small(step, "epoch")?;
    let total = chain.compare_total(record, place, epoch, small(step, "total_active_balance")?)?;
    let granted = match text(step, "op")? {
        "clock" => chain.bare_call(epoch, total, small(step, "exit_balance")?).map(Some),
        "initiate_exit" => {
            let at = chain.validator_of(step)?;
            chain.compare_validator(record, place, step, at, "effective_balance")?;
            chain.initiate_exit(epoch, total, at).map(Some)
        }
        op @ ("full_exit_request" | "partial_request") => {
            let at = chain.validator_of(step)?;
            let is_full = op == "full_exit_request";
            let shown = if is_full { "effective_balance" } else { "balance" };
            chain.compare_validator(record, place, step, at, shown)?;
            let pending = small(step, "pending_before")?;
            record.equal("pending balances", of("pending_before"), pending, chain.pending[at]);
            let amount = if is_full { 0 } else { small(step, "requested_amount")? };
            let granted = chain.request(epoch, total, at, amount);
            let accepted = flag(step, "accepted")?;
            let ours = granted.as_ref().map(Option::is_some).map_err(|error| *error);
            if !record.check("decisions", of("accepted"), Some(accepted), ours) {
                // The fields that follow are those of the other decision.
                return compare_clock(record, place, chain, step);
            }
            granted
        }
        other => return Err(FieldError::new("op", "a known operation", other)),
    };
    compare_granted(record, place, step, granted)?;
    compare_clock(record, place, chain, step)
}

fn compare_granted(
    record: &mut Record,
    place: &str,
    step: &Value,
    granted: Result<Option<Granted>, ExitClockError>,
) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let granted = match granted {
        Ok(None) => return Ok(()),
        Ok(Some(granted)) => Ok(granted),
        Err(error) => Err(error),
    };
    let part = |pick: fn(&Granted) -> u64| granted.as_ref().map(pick).map_err(|error| *error);
    let epoch = small(step, "exit_epoch")?;
    record.check("exit epochs", of("exit_epoch"), Some(epoch), part(|granted| granted.exit_epoch));
    let epoch = small(step, "withdrawable_epoch")?;
    let ours = part(|granted| granted.withdrawable_epoch);
    record.check("exit epochs", of("withdrawable_epoch"), Some(epoch), ours);
    if let Ok(Granted { amount: Some(ours), .. }) = granted {
        record.equal("amounts", of("amount"), small(step, "amount")?, ours);
    }
    Ok(())
}

fn compare_clock(record: &mut Record, place: &str, chain: &Chain, step: &Value) -> Result<(), FieldError> {
    let clock = chain.queues.exits;
    for (key, got) in [
        ("earliest_exit_epoch", clock.earliest_exit_epoch),
        ("exit_balance_to_consume", clock.exit_balance_to_consume),
    ] {
        record.equal("clock values", || format!("{place}.{key}"), small(step, key)?, got);
    }
    Ok(())
}

impl Chain {
    /// The stake in `epoch`: ours where the registry is known.
    fn compare_total(
        &self,
        record: &mut Record,
        place: &str,
        epoch: u64,
        stated: u64,
    ) -> Result<u64, FieldError> {
        if self.validators.is_empty() {
            return Ok(stated);
        }
        let ballast = Cohort {
            validators: 1,
            effective_balance: self.ballast,
            activation_epoch: 0,
            exit_epoch: FAR_FUTURE_EPOCH,
        };
        let registry = self.validators.iter().map(Cohort::of).chain([ballast]);
        let total = total_active_balance(registry, epoch);
        record.check("total balances", || format!("{place}.total_active_balance"), Some(stated), total);
        total.map_err(|error| FieldError::new("total_active_balance", "a total below 2^64", error))
    }

    fn validator_of(&self, step: &Value) -> Result<usize, FieldError> {
        let at = small(step, "validator")?;
        usize::try_from(at)
            .ok()
            .filter(|&at| at < self.validators.len())
            .ok_or_else(|| FieldError::new("validator", "a validator of the case", at))
    }

    /// The balance that the step shows.
    fn compare_validator(
        &self,
        record: &mut Record,
        place: &str,
        step: &Value,
        at: usize,
        key: &'static str,
    ) -> Result<(), FieldError> {
        let of = self.validators[at];
        let ours = if key == "balance" { of.balance } else { of.effective_balance };
        record.equal("balances", || format!("{place}.{key}"), small(step, key)?, ours);
        Ok(())
    }

    fn bare_call(&mut self, epoch: u64, total: u64, balance: u64) -> Result<Granted, ExitClockError> {
        let exit_epoch = self.queues.assign_exit(epoch, total, balance)?;
        Ok(Granted { exit_epoch, withdrawable_epoch: withdrawable_epoch(exit_epoch)?, amount: None })
    }

    fn initiate_exit(&mut self, epoch: u64, total: u64, at: usize) -> Result<Granted, ExitClockError> {
        let of = &mut self.validators[at];
        let exit_epoch = self.queues.initiate_exit(epoch, total, of)?;
        Ok(Granted { exit_epoch, withdrawable_epoch: of.withdrawable_epoch, amount: None })
    }

    /// What a request gives out, `None` where it is ignored.
    fn request(
        &mut self,
        epoch: u64,
        total: u64,
        at: usize,
        amount: u64,
    ) -> Result<Option<Granted>, ExitClockError> {
        let request = WithdrawalRequest { is_from_credentials: true, amount };
        let context = RequestContext {
            current_epoch: epoch,
            total_active_balance: total,
            pending_of_validator: self.pending[at],
            pending_partials: self.partials,
        };
        let of = &mut self.validators[at];
        Ok(match process_withdrawal_request(request, Some(of), context, &mut self.queues)? {
            RequestOutcome::Ignored(_) => None,
            RequestOutcome::ExitInitiated => Some(Granted {
                exit_epoch: of.exit_epoch,
                withdrawable_epoch: of.withdrawable_epoch,
                amount: None,
            }),
            RequestOutcome::PartialQueued { amount, withdrawable_epoch } => {
                self.partials += 1;
                self.pending[at] = self.pending[at].checked_add(amount).ok_or(ExitClockError::Overflow)?;
                let exit_epoch = withdrawable_epoch - WITHDRAWABILITY_DELAY_EPOCHS;
                Some(Granted { exit_epoch, withdrawable_epoch, amount: Some(amount) })
            }
        })
    }
}
