//! A small chain of validators that are online or offline: the leak begins, the offline ones lose stake or are ejected, and finality
//! returns.
//!
//! Keys: `fork`, `start_epoch`, `online`, `offline` (numbers of validators, the online ones first), `effective_balance` (the balance too),
//! `credentials`, `initial_finalized_epoch`, `steps`. Justified at the start are the two epochs before, and all four bits. Results:
//! `events`, each with `step`, `epoch` and `event`: `no_leak`, `leak_starts`, `leak_ends` with `total_active_balance`, `ejections` with
//! `validators`, `exit_epochs`, `earliest_exit_epoch`, `exit_balance_to_consume`; and `checkpoints` by `step` with `epoch`, `in_leak`,
//! `finalized_epoch`, `total_active_balance` (before the step), `active`, and of the first online and the last offline validator
//! balance, effective balance and score after it.

use super::{came_to, compare_fields, compounding, fork, number};
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, flag, list, small, smalls, text};
use pegstress_exact::consensus::attestation::{ParticipatingBalances, Participation};
use pegstress_exact::consensus::exit_clock::ExitClock;
use pegstress_exact::consensus::exits::{ExitQueue, Stake};
use pegstress_exact::consensus::fork::Fork;
use pegstress_exact::consensus::inactivity::is_leaking;
use pegstress_exact::consensus::justification::Finality;
use pegstress_exact::consensus::settlement::EpochEnd;
use pegstress_exact::consensus::validator::{Validator, ValidatorError, previous_epoch, total_balance};
use serde_json::Value;

pub(super) const FORMAT: Format = Format {
    name: "Inactivity leaks of a small chain",
    recognise: |document| document.some_case_has(&["online", "offline", "events", "checkpoints"]),
    exact: |document, record| record.each_case(document, compare),
    lanes: None,
};

/// More validators than this are no small chain.
const MOST_VALIDATORS: u64 = 4096;

struct Chain {
    fork: Fork,
    validators: Vec<Validator>,
    online: usize,
    finality: Finality,
    queue: ExitQueue,
    epoch: u64,
}

/// A step, with what the file says of it at checkpoints and events.
struct Row {
    epoch: u64,
    leaking: bool,
    finalized_epoch: u64,
    total_active_balance: u64,
    active: u64,
    /// The first online validator and the last offline one.
    online: Validator,
    offline: Validator,
    /// Index and exit epoch.
    ejected: Vec<(u64, u64)>,
    clock: Option<ExitClock>,
}

impl Chain {
    fn balance(&self, validators: &[Validator], epoch: u64) -> Result<u64, ValidatorError> {
        let active = validators.iter().filter(|validator| validator.is_active(epoch));
        total_balance(active.map(|validator| validator.effective_balance))
    }

    fn end_epoch(&mut self) -> Result<Row, ValidatorError> {
        let epoch = self.epoch;
        let (fork, online) = (self.fork, self.online);
        let total_active_balance = self.balance(&self.validators, epoch)?;
        let active = self.validators.iter().filter(|validator| validator.is_active(epoch)).count() as u64;
        let took_part = self.balance(&self.validators[..online], previous_epoch(epoch))?;
        let take_part = self.balance(&self.validators[..online], epoch)?;
        self.finality.advance(epoch, total_active_balance, took_part, take_part)?;
        let finalized_epoch = self.finality.finalized_epoch;
        let leaking = is_leaking(epoch, finalized_epoch);
        let participating = ParticipatingBalances { source: took_part, target: took_part, head: took_part };
        let end = EpochEnd { fork, epoch, total_active_balance, participating, leaking };
        for (index, validator) in self.validators.iter_mut().enumerate() {
            let participation = if index < online { Participation::ALL } else { Participation::NONE };
            end.settle(validator, participation)?;
        }
        let stake = Stake { total_active_balance, active_validators: active };
        let mut ejected = Vec::new();
        for (index, validator) in self.validators.iter_mut().enumerate() {
            if validator.eject_if_low(&mut self.queue, epoch, stake)? {
                ejected.push((index as u64, validator.exit_epoch));
            }
        }
        for validator in &mut self.validators {
            validator.update_effective_balance(fork)?;
        }
        self.epoch = epoch.checked_add(1).ok_or(ValidatorError::Overflow)?;
        let (first, last) = (self.validators.first(), self.validators.last());
        Ok(Row {
            epoch,
            leaking,
            finalized_epoch,
            total_active_balance,
            active,
            online: *first.ok_or(ValidatorError::NoStake)?,
            offline: *last.ok_or(ValidatorError::NoStake)?,
            ejected,
            clock: self.queue.clock(),
        })
    }
}

/// What is worth an entry in the file's list: a change of the leak's state, the first state included, or ejections.
enum Event<'a> {
    Leak(&'static str, &'a Row),
    Ejections(&'a Row),
}

fn events(rows: &[Row]) -> Vec<(u64, Event<'_>)> {
    let mut events = Vec::new();
    let mut before = None;
    for (step, row) in (1..).zip(rows) {
        let change = match (before, row.leaking) {
            (None, false) => Some("no_leak"),
            (None | Some(false), true) => Some("leak_starts"),
            (Some(true), false) => Some("leak_ends"),
            _ => None,
        };
        before = Some(row.leaking);
        events.extend(change.map(|name| (step, Event::Leak(name, row))));
        if !row.ejected.is_empty() {
            events.push((step, Event::Ejections(row)));
        }
    }
    events
}

fn read_chain(case: &Value) -> Result<Chain, FieldError> {
    let (online, offline) = (number(case, "online")?, number(case, "offline")?);
    let (start, effective_balance) = (small(case, "start_epoch")?, small(case, "effective_balance")?);
    let count = online + offline;
    if online == 0 || offline == 0 || count > MOST_VALIDATORS {
        return Err(FieldError::new("online", "with those offline 2 to 4096, some of each", count));
    }
    let before = |epochs: u64| {
        start.checked_sub(epochs).ok_or_else(|| FieldError::new("start_epoch", "an epoch from 2 on", start))
    };
    let fork = fork(case)?;
    let validator = Validator::active(effective_balance, effective_balance, compounding(case)?);
    Ok(Chain {
        fork,
        validators: (0..count).map(|_| validator).collect(),
        online: usize::try_from(online).unwrap_or(usize::MAX),
        finality: Finality {
            justified: [true; 4],
            previous_justified_epoch: before(2)?,
            current_justified_epoch: before(1)?,
            finalized_epoch: small(case, "initial_finalized_epoch")?,
        },
        queue: ExitQueue::empty(fork),
        epoch: start,
    })
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let mut chain = read_chain(case)?;
    let rows = (0..number(case, "steps")?).map(|_| chain.end_epoch()).collect::<Result<Vec<_>, _>>();
    let Some(rows) = came_to(record, place, rows) else { return Ok(()) };
    let (ours, stated) = (events(&rows), list(case, "events")?);
    record.equal("events", || format!("{place}.events"), stated.len(), ours.len());
    let mut ours = ours.into_iter();
    record.each(&format!("{place}.events"), stated, |record, place, stated| {
        // One that we have not is counted with the lengths.
        ours.next().map_or(Ok(()), |(step, event)| compare_event(record, place, step, &event, stated))
    });
    let checkpoints = list(case, "checkpoints")?;
    record.each(&format!("{place}.checkpoints"), checkpoints, |record, place, checkpoint| {
        let step = number(checkpoint, "step")?;
        let row = step.checked_sub(1).and_then(|at| rows.get(usize::try_from(at).ok()?));
        let row = row.ok_or_else(|| FieldError::new("step", "a step of the case", step))?;
        compare_checkpoint(record, place, row, checkpoint)
    });
    Ok(())
}

fn compare_event(
    record: &mut Record,
    place: &str,
    step: u64,
    event: &Event<'_>,
    stated: &Value,
) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let stated_name = text(stated, "event")?;
    if !["no_leak", "leak_starts", "leak_ends", "ejections"].contains(&stated_name) {
        return Err(FieldError::new("event", "a known event", stated_name));
    }
    let (name, row) = match event {
        Event::Leak(name, row) => (*name, row),
        Event::Ejections(row) => ("ejections", row),
    };
    if !record.equal("events", of("event"), stated_name, name) {
        return Ok(());
    }
    compare_fields(record, place, stated, &[("events", "step", step), ("epochs", "epoch", row.epoch)])?;
    if let Event::Leak(..) = event {
        let fields = [("stakes", "total_active_balance", row.total_active_balance)];
        return compare_fields(record, place, stated, &fields);
    }
    let (validators, epochs): (Vec<u64>, Vec<u64>) = row.ejected.iter().copied().unzip();
    let none = Ok::<_, ValidatorError>;
    record.check_list("events", of("validators"), &smalls(stated, "validators")?, none(&validators[..]));
    record.check_list("epochs", of("exit_epochs"), &smalls(stated, "exit_epochs")?, none(&epochs[..]));
    let Some(clock) = row.clock else { return Ok(()) };
    let fields = [
        ("clock values", "earliest_exit_epoch", clock.earliest_exit_epoch),
        ("clock values", "exit_balance_to_consume", clock.exit_balance_to_consume),
    ];
    compare_fields(record, place, stated, &fields)
}

fn compare_checkpoint(record: &mut Record, place: &str, row: &Row, stated: &Value) -> Result<(), FieldError> {
    record.equal("leaks", || format!("{place}.in_leak"), flag(stated, "in_leak")?, row.leaking);
    let fields = [
        ("epochs", "epoch", row.epoch),
        ("epochs", "finalized_epoch", row.finalized_epoch),
        ("stakes", "total_active_balance", row.total_active_balance),
        ("stakes", "active", row.active),
        ("balances", "online_balance", row.online.balance),
        ("effective balances", "online_effective_balance", row.online.effective_balance),
        ("inactivity scores", "online_score", row.online.inactivity_score),
        ("balances", "offline_balance", row.offline.balance),
        ("effective balances", "offline_effective_balance", row.offline.effective_balance),
        ("inactivity scores", "offline_score", row.offline.inactivity_score),
    ];
    compare_fields(record, place, stated, &fields)
}
