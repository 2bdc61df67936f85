//! Redemption at once and the withdrawal queue on one pool.
//!
//! Keys of a case: `steps` of `op`, `in`, `out` (`revert` where the contract reverted), and `state` after it.
//! Operations: `deposit` (`user`, `amount`), `set_params` (bps and wei), `redeem_eeth` (`user`, `amount`), `wait`
//! (`seconds`), `stake_out` (`amount`), `rebase` (`delta`, signed), `request_withdraw` (`user`, `amount`),
//! `finalize` (`up_to_request`), `claim` (`request_id`). State: values in and out of the pool, shares of everybody,
//! the escrow, `rate_ceil`, the `bucket`, `total_redeemable`, `now`.

use super::start_of;
use crate::formats::Format;
use crate::formats::steps::{Step, each_step, panic_word, some_step_has, within};
use crate::words::{FieldError, object, signed, small, word, words};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::redemption::etherfi::{
    Account, Ceilings, InstantRedemption, LiquidityPool, PoolError, QueueError, Redemption, RedemptionError,
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
        each_step(record, place, case, |record, step| {
            protocol.apply(record, step)?;
            protocol.compare_state(record, step)
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
    fn apply(&mut self, record: &mut Record, step: &Step) -> Result<(), FieldError> {
        match step.op()? {
            "wait" => self.now = self.now.saturating_add(step.input(small, "seconds")?),
            "deposit" => {
                let got = self.pool.deposit(user(step)?, step.input(word, "amount")?);
                step.done(record, "deposits", got, pool_word)?;
            }
            "stake_out" => {
                let got = self.pool.stake_out(step.input(word, "amount")?);
                step.done(record, "stakes", got, pool_word)?;
            }
            "rebase" => {
                let got = self.pool.rebase(step.input(signed, "delta")?);
                step.done(record, "rebases", got, pool_word)?;
            }
            "set_params" => {
                let parameters = step.part("in", parameters)?;
                let redemption = InstantRedemption::new(&parameters, &Ceilings::MAINNET, self.now);
                let got = redemption.map(|redemption| self.instant = redemption);
                step.done(record, "settings", got, redemption_word)?;
            }
            "redeem_eeth" => {
                let got = self.redeem(user(step)?, step.input(word, "amount")?);
                if let Some((done, preview)) = step.ended(record, got, redemption_word)? {
                    let numbers = [
                        ("receiver_eth", done.paid),
                        ("treasury_shares_received", done.treasury_shares),
                        ("total_shares_burned", done.burned_shares),
                        ("preview_redeem", preview),
                    ];
                    step.outputs(record, "redemptions", &numbers)?;
                }
            }
            "request_withdraw" => {
                let got = self.queue.request(&mut self.pool, user(step)?, step.input(word, "amount")?);
                if let Some(id) = step.ended(record, got, queue_word)? {
                    let share = self.queue.open_request(id).map_or(U256::ZERO, |request| request.shares);
                    step.outputs(record, "requests", &[("request_id", U256::from(id)), ("share", share)])?;
                }
            }
            "finalize" => {
                let got = self.queue.finalize(&mut self.pool, step.input(small, "up_to_request")?);
                if let Some(done) = step.ended(record, got, queue_word)? {
                    let numbers = [("locked", done.locked), ("frozen_rate", done.frozen_rate)];
                    step.outputs(record, "finalizations", &numbers)?;
                }
            }
            "claim" => {
                let got = self.queue.claim(&mut self.pool, step.input(small, "request_id")?);
                if let Some(paid) = step.ended(record, got, queue_word)? {
                    step.outputs(record, "claims", &[("paid", paid)])?;
                }
            }
            _ => return Err(step.unknown()),
        }
        Ok(())
    }

    /// What was redeemed, and what the view promised.
    fn redeem(&mut self, holder: Account, amount: U256) -> Result<(Redemption, U256), RedemptionError> {
        let preview = self.instant.preview(&self.pool, self.pool.shares_for_amount(amount)?)?;
        Ok((self.instant.redeem(&mut self.pool, holder, amount, self.now)?, preview))
    }

    fn compare_state(&self, record: &mut Record, step: &Step) -> Result<(), FieldError> {
        let kind = "state values";
        let shares_of = |account| Ok(self.pool.shares_of(account));
        let states = [
            ("now", Ok(U256::from(self.now))),
            ("total_value_in_lp", Ok(self.pool.value_in_pool())),
            ("total_value_out_of_lp", Ok(self.pool.value_out_of_pool())),
            ("total_shares", Ok(self.pool.total_shares())),
            ("treasury_shares", shares_of(Account::Treasury)),
            ("manager_shares", shares_of(Account::RedemptionManager)),
            ("escrow_shares", shares_of(Account::WithdrawQueue)),
            ("escrow_eth", Ok(self.queue.escrow())),
            ("rate_ceil", self.pool.rate_ceil().map_err(RedemptionError::from)),
            ("total_redeemable", self.instant.total_redeemable(&self.pool, self.now)),
        ];
        step.states(record, kind, states)?;
        let expected = step.state(words, "user_shares")?;
        let got: Vec<_> =
            (0..).map(|user| self.pool.shares_of(Account::Holder(user))).take(expected.len()).collect();
        let got = Ok::<_, PoolError>(got.as_slice());
        record.check_list(kind, step.place_of("state", "user_shares"), &expected, got);
        let (bucket, expected) = (self.instant.bucket(), step.state(object, "bucket")?);
        for (key, got) in [
            ("capacity", bucket.capacity()),
            ("remaining", bucket.remaining()),
            ("last_refill", bucket.last_refill()),
            ("refill_rate", bucket.refill_rate()),
        ] {
            let expected = within("state.bucket", small(expected, key))?;
            record.equal(kind, step.place_of("state", &format!("bucket.{key}")), expected, got);
        }
        Ok(())
    }
}

fn user(step: &Step) -> Result<Account, FieldError> {
    step.input(small, "user").map(Account::Holder)
}

fn parameters(input: &Value) -> Result<RedemptionParameters, FieldError> {
    let bps = |key: &str| {
        small(input, key)?.try_into().map_err(|_| FieldError::new(key, "bps below 2^16", &input[key]))
    };
    Ok(RedemptionParameters {
        exit_fee_bps: bps("exit_fee_bps")?,
        treasury_split_bps: bps("treasury_split_bps")?,
        low_watermark_bps: bps("low_watermark_bps")?,
        capacity: word(input, "capacity_wei")?,
        refill_per_second: word(input, "refill_wei_per_s")?,
    })
}

/// The contract's word for a revert.
fn pool_word(error: &PoolError) -> &'static str {
    match error {
        PoolError::InvalidAmount => "InvalidAmount",
        PoolError::InsufficientLiquidity => "InsufficientLiquidity",
        PoolError::TransferAmountExceedsBalance => "TransferAmountExceedsBalance",
        PoolError::BurnAmountExceedsBalance => "BurnAmountExceedsBalance",
        PoolError::RebaseExceedsPositiveCap => "RebaseExceedsPositiveCap",
        PoolError::EethRateDeflation => "EETHRateDeflation",
        PoolError::Arithmetic(error) => panic_word(*error),
    }
}

/// The contract's word for a revert.
fn redemption_word(error: &RedemptionError) -> &'static str {
    match error {
        RedemptionError::InsufficientBalance => "InsufficientBalance",
        RedemptionError::ExceededRedeemable => "ExceededRedeemable",
        RedemptionError::InvalidTotalShares => "InvalidTotalShares",
        RedemptionError::AmountTooLarge => "AmountTooLarge",
        RedemptionError::ExceedsMaxExitFeeSplit => "ExceedsMaxExitFeeSplit",
        RedemptionError::ExceedsMaxExitFee => "ExceedsMaxExitFee",
        RedemptionError::ExceedsMaxLowWatermark => "ExceedsMaxLowWatermark",
        RedemptionError::Pool(error) => pool_word(error),
    }
}

/// The contract's word for a revert.
fn queue_word(error: &QueueError) -> &'static str {
    match error {
        QueueError::InvalidWithdrawalAmount => "InvalidWithdrawalAmount",
        QueueError::InvalidShareAmount => "InvalidShareAmount",
        // The contract would store a truncated amount.
        QueueError::AmountTooLarge => "no revert, amount above 96 bits",
        QueueError::UnknownRequest => "ERC721: invalid token ID",
        QueueError::RequestNotFinalized => "RequestNotFinalized",
        QueueError::CannotUndoFinalization => "CannotUndoFinalization",
        QueueError::CannotFinalizeFutureRequests => "CannotFinalizeFutureRequests",
        QueueError::InsufficientEscrow => "InsufficientEscrow",
        QueueError::Pool(error) => pool_word(error),
    }
}
