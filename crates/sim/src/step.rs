//! One step of a block, in the order that is part of the contract.
//!
//! ```text
//! 1 draw               standard normals of the step; shocks that are due
//! 2 value              redemption rate of the grid point; pools with a rate oracle follow it
//! 3 exit pipeline      the clock serves and takes the network's inflow; claims mature; the buffer refills
//! 4 quote              unlock delay and fee of the marginal redemption
//! 5 liquidity          providers leave or return
//! 6 exit demand        holders leave: market or queue; sales go through the router
//! 7 (lending)
//! 8 arbitrage          buys below the fair discount and redeems
//! 9 background flow
//! 10 observe           print (after 6) and close (after 9)
//! ```
//!
//! A step goes from grid point `t` to `t + 1` and uses the drivers' values at `t + 1`.

use crate::agents::demand::Signals;
use crate::agents::impatience::{Terms, choose};
use crate::agents::{arbitrage, background};
use crate::block::{Block, driver};
use crate::outcome::OutcomeBlock;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_amm::route;
use pegstress_num::draw::normals;
use pegstress_num::{Isa, Lanes, Stream, greater, lesser, per_isa, select};
use pegstress_unlock::redemption::Claimant;
use pegstress_unlock::{ClaimTable, DAY_SECS};

/// The buffer counts as empty below this, ETH.
const LEAST_BUFFER_ETH: f64 = 1.0;
/// Shocks of one kind in one step take at most this share.
const MOST_SHARE: f64 = 0.999_999;
/// Liquidity below this share of the start counts as this when providers return.
const LEAST_LIQUIDITY_SHARE: f64 = 1e-3;

per_isa! {
    /// Runs the paths `first_path..first_path + W`, of which the first `active` count; `room` is used again. Pool models
    /// that are called run on `called_isa`.
    pub fn advance_block<const W: usize>(
        plan: &Plan, first_path: u64, active: usize, called_isa: Isa, room: &mut ClaimTable<W>
    ) -> OutcomeBlock<W> = advance_block_inline
}

#[inline(always)]
fn advance_block_inline<const W: usize>(
    plan: &Plan,
    first_path: u64,
    active: usize,
    called_isa: Isa,
    room: &mut ClaimTable<W>,
) -> OutcomeBlock<W> {
    let mut block = Block::<W>::new(plan, first_path, called_isa, std::mem::take(room));
    let observations = plan.observed_steps.len();
    let mut traces: Vec<Vec<Lanes<W>>> = (0..3).map(|_| Vec::with_capacity(observations)).collect();
    let mut next_observation = plan.observed_steps.iter().copied().peekable();
    for step in 0..plan.study.steps {
        let delay_secs = advance(plan, &mut block, step);
        if next_observation.next_if_eq(&step).is_some() {
            let (mut discount_bps, mut delay_days) = ([0.0; W], [0.0; W]);
            for i in 0..W {
                discount_bps[i] = block.discount[i] * 1e4;
                delay_days[i] = delay_secs[i] / DAY_SECS;
            }
            traces[0].push(discount_bps);
            traces[1].push(delay_days);
            traces[2].push(block.liquidity_share);
        }
    }
    let outcome = block.finish(plan, active, traces);
    *room = block.redemption.into_room();
    outcome
}

/// One step; returns the quoted unlock delay.
#[inline(always)]
fn advance<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) -> Lanes<W> {
    let study = &plan.study;
    let step_secs = f64::from(study.step_secs);
    let paused = plan.pause_left_secs[step] > 0.0;
    let at = |series: &[f64], point: usize| driver(study.starts, series, &block.offsets, point);

    // 1 draw
    let (mut demand_normal, mut flow_normal) = ([0.0; W], [0.0; W]);
    normals(
        study.seed,
        block.first_path,
        step as u32,
        Stream::FlowNormals,
        &mut demand_normal,
        &mut flow_normal,
    );
    let nav = at(&study.drivers.nav, step + 1);
    let mut inverse_nav = [0.0; W];
    for i in 0..W {
        inverse_nav[i] = 1.0 / nav[i];
    }
    let recorded_before = at(&study.drivers.network_queue_eth, step);
    let recorded_now = at(&study.drivers.network_queue_eth, step + 1);
    let eth_drawdown = at(&study.drivers.eth_drawdown, step + 1);

    // 2 value
    for venue in &mut block.venues {
        venue.set_rate(&nav, step_secs);
    }

    // 3 exit pipeline
    block.redemption.clock.advance(step_secs, &recorded_before, &recorded_now);
    block.redemption.clock.reserve(&due(plan, block, step, ShockKind::NetworkQueueEth));
    receive_claims(block, step);
    block.redemption.refill(step_secs);

    // 4 quote
    let pipeline_secs = block.redemption.pipeline_delay_secs();
    let (delay_secs, fee) = quote(plan, block, &pipeline_secs, step);

    // 5 liquidity
    move_liquidity(plan, block, step);

    // 6 exit demand
    leave(plan, block, step, (&nav, &inverse_nav), &delay_secs, &fee, &eth_drawdown, &demand_normal);
    let print = discount(block, &inverse_nav);

    lose_arbitrage_capital(plan, block, step);

    // 8 arbitrage, at the delay that the holders' requests have left
    if !paused {
        let pipeline_secs = block.redemption.pipeline_delay_secs();
        let (delay_secs, fee) = quote(plan, block, &pipeline_secs, step);
        arbitrage_and_redeem(plan, block, &nav, &delay_secs, &fee);
    }

    block.redemption.schedule(step, step_secs);

    // 9 background flow
    trade_background(plan, block, &nav, &flow_normal);

    // 10 observe
    block.discount = discount(block, &inverse_nav);
    observe(plan, block, step, &inverse_nav, &print, &delay_secs, &pipeline_secs);
    delay_secs
}

/// Sum of the shocks of one kind that act in this step.
#[inline(always)]
fn due<const W: usize>(plan: &Plan, block: &Block<W>, step: usize, kind: ShockKind) -> Lanes<W> {
    let mut sum = [0.0; W];
    for (planned, size) in plan.shocks.iter().zip(&block.shock_per_step) {
        if planned.shock.kind == kind && planned.acts_in(step) {
            for i in 0..W {
                sum[i] += size[i];
            }
        }
    }
    // Two shares at once never take everything: a pool without reserves has no price.
    if kind != ShockKind::NetworkQueueEth {
        for s in &mut sum {
            *s = lesser(*s, MOST_SHARE);
        }
    }
    sum
}

/// `1 - best marginal price / redemption rate`.
#[inline(always)]
fn discount<const W: usize>(block: &Block<W>, inverse_nav: &Lanes<W>) -> Lanes<W> {
    let price = route::best_marginal_price(&block.venues);
    let mut discount = [0.0; W];
    for i in 0..W {
        discount[i] = 1.0 - price[i] * inverse_nav[i];
    }
    discount
}

/// Claims of this step are paid: holders leave the model, arbitrageurs have their capital back.
#[inline(always)]
fn receive_claims<const W: usize>(block: &mut Block<W>, step: usize) {
    let claims = block.redemption.mature(step);
    for i in 0..W {
        block.ledger.outside_eth[i] += claims.holders[i];
        block.arbitrage_free_eth[i] += claims.arbitrage[i];
        block.ledger.matured_eth[i] += claims.holders[i] + claims.arbitrage[i];
    }
}

/// Delay and fee of the marginal redemption: instant while the buffer lasts, else the pipeline's.
#[inline(always)]
fn quote<const W: usize>(
    plan: &Plan,
    block: &Block<W>,
    pipeline_secs: &Lanes<W>,
    step: usize,
) -> (Lanes<W>, Lanes<W>) {
    let pause_left = plan.pause_left_secs[step];
    let (mut delay_secs, mut fee) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        let instant = block.redemption.buffer_eth[i] >= LEAST_BUFFER_ETH;
        delay_secs[i] = select(instant, 0.0, pipeline_secs[i]) + pause_left;
        fee[i] = select(instant, plan.rules.instant_fee, 0.0);
    }
    (delay_secs, fee)
}

/// Providers remove or return liquidity in proportion; tokens go to and come from the free float.
#[inline(always)]
fn move_liquidity<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) {
    let mut change = plan.liquidity.change(&block.discount, &block.liquidity_share);
    let shock = due(plan, block, step, ShockKind::RemoveLiquidityShare);
    let mut pooled_lrt = [0.0; W];
    for venue in &block.venues {
        let held = venue.reserves();
        for i in 0..W {
            pooled_lrt[i] += held.lrt[i];
        }
    }
    let mut add = [0.0; W];
    for i in 0..W {
        change.remove[i] = 1.0 - (1.0 - change.remove[i]) * (1.0 - shock[i]);
        // The tokens come from the float, at most half of it in a step; nobody refounds a pool that is gone.
        let present = greater(block.liquidity_share[i], LEAST_LIQUIDITY_SHARE);
        let tokens = lesser(change.restore[i] * pooled_lrt[i], 0.5 * block.float_lrt[i] * present);
        add[i] = lesser(tokens / (present * pooled_lrt[i]), 1.0);
        block.liquidity_share[i] *= (1.0 - change.remove[i]) * (1.0 + add[i]);
    }
    for venue in &mut block.venues {
        let removed = venue.withdraw_share(&change.remove);
        let added = venue.deposit_share(&add);
        for i in 0..W {
            block.ledger.outside_eth[i] += removed.eth[i] - added.eth[i];
            block.float_lrt[i] += removed.lrt[i] - added.lrt[i];
        }
    }
}

/// Holders leave, through the market or the queue.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the signals of one step, each used once")]
fn leave<const W: usize>(
    plan: &Plan,
    block: &mut Block<W>,
    step: usize,
    (nav, inverse_nav): (&Lanes<W>, &Lanes<W>),
    delay_secs: &Lanes<W>,
    fee: &Lanes<W>,
    eth_drawdown: &Lanes<W>,
    normal: &Lanes<W>,
) {
    let paused = plan.pause_left_secs[step] > 0.0;
    let signals = Signals { discount: &block.discount, delay_secs, eth_drawdown };
    let exits = plan.demand.exits(signals, normal, &block.float_lrt, &mut block.excitation_per_day);
    let forced_share = due(plan, block, step, ShockKind::SellShareOfFloat);
    let asked_share = due(plan, block, step, ShockKind::RedeemShareOfFloat);
    // Each holder sees the bid as it stands; the crowd's own impact is what the next step's holders see. Were the
    // whole crowd's average price offered to everybody, a larger crowd would sell less than a smaller one.
    let bid = route::best_bid(&block.venues);
    let mut bid_over_nav = [0.0; W];
    for i in 0..W {
        bid_over_nav[i] = bid[i] * inverse_nav[i];
    }
    let terms = Terms { bid_over_nav: &bid_over_nav, delay_secs, fee };
    let choice = choose(&plan.study.agents.impatience, terms, paused);
    let (mut sale, mut claim) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        sale[i] = exits[i] * choice.sell[i] + forced_share[i] * block.float_lrt[i];
        let asked = select(paused, 0.0, asked_share[i] * block.float_lrt[i]);
        sale[i] = lesser(sale[i], block.float_lrt[i]);
        let redeemed = lesser(exits[i] * choice.redeem[i] + asked, block.float_lrt[i] - sale[i]);
        block.float_lrt[i] -= sale[i] + redeemed;
        block.ledger.burned_lrt[i] += redeemed;
        claim[i] = redeemed * nav[i];
    }
    let sold = route::sell(&mut block.venues, &sale);
    let served = block.redemption.request(Claimant::Holders, &claim);
    for i in 0..W {
        // Where all liquidity ends a part of the sale finds no buyer and stays with its holders.
        block.float_lrt[i] += sale[i] - sold.lrt_in[i];
        block.ledger.outside_eth[i] += sold.eth_out[i] + served.paid_now_eth[i];
        block.ledger.queued_eth[i] += served.queued_eth[i];
        block.watch.sold_lrt[i] += sold.lrt_in[i];
        block.watch.sellers_loss[i] += sold.lrt_in[i] * nav[i] - sold.eth_out[i];
        block.watch.redeemed_eth[i] += claim[i];
    }
}

/// Free arbitrage capital is withdrawn, whether or not there is anything to arbitrage.
#[inline(always)]
fn lose_arbitrage_capital<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) {
    let withdrawn = due(plan, block, step, ShockKind::RemoveArbitrageCapitalShare);
    for i in 0..W {
        let lost = block.arbitrage_free_eth[i] * withdrawn[i];
        block.arbitrage_free_eth[i] -= lost;
        block.ledger.outside_eth[i] += lost;
    }
}

/// Arbitrageurs buy up to their limit and redeem what they bought.
#[inline(always)]
fn arbitrage_and_redeem<const W: usize>(
    plan: &Plan,
    block: &mut Block<W>,
    nav: &Lanes<W>,
    delay_secs: &Lanes<W>,
    fee: &Lanes<W>,
) {
    let limit = arbitrage::price_limit(&plan.study.agents.arbitrage, nav, delay_secs, fee);
    let mut budget = [0.0; W];
    for i in 0..W {
        // Through the buffer only what the buffer can pay; the pipeline's price rules the rest, a step later.
        let room = select(delay_secs[i] > 0.0, f64::INFINITY, block.redemption.buffer_eth[i]);
        budget[i] = lesser(block.arbitrage_free_eth[i] * plan.arbitrage_share_per_step, room);
    }
    let (spent, bought) = route::buy_to(&mut block.venues, &limit, &budget);
    let mut claim = [0.0; W];
    for i in 0..W {
        claim[i] = bought[i] * nav[i];
    }
    let served = block.redemption.request(Claimant::Arbitrage, &claim);
    for i in 0..W {
        block.arbitrage_free_eth[i] += served.paid_now_eth[i] - spent[i];
        block.ledger.burned_lrt[i] += bought[i];
        block.ledger.queued_eth[i] += served.queued_eth[i];
        block.watch.arbitrage_spent[i] += spent[i];
        block.watch.arbitrage_gain[i] += served.paid_now_eth[i] + served.queued_eth[i] - spent[i];
    }
}

/// Traders without a view sell to, or buy from, every venue in proportion to its tokens.
#[inline(always)]
fn trade_background<const W: usize>(plan: &Plan, block: &mut Block<W>, nav: &Lanes<W>, normal: &Lanes<W>) {
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
    for venue in &mut block.venues {
        let (mut lrt_in, mut eth_in) = (sold, wanted);
        if !alone {
            let held = venue.reserves().lrt;
            for i in 0..W {
                let weight = held[i] / pooled_lrt[i];
                lrt_in[i] *= weight;
                eth_in[i] *= weight;
            }
        }
        for i in 0..W {
            eth_in[i] *= nav[i];
        }
        let traded = venue.trade(&lrt_in, &eth_in);
        for i in 0..W {
            block.ledger.outside_eth[i] += traded.paid.eth[i] - traded.taken.eth[i];
            block.ledger.outside_lrt[i] += traded.paid.lrt[i] - traded.taken.lrt[i];
        }
    }
}

/// Updates the running metrics. Times are counted in steps, the end of the first step being 1.
#[inline(always)]
fn observe<const W: usize>(
    plan: &Plan,
    block: &mut Block<W>,
    step: usize,
    inverse_nav: &Lanes<W>,
    print: &Lanes<W>,
    delay_secs: &Lanes<W>,
    pipeline_secs: &Lanes<W>,
) {
    let now = (step + 1) as f64;
    let size = plan.report.reference_size_lrt();
    // What finds no buyer brings nothing: a size that the venues do not take is not executable.
    let executable = route::quote_sell(&block.venues, &[size; W]);
    let per_size = 1.0 / size;
    let hold = plan.report.recovery_hold_secs / f64::from(plan.study.step_secs);
    let level = plan.report.recovery_discount;
    let watch = &mut block.watch;
    for i in 0..W {
        let close = block.discount[i];
        let deeper = close > watch.deepest_close[i];
        watch.deepest_close[i] = select(deeper, close, watch.deepest_close[i]);
        watch.trough_step[i] = select(deeper, now, watch.trough_step[i]);
        watch.deepest_print[i] = greater(print[i], watch.deepest_print[i]);
        let paid = 1.0 - executable[i] * per_size * inverse_nav[i];
        watch.deepest_executable[i] = greater(paid, watch.deepest_executable[i]);
        watch.discount_sum[i] += greater(close, 0.0);

        let beyond = close > level;
        watch.breach[i] = select(beyond, lesser(watch.breach[i], now), watch.breach[i]);
        watch.calm_since[i] = select(beyond, f64::INFINITY, lesser(watch.calm_since[i], now));
        let held = now - watch.calm_since[i] >= hold;
        let after_breach = watch.breach[i] < watch.calm_since[i];
        let returned = select(held & after_breach, watch.calm_since[i], f64::INFINITY);
        watch.recovered[i] = select(deeper, f64::INFINITY, lesser(watch.recovered[i], returned));

        watch.longest_delay[i] = greater(delay_secs[i], watch.longest_delay[i]);
        watch.longest_pipeline[i] = greater(pipeline_secs[i], watch.longest_pipeline[i]);
        watch.least_liquidity[i] = lesser(block.liquidity_share[i], watch.least_liquidity[i]);
    }
    for (k, threshold) in plan.report.thresholds.iter().enumerate() {
        let (above, first) = (&mut watch.steps_above[k], &mut watch.first_passage[k]);
        for i in 0..W {
            let beyond = block.discount[i] > *threshold;
            above[i] += select(beyond, 1.0, 0.0);
            first[i] = select(beyond, lesser(first[i], now), first[i]);
        }
    }
}
