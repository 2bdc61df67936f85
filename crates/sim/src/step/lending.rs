//! Lending markets in a step: interest, oracles, liquidations that pay, and loops that unwind.
//!
//! A liquidator takes what the rules allow while the next token still sells above the bid at which he breaks even; what he
//! would lose on waits.

use super::{Rates, observe, room_to};
use crate::block::Block;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_amm::route;
use pegstress_lending::{Carry, Liquidated, Market};
use pegstress_num::{Lanes, any_positive, greater, lesser, select};

/// A part of what is due that is smaller than this counts as nothing left.
const STALLED_SHARE: f64 = 1e-6;

/// Less room than this counts as this, tokens: a cascade is measured against something.
const LEAST_ROOM_LRT: f64 = 1.0;

/// Every market in its order; returns the best marginal price that they leave.
#[inline(always)]
pub(super) fn lend<const W: usize>(
    plan: &Plan,
    block: &mut Block<W>,
    step: usize,
    rates: &Rates<W>,
) -> Lanes<W> {
    let mut price = observe::look(block);
    if block.markets.is_empty() {
        return price;
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
        market.update_oracle(step_secs, &rates.onchain, &price, &usd_per_eth);
        let mut traded = false;
        if let Some(waits) = liquidate(block, (k, market), step) {
            traded = true;
            for i in 0..W {
                stalled[i] |= waits[i];
            }
        }
        if let Some(carry) = &study.lending[k].carry {
            let rate = plan.yield_per_year[step];
            traded |= unwind(block, market, (carry, step_secs), rate, &rates.onchain);
        }
        if traded {
            price = observe::look(block);
        }
        let (uncovered, bad_debt, haircut) =
            (market.latent_bad_debt_eth(&price), market.bad_debt_eth(), market.lenders_haircut());
        let watch = &mut block.watch.lending;
        for i in 0..W {
            latent[i] += uncovered[i];
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
    price
}

/// Shocks of a market: its oracle, its rate, its funds, its rule. Suppliers who leave raise the rate from this step on; liquidators
/// bring their ETH from elsewhere, so that they do not wait for a market without funds.
#[inline(always)]
fn disturb<const W: usize>(plan: &Plan, block: &Block<W>, step: usize, (k, market): (usize, &mut Market<W>)) {
    if !plan.has_lending_shocks {
        return;
    }
    let due = |kind| block.shocks.due(plan, step, kind);
    market.freeze_oracle(&due(ShockKind::FreezeOracle(k)).map(|frozen| frozen > 0.0));
    if block.shocks.is_due(plan, step, ShockKind::MisprintOracle(k)) {
        let below = due(ShockKind::MisprintOracle(k));
        market.misprint_oracle(&below.map(|share| 1.0 - lesser(share, 1.0)), 1);
    }
    market.raise_rate(&due(ShockKind::RaiseBorrowRate(k)));
    if block.shocks.is_due(plan, step, ShockKind::WithdrawLenderDeposits(k)) {
        market.withdraw_deposits(&due(ShockKind::WithdrawLenderDeposits(k)));
    }
    if block.shocks.is_due(plan, step, ShockKind::CutLiquidationThreshold(k)) {
        market.cut_threshold(&due(ShockKind::CutLiquidationThreshold(k)));
    }
}

/// Liquidators take what pays; returns the lanes in which something due is left, `None` where nothing is due in any.
#[inline(always)]
fn liquidate<const W: usize>(
    block: &mut Block<W>,
    (k, market): (usize, &mut Market<W>),
    step: usize,
) -> Option<[bool; W]> {
    let (wanted, oracle) = (market.liquidatable_lrt(), market.eth_per_lrt());
    if !market.is_due() {
        block.watch.markets[k].see((step + 1) as f64, &oracle, &Liquidated::NOTHING);
        return None;
    }
    let (mut room, mut most) = ([0.0; W], [0.0; W]);
    if any_positive(&wanted) {
        room = room_to(&block.venues, &market.breakeven_bid());
    }
    for i in 0..W {
        most[i] = lesser(wanted[i], room[i]);
    }
    let taken = *market.liquidate(&most);
    let sold = route::sell(&mut block.venues, &taken.seized_lrt);
    block.accounts.liquidate(&taken, &sold.lrt_in, &sold.eth_out);
    block.watch.markets[k].see((step + 1) as f64, &oracle, &taken);
    let watch = &mut block.watch.lending;
    let mut waits = [false; W];
    for i in 0..W {
        // What finds no buyer stays with the liquidators, outside of the model.
        block.ledger.outside_lrt[i] += taken.seized_lrt[i] - sold.lrt_in[i] + taken.protocol_fee_lrt[i];
        block.ledger.outside_eth[i] += sold.eth_out[i];
        watch.liquidated_lrt[i] += taken.seized_lrt[i];
        watch.repaid_eth[i] += taken.repaid_eth[i];
        watch.liquidators_gain_eth[i] += sold.eth_out[i] - taken.paid_eth[i];
        let ratio = wanted[i] / greater(room[i], LEAST_ROOM_LRT);
        watch.cascade_ratio[i] = greater(ratio, watch.cascade_ratio[i]);
        waits[i] = wanted[i] - taken.seized_lrt[i] - taken.protocol_fee_lrt[i] > STALLED_SHARE * wanted[i];
    }
    Some(waits)
}

/// Owners of loops whose carry is negative sell and repay; whether any did.
#[inline(always)]
fn unwind<const W: usize>(
    block: &mut Block<W>,
    market: &mut Market<W>,
    (carry, step_secs): (&Carry, f64),
    yield_per_year: f64,
    worth: &Lanes<W>,
) -> bool {
    let bid = route::best_bid(&block.venues);
    let yields = [yield_per_year; W];
    let wish = market.unwind_wish_lrt(carry, step_secs, &yields, (&bid, worth));
    if !any_positive(&wish) {
        return false;
    }
    let sold = route::sell(&mut block.venues, &wish);
    let done = market.unwind(carry, step_secs, &yields, (&bid, worth), (&sold.lrt_in, &sold.eth_out));
    block.accounts.unwind(&done);
    for i in 0..W {
        block.ledger.outside_eth[i] += sold.eth_out[i];
        block.float_lrt[i] += done.released_lrt[i];
        block.watch.lending.unwound_lrt[i] += sold.lrt_in[i];
    }
    true
}
