//! Calls of EigenLayer's SlashingLib, chained along one staker.
//!
//! Keys: `sequences`, each with `native` and `steps`. A step has `op`, `in` and `out`: `deposit` (`dsf_before`,
//! `prev_deposit_shares`, `added_shares`, `slashing_factor`; `dsf_after`, `withdrawable_after`), `delegate` (the same
//! with `deposit_shares`), `calc` (`dsf`, `deposit_shares`, `slashing_factor`; `withdrawable`,
//! `deposit_shares_from_withdrawable`), `queue_withdrawal` (`dsf`, `deposit_shares_to_withdraw`, `slashing_factor`;
//! `withdrawable`, `scaled_shares`, `deposit_shares_after`, `dsf_after`), `complete_withdrawal` (`scaled_shares`,
//! `slashing_factor`; `payout`), `slash` (`current_magnitude`, `max_magnitude`, `wads_to_slash`, `operator_shares`;
//! `slashed_magnitude`, `new_current_magnitude`, `new_max_magnitude`, `wad_slashed`, `operator_shares_slashed`,
//! `operator_shares_after`), `set_beacon_factor` (`prev`; `new` is the next input).
//!
//! Inputs that repeat an earlier result (factor and shares of the staker, the beacon factor, scaled shares) are
//! compared with ours.

use crate::formats::Format;
use crate::formats::steps::{Step, each_step};
use crate::words::{FieldError, list, small, word};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::restaking::eigenlayer::EigenLayerError;
use pegstress_exact::restaking::eigenlayer::slashing_lib::{
    DepositScalingFactor, WAD, div_wad, mul_wad_up, scale_for_complete_withdrawal, slashed_amount,
};
use serde_json::Value;

pub(super) const FORMAT: Format = Format { name: "EigenLayer SlashingLib", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.cases().iter().any(|case| {
        let sequences = case.get("sequences").and_then(Value::as_array);
        sequences.is_some_and(|list| list.iter().any(|sequence| sequence.get("native").is_some()))
    })
}

fn exact(document: &Document, record: &mut Record) {
    for case in document.cases() {
        match list(case, "sequences") {
            Ok(sequences) => record.each("sequences", sequences, compare),
            Err(error) => record.unreadable(error.key, error.wanted, error.found),
        }
    }
}

/// What the sequence carries from step to step.
struct Chain {
    factor: DepositScalingFactor,
    deposit_shares: U256,
    beacon_factor: U256,
    /// Scaled shares that wait.
    queued: Vec<U256>,
}

type Results = Vec<(&'static str, Result<U256, EigenLayerError>)>;

fn compare(record: &mut Record, place: &str, sequence: &Value) -> Result<(), FieldError> {
    let mut chain = Chain {
        factor: DepositScalingFactor::default(),
        deposit_shares: U256::ZERO,
        beacon_factor: WAD,
        queued: Vec::new(),
    };
    each_step(record, place, sequence, |record, step| compare_step(record, step, &mut chain))
}

fn compare_step(record: &mut Record, step: &Step, chain: &mut Chain) -> Result<(), FieldError> {
    let op = step.op()?;
    let (inputs, results) = match op {
        "deposit" | "delegate" => step.part("in", |taken| gain(chain, op, taken))?,
        "calc" => {
            let factor = step.input(word, "slashing_factor")?;
            let withdrawable = chain.factor.withdrawable(chain.deposit_shares, factor);
            let back = withdrawable.and_then(|shares| chain.factor.deposit_shares(shares, factor));
            let results = vec![("withdrawable", withdrawable), ("deposit_shares_from_withdrawable", back)];
            (vec![("dsf", chain.factor.value()), ("deposit_shares", chain.deposit_shares)], results)
        }
        "queue_withdrawal" => step.part("in", |taken| queue(chain, taken))?,
        "complete_withdrawal" => {
            let scaled = step.input(word, "scaled_shares")?;
            // Out of those that wait; any order.
            let known = chain.queued.iter().position(|&queued| queued == scaled);
            let queued = known.map_or(U256::ZERO, |at| chain.queued.swap_remove(at));
            let payout = scale_for_complete_withdrawal(queued, step.input(word, "slashing_factor")?);
            (vec![("scaled_shares", queued)], vec![("payout", payout)])
        }
        "slash" => (Vec::new(), step.part("in", slash)?),
        "set_beacon_factor" => {
            let before = std::mem::replace(&mut chain.beacon_factor, step.output(word, "new")?);
            (vec![("prev", before)], Vec::new())
        }
        _ => return Err(step.unknown()),
    };
    for (key, ours) in inputs {
        record.equal("chained inputs", step.place_of("in", key), step.input(word, key)?, ours);
    }
    for (key, ours) in results {
        record.check(kind_of(op), step.place_of("out", key), Some(step.output(word, key)?), ours);
    }
    Ok(())
}

fn kind_of(op: &str) -> &'static str {
    match op {
        "deposit" => "deposits",
        "delegate" => "delegations",
        "calc" => "conversions",
        "slash" => "slashes",
        _ => "withdrawals",
    }
}

type Compared = (Vec<(&'static str, U256)>, Results);

/// A deposit or a delegation.
fn gain(chain: &mut Chain, op: &str, taken: &Value) -> Result<Compared, FieldError> {
    let factor = word(taken, "slashing_factor")?;
    let before = chain.factor.value();
    let (previous, added, input) = if op == "deposit" {
        (chain.deposit_shares, word(taken, "added_shares")?, "prev_deposit_shares")
    } else {
        (U256::ZERO, chain.deposit_shares, "deposit_shares")
    };
    let inputs = vec![("dsf_before", before), (input, chain.deposit_shares)];
    let updated = chain.factor.updated(previous, added, factor);
    if let Ok(after) = updated {
        chain.factor = after;
        chain.deposit_shares = previous.saturating_add(added);
    }
    let withdrawable = chain.factor.withdrawable(chain.deposit_shares, factor);
    let results =
        vec![("dsf_after", updated.map(DepositScalingFactor::value)), ("withdrawable_after", withdrawable)];
    Ok((inputs, results))
}

fn queue(chain: &mut Chain, taken: &Value) -> Result<Compared, FieldError> {
    let shares = word(taken, "deposit_shares_to_withdraw")?;
    let inputs = vec![("dsf", chain.factor.value())];
    let withdrawable = chain.factor.withdrawable(shares, word(taken, "slashing_factor")?);
    let scaled = chain.factor.scale_for_queue_withdrawal(shares);
    let left = chain.deposit_shares.checked_sub(shares).ok_or(EigenLayerError::SharesAmountTooHigh);
    chain.queued.extend(scaled);
    if let Ok(left) = left {
        chain.deposit_shares = left;
        if left.is_zero() {
            chain.factor = DepositScalingFactor::default();
        }
    }
    let results = vec![
        ("withdrawable", withdrawable),
        ("scaled_shares", scaled),
        ("deposit_shares_after", left),
        ("dsf_after", Ok(chain.factor.value())),
    ];
    Ok((inputs, results))
}

fn slash(taken: &Value) -> Result<Results, FieldError> {
    let (current, max) = (small(taken, "current_magnitude")?, small(taken, "max_magnitude")?);
    let shares = word(taken, "operator_shares")?;
    let slashed = mul_wad_up(U256::from(current), word(taken, "wads_to_slash")?);
    let too_large = EigenLayerError::MagnitudeTooLarge;
    let less = |magnitude: u64| {
        let slashed = u64::try_from(slashed?).map_err(|_| too_large)?;
        magnitude.checked_sub(slashed).ok_or(too_large)
    };
    let (new_current, new_max) = (less(current), less(max));
    let shares_slashed = new_max.and_then(|new| slashed_amount(shares, max, new));
    let left = shares_slashed.and_then(|slashed| shares.checked_sub(slashed).ok_or(too_large));
    Ok(vec![
        ("slashed_magnitude", slashed),
        ("new_current_magnitude", new_current.map(U256::from)),
        ("new_max_magnitude", new_max.map(U256::from)),
        ("wad_slashed", slashed.and_then(|slashed| div_wad(slashed, U256::from(max)))),
        ("operator_shares_slashed", shares_slashed),
        ("operator_shares_after", left),
    ])
}
