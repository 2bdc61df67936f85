//! Lending markets in a step: interest, oracles, liquidations that pay, and loops that unwind.
//!
//! A liquidator takes what the rules allow while the next token still sells above the bid at which he breaks even; what he
//! would lose on waits.

use super::{Rates, due, is_due};
use crate::block::Block;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_amm::{Venue, route};
use pegstress_lending::{Carry, Market};
use pegstress_num::{Lanes, greater, lesser, select};

/// A part of what is due that is smaller than this counts as nothing left.
const STALLED_SHARE: f64 = 1e-6;

/// Every market in its order.
#[inline(always)]
pub(super) fn lend<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize, rates: &Rates<W>) {
    if block.markets.is_empty() {
        return;
    }
    let study = &plan.study;
    let step_secs = f64::from(study.step_secs);
    let usd_per_eth = block.eth_usd(plan, step);
    let mut markets = std::mem::take(&mut block.markets);
    let mut latent = [0.0; W];
    let mut stalled = [false; W];
    for (k, market) in markets.iter_mut().enumerate() {
        disturb(plan, block, step, (k, market));
        match block.others.utilisation.get(k) {
            Some(Some(pooled)) => market.accrue_at(step_secs, pooled),
            _ => market.accrue(step_secs),
        }
        let price = route::best_marginal_price(&block.venues);
        market.update_oracle(step_secs, &rates.onchain, &price, &usd_per_eth);
        let waits = liquidate(block, market);
        if let Some(carry) = &study.lending[k].carry {
            unwind(block, market, carry, (plan.yield_per_year[step], step_secs));
        }
        let price = route::best_marginal_price(&block.venues);
        let (uncovered, bad_debt, haircut) =
            (market.latent_bad_debt_eth(&price), market.bad_debt_eth(), market.lenders_haircut());
        let watch = &mut block.watch.lending;
        for i in 0..W {
            latent[i] += uncovered[i];
            stalled[i] |= waits[i];
            watch.bad_debt_eth[k][i] = bad_debt[i];
            watch.haircut[k][i] = greater(haircut[i], watch.haircut[k][i]);
        }
    }
    let watch = &mut block.watch.lending;
    for i in 0..W {
        watch.latent_bad_debt_eth[i] = greater(latent[i], watch.latent_bad_debt_eth[i]);
        watch.stalled_steps[i] += select(stalled[i], 1.0, 0.0);
    }
    block.markets = markets;
}

/// Shocks of a market's oracle and rate.
#[inline(always)]
fn disturb<const W: usize>(plan: &Plan, block: &Block<W>, step: usize, (k, market): (usize, &mut Market<W>)) {
    if !plan.has_lending_shocks {
        return;
    }
    market.freeze_oracle(is_due(plan, step, ShockKind::FreezeOracle(k)));
    if is_due(plan, step, ShockKind::MisprintOracle(k)) {
        let below = due(plan, block, step, ShockKind::MisprintOracle(k));
        market.misprint_oracle(&below.map(|share| 1.0 - lesser(share, 1.0)), 1);
    }
    market.raise_rate(&due(plan, block, step, ShockKind::RaiseBorrowRate(k)));
}

/// Liquidators take what pays; returns the lanes in which something due is left.
#[inline(always)]
fn liquidate<const W: usize>(block: &mut Block<W>, market: &mut Market<W>) -> [bool; W] {
    let wanted = market.liquidatable_lrt();
    let room = room_to(&block.venues, &market.breakeven_bid());
    let mut most = [0.0; W];
    for i in 0..W {
        most[i] = lesser(wanted[i], room[i]);
    }
    let taken = *market.liquidate(&most);
    let sold = route::sell(&mut block.venues, &taken.seized_lrt);
    let watch = &mut block.watch.lending;
    let mut waits = [false; W];
    for i in 0..W {
        // What finds no buyer stays with the liquidators, outside of the model.
        block.ledger.outside_lrt[i] += taken.seized_lrt[i] - sold.lrt_in[i] + taken.protocol_fee_lrt[i];
        block.ledger.outside_eth[i] += sold.eth_out[i];
        watch.liquidated_lrt[i] += taken.seized_lrt[i];
        watch.repaid_eth[i] += taken.repaid_eth[i];
        watch.liquidators_gain_eth[i] += sold.eth_out[i] - taken.paid_eth[i];
        waits[i] = wanted[i] - taken.seized_lrt[i] - taken.protocol_fee_lrt[i] > STALLED_SHARE * wanted[i];
    }
    waits
}

/// Owners of loops whose carry is negative sell and repay.
#[inline(always)]
fn unwind<const W: usize>(
    block: &mut Block<W>,
    market: &mut Market<W>,
    carry: &Carry,
    (yield_per_year, step_secs): (f64, f64),
) {
    let bid = route::best_bid(&block.venues);
    let yields = [yield_per_year; W];
    let wish = market.unwind_wish_lrt(carry, step_secs, &yields, &bid);
    let sold = route::sell(&mut block.venues, &wish);
    let done = market.unwind(carry, step_secs, &yields, &bid, (&sold.lrt_in, &sold.eth_out));
    for i in 0..W {
        block.ledger.outside_eth[i] += sold.eth_out[i];
        block.float_lrt[i] += done.released_lrt[i];
        block.watch.lending.unwound_lrt[i] += sold.lrt_in[i];
    }
}

/// Tokens that the venues take together until the next one brings `bid`.
#[inline(always)]
fn room_to<const W: usize>(venues: &[Venue<W>], bid: &Lanes<W>) -> Lanes<W> {
    let mut room = [0.0; W];
    for venue in venues {
        let one = venue.lrt_to_bid(bid);
        for i in 0..W {
            room[i] += greater(one[i], 0.0);
        }
    }
    room
}
