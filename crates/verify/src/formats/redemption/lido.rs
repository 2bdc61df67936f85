//! Lido's withdrawal queue.
//!
//! Keys of a case: `steps` of `op`, `in`, `out` (`revert` where the contract reverted). `init`, `report` and
//! `after_finalize` give the pooled ether and shares from which requests are made, and the time of the last report.
//! Operations: `request` (`steth`, `timestamp`), `calculate_finalization_batches` (called until it is finished,
//! `calls` times), `prefinalize` (`batches`), `finalize` (`last_request_id`, `eth`; `claimable` by newly finalised
//! id), `claim` (`request_id`; `hint` is the index of its checkpoint). Rates with 1e27 = 1.

use crate::formats::Format;
use crate::formats::steps::{Step, each_step, panic_word, some_step_has, within};
use crate::words::{FieldError, flag, object, small, smalls, word};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::redemption::lido::{Batches, FinalizationError, QueueError, WithdrawalQueue};

pub(super) const FORMAT: Format = Format { name: "Lido withdrawal queue", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    some_step_has(document, &["in.pooled_ether", "in.total_shares", "in.report_timestamp"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| {
        let mut lido = Lido::default();
        each_step(record, place, case, |record, step| lido.apply(record, step))
    });
}

#[derive(Default)]
struct Lido {
    queue: WithdrawalQueue,
    pooled_ether: U256,
    total_shares: U256,
}

impl Lido {
    fn apply(&mut self, record: &mut Record, step: &Step) -> Result<(), FieldError> {
        match step.op()? {
            "init" | "report" | "after_finalize" => {
                self.pooled_ether = step.input(word, "pooled_ether")?;
                self.total_shares = step.input(word, "total_shares")?;
                self.queue.report(step.input(small, "report_timestamp")?);
            }
            "request" => {
                let (steth, timestamp) = (step.input(word, "steth")?, step.input(small, "timestamp")?);
                let shares = self.shares_of(steth)?;
                let got = self.queue.request(steth, shares, timestamp);
                if let Some(id) = step.ended(record, got, queue_word)? {
                    let numbers = [("request_id", U256::from(id)), ("shares", shares)];
                    step.outputs(record, "requests", &numbers)?;
                }
            }
            "calculate_finalization_batches" => self.compare_batches(record, step)?,
            "prefinalize" => {
                let batches = step.input(smalls, "batches")?;
                let got = self.queue.prefinalize(&batches, step.input(word, "max_share_rate")?);
                if let Some(cost) = step.ended(record, got, finalization_word)? {
                    let numbers =
                        [("eth_to_lock", cost.eth_to_lock), ("shares_to_burn", cost.shares_to_burn)];
                    step.outputs(record, "finalizations", &numbers)?;
                }
            }
            "finalize" => self.compare_finalization(record, step)?,
            "claim" => {
                let got = self.claim(step.input(small, "request_id")?);
                if let Some((paid, hint)) = step.ended(record, got, queue_word)? {
                    let locked = self.queue.locked_ether();
                    let numbers = [("paid", paid), ("locked_ether", locked), ("hint", U256::from(hint))];
                    step.outputs(record, "claims", &numbers)?;
                }
            }
            _ => return Err(step.unknown()),
        }
        Ok(())
    }

    /// Shares of an amount at the present rate, rounded down.
    fn shares_of(&self, steth: U256) -> Result<U256, FieldError> {
        let shares = steth.checked_mul(self.total_shares).and_then(|all| all.checked_div(self.pooled_ether));
        shares.ok_or_else(|| FieldError::new("in.steth", "an amount with shares at the last report", steth))
    }

    fn compare_batches(&self, record: &mut Record, step: &Step) -> Result<(), FieldError> {
        let max_requests = step.input(small, "max_requests_per_call")?;
        if max_requests == 0 {
            let wanted = "at least 1: no call would be the last";
            return Err(FieldError::new("in.max_requests_per_call", wanted, 0));
        }
        let (max_share_rate, max_timestamp) =
            (step.input(word, "max_share_rate")?, step.input(small, "max_timestamp")?);
        let search = |search| self.queue.batches(max_share_rate, max_timestamp, max_requests, search);
        let mut calls = 1_u64;
        let mut got = search(Batches::with_budget(step.input(word, "eth_budget")?));
        while let Ok(found) = &got
            && !found.finished
        {
            calls += 1;
            got = search(found.clone());
        }
        let Some(found) = step.ended(record, got, finalization_word)? else { return Ok(()) };
        let (kind, of) = ("batches", |key| step.place_of("out", key));
        let ids = Ok::<_, FinalizationError>(found.last_request_ids.as_slice());
        record.check_list(kind, of("batches"), &step.output(smalls, "batches")?, ids);
        step.outputs(record, kind, &[("remaining_eth_budget", found.remaining_eth_budget)])?;
        record.equal(kind, of("finished"), step.output(flag, "finished")?, found.finished);
        record.equal(kind, of("calls"), step.output(small, "calls")?, calls);
        Ok(())
    }

    fn compare_finalization(&mut self, record: &mut Record, step: &Step) -> Result<(), FieldError> {
        let first = self.queue.last_finalized_id() + 1;
        let last = step.input(small, "last_request_id")?;
        let (eth, max_share_rate) = (step.input(word, "eth")?, step.input(word, "max_share_rate")?);
        let got = self.queue.finalize(last, eth, max_share_rate);
        if step.ended(record, got, finalization_word)?.is_none() {
            return Ok(());
        }
        let queue = &self.queue;
        let numbers = [
            ("locked_ether", queue.locked_ether()),
            ("last_checkpoint_index", U256::from(queue.last_checkpoint_index())),
            ("unfinalized_steth", queue.unfinalized_steth()),
        ];
        step.outputs(record, "finalizations", &numbers)?;
        let claimable = step.output(object, "claimable")?;
        let ids = || (first..=last).map(|id| id.to_string());
        let listed = claimable.as_object().into_iter().flat_map(|map| map.keys());
        let unlisted = listed.filter(|key| !ids().any(|id| id == **key)).count();
        record.equal("claimable", step.place_of("out", "claimable (other ids)"), unlisted, 0);
        for id in first..=last {
            let key = format!("claimable.{id}");
            let expected = within("out.claimable", word(claimable, &id.to_string()))?;
            let got = hint_of(queue, id).and_then(|hint| queue.claimable_ether(id, hint));
            record.check("claimable", step.place_of("out", &key), Some(expected), got);
        }
        Ok(())
    }

    /// What is paid, and the checkpoint that says it.
    fn claim(&mut self, id: u64) -> Result<(U256, u64), QueueError> {
        let hint = hint_of(&self.queue, id)?;
        Ok((self.queue.claim(id, hint)?, hint))
    }
}

/// The checkpoint among all; zero, which the claim refuses, where there is none.
fn hint_of(queue: &WithdrawalQueue, id: u64) -> Result<u64, QueueError> {
    Ok(queue.checkpoint_of(id, 1, queue.last_checkpoint_index())?.unwrap_or(0))
}

/// The contract's word for a revert.
fn queue_word(error: &QueueError) -> &'static str {
    match error {
        QueueError::RequestAmountTooSmall(_) => "RequestAmountTooSmall",
        QueueError::RequestAmountTooLarge(_) => "RequestAmountTooLarge",
        QueueError::InvalidRequestId(_) => "InvalidRequestId",
        QueueError::RequestNotFoundOrNotFinalized(_) => "RequestNotFoundOrNotFinalized",
        QueueError::RequestAlreadyClaimed(_) => "RequestAlreadyClaimed",
        QueueError::InvalidRequestIdRange(..) => "InvalidRequestIdRange",
        QueueError::InvalidHint(_) => "InvalidHint",
        QueueError::Arithmetic(error) => panic_word(*error),
    }
}

/// The contract's word for a revert.
fn finalization_word(error: &FinalizationError) -> &'static str {
    match error {
        FinalizationError::InvalidState => "InvalidState",
        FinalizationError::ZeroShareRate => "ZeroShareRate",
        FinalizationError::EmptyBatches => "EmptyBatches",
        FinalizationError::BatchesAreNotSorted => "BatchesAreNotSorted",
        FinalizationError::InvalidRequestId(_) => "InvalidRequestId",
        FinalizationError::TooMuchEtherToFinalize { .. } => "TooMuchEtherToFinalize",
        FinalizationError::Arithmetic(error) => panic_word(*error),
    }
}
