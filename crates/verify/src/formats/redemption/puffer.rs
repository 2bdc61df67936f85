//! Puffer: the vault's instant path and the batches of withdrawals, call by call.
//!
//! Keys: `batch_size` of the document; cases with `steps` from an empty vault with an exit fee of 100 basis points:
//!
//! - `set_locked_oracle_eth` to `value`, `set_exit_fees` to `exit_bps` and `treasury_bps`;
//! - `deposit_eth` of `amount` by `user`: `shares`;
//! - `withdraw` of `assets`: `preview_withdraw` before it, `shares_burned`, `treasury_weth`;
//! - `redeem` of `shares`: `preview_redeem` before it, `assets`, `received_weth`, `treasury_weth`;
//! - `request_withdrawal` of `puf_eth_amount`: `withdrawal_index`, `batch_index`, `rate_at_request` and the batch after it;
//! - `finalize` up to `batch_index`: `eth_transferred`, `batch_rates` of all batches that are final then;
//! - `complete` of `withdrawal_index`: `paid_weth`; `return_excess` of `batch_index`: `returned`.
//!
//! The limit of a request's size is not in the files: none is assumed.

use crate::formats::Format;
use crate::formats::steps::{Step, panic_word, replay, some_step_has};
use crate::words::{FieldError, index, object, parse_digits, small, word, words};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::redemption::puffer::PufferError;
use pegstress_exact::redemption::puffer::batches::{BATCH_SIZE, BatchQueue};
use pegstress_exact::redemption::puffer::vault::Vault;
use serde_json::Value;

pub(super) const FORMAT: Format =
    Format { name: "Puffer, vault and withdrawal batches", recognise, exact, lanes: None };

const INITIAL_EXIT_FEE_BPS: u64 = 100;

fn recognise(document: &Document) -> bool {
    some_step_has(document, &["state.withdrawals_length", "state.finalized_batch"])
}

fn exact(document: &Document, record: &mut Record) {
    if let Document::Json(object) = document
        && object.get("batch_size").is_some()
        && let Some(size) = record.readable("", index(object, "batch_size"))
    {
        record.equal("settings", || "batch_size".to_owned(), size, BATCH_SIZE);
    }
    record.each_case(document, compare);
}

/// The vault and its queue.
struct Puffer {
    vault: Vault,
    queue: BatchQueue,
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let mut vault = Vault::default();
    let queue = BatchQueue::new(U256::MAX);
    let set = vault.set_exit_fees(INITIAL_EXIT_FEE_BPS, 0);
    record.check("settings", || place.to_owned(), Some("ok"), set.map(|()| "ok"));
    replay(record, place, case, |_| Ok(Puffer { vault, queue }), repeat)
}

fn repeat(record: &mut Record, step: &Step, puffer: &mut Puffer) -> Result<(), FieldError> {
    let Puffer { vault, queue } = puffer;
    match step.op()? {
        "set_locked_oracle_eth" => {
            vault.locked_eth = step.input(word, "value")?;
            step.ended(record, Ok(()), reason)?;
        }
        "set_exit_fees" => {
            let set = vault.set_exit_fees(step.input(small, "exit_bps")?, step.input(small, "treasury_bps")?);
            step.ended(record, set, reason)?;
        }
        "deposit_eth" => {
            let minted = vault.deposit_eth(step.input(small, "user")?, step.input(word, "amount")?);
            if let Some(minted) = step.ended(record, minted, reason)? {
                step.outputs(record, "deposits", &[("shares", minted)])?;
            }
        }
        "withdraw" => {
            let (user, assets) = (step.input(small, "user")?, step.input(word, "assets")?);
            let preview = vault.preview_withdraw(assets);
            let exit = vault.withdraw(user, assets).and_then(|exit| Ok((exit, preview?)));
            if let Some((exit, preview)) = step.ended(record, exit, reason)? {
                let numbers = [
                    ("shares_burned", exit.shares),
                    ("treasury_weth", exit.treasury_fee),
                    ("preview_withdraw", preview),
                ];
                step.outputs(record, "instant withdrawals", &numbers)?;
            }
        }
        "redeem" => {
            let (user, shares) = (step.input(small, "user")?, step.input(word, "shares")?);
            let preview = vault.preview_redeem(shares);
            let exit = vault.redeem(user, shares).and_then(|exit| Ok((exit, preview?)));
            if let Some((exit, preview)) = step.ended(record, exit, reason)? {
                let numbers = [
                    ("assets", exit.assets),
                    ("received_weth", exit.assets),
                    ("treasury_weth", exit.treasury_fee),
                    ("preview_redeem", preview),
                ];
                step.outputs(record, "instant withdrawals", &numbers)?;
            }
        }
        "request_withdrawal" => request(record, step, puffer)?,
        "finalize" => finalize(record, step, puffer)?,
        "complete" => {
            let paid = queue.complete(step.input(index, "withdrawal_index")?);
            if let Some(paid) = step.ended(record, paid, reason)? {
                step.outputs(record, "completions", &[("paid_weth", paid)])?;
            }
        }
        "return_excess" => {
            let returned = queue.return_excess(vault, &[step.input(index, "batch_index")?]);
            if let Some(returned) = step.ended(record, returned, reason)? {
                step.outputs(record, "returns", &[("returned", returned)])?;
            }
        }
        _ => return Err(step.unknown()),
    }
    compare_state(record, step, puffer)
}

fn request(record: &mut Record, step: &Step, puffer: &mut Puffer) -> Result<(), FieldError> {
    let Puffer { vault, queue } = puffer;
    let user = step.input(small, "user")?;
    let amount = step.input(word_of_128_bits, "puf_eth_amount")?;
    let requested = queue.request(vault, user, amount);
    let Some(index) = step.ended(record, requested, reason)? else { return Ok(()) };
    let batch = queue.batches().get(index / BATCH_SIZE).copied().unwrap_or_default();
    let withdrawal = queue.withdrawals().get(index).copied().flatten();
    let numbers = [
        ("withdrawal_index", U256::from(index)),
        ("batch_index", U256::from(index / BATCH_SIZE)),
        ("rate_at_request", withdrawal.map(|withdrawal| withdrawal.rate).unwrap_or_default()),
        ("batch_to_burn", batch.to_burn),
        ("batch_to_transfer", batch.to_transfer),
    ];
    step.outputs(record, "requests", &numbers)
}

fn finalize(record: &mut Record, step: &Step, puffer: &mut Puffer) -> Result<(), FieldError> {
    let Puffer { vault, queue } = puffer;
    let finalized = queue.finalize(vault, step.input(index, "batch_index")?);
    let Some(finalized) = step.ended(record, finalized, reason)? else { return Ok(()) };
    let transferred = finalized.iter().fold(U256::ZERO, |sum, batch| sum.saturating_add(batch.transferred));
    step.outputs(record, "finalisations", &[("eth_transferred", transferred)])?;
    let shown = |(index, rate): (usize, U256)| format!("batch {index} at {rate}");
    let expected: Vec<_> = step.output(rates_by_batch, "batch_rates")?.into_iter().map(shown).collect();
    let rates = queue.batches().iter().map(|batch| batch.rate).enumerate();
    let got: Vec<_> = rates.skip(1).take(queue.finalized_batch()).map(shown).collect();
    let got = Ok::<_, PufferError>(got.as_slice());
    record.check_list("finalisations", step.place_of("out", "batch_rates"), &expected, got);
    Ok(())
}

fn compare_state(record: &mut Record, step: &Step, puffer: &Puffer) -> Result<(), FieldError> {
    let Puffer { vault, queue } = puffer;
    let states = [
        ("total_assets", vault.total_assets()),
        ("total_supply", Ok(vault.supply())),
        ("rate_1e18", vault.rate()),
        ("vault_eth", Ok(vault.eth())),
        ("vault_weth", Ok(vault.weth())),
        ("locked_oracle_eth", Ok(vault.locked_eth)),
        ("manager_eth", Ok(queue.eth())),
        ("manager_shares", Ok(queue.shares())),
        ("finalized_batch", Ok(U256::from(queue.finalized_batch()))),
        ("withdrawals_length", Ok(U256::from(queue.withdrawals().len()))),
    ];
    step.states(record, "states", states)?;
    let expected = step.state(words, "user_shares")?;
    let got: Vec<_> = (0..).map(|user| vault.shares_of(user)).take(expected.len()).collect();
    let got = Ok::<_, PufferError>(got.as_slice());
    record.check_list("states", step.place_of("state", "user_shares"), &expected, got);
    Ok(())
}

fn word_of_128_bits(value: &Value, key: &str) -> Result<u128, FieldError> {
    let number = word(value, key)?;
    number.try_into().map_err(|_| FieldError::new(key, "an integer below 2^128", number))
}

/// Rates by batch, in the order of the batches.
fn rates_by_batch(value: &Value, key: &str) -> Result<Vec<(usize, U256)>, FieldError> {
    let rates = object(value, key)?;
    let mut read = Vec::new();
    for name in rates.as_object().into_iter().flat_map(|rates| rates.keys()) {
        let index = parse_digits(name)
            .and_then(|index| index.try_into().ok())
            .ok_or_else(|| FieldError::new(key, "rates by index of batch", name))?;
        read.push((index, word(rates, name)?));
    }
    read.sort_unstable();
    Ok(read)
}

/// The contract's word for a revert; a call without enough ether has none.
fn reason(error: &PufferError) -> &'static str {
    match error {
        PufferError::Arithmetic(error) => panic_word(*error),
        PufferError::MathOverflowedMulDiv => "MathOverflowedMulDiv",
        PufferError::SafeCastOverflow { .. } => "SafeCastOverflowedUintDowncast",
        PufferError::InvalidExitFeeBasisPoints { .. } => "InvalidExitFeeBasisPoints",
        PufferError::ExceededMaxWithdraw => "ERC4626ExceededMaxWithdraw",
        PufferError::ExceededMaxRedeem => "ERC4626ExceededMaxRedeem",
        PufferError::InsufficientShares => "ERC20InsufficientBalance",
        PufferError::InsufficientLiquidity => "",
        PufferError::WithdrawalAmountTooLow => "WithdrawalAmountTooLow",
        PufferError::WithdrawalAmountTooHigh => "WithdrawalAmountTooHigh",
        PufferError::BatchesAreNotFull => "BatchesAreNotFull",
        PufferError::BatchAlreadyFinalized => "BatchAlreadyFinalized",
        PufferError::NotFinalized => "NotFinalized",
        PufferError::WithdrawalAlreadyCompleted => "WithdrawalAlreadyCompleted",
        PufferError::NotAllWithdrawalsClaimed => "NotAllWithdrawalsClaimed",
        PufferError::AlreadyReturned => "AlreadyReturned",
        PufferError::NoSuchBatch { .. } => "Panic(0x32)",
    }
}
