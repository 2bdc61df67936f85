//! EigenLayer's core, one transaction after the other: three stakers, two operators, one strategy, operator sets 1
//! and 2.
//!
//! Keys of a case: `strategy` (`erc20` or `beacon_eth`), `steps`. A step has `op`, `in`, `out` and the `state` after it.
//! `op` with its `in` and `out`: `deposit` (`staker`, `amount`), `delegate` (`staker`, `operator`), `undelegate`
//! (`staker`; `withdrawal_id` and `scaled_shares`, or nothing where nothing was held), `queue_withdrawal` (`staker`,
//! `deposit_shares`; the same), `complete_withdrawal` (`withdrawal_id`, `staker`, `receive_as_tokens`;
//! `payout_shares`), `modify_allocation` (`operator`, `set`, `new_magnitude`), `slash` (`operator`, `set`,
//! `wads_to_slash`; `slash_id`, `total_burn_or_redistributable_shares`), `register_for_set` and `deregister_from_set`
//! (`operator`, `set`), `beacon_balance_decrease` (`staker`; `prev_pod_balance` and `decrease` are inputs that stand in
//! `out`, or `skipped`), `roll_blocks` (`blocks`). `out.revert` is the contract's word for a revert.
//!
//! `state`: `block`; `staker0` to `staker2` with `deposit_shares`, `dsf`, `withdrawable`, `delegated_to` (`op0`, `op1`
//! or nothing) and `beacon_factor` (of native ETH); `op0` and `op1` with `operator_shares`, `max_magnitude`,
//! `encumbered`, `slashable_shares_in_queue`, and `set1`, `set2` with `current`, `pending_diff`, `effect_block`.
//!
//! The state at the start: block 20,000,000, nothing deposited, both operators registered in both sets, no delay of
//! allocations. All later states are ours.

use crate::formats::Format;
use crate::formats::steps::{Step, each_step};
use crate::words::{FieldError, flag, index, object, signed, small, text, word};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::restaking::eigenlayer::{
    Core, EigenLayerError, Operator, QueuedWithdrawal, Receipt, Redistribution, Strategy,
};
use serde_json::Value;

pub(super) const FORMAT: Format = Format { name: "EigenLayer core", recognise, exact, lanes: None };

const FIRST_BLOCK: u32 = 20_000_000;
const STAKERS: [&str; 3] = ["staker0", "staker1", "staker2"];
const OPERATORS: [&str; 2] = ["op0", "op1"];
const SETS: [(u32, &str); 2] = [(1, "set1"), (2, "set2")];

fn recognise(document: &Document) -> bool {
    let first_state = |case: &Value| case.pointer("/steps/0/state/op0/slashable_shares_in_queue").is_some();
    document.some_case_has(&["strategy", "steps"]) && document.cases().iter().any(first_state)
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let strategy = match text(case, "strategy")? {
        "erc20" => Strategy::Token,
        "beacon_eth" => Strategy::NativeEth,
        other => return Err(FieldError::new("strategy", "erc20 or beacon_eth", other)),
    };
    let Ok(mut core) = start(strategy) else {
        record.unreadable(place.to_owned(), "a start", "no start".to_owned());
        return Ok(());
    };
    each_step(record, place, case, |record, step| {
        compare_step(record, &mut core, step)?;
        if let Some(stated) = record.readable(step.place(), object(step.value(), "state")) {
            let place = format!("{}.state", step.place());
            let read = compare_state(record, &place, &core, strategy, stated);
            record.readable(&place, read);
        }
        Ok(())
    })
}

fn start(strategy: Strategy) -> Result<Core, EigenLayerError> {
    let mut core = Core::new(strategy, FIRST_BLOCK);
    for (set, _) in SETS {
        core.create_set(set, Redistribution::Burn)?;
    }
    for operator in 0..=1 {
        core.register_operator(operator, 0)?;
        for (set, _) in SETS {
            core.register_for_set(operator, set)?;
        }
    }
    Ok(core)
}

fn compare_step(record: &mut Record, core: &mut Core, step: &Step) -> Result<(), FieldError> {
    let taken = |key: &str| step.input(number, key);
    let mut kind = "withdrawals";
    let mut results: Vec<(&'static str, U256)> = Vec::new();
    let done = match step.op()? {
        "deposit" => core.deposit(taken("staker")?, step.input(word, "amount")?),
        "delegate" => core.delegate(taken("staker")?, taken("operator")?),
        "undelegate" => {
            let queued = core.undelegate(taken("staker")?);
            if step.reverted()?.is_none() {
                let none_stated = step.part("out", |out| Ok(out.get("withdrawal_id").is_none()))?;
                let none = matches!(queued, Ok(None));
                record.equal(kind, step.place_of("out", "withdrawal_id (none)"), none_stated, none);
            }
            queued.map(|queued| results.extend(queued.iter().flat_map(of_queue)))
        }
        "queue_withdrawal" => core
            .queue_withdrawal(taken("staker")?, step.input(word, "deposit_shares")?)
            .map(|queued| results.extend(of_queue(&queued))),
        "complete_withdrawal" => {
            kind = "payouts";
            let (id, staker) = (step.input(index, "withdrawal_id")?, taken("staker")?);
            let as_tokens = step.input(flag, "receive_as_tokens")?;
            let receipt = if as_tokens { Receipt::Tokens } else { Receipt::Shares };
            let paid = core.complete_withdrawal(staker, id, receipt);
            paid.map(|paid| results.push(("payout_shares", paid)))
        }
        "modify_allocation" => {
            let (operator, set) = (taken("operator")?, taken("set")?);
            core.modify_allocation(operator, set, step.input(small, "new_magnitude")?)
        }
        "slash" => {
            kind = "slashes";
            let (operator, set) = (taken("operator")?, taken("set")?);
            let slashed = core.slash(operator, set, step.input(word, "wads_to_slash")?);
            slashed.and_then(|slashed| {
                results.push(("slash_id", U256::from(slashed.slash_id)));
                results.push(("total_burn_or_redistributable_shares", slashed.total()?));
                Ok(())
            })
        }
        "register_for_set" => core.register_for_set(taken("operator")?, taken("set")?),
        "deregister_from_set" => core.deregister_from_set(taken("operator")?, taken("set")?),
        "beacon_balance_decrease" => {
            let staker = taken("staker")?;
            if step.part("out", |out| Ok(out.get("skipped").is_some()))? {
                record.skip("pod losses that were not reported");
                return Ok(());
            }
            let (balance, decrease) =
                (step.output(word, "prev_pod_balance")?, step.output(word, "decrease")?);
            core.decrease_beacon_balance(staker, balance, decrease)
        }
        "roll_blocks" => core.roll_blocks(taken("blocks")?),
        _ => return Err(step.unknown()),
    };
    if step.ended(record, done, ToString::to_string)?.is_some() {
        step.outputs(record, kind, &results)?;
    }
    Ok(())
}

fn of_queue(queued: &QueuedWithdrawal) -> [(&'static str, U256); 2] {
    [("withdrawal_id", U256::from(queued.id)), ("scaled_shares", queued.scaled_shares)]
}

fn compare_state(
    record: &mut Record,
    place: &str,
    core: &Core,
    strategy: Strategy,
    stated: &Value,
) -> Result<(), FieldError> {
    record.equal("blocks", || format!("{place}.block"), small(stated, "block")?, u64::from(core.block()));
    for (number, name) in (0_u32..).zip(STAKERS) {
        let read = compare_staker(
            record,
            &format!("{place}.{name}"),
            core,
            (number, strategy),
            object(stated, name)?,
        );
        record.readable(&format!("{place}.{name}"), read);
    }
    for (number, name) in (0_u32..).zip(OPERATORS) {
        let stated = object(stated, name)?;
        if let Some(operator) = core.operator(number) {
            let read = compare_operator(record, &format!("{place}.{name}"), operator, core.block(), stated);
            record.readable(&format!("{place}.{name}"), read);
        }
    }
    Ok(())
}

fn compare_staker(
    record: &mut Record,
    place: &str,
    core: &Core,
    (number, strategy): (u32, Strategy),
    stated: &Value,
) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let kind = "staker values";
    let staker = core.staker(number);
    record.equal(kind, of("deposit_shares"), word(stated, "deposit_shares")?, staker.deposit_shares);
    record.equal(kind, of("dsf"), word(stated, "dsf")?, staker.scaling_factor.value());
    let withdrawable = word(stated, "withdrawable")?;
    record.check(kind, of("withdrawable"), Some(withdrawable), core.withdrawable(number));
    let operator = staker.operator.map_or_else(String::new, |operator| format!("op{operator}"));
    record.equal(kind, of("delegated_to"), text(stated, "delegated_to")?, operator.as_str());
    if strategy == Strategy::NativeEth {
        record.equal(kind, of("beacon_factor"), small(stated, "beacon_factor")?, staker.beacon_factor);
    }
    Ok(())
}

fn compare_operator(
    record: &mut Record,
    place: &str,
    operator: &Operator,
    block: u32,
    stated: &Value,
) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let kind = "operator values";
    record.equal(kind, of("operator_shares"), word(stated, "operator_shares")?, operator.shares());
    record.equal(kind, of("max_magnitude"), small(stated, "max_magnitude")?, operator.max_magnitude());
    record.equal(kind, of("encumbered"), small(stated, "encumbered")?, operator.encumbered_magnitude());
    let queued = word(stated, "slashable_shares_in_queue")?;
    record.check(
        kind,
        of("slashable_shares_in_queue"),
        Some(queued),
        operator.slashable_shares_in_queue(block),
    );
    for (set, name) in SETS {
        let (stated, ours) = (object(stated, name)?, operator.allocation(set));
        let of = |key: &'static str| move || format!("{place}.{name}.{key}");
        let kind = "allocations";
        record.equal(kind, of("current"), small(stated, "current")?, ours.current_magnitude);
        record.equal(kind, of("pending_diff"), signed(stated, "pending_diff")?, ours.pending_diff);
        record.equal(kind, of("effect_block"), small(stated, "effect_block")?, u64::from(ours.effect_block));
    }
    Ok(())
}

/// A block count, or the number of a staker, operator or set.
fn number(value: &Value, key: &str) -> Result<u32, FieldError> {
    let found = small(value, key)?;
    u32::try_from(found).map_err(|_| FieldError::new(key, "an integer below 2^32", found))
}
