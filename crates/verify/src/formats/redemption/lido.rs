//! Lido's withdrawal queue.
//!
//! Keys of a case: `steps` of `op`, `in`, `out` (`revert` where the contract reverted). `init`, `report` and
//! `after_finalize` give the pooled ether and shares from which requests are made, and the time of the last report.
//! Operations: `request` (`steth`, `timestamp`), `calculate_finalization_batches` (called until it is finished,
//! `calls` times), `prefinalize` (`batches`), `finalize` (`last_request_id`, `eth`; `claimable` by newly finalised
//! id), `claim` (`request_id`; `hint` is the index of its checkpoint). Rates with 1e27 = 1.

use super::steps::{
    Revert, compare_call, compare_revert, each_step, panic_word, some_step_has, unknown_operation,
};
use crate::formats::Format;
use crate::words::{FieldError, flag, object, small, smalls, text, word};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::redemption::lido::{Batches, FinalizationError, QueueError, WithdrawalQueue};
use serde_json::Value;

pub(super) const FORMAT: Format = Format { name: "Lido withdrawal queue", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    some_step_has(document, &["in.pooled_ether", "in.total_shares", "in.report_timestamp"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| {
        let mut lido = Lido::default();
        each_step(record, place, case, |record, place, step| lido.apply(record, place, step))
    });
}

#[derive(Default)]
struct Lido {
    queue: WithdrawalQueue,
    pooled_ether: U256,
    total_shares: U256,
}

impl Lido {
    fn apply(&mut self, record: &mut Record, place: &str, step: &Value) -> Result<(), FieldError> {
        let input = object(step, "in")?;
        match text(step, "op")? {
            "init" | "report" | "after_finalize" => {
                self.pooled_ether = word(input, "pooled_ether")?;
                self.total_shares = word(input, "total_shares")?;
                self.queue.report(small(input, "report_timestamp")?);
                Ok(())
            }
            "request" => {
                let (steth, timestamp) = (word(input, "steth")?, small(input, "timestamp")?);
                let shares = self.shares_of(steth)?;
                let got = self.queue.request(steth, shares, timestamp);
                let got = got.map(|id| [U256::from(id), shares]).map_err(queue_revert);
                compare_call(record, place, step, "requests", ["request_id", "shares"], &got)
            }
            "calculate_finalization_batches" => self.compare_batches(record, place, step, input),
            "prefinalize" => {
                let batches = smalls(input, "batches")?;
                let got = self.queue.prefinalize(&batches, word(input, "max_share_rate")?);
                let got = got.map(|cost| [cost.eth_to_lock, cost.shares_to_burn]);
                let keys = ["eth_to_lock", "shares_to_burn"];
                compare_call(record, place, step, "finalizations", keys, &got.map_err(finalization_revert))
            }
            "finalize" => self.compare_finalization(record, place, step, input),
            "claim" => {
                let got = self.claim(small(input, "request_id")?).map_err(queue_revert);
                compare_call(record, place, step, "claims", ["paid", "locked_ether", "hint"], &got)
            }
            other => Err(unknown_operation(other)),
        }
    }

    /// Shares of an amount at the present rate, rounded down.
    fn shares_of(&self, steth: U256) -> Result<U256, FieldError> {
        let shares = steth.checked_mul(self.total_shares).and_then(|all| all.checked_div(self.pooled_ether));
        shares.ok_or_else(|| FieldError {
            key: "in.steth".to_owned(),
            wanted: "an amount with shares at the last report",
            found: steth.to_string(),
        })
    }

    fn compare_batches(
        &self,
        record: &mut Record,
        place: &str,
        step: &Value,
        input: &Value,
    ) -> Result<(), FieldError> {
        let max_requests = small(input, "max_requests_per_call")?;
        if max_requests == 0 {
            let (key, wanted) =
                ("in.max_requests_per_call".to_owned(), "at least 1: no call would be the last");
            return Err(FieldError { key, wanted, found: "0".to_owned() });
        }
        let (max_share_rate, max_timestamp) =
            (word(input, "max_share_rate")?, small(input, "max_timestamp")?);
        let search = |search| self.queue.batches(max_share_rate, max_timestamp, max_requests, search);
        let mut calls = 1_u64;
        let mut got = search(Batches::with_budget(word(input, "eth_budget")?));
        while let Ok(found) = &got
            && !found.finished
        {
            calls += 1;
            got = search(found.clone());
        }
        let got = got.map_err(finalization_revert);
        let out = object(step, "out")?;
        if compare_revert(record, place, out, &got)? {
            return Ok(());
        }
        let of = |key: &str| format!("{place}.out.{key}");
        let got = got.as_ref();
        let ids = got.map(|found| found.last_request_ids.as_slice());
        record.check_list("batches", || of("batches"), &smalls(out, "batches")?, ids);
        let expected = word(out, "remaining_eth_budget")?;
        let left = got.map(|found| found.remaining_eth_budget);
        record.check("batches", || of("remaining_eth_budget"), Some(expected), left);
        let finished = got.map(|found| found.finished);
        record.check("batches", || of("finished"), Some(flag(out, "finished")?), finished);
        record.check("batches", || of("calls"), Some(small(out, "calls")?), got.map(|_| calls));
        Ok(())
    }

    fn compare_finalization(
        &mut self,
        record: &mut Record,
        place: &str,
        step: &Value,
        input: &Value,
    ) -> Result<(), FieldError> {
        let first = self.queue.last_finalized_id() + 1;
        let last = small(input, "last_request_id")?;
        let done = self.queue.finalize(last, word(input, "eth")?, word(input, "max_share_rate")?);
        let queue = &self.queue;
        let values =
            || [queue.locked_ether(), U256::from(queue.last_checkpoint_index()), queue.unfinalized_steth()];
        let got = done.map(|()| values()).map_err(finalization_revert);
        let keys = ["locked_ether", "last_checkpoint_index", "unfinalized_steth"];
        compare_call(record, place, step, "finalizations", keys, &got)?;
        let out = object(step, "out")?;
        if got.is_err() || out.get("revert").is_some() {
            return Ok(());
        }
        let claimable = object(out, "claimable")?;
        let ids = || (first..=last).map(|id| id.to_string());
        let listed = claimable.as_object().into_iter().flat_map(|map| map.keys());
        let unlisted = listed.filter(|key| !ids().any(|id| id == **key)).count();
        record.equal("claimable", || format!("{place}.out.claimable (other ids)"), unlisted, 0);
        for id in first..=last {
            let expected = word(claimable, &id.to_string())?;
            let got = hint_of(queue, id).and_then(|hint| queue.claimable_ether(id, hint));
            let got = got.map_err(queue_revert);
            record.check("claimable", || format!("{place}.out.claimable.{id}"), Some(expected), got);
        }
        Ok(())
    }

    fn claim(&mut self, id: u64) -> Result<[U256; 3], QueueError> {
        let hint = hint_of(&self.queue, id)?;
        let paid = self.queue.claim(id, hint)?;
        Ok([paid, self.queue.locked_ether(), U256::from(hint)])
    }
}

/// The checkpoint among all; zero, which the claim refuses, where there is none.
fn hint_of(queue: &WithdrawalQueue, id: u64) -> Result<u64, QueueError> {
    Ok(queue.checkpoint_of(id, 1, queue.last_checkpoint_index())?.unwrap_or(0))
}

fn queue_revert(error: QueueError) -> Revert {
    let word = match error {
        QueueError::RequestAmountTooSmall(_) => "RequestAmountTooSmall",
        QueueError::RequestAmountTooLarge(_) => "RequestAmountTooLarge",
        QueueError::InvalidRequestId(_) => "InvalidRequestId",
        QueueError::RequestNotFoundOrNotFinalized(_) => "RequestNotFoundOrNotFinalized",
        QueueError::RequestAlreadyClaimed(_) => "RequestAlreadyClaimed",
        QueueError::InvalidRequestIdRange(..) => "InvalidRequestIdRange",
        QueueError::InvalidHint(_) => "InvalidHint",
        QueueError::Arithmetic(error) => panic_word(error),
    };
    Revert::new(word, &error)
}

fn finalization_revert(error: FinalizationError) -> Revert {
    let word = match error {
        FinalizationError::InvalidState => "InvalidState",
        FinalizationError::ZeroShareRate => "ZeroShareRate",
        FinalizationError::EmptyBatches => "EmptyBatches",
        FinalizationError::BatchesAreNotSorted => "BatchesAreNotSorted",
        FinalizationError::InvalidRequestId(_) => "InvalidRequestId",
        FinalizationError::TooMuchEtherToFinalize { .. } => "TooMuchEtherToFinalize",
        FinalizationError::Arithmetic(error) => panic_word(error),
    };
    Revert::new(word, &error)
}
