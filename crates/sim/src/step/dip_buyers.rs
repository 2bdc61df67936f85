//! Dip buyers buy below their hurdles, and bring tokens back when the price is.

use super::{Rates, room_to};
use crate::block::Block;
use crate::measures::Party;
use crate::plan::Plan;
use pegstress_amm::route;
use pegstress_num::lesser;

/// Every group in the order of hurdles: first what it sells, then what it buys.
#[inline(always)]
pub(super) fn trade<const W: usize>(plan: &Plan, block: &mut Block<W>, rates: &Rates<W>) {
    for (step, group) in plan.dip_buyers.iter().zip(&mut block.dip_buyers) {
        if let Some(bid) = step.bid_limit(&rates.onchain) {
            let room = room_to(&block.venues, &bid);
            let mut offered = [0.0; W];
            for i in 0..W {
                offered[i] = lesser(group.held_lrt[i] * step.share, room[i]);
            }
            let sold = route::sell(&mut block.venues, &offered);
            block.accounts.sells(Party::DipBuyers, &sold.lrt_in, &sold.eth_out);
            for i in 0..W {
                group.held_lrt[i] -= sold.lrt_in[i];
                group.free_eth[i] += sold.eth_out[i];
            }
        }
        let mut budget = [0.0; W];
        for i in 0..W {
            budget[i] = group.free_eth[i] * step.share;
        }
        let (spent, bought) = route::buy_to(&mut block.venues, &step.price_limit(&rates.onchain), &budget);
        block.accounts.buys(Party::DipBuyers, &spent, &bought);
        for i in 0..W {
            group.free_eth[i] -= spent[i];
            group.held_lrt[i] += bought[i];
        }
    }
}
