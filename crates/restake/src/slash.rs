//! What a slash takes, by rule; requests that wait for their veto.

use std::collections::VecDeque;

use pegstress_num::{Lanes, greater, lesser, select};

use crate::ExposureRule;
use crate::allocation::Allocation;
use crate::escrow::Escrow;
use crate::state::OperatorLanes;

/// A slash that was asked for: stake earmarked under one allocation.
#[derive(Debug, Clone)]
pub(crate) struct Request<const W: usize> {
    pub(crate) allocation: usize,
    pub(crate) due_secs: f64,
    /// Zero in lanes that are not slashed.
    pub(crate) earmarked: Lanes<W>,
}

/// Requests in the order in which they are executed.
pub(crate) type Requests<const W: usize> = VecDeque<Request<W>>;

/// EigenLayer: the fraction of the allocation, off the allocation and off the magnitude.
pub(crate) fn slash_unique<const W: usize>(
    operator: &mut OperatorLanes<W>,
    allocation: &mut Allocation<W>,
    fraction: &Lanes<W>,
) {
    let taken = allocation.take(fraction);
    for i in 0..W {
        operator.magnitude[i] = greater(operator.magnitude[i] - taken[i], 0.0);
        operator.encumbered[i] = greater(operator.encumbered[i] - taken[i], 0.0);
    }
}

/// Stake that a slash in a vault reaches: what is staked, and what waits.
fn reached<const W: usize>(operator: &OperatorLanes<W>, exposed: &Lanes<W>) -> Lanes<W> {
    let mut stake = [0.0; W];
    for i in 0..W {
        stake[i] = (operator.scaled[i] + exposed[i]) * operator.magnitude[i];
    }
    stake
}

/// Stake that a service may slash in a vault now.
pub(crate) fn slashable_in_vault<const W: usize>(
    rule: &ExposureRule,
    operator: &OperatorLanes<W>,
    allocation: &Allocation<W>,
    exposed: &Lanes<W>,
    now_secs: f64,
) -> Lanes<W> {
    let mut slashable = [0.0; W];
    match *rule {
        ExposureRule::Symbiotic { epoch_secs, .. } => {
            for i in 0..W {
                let same_epoch = now_secs - allocation.last_slash_secs[i] <= epoch_secs;
                let spent = select(same_epoch, allocation.spent[i], 0.0);
                let limit = greater(allocation.current[i] * operator.initial_stake - spent, 0.0);
                slashable[i] = lesser(limit, operator.scaled[i] * operator.magnitude[i]);
            }
        }
        // All assets count in Karak, those that wait included.
        _ => {
            let stake = reached(operator, exposed);
            for i in 0..W {
                slashable[i] = allocation.current[i] * stake[i];
            }
        }
    }
    slashable
}

/// Asks for a slash in a vault: earmarks the fraction of what is slashable now.
pub(crate) fn request<const W: usize>(
    rule: &ExposureRule,
    operator: &OperatorLanes<W>,
    allocation: (usize, &mut Allocation<W>),
    exposed: &Lanes<W>,
    fraction: &Lanes<W>,
    now_secs: f64,
) -> Request<W> {
    let (place, allocation) = allocation;
    let slashable = slashable_in_vault(rule, operator, allocation, exposed, now_secs);
    let mut earmarked = [0.0; W];
    for i in 0..W {
        earmarked[i] = slashable[i] * fraction[i];
    }
    if let ExposureRule::Karak { cooldown_secs, .. } = *rule {
        for i in 0..W {
            let allowed = now_secs - allocation.last_slash_secs[i] >= cooldown_secs;
            earmarked[i] = select(allowed, earmarked[i], 0.0);
            let asked = earmarked[i] > 0.0;
            allocation.last_slash_secs[i] = select(asked, now_secs, allocation.last_slash_secs[i]);
        }
    }
    Request { allocation: place, due_secs: now_secs + rule.execution_secs(), earmarked }
}

/// Executes a request: takes what was earmarked, as far as it is there, from stake and waiting withdrawals alike.
pub(crate) fn execute<const W: usize>(
    rule: &ExposureRule,
    operator: &mut OperatorLanes<W>,
    allocation: &mut Allocation<W>,
    escrow: &Escrow<W>,
    request: &Request<W>,
) {
    let exposed = escrow.exposed(allocation.operator);
    let stake = reached(operator, exposed);
    let mut taken = request.earmarked;
    if let ExposureRule::Symbiotic { epoch_secs, .. } = *rule {
        let left = slashable_in_vault(rule, operator, allocation, exposed, request.due_secs);
        for i in 0..W {
            taken[i] = lesser(taken[i], left[i]);
            let same_epoch = request.due_secs - allocation.last_slash_secs[i] <= epoch_secs;
            let slashed = taken[i] > 0.0;
            let spent = select(same_epoch, allocation.spent[i], 0.0) + taken[i];
            allocation.spent[i] = select(slashed, spent, allocation.spent[i]);
            let last = allocation.last_slash_secs[i];
            allocation.last_slash_secs[i] = select(slashed, request.due_secs, last);
        }
    }
    for i in 0..W {
        let part = lesser(taken[i], stake[i]) / select(stake[i] > 0.0, stake[i], 1.0);
        operator.magnitude[i] = greater(operator.magnitude[i] * (1.0 - part), 0.0);
    }
}
