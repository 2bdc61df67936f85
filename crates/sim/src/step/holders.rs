//! Holders leave, through the market or the queue.

use super::{Quote, Rates, value};
use crate::agents::demand::Signals;
use crate::agents::impatience::{Terms, choose};
use crate::block::Block;
use crate::measures::Party;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_amm::route;
use pegstress_num::{Lanes, lesser, select};
use pegstress_unlock::Claimant;

#[inline(always)]
pub(super) fn leave<const W: usize>(
    plan: &Plan,
    block: &mut Block<W>,
    step: usize,
    (rates, quote): (&Rates<W>, &Quote<W>),
    eth_drawdown: &Lanes<W>,
    normal: &Lanes<W>,
) {
    let raised = block.shocks.due(plan, step, ShockKind::RaiseExitDemand);
    let signals = Signals {
        discount: &block.discount,
        delay_secs: &quote.delay_secs,
        eth_drawdown,
        raised_per_day: &raised,
        contagion_per_day: &block.others.contagion_per_day,
    };
    let exits = plan.demand.exits(signals, normal, &block.float_lrt, &mut block.excitation_per_day);
    let forced_share = block.shocks.due(plan, step, ShockKind::SellShareOfFloat);
    let asked_share = block.shocks.due(plan, step, ShockKind::RedeemShareOfFloat);
    // Each holder sees the bid as it stands; the crowd's own impact is what the next step's holders see. Were the
    // whole crowd's average price offered to everybody, a larger crowd would sell less than a smaller one.
    let bid = route::best_bid(&block.venues);
    let terms = Terms {
        bid: &bid,
        worth: &quote.worth,
        delay_secs: &quote.delay_secs,
        fee: &quote.fee,
        open: &quote.open,
    };
    let choice = choose(&plan.study.agents.impatience, terms);
    let (mut sale, mut redeemed, mut forced) = ([0.0; W], [0.0; W], [0.0; W]);
    for i in 0..W {
        forced[i] = forced_share[i] * block.float_lrt[i];
        sale[i] = exits[i] * choice.sell[i] + forced[i];
        let asked = select(quote.open[i], asked_share[i] * block.float_lrt[i], 0.0);
        sale[i] = lesser(sale[i], block.float_lrt[i]);
        redeemed[i] = lesser(exits[i] * choice.redeem[i] + asked, block.float_lrt[i] - sale[i]);
        block.float_lrt[i] -= sale[i] + redeemed[i];
        block.ledger.burned_lrt[i] += redeemed[i];
    }
    for i in 0..W {
        block.watch.forced_lrt[i] += forced[i];
    }
    let sold = route::sell(&mut block.venues, &sale);
    let served = block.redemption.request(Claimant::Holders, &redeemed, &rates.onchain);
    value::charge_stayers(plan, block, rates, &served.paid_now_eth, &served.paid_now_lrt);
    let mut claims = [0.0; W];
    for i in 0..W {
        claims[i] = served.paid_now_eth[i] + served.queued_lrt[i] * rates.onchain[i];
    }
    block.accounts.sells(Party::Sellers, &sold.lrt_in, &sold.eth_out);
    block.accounts.sells(Party::Redeemers, &redeemed, &claims);
    for i in 0..W {
        // Where all liquidity ends a part of the sale finds no buyer and stays with its holders.
        block.float_lrt[i] += sale[i] - sold.lrt_in[i];
        block.ledger.outside_eth[i] += sold.eth_out[i] + served.paid_now_eth[i];
        block.watch.sold_lrt[i] += sold.lrt_in[i];
        block.watch.sellers_loss[i] += sold.lrt_in[i] * rates.onchain[i] - sold.eth_out[i];
        block.watch.redeemed_eth[i] += redeemed[i] * rates.onchain[i];
        block.watch.coverage.outflow_eth[i] += (sold.lrt_in[i] + redeemed[i]) * rates.onchain[i];
    }
}
