//! Unbacked tokens appear.
//!
//! ```text
//! minted    = s * supply                        supply: all tokens in the model, waiting ones included
//! true rate = assets / supply: falls to 1 / (1 + s) of what it was, for everybody
//! posted    = share * minted, against ltv * (the oracle's last print) * posted ETH, as far as there is ETH to borrow
//! sold      = the rest, over the venues as they stand
//! ```
//!
//! Who makes the tokens is faster than everybody: he posts and sells before any rate follows. His loan is never repaid;
//! what finds no buyer stays with him, outside of the model.

use crate::block::Block;
use crate::measures::Party;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_amm::route;
use pegstress_num::Lanes;

/// The mints that are due.
#[inline(always)]
pub(super) fn mint<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) {
    if !plan.has_mints {
        return;
    }
    for (k, planned) in plan.shocks.iter().enumerate() {
        let ShockKind::MintUnbacked(posting) = planned.shock.kind else { continue };
        let share = block.shocks.due_of(plan, step, k);
        let mut minted = supply_lrt(block);
        for i in 0..W {
            minted[i] *= share[i];
            block.ledger.minted_lrt[i] += minted[i];
            block.dilution[i] /= 1.0 + share[i];
        }
        let mut sale = minted;
        if let (Some(posting), Some(bucket)) = (posting, block.posted_buckets[k]) {
            let posted = minted.map(|lrt| lrt * posting.share);
            let borrowed = block.markets[posting.market].borrow_and_leave(bucket, &posted, posting.ltv);
            block.accounts.borrow(Party::Minters, &posted, &borrowed);
            for i in 0..W {
                sale[i] -= posted[i];
            }
        }
        let sold = route::sell(&mut block.venues, &sale);
        block.accounts.sells(Party::Minters, &sold.lrt_in, &sold.eth_out);
        for i in 0..W {
            block.watch.forced_lrt[i] += sold.lrt_in[i];
            block.ledger.outside_eth[i] += sold.eth_out[i];
            block.ledger.outside_lrt[i] += sale[i] - sold.lrt_in[i];
        }
    }
}

/// All tokens of the model.
#[inline(always)]
fn supply_lrt<const W: usize>(block: &Block<W>) -> Lanes<W> {
    let mut supply = block.lrt();
    for i in 0..W {
        supply[i] += block.redemption.waiting_lrt[i];
    }
    supply
}
