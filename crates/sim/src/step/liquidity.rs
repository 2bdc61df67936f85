//! Liquidity providers leave and return.
//!
//! Who leaves for ETH only withdraws in proportion and sells the tokens to the same pool: a withdrawal of one coin by the pool's
//! own function does the same up to its fee, and some pools have none or refuse large ones.

use crate::block::Block;
use crate::measures::Party;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use crate::shocks::ShockLanes;
use pegstress_amm::{Money, Venue};
use pegstress_num::{Lanes, any_positive, greater, lesser};

/// Liquidity below this share of the start counts as this when providers return.
const LEAST_LIQUIDITY_SHARE: f64 = 1e-3;

/// Providers remove or return liquidity in proportion; tokens go to and come from the free float.
#[inline(always)]
pub(super) fn move_liquidity<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) {
    let only_eth = plan.study.agents.liquidity.one_sided_share;
    let mut change = plan.liquidity.change(&block.discount, &block.liquidity_share);
    let shock = block.shocks.due(plan, step, ShockKind::RemoveLiquidityShare);
    let mut one_sided = [0.0; W];
    let mut pooled_lrt = [0.0; W];
    for venue in &block.venues {
        let held = venue.reserves();
        for i in 0..W {
            pooled_lrt[i] += held.lrt[i];
        }
    }
    if only_eth > 0.0 {
        // One after another: first those who take both, then, of what is left, those who take ETH only.
        for i in 0..W {
            let in_proportion = change.remove[i] * (1.0 - only_eth);
            one_sided[i] = change.remove[i] * only_eth / (1.0 - in_proportion);
            change.remove[i] = in_proportion;
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
    // Who leaves nothing and brings nothing changes nothing.
    let (leave, come) = (any_positive(&change.remove), any_positive(&add));
    let venues: &mut [Venue<W>] = if leave || come { &mut block.venues } else { &mut [] };
    for venue in venues {
        let removed = if leave { venue.withdraw_share(&change.remove) } else { Money::ZERO };
        let added = if come { venue.deposit_share(&add) } else { Money::ZERO };
        block.accounts.buys(Party::Providers, &added.eth, &removed.lrt);
        block.accounts.sells(Party::Providers, &added.lrt, &removed.eth);
        for i in 0..W {
            block.ledger.outside_eth[i] += removed.eth[i] - added.eth[i];
            block.float_lrt[i] += removed.lrt[i] - added.lrt[i];
        }
    }
    let of_shock = ShockKind::RemoveLiquidityOneSided;
    if only_eth > 0.0 || ShockLanes::<W>::may_act(plan, step, of_shock) {
        let shock = block.shocks.due(plan, step, of_shock);
        for i in 0..W {
            one_sided[i] = 1.0 - (1.0 - one_sided[i]) * (1.0 - shock[i]);
        }
        remove_eth_only(block, &one_sided);
    }
}

/// Providers take `share` of every pool out and sell its tokens back to it.
#[inline(always)]
fn remove_eth_only<const W: usize>(block: &mut Block<W>, share: &Lanes<W>) {
    for venue in &mut block.venues {
        let removed = venue.withdraw_share(share);
        let sold = venue.trade(&removed.lrt, &[0.0; W]);
        block.accounts.buys(Party::Providers, &[0.0; W], &removed.lrt);
        block.accounts.sells(Party::Providers, &sold.taken.lrt, &sold.paid.eth);
        block.accounts.is_paid(Party::Providers, &removed.eth);
        for i in 0..W {
            block.ledger.outside_eth[i] += removed.eth[i] + sold.paid.eth[i];
            block.float_lrt[i] += removed.lrt[i] - sold.taken.lrt[i];
        }
    }
    for i in 0..W {
        block.liquidity_share[i] *= 1.0 - share[i];
    }
}
