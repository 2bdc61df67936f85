//! What slashes, losses and outages on the beacon chain take from the stake.
//!
//! ```text
//! offline   an operator that is offline loses, per unit of growth g of the redemption rate, (1 + 40/64) g of its stake
//! ```
//!
//! It earns nothing and pays the penalties of a missed source and target, 14 and 26 of the 64 parts of the base reward whose
//! 64 parts are the growth (consensus-specs, altair `get_flag_index_deltas`; a missed head costs nothing). While finality
//! holds there is no leak. The growth of the token stands for the growth of the stake: tips that the operator misses too count
//! as base reward.

use crate::block::Block;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_num::{Lanes, greater, lesser, select};

/// What an offline validator loses of its stake per unit of growth.
const OFFLINE_LOSS_PER_GROWTH: f64 = 1.0 + (14.0 + 26.0) / 64.0;

/// Losses that are due; what they have left in all, and as far as the contracts know. `recorded` is the driver's redemption
/// rate at the end of the step.
#[inline(always)]
pub(super) fn lose<const W: usize>(
    plan: &Plan,
    block: &mut Block<W>,
    step: usize,
    recorded: &Lanes<W>,
) -> [Lanes<W>; 2] {
    let study = &plan.study;
    let step_secs = f64::from(study.step_secs);
    let now_secs = (step + 1) as f64 * step_secs;
    let (Some(state), Some(restaking)) = (&mut block.restake, &study.restaking) else { return [[1.0; W]; 2] };
    let restake = &mut state.restake;
    restake.advance(now_secs);
    for &kind in &plan.stake_losses {
        if !block.shocks.is_due(plan, step, kind) {
            continue;
        }
        let size = block.shocks.due(plan, step, kind);
        match kind {
            ShockKind::SlashByService(service) => restake.slash_service(service, &size),
            ShockKind::SlashOperators(group) => restake.slash_group(&study.shock_groups[group], &size),
            ShockKind::LoseOnBeaconChain(group) => {
                restake.lose_on_beacon_chain(&study.shock_groups[group], &size);
            }
            ShockKind::OperatorOutage(group) => {
                let mut lost = [0.0; W];
                for i in 0..W {
                    let growth = greater(recorded[i] / block.last_recorded[i] - 1.0, 0.0);
                    lost[i] = lesser(size[i], 1.0) * OFFLINE_LOSS_PER_GROWTH * growth;
                }
                restake.lose_on_beacon_chain(&study.shock_groups[group], &lost);
            }
            _ => {}
        }
    }
    let every = restaking.checkpoint_every_secs;
    if plan.has_beacon_losses && pegstress_unlock::is_due(every, now_secs, step_secs) {
        (0..restaking.spec.operators.len()).for_each(|operator| restake.checkpoint(operator));
    }
    let seen = *restake.factor();
    let all = if plan.has_beacon_losses { restake.true_factor() } else { seen };
    // What slashing alone has left: the escrow of an exit ends its exposure to services, not that to the base layer.
    let mut by_services = [restaking.spec.idle_share(); W];
    for (operator, spec) in restaking.spec.operators.iter().enumerate() {
        let magnitude = restake.magnitude(operator);
        for i in 0..W {
            by_services[i] += spec.stake_share * magnitude[i];
        }
    }
    let mut by_beacon = [1.0; W];
    for i in 0..W {
        by_beacon[i] = select(by_services[i] > 0.0, all[i] / by_services[i], 1.0);
    }
    state.survival.record(&by_services, &by_beacon);
    [all, seen]
}
