//! What the token is worth: the true redemption rate, and the one on chain.

use super::Rates;
use crate::block::Block;
use crate::plan::Plan;
use pegstress_num::lesser;

/// Rates of the step; pools with a rate oracle follow the one on chain.
#[inline(always)]
pub(super) fn value<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) -> Rates<W> {
    let study = &plan.study;
    let step_secs = f64::from(study.step_secs);
    let truth = block.nav(plan, step);
    let onchain = match &mut block.breaker {
        Some(breaker) => {
            breaker.follow((step + 1) as f64 * step_secs, step_secs, &truth);
            breaker.nav_onchain
        }
        None => truth,
    };
    for venue in &mut block.venues {
        venue.set_rate(&onchain, step_secs);
    }
    let (mut inverse_onchain, mut waiting) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        inverse_onchain[i] = 1.0 / onchain[i];
        waiting[i] = lesser(truth[i], onchain[i]);
    }
    Rates { onchain, inverse_onchain, waiting }
}
