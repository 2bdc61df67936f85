//! Kelp: the withdrawal queue of one asset, call by call.
//!
//! Keys: `withdrawal_delay_blocks`, `steps`:
//!
//! - `set_prices` (`rseth_price`, `asset_price`, `total_assets`), `set_vault_balance` to `value`, `roll_blocks` by `blocks`:
//!   what comes from outside;
//! - `initiate` of `rseth` by `user`: `nonce`, `expected`;
//! - `unlock_queue` up to `first_excluded_nonce`, without bounds of the prices: `rseth_burned`, `asset_unlocked`;
//! - `complete` of the oldest request of `user`: `paid`.
//!
//! Prices, deposits, vault and block before the first step are those after it. There is no least amount.

use crate::formats::Format;
use crate::formats::steps::{Step, panic_word, replay};
use crate::words::{FieldError, small, word};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::redemption::kelp::{KelpError, PriceBounds, Prices, Unlocked, WithdrawalQueue};
use serde_json::Value;

pub(super) const FORMAT: Format = Format { name: "Kelp, withdrawal queue", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["withdrawal_delay_blocks", "steps"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

/// The queue and what surrounds it.
struct Kelp {
    queue: WithdrawalQueue,
    prices: Prices,
    total_assets: U256,
    vault: U256,
    block: u64,
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let queue = WithdrawalQueue::new(U256::ZERO, small(case, "withdrawal_delay_blocks")?);
    let queue = match queue {
        Ok(queue) => queue,
        Err(error) => {
            let place = || format!("{place}.withdrawal_delay_blocks");
            record.check("calls", place, Some("a delay"), Err(error));
            return Ok(());
        }
    };
    let begin = |first: &Step| {
        let rolled = if first.op()? == "roll_blocks" { first.input(small, "blocks")? } else { 0 };
        Ok(Kelp {
            queue,
            prices: first.state(prices, "rseth_price")?,
            total_assets: first.state(word, "total_assets")?,
            vault: first.state(word, "vault_balance")?,
            block: first.state(small, "block")?.saturating_sub(rolled),
        })
    };
    replay(record, place, case, begin, repeat)
}

/// Both prices; the key names the first.
fn prices(value: &Value, rseth: &str) -> Result<Prices, FieldError> {
    Ok(Prices { rseth: word(value, rseth)?, asset: word(value, "asset_price")? })
}

fn repeat(record: &mut Record, step: &Step, kelp: &mut Kelp) -> Result<(), FieldError> {
    let Kelp { queue, vault, block, .. } = kelp;
    match step.op()? {
        "set_prices" => {
            kelp.prices = step.input(prices, "rseth_price")?;
            kelp.total_assets = step.input(word, "total_assets")?;
            step.ended(record, Ok(()), reason)?;
        }
        "set_vault_balance" => {
            *vault = step.input(word, "value")?;
            step.ended(record, Ok(()), reason)?;
        }
        "roll_blocks" => {
            *block = block.saturating_add(step.input(small, "blocks")?);
            step.ended(record, Ok(()), reason)?;
        }
        "initiate" => {
            let (user, rseth) = (step.input(small, "user")?, step.input(word, "rseth")?);
            let nonce = queue.initiate(user, rseth, &kelp.prices, kelp.total_assets, *block);
            if let Some(nonce) = step.ended(record, nonce, reason)? {
                let expected = queue.request(nonce).map(|request| request.expected).unwrap_or_default();
                let numbers = [("nonce", U256::from(nonce)), ("expected", expected)];
                step.outputs(record, "requests", &numbers)?;
            }
        }
        "unlock_queue" => {
            let first_excluded = step.input(small, "first_excluded_nonce")?;
            let unlocked = queue.unlock(first_excluded, &kelp.prices, &PriceBounds::NONE, vault, *block);
            if let Some(Unlocked { rseth_burned, assets }) = step.ended(record, unlocked, reason)? {
                let numbers = [("rseth_burned", rseth_burned), ("asset_unlocked", assets)];
                step.outputs(record, "unlockings", &numbers)?;
            }
        }
        "complete" => {
            let paid = queue.complete(step.input(small, "user")?, *block);
            if let Some(paid) = step.ended(record, paid, reason)? {
                step.outputs(record, "completions", &[("paid", paid)])?;
            }
        }
        _ => return Err(step.unknown()),
    }
    let states = [
        ("block", U256::from(kelp.block)),
        ("rseth_price", kelp.prices.rseth),
        ("asset_price", kelp.prices.asset),
        ("total_assets", kelp.total_assets),
        ("vault_balance", kelp.vault),
        ("manager_eth", kelp.queue.balance()),
        ("manager_rseth", kelp.queue.rseth()),
        ("assets_committed", kelp.queue.assets_committed()),
        ("available_asset_amount", kelp.queue.available(kelp.total_assets)),
        ("next_unused_nonce", U256::from(kelp.queue.next_unused_nonce())),
        ("next_locked_nonce", U256::from(kelp.queue.next_locked_nonce())),
    ];
    step.states(record, "states", states.map(|(key, got)| (key, Ok::<_, KelpError>(got))))
}

/// The contract's word for a revert.
fn reason(error: &KelpError) -> &'static str {
    match error {
        KelpError::Arithmetic(error) => panic_word(*error),
        KelpError::InvalidAmountToWithdraw => "InvalidAmountToWithdraw",
        KelpError::ExceedAmountToWithdraw => "ExceedAmountToWithdraw",
        KelpError::AmountMustBeGreaterThanZero => "AmountMustBeGreaterThanZero",
        KelpError::NoPendingWithdrawals => "NoPendingWithdrawals",
        KelpError::PriceOutOfRange { what: "rsETH" } => "RsETHPriceOutOfPriceRange",
        KelpError::PriceOutOfRange { .. } => "AssetPriceOutOfPriceRange",
        KelpError::QueueEmpty => "QueueEmpty",
        KelpError::WithdrawalLocked => "WithdrawalLocked",
        KelpError::WithdrawalDelayNotPassed => "WithdrawalDelayNotPassed",
        KelpError::ExceedWithdrawalDelay { .. } => "ExceedWithdrawalDelay",
        KelpError::EthTransferFailed => "EthTransferFailed",
    }
}
