//! What the token is worth: the true redemption rate, and the one on chain.
//!
//! ```text
//! true      = driver * what slashes and beacon losses have left * what payments at a stale rate have left
//! reported  = driver * what slashes and the losses that a checkpoint has seen have left
//! on chain  = reported, as the breaker lets it through
//! ```

use super::{Rates, due, is_due};
use crate::block::Block;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_num::{Lanes, greater, lesser, select};

/// Rates of the step; pools with a rate oracle follow the one on chain.
#[inline(always)]
pub(super) fn value<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) -> Rates<W> {
    let study = &plan.study;
    let step_secs = f64::from(study.step_secs);
    let now_secs = (step + 1) as f64 * step_secs;
    let recorded = block.nav(plan, step);
    let (mut truth, mut reported) = (recorded, recorded);
    if block.restake.is_some() {
        let [all, seen] = slash(plan, block, step, now_secs);
        for i in 0..W {
            truth[i] *= all[i];
            reported[i] *= seen[i];
        }
    }
    let mut onchain = reported;
    if let Some(breaker) = &mut block.breaker {
        for i in 0..W {
            truth[i] *= block.stayers_factor[i];
            reported[i] *= block.stayers_factor[i];
        }
        breaker.follow(now_secs, step_secs, &reported);
        onchain = breaker.nav_onchain;
    }
    for venue in &mut block.venues {
        venue.set_rate(&onchain, step_secs);
    }
    let (mut inverse_onchain, mut waiting) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        inverse_onchain[i] = 1.0 / onchain[i];
        waiting[i] = lesser(truth[i], onchain[i]);
    }
    if block.restake.is_some() || block.breaker.is_some() {
        for i in 0..W {
            let loss = 1.0 - truth[i] / recorded[i];
            block.watch.value_loss[i] = greater(loss, block.watch.value_loss[i]);
            let stale = onchain[i] > truth[i] * (1.0 + STALE);
            block.watch.stale_steps[i] += select(stale, 1.0, 0.0);
        }
    }
    Rates { onchain, inverse_onchain, waiting, truth }
}

/// A rate on chain counts as stale from this far above the true one: more than a few roundings.
const STALE: f64 = 1e-9;

/// Slashes and beacon losses that are due; what they have left in all, and as far as the contracts know.
#[inline(always)]
fn slash<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize, now_secs: f64) -> [Lanes<W>; 2] {
    let study = &plan.study;
    let step_secs = f64::from(study.step_secs);
    let (mut requests, mut losses) = (Vec::new(), Vec::new());
    for (k, _) in study.restaking.iter().flat_map(|restaking| &restaking.spec.services).enumerate() {
        if is_due(plan, step, ShockKind::SlashByService(k)) {
            requests.push((None, k, due(plan, block, step, ShockKind::SlashByService(k))));
        }
    }
    for (k, group) in study.shock_groups.iter().enumerate() {
        if is_due(plan, step, ShockKind::SlashOperators(k)) {
            requests.push((Some(group), k, due(plan, block, step, ShockKind::SlashOperators(k))));
        }
        if is_due(plan, step, ShockKind::LoseOnBeaconChain(k)) {
            losses.push((group, due(plan, block, step, ShockKind::LoseOnBeaconChain(k))));
        }
    }
    let (Some(state), Some(restaking)) = (&mut block.restake, &study.restaking) else { return [[1.0; W]; 2] };
    let restake = &mut state.restake;
    restake.advance(now_secs);
    for (group, service, fraction) in &requests {
        match group {
            Some(operators) => restake.slash_group(operators, fraction),
            None => restake.slash_service(*service, fraction),
        }
    }
    for (group, fraction) in &losses {
        restake.lose_on_beacon_chain(group, fraction);
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

/// Those who are paid `eth` for `lrt` tokens above the true rate take the difference from those who stay.
#[inline(always)]
pub(super) fn charge_stayers<const W: usize>(
    block: &mut Block<W>,
    rates: &Rates<W>,
    eth: &Lanes<W>,
    lrt: &Lanes<W>,
) {
    if block.breaker.is_none() {
        return;
    }
    let (held, waiting) = (block.lrt(), block.redemption.waiting_lrt);
    for i in 0..W {
        let excess = greater(eth[i] - lrt[i] * rates.truth[i], 0.0);
        let stayers = (held[i] + waiting[i]) * rates.truth[i];
        let left = 1.0 - select(stayers > 0.0, excess / greater(stayers, excess), 0.0);
        block.stayers_factor[i] *= left;
    }
}
