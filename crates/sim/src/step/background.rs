//! Two-sided flow of traders without a view.

use crate::agents::background;
use crate::block::Block;
use crate::measures::Party;
use crate::plan::Plan;
use pegstress_num::Lanes;

/// Traders without a view sell to, or buy from, every venue in proportion to its tokens.
#[inline(always)]
pub(super) fn trade<const W: usize>(plan: &Plan, block: &mut Block<W>, nav: &Lanes<W>, normal: &Lanes<W>) {
    let study = &plan.study;
    let alone = block.venues.len() == 1;
    let (sold, wanted) = background::flow(&study.agents.background, f64::from(study.step_secs), normal);
    let mut pooled_lrt = [0.0; W];
    for venue in &block.venues {
        let held = venue.reserves();
        for i in 0..W {
            pooled_lrt[i] += held.lrt[i];
        }
    }
    let mut per_pooled = [0.0; W];
    for i in 0..W {
        per_pooled[i] = 1.0 / pooled_lrt[i];
    }
    for venue in &mut block.venues {
        let (mut lrt_in, mut eth_in) = (sold, wanted);
        if !alone {
            let held = venue.reserves().lrt;
            for i in 0..W {
                let weight = held[i] * per_pooled[i];
                lrt_in[i] *= weight;
                eth_in[i] *= weight;
            }
        }
        for i in 0..W {
            eth_in[i] *= nav[i];
        }
        let traded = venue.trade(&lrt_in, &eth_in);
        block.accounts.buys(Party::Background, &traded.taken.eth, &traded.paid.lrt);
        block.accounts.sells(Party::Background, &traded.taken.lrt, &traded.paid.eth);
        for i in 0..W {
            block.ledger.outside_eth[i] += traded.paid.eth[i] - traded.taken.eth[i];
            block.ledger.outside_lrt[i] += traded.paid.lrt[i] - traded.taken.lrt[i];
        }
    }
}
