//! What comes from outside of the model in a step: recorded or drawn, and moved by shocks.

use super::Block;
use crate::plan::Plan;
use crate::scenario::Starts;
use pegstress_num::Lanes;

/// Values of a driver at grid point `at` after each lane's start.
#[inline(always)]
pub(crate) fn driver<const W: usize>(
    starts: Starts,
    series: &[f64],
    offsets: &[usize; W],
    at: usize,
) -> Lanes<W> {
    match starts {
        Starts::Together => [series[at]; W],
        Starts::Rolling { .. } => offsets.map(|offset| series[offset + at]),
    }
}

impl<const W: usize> Block<W> {
    /// Draws the synthetic drivers of a step, before anything asks for them.
    #[inline(always)]
    pub(crate) fn drive(&mut self, plan: &Plan, step: usize) {
        if let (Some(driven), Some(plan)) = (&mut self.driven, &plan.driven) {
            driven.advance(plan, step);
        }
    }

    /// The true redemption rate at the end of a step.
    #[inline(always)]
    pub(crate) fn nav(&self, plan: &Plan, step: usize) -> Lanes<W> {
        match self.driven.as_ref().and_then(|driven| driven.nav()) {
            Some(nav) => *nav,
            None => driver(plan.study.starts, &plan.study.drivers.nav, &self.offsets, step + 1),
        }
    }

    /// The network's exit queue before and after a step, ETH.
    #[inline(always)]
    pub(crate) fn network_queue_eth(&self, plan: &Plan, step: usize) -> (Lanes<W>, Lanes<W>) {
        match self.driven.as_ref().and_then(|driven| driven.network_queue_eth()) {
            Some((before, now)) => (*before, *now),
            None => {
                let queue = &plan.study.drivers.network_queue_eth;
                let at = |point| driver(plan.study.starts, queue, &self.offsets, point);
                (at(step), at(step + 1))
            }
        }
    }

    /// The fall of ETH/USD below its 24-hour high at the end of a step.
    #[inline(always)]
    pub(crate) fn eth_drawdown(&self, plan: &Plan, step: usize) -> Lanes<W> {
        let mut fall = match self.driven.as_ref().and_then(|driven| driven.eth_drawdown()) {
            Some(fall) => *fall,
            None => driver(plan.study.starts, &plan.study.drivers.eth_drawdown, &self.offsets, step + 1),
        };
        if plan.has_usd_moves {
            // The high of the last 24 hours is taken to be from before the shock: too high by at most what the driver
            // itself has risen since.
            let [_, recent] = self.shocks.usd_left(plan, step);
            for i in 0..W {
                fall[i] = 1.0 - (1.0 - fall[i]) * recent[i];
            }
        }
        fall
    }

    /// US dollars per ETH at the end of a step.
    #[inline(always)]
    pub(crate) fn eth_usd(&self, plan: &Plan, step: usize) -> Lanes<W> {
        let mut price = match self.driven.as_ref().and_then(|driven| driven.eth_usd()) {
            Some(price) => price,
            None => driver(plan.study.starts, &plan.study.drivers.eth_usd, &self.offsets, step + 1),
        };
        if plan.has_usd_moves {
            let [left, _] = self.shocks.usd_left(plan, step);
            for i in 0..W {
                price[i] *= left[i];
            }
        }
        price
    }
}
