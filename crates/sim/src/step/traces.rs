//! What is followed through time, after the steps that are observed.

use crate::block::Block;
use crate::measures::Flow;
use crate::outcome::Trace;
use crate::plan::Plan;
use pegstress_num::Lanes;
use pegstress_unlock::DAY_SECS;

/// Quantities of [`Trace::ALL`] and tokens of [`Flow::ALL`] after each observed step so far.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Traces<const W: usize> {
    /// `[quantity][observation]`.
    lanes: Vec<Vec<Lanes<W>>>,
    /// `[channel][observation]`.
    flows: Vec<Vec<Lanes<W>>>,
}

impl<const W: usize> Traces<W> {
    /// Nothing observed yet.
    pub(crate) fn new(plan: &Plan) -> Self {
        let observations = plan.observed_steps.len();
        let empty = || Vec::with_capacity(observations);
        Self {
            lanes: Trace::ALL.iter().map(|_| empty()).collect(),
            flows: Flow::ALL.iter().map(|_| empty()).collect(),
        }
    }

    /// Notes the state after `step` if that step is observed; steps come in their order.
    #[inline(always)]
    pub(crate) fn observe(&mut self, plan: &Plan, block: &Block<W>, step: usize, delay_secs: &Lanes<W>) {
        let seen = self.lanes.first().map_or(0, Vec::len);
        if plan.observed_steps.get(seen) != Some(&step) {
            return;
        }
        let (mut discount_bps, mut delay_days) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            discount_bps[i] = block.discount[i] * 1e4;
            delay_days[i] = delay_secs[i] / DAY_SECS;
        }
        for (lanes, trace) in self.lanes.iter_mut().zip(Trace::ALL) {
            lanes.push(match trace {
                Trace::Discount => discount_bps,
                Trace::Delay => delay_days,
                Trace::Liquidity => block.liquidity_share,
            });
        }
        for (lanes, flow) in self.flows.iter_mut().zip(block.flows()) {
            lanes.push(flow);
        }
    }

    /// The observations, as in [`crate::OutcomeBlock::traces`] and `flows`.
    pub(crate) fn into_lanes(self) -> (Vec<Vec<Lanes<W>>>, Vec<Vec<Lanes<W>>>) {
        (self.lanes, self.flows)
    }
}
