//! What the token is worth: the true redemption rate, and the one on chain.
//!
//! ```text
//! true      = driver * what slashes and beacon losses, unbacked tokens and payments at a stale rate have left
//! reported  = the same, of losses on the beacon chain those that a checkpoint has seen
//! on chain  = reported, as the breaker lets it through; while it is frozen, what it was
//! ```

use super::{Rates, stake};
use crate::block::Block;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_num::{Lanes, greater, lesser, select};

/// Rates of the step; pools with a rate oracle follow the one on chain.
#[inline(always)]
pub(super) fn value<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) -> Rates<W> {
    let study = &plan.study;
    let step_secs = f64::from(study.step_secs);
    let recorded = block.nav(plan, step);
    let (mut truth, mut reported) = (recorded, recorded);
    if block.restake.is_some() {
        let [all, seen] = stake::lose(plan, block, step, &recorded);
        for i in 0..W {
            truth[i] *= all[i];
            reported[i] *= seen[i];
        }
    }
    if plan.has_mints {
        for i in 0..W {
            truth[i] *= block.dilution[i];
            reported[i] *= block.dilution[i];
        }
    }
    if block.may_pay_stale(plan) {
        for i in 0..W {
            truth[i] *= block.stayers_factor[i];
            reported[i] *= block.stayers_factor[i];
        }
    }
    let onchain = follow(plan, block, step, &reported);
    block.last_recorded = recorded;
    block.last_onchain = onchain;
    for venue in &mut block.venues {
        venue.set_rate(&onchain, step_secs);
    }
    let (mut inverse_onchain, mut waiting) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        inverse_onchain[i] = 1.0 / onchain[i];
        waiting[i] = lesser(truth[i], onchain[i]);
    }
    if plan.rate_can_differ {
        for i in 0..W {
            let loss = 1.0 - truth[i] / recorded[i];
            block.watch.value_loss[i] = greater(loss, block.watch.value_loss[i]);
            let stale = onchain[i] > truth[i] * (1.0 + STALE);
            block.watch.stale_steps[i] += select(stale, 1.0, 0.0);
        }
    }
    block.truth = truth;
    Rates { onchain, inverse_onchain, waiting, truth }
}

/// The rate on chain: what is reported, as the breaker lets it through and unless it is frozen.
#[inline(always)]
fn follow<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize, reported: &Lanes<W>) -> Lanes<W> {
    let step_secs = f64::from(plan.study.step_secs);
    let now_secs = (step + 1) as f64 * step_secs;
    let mut moves = [true; W];
    if plan.has_frozen_rate {
        let frozen = block.shocks.due(plan, step, ShockKind::FreezeOnchainRate);
        moves = frozen.map(|frozen| frozen <= 0.0);
    }
    if let Some(breaker) = &mut block.breaker {
        breaker.follow_where(&moves, now_secs, step_secs, reported);
        return breaker.nav_onchain;
    }
    let mut onchain = *reported;
    for i in 0..W {
        onchain[i] = select(moves[i], reported[i], block.last_onchain[i]);
    }
    onchain
}

/// A rate on chain counts as stale from this far above the true one: more than a few roundings.
const STALE: f64 = 1e-9;

/// Those who are paid `eth` for `lrt` tokens above the true rate take the difference from those who stay.
#[inline(always)]
pub(super) fn charge_stayers<const W: usize>(
    plan: &Plan,
    block: &mut Block<W>,
    rates: &Rates<W>,
    eth: &Lanes<W>,
    lrt: &Lanes<W>,
) {
    if !block.may_pay_stale(plan) {
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
