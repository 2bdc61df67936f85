//! Liquidity providers leave and return.

use super::due;
use crate::block::Block;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_num::{greater, lesser};

/// Liquidity below this share of the start counts as this when providers return.
const LEAST_LIQUIDITY_SHARE: f64 = 1e-3;

/// Providers remove or return liquidity in proportion; tokens go to and come from the free float.
#[inline(always)]
pub(super) fn move_liquidity<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) {
    let mut change = plan.liquidity.change(&block.discount, &block.liquidity_share);
    let shock = due(plan, block, step, ShockKind::RemoveLiquidityShare);
    let mut pooled_lrt = [0.0; W];
    for venue in &block.venues {
        let held = venue.reserves();
        for i in 0..W {
            pooled_lrt[i] += held.lrt[i];
        }
    }
    let mut add = [0.0; W];
    for i in 0..W {
        change.remove[i] = 1.0 - (1.0 - change.remove[i]) * (1.0 - shock[i]);
        // The tokens come from the float, at most half of it in a step; nobody refounds a pool that is gone.
        let present = greater(block.liquidity_share[i], LEAST_LIQUIDITY_SHARE);
        let tokens = lesser(change.restore[i] * pooled_lrt[i], 0.5 * block.float_lrt[i] * present);
        add[i] = lesser(tokens / (present * pooled_lrt[i]), 1.0);
        block.liquidity_share[i] *= (1.0 - change.remove[i]) * (1.0 + add[i]);
    }
    for venue in &mut block.venues {
        let removed = venue.withdraw_share(&change.remove);
        let added = venue.deposit_share(&add);
        for i in 0..W {
            block.ledger.outside_eth[i] += removed.eth[i] - added.eth[i];
            block.float_lrt[i] += removed.lrt[i] - added.lrt[i];
        }
    }
}
