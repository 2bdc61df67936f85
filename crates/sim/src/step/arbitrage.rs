//! Arbitrageurs lose capital, buy up to their limit, and redeem what they bought.

use super::{Quote, Rates, value};
use crate::agents::arbitrage::price_limit;
use crate::block::Block;
use crate::measures::Party;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_amm::route;
use pegstress_num::{lesser, select};
use pegstress_unlock::Claimant;

/// Free arbitrage capital is withdrawn, whether or not there is anything to arbitrage.
#[inline(always)]
pub(super) fn lose_capital<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) {
    let withdrawn = block.shocks.due(plan, step, ShockKind::RemoveArbitrageCapitalShare);
    for i in 0..W {
        let lost = block.arbitrage_free_eth[i] * withdrawn[i];
        block.arbitrage_free_eth[i] -= lost;
        block.ledger.outside_eth[i] += lost;
    }
}

/// Purchases up to the limit, redeemed at once.
#[inline(always)]
pub(super) fn buy_and_redeem<const W: usize>(
    plan: &Plan,
    block: &mut Block<W>,
    rates: &Rates<W>,
    quote: &Quote<W>,
) {
    let limit = price_limit(&plan.study.agents.arbitrage, &quote.worth, &quote.delay_secs, &quote.fee);
    let room = block.redemption.instant_room_eth();
    let mut budget = [0.0; W];
    for i in 0..W {
        // Through the instant path only what it can pay; the queue's price rules the rest, a step later.
        let most = select(quote.delay_secs[i] > 0.0, f64::INFINITY, room[i]);
        let spend = lesser(block.arbitrage_free_eth[i] * plan.arbitrage_share_per_step, most);
        budget[i] = select(quote.open[i], spend, 0.0);
    }
    let (spent, bought) = route::buy_to(&mut block.venues, &limit, &budget);
    let served = block.redemption.request(Claimant::Arbitrage, &bought, &rates.onchain);
    value::charge_stayers(plan, block, rates, &served.paid_now_eth, &served.paid_now_lrt);
    let mut gained = [0.0; W];
    for i in 0..W {
        gained[i] = served.paid_now_eth[i] + served.queued_lrt[i] * rates.onchain[i] - spent[i];
    }
    block.accounts.is_paid(Party::Arbitrageurs, &gained);
    for i in 0..W {
        block.watch.arbitrage_bought_lrt[i] += bought[i];
        block.arbitrage_free_eth[i] += served.paid_now_eth[i] - spent[i];
        block.ledger.burned_lrt[i] += bought[i];
        block.watch.arbitrage_spent[i] += spent[i];
        let queued_eth = served.queued_lrt[i] * rates.onchain[i];
        block.watch.arbitrage_gain[i] += served.paid_now_eth[i] + queued_eth - spent[i];
    }
}
