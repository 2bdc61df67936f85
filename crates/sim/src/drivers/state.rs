//! The synthetic drivers of a block of paths, step by step.

use super::SyntheticPrice;
use super::bootstrap;
use super::copula::SCORES;
use super::drawdown::RunningHigh;
use super::plan::{DriverPlan, NavStep, PriceStep, QueueStep};
use pegstress_num::draw::{normals, units};
use pegstress_num::{Isa, Lanes, Stream, exp, greater, ln, per_isa};

/// The address of the regimes at the start: no step has it.
const AT_START: u32 = u32::MAX;
const DAYS_PER_YEAR: f64 = 365.0;

/// Values of the synthetic drivers at the end of the last step, and what they are made of.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct DriverState<const W: usize> {
    isa: Isa,
    first_path: u64,
    usd_per_eth_at_start: Lanes<W>,
    log_price: Lanes<W>,
    high: RunningHigh<W>,
    eth_drawdown: Lanes<W>,
    price_regime: Lanes<W>,
    queue_before: Lanes<W>,
    queue: Lanes<W>,
    /// Logarithm of the queue, or excitation of its inflow.
    queue_inner: Lanes<W>,
    queue_regime: Lanes<W>,
    nav: Lanes<W>,
    growth: Lanes<W>,
    places: Lanes<W>,
    has: [bool; SCORES],
}

/// Where the paths of a block start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a, const W: usize> {
    pub(crate) first_path: u64,
    pub(crate) offsets: &'a [usize; W],
    pub(crate) nav: &'a Lanes<W>,
    pub(crate) queue_eth: &'a Lanes<W>,
    pub(crate) usd_per_eth: &'a Lanes<W>,
}

/// The draws of a step.
#[repr(align(64))]
struct Drawn<const W: usize> {
    scores: [Lanes<W>; SCORES],
    growth_normal: Lanes<W>,
    jump_unit: Lanes<W>,
    jump_normal: Lanes<W>,
    regime_units: [Lanes<W>; 2],
}

per_isa! {
    /// One step of all synthetic drivers.
    fn advance<const W: usize>(plan: &DriverPlan, step: usize, state: &mut DriverState<W>) = advance_inline
}

impl<const W: usize> DriverState<W> {
    /// The drivers at the start of their paths.
    pub(crate) fn new(
        plan: &DriverPlan,
        price: Option<&SyntheticPrice>,
        origin: Origin<'_, W>,
        isa: Isa,
    ) -> Self {
        let zero = [0.0; W];
        let past = price.map_or_else(|| vec![zero], |price| past(price, origin.offsets));
        let mut units_at_start = [zero; 2];
        let [of_price, of_queue] = &mut units_at_start;
        units(plan.seed, origin.first_path, AT_START, Stream::DriverRegimes, of_price, of_queue);
        let price_regime = match &plan.price {
            Some(PriceStep::Regimes(step)) => step.switching.begin(&units_at_start[0]),
            _ => zero,
        };
        let queue_regime = match &plan.queue {
            Some(QueueStep::Regimes(step)) => step.switching.begin(&units_at_start[1]),
            _ => zero,
        };
        let queue_inner = match &plan.queue {
            Some(QueueStep::LogLevel(_)) => origin.queue_eth.map(ln),
            Some(QueueStep::Hawkes { start, .. }) => [*start; W],
            _ => zero,
        };
        let growth = match &plan.nav {
            Some(NavStep::Growth { start, .. }) => [*start; W],
            _ => zero,
        };
        Self {
            isa,
            first_path: origin.first_path,
            usd_per_eth_at_start: *origin.usd_per_eth,
            log_price: zero,
            high: RunningHigh::new(past),
            eth_drawdown: zero,
            price_regime,
            queue_before: *origin.queue_eth,
            queue: *origin.queue_eth,
            queue_inner,
            queue_regime,
            nav: *origin.nav,
            growth,
            places: zero,
            has: [plan.price.is_some(), plan.queue.is_some(), plan.nav.is_some()],
        }
    }

    /// Moves on from grid point `step` to the next.
    pub(crate) fn advance(&mut self, plan: &DriverPlan, step: usize) {
        advance(self.isa, plan, step, self);
    }

    /// The fall of ETH/USD below its 24-hour high, if it is synthetic.
    #[inline(always)]
    pub(crate) fn eth_drawdown(&self) -> Option<&Lanes<W>> {
        self.has[0].then_some(&self.eth_drawdown)
    }

    /// US dollars per ETH, if it is synthetic.
    #[inline(always)]
    pub(crate) fn eth_usd(&self) -> Option<Lanes<W>> {
        if !self.has[0] {
            return None;
        }
        let mut price = self.usd_per_eth_at_start;
        for i in 0..W {
            price[i] *= exp(self.log_price[i]);
        }
        Some(price)
    }

    /// The network's queue before and after the step, if it is synthetic.
    #[inline(always)]
    pub(crate) fn network_queue_eth(&self) -> Option<(&Lanes<W>, &Lanes<W>)> {
        self.has[1].then_some((&self.queue_before, &self.queue))
    }

    /// The redemption rate, if it is synthetic.
    #[inline(always)]
    pub(crate) fn nav(&self) -> Option<&Lanes<W>> {
        self.has[2].then_some(&self.nav)
    }
}

/// Logarithms of the price over its value at the start, of each path, up to its start.
fn past<const W: usize>(price: &SyntheticPrice, offsets: &[usize; W]) -> Vec<Lanes<W>> {
    let before = price.points_before;
    let at = |k: usize| offsets.map(|offset| price.past_log[offset + k] - price.past_log[offset + before]);
    (0..=before).map(at).collect()
}

#[inline(always)]
fn advance_inline<const W: usize>(plan: &DriverPlan, step: usize, state: &mut DriverState<W>) {
    let drawn = draw(plan, state.first_path, step as u32);
    if let Some(blocks) = &plan.blocks {
        let (mut fresh, mut place) = ([0.0; W], [0.0; W]);
        let stream = Stream::BootstrapBlocks;
        units(plan.seed, state.first_path, step as u32, stream, &mut fresh, &mut place);
        state.places = blocks.next(&state.places, step == 0, &fresh, &place);
    }
    if let Some(process) = &plan.price {
        move_price(process, &drawn, state);
    }
    if let Some(process) = &plan.queue {
        move_queue(process, &drawn, plan.served_eth[step], state);
    }
    if let Some(process) = &plan.nav {
        move_nav(process, &drawn, state);
    }
}

#[inline(always)]
fn draw<const W: usize>(plan: &DriverPlan, first_path: u64, step: u32) -> Drawn<W> {
    let (seed, zero) = (plan.seed, [0.0; W]);
    let two = step.wrapping_mul(2);
    let mut drawn = Drawn {
        scores: [zero; SCORES],
        growth_normal: zero,
        jump_unit: zero,
        jump_normal: zero,
        regime_units: [zero; 2],
    };
    let mut unused = zero;
    if plan.draws.scores {
        let mut independent = [zero; SCORES];
        let [price, queue, nav] = &mut independent;
        normals(seed, first_path, two, Stream::DriverNormals, price, queue);
        if plan.draws.growth {
            // The token's own: its rate is no part of the world that tokens share.
            let own = first_path.wrapping_add(plan.own_address);
            normals(seed, own, two + 1, Stream::DriverNormals, nav, &mut drawn.growth_normal);
        }
        drawn.scores = plan.dependence.scores((seed, first_path, step), &independent);
    }
    if plan.draws.jumps {
        units(seed, first_path, two, Stream::DriverJumps, &mut drawn.jump_unit, &mut unused);
        normals(seed, first_path, two + 1, Stream::DriverJumps, &mut drawn.jump_normal, &mut unused);
    }
    if plan.draws.regimes {
        let [price, queue] = &mut drawn.regime_units;
        units(seed, first_path, step, Stream::DriverRegimes, price, queue);
    }
    drawn
}

#[inline(always)]
fn move_price<const W: usize>(process: &PriceStep, drawn: &Drawn<W>, state: &mut DriverState<W>) {
    let change = match process {
        PriceStep::Gbm(step) => {
            let mut change = step.diffuse(&drawn.scores[0]);
            step.jump(&drawn.jump_unit, &drawn.jump_normal, &mut change);
            change
        }
        PriceStep::Regimes(step) => {
            let change = step.diffuse(&state.price_regime, &drawn.scores[0]);
            state.price_regime = step.switching.next(&state.price_regime, &drawn.regime_units[0]);
            change
        }
        PriceStep::Bootstrap(record) => bootstrap::at(record, &state.places),
    };
    for i in 0..W {
        state.log_price[i] += change[i];
    }
    let highest = state.high.push(&state.log_price);
    for i in 0..W {
        state.eth_drawdown[i] = 1.0 - exp(state.log_price[i] - highest[i]);
    }
}

#[inline(always)]
fn move_queue<const W: usize>(
    process: &QueueStep,
    drawn: &Drawn<W>,
    served_eth: f64,
    state: &mut DriverState<W>,
) {
    state.queue_before = state.queue;
    let score = &drawn.scores[1];
    let inflow = match process {
        QueueStep::LogLevel(step) => {
            state.queue_inner = step.next(&state.queue_inner, score);
            state.queue = state.queue_inner.map(exp);
            return;
        }
        QueueStep::Hawkes { step, .. } => step.flow(&mut state.queue_inner, score),
        QueueStep::Regimes(step) => {
            let flow = step.flow(&state.queue_regime, score);
            state.queue_regime = step.switching.next(&state.queue_regime, &drawn.regime_units[1]);
            flow
        }
        QueueStep::Bootstrap(record) => bootstrap::at(record, &state.places),
    };
    for i in 0..W {
        let left = greater(state.queue[i] - served_eth, 0.0);
        state.queue[i] = greater(left + inflow[i], 0.0);
    }
}

#[inline(always)]
fn move_nav<const W: usize>(process: &NavStep, drawn: &Drawn<W>, state: &mut DriverState<W>) {
    let change = match process {
        NavStep::Growth { step, .. } => {
            let sum = step.integral(&state.growth, &drawn.scores[2], &drawn.growth_normal);
            state.growth = step.next(&state.growth, &drawn.scores[2]);
            sum.map(|sum| sum / DAYS_PER_YEAR)
        }
        NavStep::Bootstrap(record) => bootstrap::at(record, &state.places),
    };
    for i in 0..W {
        state.nav[i] *= exp(change[i]);
    }
}
