//! Renzo: the instant path's fee at given buffers, and the ETH queue call by call.
//!
//! Keys: `fee_curve` of the document, rows with `in` (`min_fee_bps`, `max_fee_bps`, `buffer_capacity`,
//! `draw_down_limit`, `buffer_after_withdraw`) and `out` (`fee_bps` or `revert`); cases with `buffer_target`,
//! `cooldown_s`, `risk_oracle_cooldown_s`, `instant` (`min_fee_bps`, `max_fee_bps`, `drawdown_bps`) and `steps`:
//!
//! - `inflow` of `amount`, `set_tvl` to `tvl`, `wait` of `seconds`: what comes from outside;
//! - `withdraw` of `ezeth`: `request_id`, `amount_to_redeem`, `queued`, `fill_at` (0 where not queued);
//! - `instant_withdraw` of `ezeth`: `received`, `fee`, the buffer before it;
//! - `claim` of `request_id`: `paid`.
//!
//! The value of the protocol is an input, and all of it counts as collateral of the queue. Supply, value and time before the
//! first step are those after it. Users' balances are not in the files.

use crate::formats::Format;
use crate::formats::steps::{Step, panic_word, replay};
use crate::words::{FieldError, flag, list, object, small, word};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::redemption::renzo::RenzoError;
use pegstress_exact::redemption::renzo::instant::{FeeCurve, InstantWithdrawer};
use pegstress_exact::redemption::renzo::queue::{Backing, Claimant, WithdrawQueue};
use serde_json::Value;

pub(super) const FORMAT: Format =
    Format { name: "Renzo, instant fee and withdrawal queue", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    fee_curve(document).is_some() || document.some_case_has(&["buffer_target", "instant.drawdown_bps"])
}

fn fee_curve(document: &Document) -> Option<&Value> {
    match document {
        Document::Json(object @ Value::Object(map)) if map.contains_key("fee_curve") => Some(object),
        _ => None,
    }
}

fn exact(document: &Document, record: &mut Record) {
    if let Some(object) = fee_curve(document) {
        if let Some(rows) = record.readable("", list(object, "fee_curve")) {
            record.each("fee_curve", rows, compare_fee);
        }
        // A document of fees alone is no case.
        if document.place_of_cases().is_empty() {
            return;
        }
    }
    record.each_case(document, compare);
}

fn compare_fee(record: &mut Record, place: &str, row: &Value) -> Result<(), FieldError> {
    let step = Step::new(place, row);
    let fees = step.part("in", curve)?;
    let [capacity, limit, after] = [
        step.input(word, "buffer_capacity")?,
        step.input(word, "draw_down_limit")?,
        step.input(word, "buffer_after_withdraw")?,
    ];
    let fee = fees.and_then(|fees| fees.fee_bps(capacity, limit, after));
    if let Some(fee) = step.ended(record, fee, reason)? {
        step.outputs(record, "fees", &[("fee_bps", fee)])?;
    }
    Ok(())
}

fn curve(settings: &Value) -> Result<Result<FeeCurve, RenzoError>, FieldError> {
    Ok(FeeCurve::new(small(settings, "min_fee_bps")?, small(settings, "max_fee_bps")?))
}

/// Queue, instant path and what surrounds them.
struct Renzo {
    queue: WithdrawQueue,
    instant: InstantWithdrawer,
    backing: Backing,
    now: u64,
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let settings = object(case, "instant")?;
    let drawdown_bps = small(settings, "drawdown_bps")?;
    let instant = curve(settings)?.and_then(|fees| InstantWithdrawer::new(fees, drawdown_bps));
    let instant = match instant {
        Ok(instant) => instant,
        Err(error) => {
            record.check("calls", || format!("{place}.instant"), Some("an instant path"), Err(error));
            return Ok(());
        }
    };
    let [target, cooldown, oracle_cooldown] =
        [word(case, "buffer_target")?, word(case, "cooldown_s")?, word(case, "risk_oracle_cooldown_s")?];
    let queue = WithdrawQueue::new(target, saturated(cooldown), saturated(oracle_cooldown));
    let begin = |first: &Step| {
        let tvl = first.state(word, "tvl")?;
        let supply = first.state(word, "ezeth_supply")?;
        let waited = if first.op()? == "wait" { first.input(small, "seconds")? } else { 0 };
        let now = first.state(small, "now")?.saturating_sub(waited);
        Ok(Renzo { queue, instant, backing: Backing { tvl, supply, eth_collateral: tvl }, now })
    };
    replay(record, place, case, begin, repeat)
}

/// Seconds beyond 64 bits are as good as for ever.
fn saturated(seconds: U256) -> u64 {
    u64::try_from(seconds).unwrap_or(u64::MAX)
}

fn repeat(record: &mut Record, step: &Step, renzo: &mut Renzo) -> Result<(), FieldError> {
    let Renzo { queue, instant, backing, now } = renzo;
    match step.op()? {
        "inflow" => {
            let filled = queue.fill(step.input(word, "amount")?);
            step.ended(record, filled, reason)?;
        }
        "set_tvl" => {
            backing.tvl = step.input(word, "tvl")?;
            backing.eth_collateral = backing.tvl;
            step.ended(record, Ok(()), reason)?;
        }
        "wait" => {
            *now = now.saturating_add(step.input(small, "seconds")?);
            step.ended(record, Ok(()), reason)?;
        }
        "withdraw" => {
            let request = queue.withdraw(step.input(word, "ezeth")?, backing, *now);
            if let Some(request) = step.ended(record, request, reason)? {
                let numbers = [
                    ("request_id", U256::from(request.id)),
                    ("amount_to_redeem", request.amount_to_redeem),
                    ("fill_at", request.fill_at.unwrap_or_default()),
                ];
                step.outputs(record, "requests", &numbers)?;
                let queued = step.output(flag, "queued")?;
                record.equal("requests", step.place_of("out", "queued"), queued, request.fill_at.is_some());
            }
        }
        "instant_withdraw" => {
            let buffer = instant.buffer(queue);
            let paid = instant.withdraw(queue, step.input(word, "ezeth")?, backing, *now);
            let both = paid.and_then(|paid| Ok((paid, buffer?)));
            if let Some((paid, buffer)) = step.ended(record, both, reason)? {
                let numbers = [
                    ("received", paid.received),
                    ("fee", paid.fee),
                    ("buffer_capacity", buffer.capacity),
                    ("buffer_available_before", buffer.available),
                    ("draw_down_limit", buffer.draw_down_limit),
                ];
                step.outputs(record, "instant withdrawals", &numbers)?;
            }
        }
        "claim" => {
            let id = step.input(small, "request_id")?;
            let paid = queue.claim(id, Claimant::Public, backing, *now);
            if let Some(paid) = step.ended(record, paid, reason)? {
                step.outputs(record, "claims", &[("paid", paid)])?;
            }
        }
        _ => return Err(step.unknown()),
    }
    let states = [
        ("now", Ok(U256::from(*now))),
        ("tvl", Ok(backing.tvl)),
        ("ezeth_supply", Ok(backing.supply)),
        ("queue_eth_balance", Ok(queue.balance())),
        ("claim_reserve", Ok(queue.claim_reserve())),
        ("to_fill", Ok(queue.to_fill())),
        ("filled", Ok(queue.filled())),
        ("available", queue.available()),
        ("withdraw_deficit", queue.withdraw_deficit()),
    ];
    step.states(record, "states", states)
}

/// The contract's word for a revert.
fn reason(error: &RenzoError) -> &'static str {
    match error {
        RenzoError::Arithmetic(error) => panic_word(*error),
        RenzoError::ZeroInput => "InvalidZeroInput",
        RenzoError::InvalidTokenAmount => "InvalidTokenAmount",
        RenzoError::InvalidOraclePrice => "InvalidOraclePrice",
        RenzoError::OraclePriceExpired { .. } => "OraclePriceExpired",
        RenzoError::UnsupportedWithdrawAsset => "UnsupportedWithdrawAsset",
        RenzoError::NotEnoughCollateralValue => "NotEnoughCollateralValue",
        RenzoError::WithdrawRequestPaused => "WithdrawRequestPaused",
        RenzoError::ClaimPaused => "ClaimPaused",
        RenzoError::InvalidWithdrawIndex { .. } => "InvalidWithdrawIndex",
        RenzoError::EarlyClaim { .. } => "EarlyClaim",
        RenzoError::QueuedWithdrawalNotFilled => "QueuedWithdrawalNotFilled",
        RenzoError::NotEnoughWithdrawBuffer => "NotEnoughWithdrawBuffer",
        RenzoError::BelowAllowedLimit => "BelowAllowedLimit",
        RenzoError::OverMaxBasisPoints { .. } => "OverMaxBasisPoints",
    }
}
