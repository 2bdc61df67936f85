//! Redemption at once and the withdrawal queue on one pool.
//!
//! Keys of a case: `steps` of `op`, `in`, `out` (`revert` where the contract reverted), and `state` after it.
//! Operations: `deposit` (`user`, `amount`), `set_params` (bps and wei), `redeem_eeth` (`user`, `amount`), `wait`
//! (`seconds`), `stake_out` (`amount`), `rebase` (`delta`, signed), `request_withdraw` (`user`, `amount`),
//! `finalize` (`up_to_request`), `claim` (`request_id`). State: values in and out of the pool, shares of everybody,
//! the escrow, `rate_ceil`, the `bucket`, `total_redeemable`, `now`.

use super::super::steps::{Revert, compare_call, each_step, panic_word, some_step_has, unknown_operation};
use super::{signed, start_of};
use crate::formats::Format;
use crate::words::{FieldError, object, small, text, word, words};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::redemption::etherfi::{
    Account, Ceilings, InstantRedemption, LiquidityPool, PoolError, QueueError, RedemptionError,
    RedemptionParameters, WithdrawLimits, WithdrawQueue,
};
use serde_json::Value;

pub(in super::super) const FORMAT: Format =
    Format { name: "ether.fi redemption and queue", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    some_step_has(document, &["state.total_value_out_of_lp", "state.escrow_shares", "state.bucket"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| {
        let mut protocol = Protocol {
            now: start_of(case)?,
            pool: LiquidityPool::default(),
            instant: InstantRedemption::default(),
            queue: WithdrawQueue::new(WithdrawLimits::NONE),
        };
        each_step(record, place, case, |record, place, step| {
            protocol.apply(record, place, step)?;
            protocol.compare_state(record, place, object(step, "state")?)
        })
    });
}

struct Protocol {
    now: u64,
    pool: LiquidityPool,
    instant: InstantRedemption,
    queue: WithdrawQueue,
}

impl Protocol {
    fn apply(&mut self, record: &mut Record, place: &str, step: &Value) -> Result<(), FieldError> {
        let input = object(step, "in")?;
        match text(step, "op")? {
            "wait" => {
                self.now = self.now.saturating_add(small(input, "seconds")?);
                Ok(())
            }
            "deposit" => {
                let got = self.pool.deposit(user(input)?, word(input, "amount")?);
                let got = got.map(|_| []).map_err(pool_revert);
                compare_call(record, place, step, "deposits", [], &got)
            }
            "stake_out" => {
                let got = self.pool.stake_out(word(input, "amount")?).map(|()| []).map_err(pool_revert);
                compare_call(record, place, step, "stakes", [], &got)
            }
            "rebase" => {
                let got = self.pool.rebase(signed(input, "delta")?).map(|()| []).map_err(pool_revert);
                compare_call(record, place, step, "rebases", [], &got)
            }
            "set_params" => {
                let redemption = InstantRedemption::new(&parameters(input)?, &Ceilings::MAINNET, self.now);
                let got = redemption.map(|redemption| self.instant = redemption);
                let got = got.map(|()| []).map_err(redemption_revert);
                compare_call(record, place, step, "settings", [], &got)
            }
            "redeem_eeth" => {
                let got = self.redeem(user(input)?, word(input, "amount")?).map_err(redemption_revert);
                let keys =
                    ["receiver_eth", "treasury_shares_received", "total_shares_burned", "preview_redeem"];
                compare_call(record, place, step, "redemptions", keys, &got)
            }
            "request_withdraw" => {
                let id = self.queue.request(&mut self.pool, user(input)?, word(input, "amount")?);
                let shares_of = |id| self.queue.open_request(id).map_or(U256::ZERO, |request| request.shares);
                let got = id.map(|id| [U256::from(id), shares_of(id)]).map_err(queue_revert);
                compare_call(record, place, step, "requests", ["request_id", "share"], &got)
            }
            "finalize" => {
                let got = self.queue.finalize(&mut self.pool, small(input, "up_to_request")?);
                let got = got.map(|done| [done.locked, done.frozen_rate]).map_err(queue_revert);
                compare_call(record, place, step, "finalizations", ["locked", "frozen_rate"], &got)
            }
            "claim" => {
                let got = self.queue.claim(&mut self.pool, small(input, "request_id")?);
                let got = got.map(|paid| [paid]).map_err(queue_revert);
                compare_call(record, place, step, "claims", ["paid"], &got)
            }
            other => Err(unknown_operation(other)),
        }
    }

    fn redeem(&mut self, holder: Account, amount: U256) -> Result<[U256; 4], RedemptionError> {
        let preview = self.instant.preview(&self.pool, self.pool.shares_for_amount(amount)?)?;
        let done = self.instant.redeem(&mut self.pool, holder, amount, self.now)?;
        Ok([done.paid, done.treasury_shares, done.burned_shares, preview])
    }

    fn compare_state(&self, record: &mut Record, place: &str, state: &Value) -> Result<(), FieldError> {
        let of = |key: &str| format!("{place}.state.{key}");
        let shares_of = |account| Ok(self.pool.shares_of(account));
        let redeemable = self.instant.total_redeemable(&self.pool, self.now);
        for (key, got) in [
            ("now", Ok(U256::from(self.now))),
            ("total_value_in_lp", Ok(self.pool.value_in_pool())),
            ("total_value_out_of_lp", Ok(self.pool.value_out_of_pool())),
            ("total_shares", Ok(self.pool.total_shares())),
            ("treasury_shares", shares_of(Account::Treasury)),
            ("manager_shares", shares_of(Account::RedemptionManager)),
            ("escrow_shares", shares_of(Account::WithdrawQueue)),
            ("escrow_eth", Ok(self.queue.escrow())),
            ("rate_ceil", self.pool.rate_ceil().map_err(pool_revert)),
            ("total_redeemable", redeemable.map_err(redemption_revert)),
        ] {
            record.check("state values", || of(key), Some(word(state, key)?), got);
        }
        for (k, &expected) in words(state, "user_shares")?.iter().enumerate() {
            let got = self.pool.shares_of(Account::Holder(k as u64));
            record.equal("state values", || of(&format!("user_shares[{k}]")), expected, got);
        }
        let (bucket, expected) = (self.instant.bucket(), object(state, "bucket")?);
        for (key, got) in [
            ("capacity", bucket.capacity()),
            ("remaining", bucket.remaining()),
            ("last_refill", bucket.last_refill()),
            ("refill_rate", bucket.refill_rate()),
        ] {
            let expected = small(expected, key)?;
            record.equal("state values", || of(&format!("bucket.{key}")), expected, got);
        }
        Ok(())
    }
}

fn user(input: &Value) -> Result<Account, FieldError> {
    small(input, "user").map(Account::Holder)
}

fn parameters(input: &Value) -> Result<RedemptionParameters, FieldError> {
    let bps = |key: &str| {
        let wanted = "bps below 2^16";
        let found = || input[key].to_string();
        small(input, key)?.try_into().map_err(|_| FieldError { key: key.to_owned(), wanted, found: found() })
    };
    Ok(RedemptionParameters {
        exit_fee_bps: bps("exit_fee_bps")?,
        treasury_split_bps: bps("treasury_split_bps")?,
        low_watermark_bps: bps("low_watermark_bps")?,
        capacity: word(input, "capacity_wei")?,
        refill_per_second: word(input, "refill_wei_per_s")?,
    })
}

fn pool_revert(error: PoolError) -> Revert {
    let word = match error {
        PoolError::InvalidAmount => "InvalidAmount",
        PoolError::InsufficientLiquidity => "InsufficientLiquidity",
        PoolError::TransferAmountExceedsBalance => "TransferAmountExceedsBalance",
        PoolError::BurnAmountExceedsBalance => "BurnAmountExceedsBalance",
        PoolError::RebaseExceedsPositiveCap => "RebaseExceedsPositiveCap",
        PoolError::EethRateDeflation => "EETHRateDeflation",
        PoolError::Arithmetic(error) => panic_word(error),
    };
    Revert::new(word, &error)
}

fn redemption_revert(error: RedemptionError) -> Revert {
    let word = match error {
        RedemptionError::InsufficientBalance => "InsufficientBalance",
        RedemptionError::ExceededRedeemable => "ExceededRedeemable",
        RedemptionError::InvalidTotalShares => "InvalidTotalShares",
        RedemptionError::AmountTooLarge => "AmountTooLarge",
        RedemptionError::ExceedsMaxExitFeeSplit => "ExceedsMaxExitFeeSplit",
        RedemptionError::ExceedsMaxExitFee => "ExceedsMaxExitFee",
        RedemptionError::ExceedsMaxLowWatermark => "ExceedsMaxLowWatermark",
        RedemptionError::Pool(error) => return pool_revert(error),
    };
    Revert::new(word, &error)
}

fn queue_revert(error: QueueError) -> Revert {
    let word = match error {
        QueueError::InvalidWithdrawalAmount => "InvalidWithdrawalAmount",
        QueueError::InvalidShareAmount => "InvalidShareAmount",
        // The contract would store a truncated amount.
        QueueError::AmountTooLarge => "no revert, amount above 96 bits",
        QueueError::UnknownRequest => "ERC721: invalid token ID",
        QueueError::RequestNotFinalized => "RequestNotFinalized",
        QueueError::CannotUndoFinalization => "CannotUndoFinalization",
        QueueError::CannotFinalizeFutureRequests => "CannotFinalizeFutureRequests",
        QueueError::InsufficientEscrow => "InsufficientEscrow",
        QueueError::Pool(error) => return pool_revert(error),
    };
    Revert::new(word, &error)
}
