//! Whales leave on their schedules, after the crowd.

use super::{Quote, Rates, room_to, value};
use crate::block::Block;
use crate::measures::Party;
use crate::plan::Plan;
use crate::scenario::WhaleExit;
use pegstress_amm::route;
use pegstress_num::{lesser, select};
use pegstress_unlock::Claimant;

/// Every whale whose time has come.
#[inline(always)]
pub(super) fn leave<const W: usize>(
    plan: &Plan,
    block: &mut Block<W>,
    step: usize,
    rates: &Rates<W>,
    quote: &Quote<W>,
) {
    for (k, (whale, schedule)) in plan.study.agents.whales.iter().zip(&plan.whales).enumerate() {
        if !schedule.has_begun(step) {
            continue;
        }
        let mut due = schedule.due_lrt(step, &block.whales_lrt[k]);
        match whale.exit {
            WhaleExit::Sell { not_below } => {
                if let Some(discount) = not_below {
                    let room = room_to(&block.venues, &rates.onchain.map(|nav| nav * (1.0 - discount)));
                    for i in 0..W {
                        due[i] = lesser(due[i], room[i]);
                    }
                }
                let sold = route::sell(&mut block.venues, &due);
                block.accounts.sells(Party::Sellers, &sold.lrt_in, &sold.eth_out);
                for i in 0..W {
                    block.watch.forced_lrt[i] += sold.lrt_in[i];
                    block.watch.coverage.outflow_eth[i] += sold.lrt_in[i] * rates.onchain[i];
                    block.whales_lrt[k][i] -= sold.lrt_in[i];
                    block.ledger.outside_eth[i] += sold.eth_out[i];
                    block.watch.sold_lrt[i] += sold.lrt_in[i];
                    block.watch.sellers_loss[i] += sold.lrt_in[i] * rates.onchain[i] - sold.eth_out[i];
                }
            }
            WhaleExit::Redeem => {
                for i in 0..W {
                    due[i] = select(quote.open[i], due[i], 0.0);
                    block.whales_lrt[k][i] -= due[i];
                    block.ledger.burned_lrt[i] += due[i];
                }
                let served = block.redemption.request(Claimant::Holders, &due, &rates.onchain);
                value::charge_stayers(plan, block, rates, &served.paid_now_eth, &served.paid_now_lrt);
                let mut claims = [0.0; W];
                for i in 0..W {
                    claims[i] = served.paid_now_eth[i] + served.queued_lrt[i] * rates.onchain[i];
                }
                block.accounts.sells(Party::Redeemers, &due, &claims);
                for i in 0..W {
                    block.watch.coverage.outflow_eth[i] += due[i] * rates.onchain[i];
                    block.ledger.outside_eth[i] += served.paid_now_eth[i];
                    block.watch.redeemed_eth[i] += due[i] * rates.onchain[i];
                }
            }
        }
    }
}
