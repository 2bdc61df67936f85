//! One step of a block, in the order that is part of the contract.
//!
//! ```text
//! 1 draw               standard normals of the step; synthetic drivers; shocks that are due; unbacked tokens appear
//! 2 value              true redemption rate of the grid point; the rate on chain follows by the breaker's rule, and pools
//!                      with a rate oracle follow that
//! 3 exit pipeline      the clock serves and takes the network's inflow; exits arrive; the queue is finalised and paid;
//!                      the buffer refills
//! 4 quote              unlock delay and fee of the marginal redemption
//! 5 liquidity          providers leave or return
//! 6 exit demand        holders leave: market or queue; sales go through the router; whales on their schedules
//! 7 lending            interest, oracles, liquidations and unwinds; collateral goes through the router
//! 8 arbitrage          buys below the fair discount and redeems; dip buyers buy below their hurdles, or sell
//! 9 background flow
//! 10 observe           print (after 7) and close (after 9); triggers of shocks
//! ```
//!
//! A step goes from grid point `t` to `t + 1` and uses the drivers' values at `t + 1`.

mod arbitrage;
mod background;
mod dip_buyers;
mod exits;
mod holders;
mod lending;
mod liquidity;
mod mint;
mod observe;
mod stake;
mod traces;
mod value;
mod whales;

use crate::block::Block;
use crate::outcome::OutcomeBlock;
use crate::plan::Plan;
use pegstress_amm::{Venue, route};
use pegstress_num::draw::normals;
use pegstress_num::{Isa, Lanes, Stream, greater, per_isa};
use pegstress_unlock::Room;

pub(crate) use traces::Traces;

/// What redemption is worth in a step, ETH per token.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Rates<const W: usize> {
    /// What the contracts and exchange-rate oracles say.
    onchain: Lanes<W>,
    inverse_onchain: Lanes<W>,
    /// What a request that waits may expect: never above either.
    waiting: Lanes<W>,
    /// Assets over supply, whether the contracts know or not.
    truth: Lanes<W>,
}

/// Terms of the marginal redemption in a step.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Quote<const W: usize> {
    /// Unlock delay, seconds: 0 where it is instant.
    delay_secs: Lanes<W>,
    /// Delay through the queue, seconds.
    queue_secs: Lanes<W>,
    /// Fee, fraction.
    fee: Lanes<W>,
    /// Worth of a token, ETH, before the fee.
    worth: Lanes<W>,
    /// Whether requests are taken.
    open: [bool; W],
}

/// Runs the paths `first_path..first_path + W`, of which the first `active` count; `room` is used again.
pub fn advance_block<const W: usize>(
    isa: Isa,
    plan: &Plan,
    first_path: u64,
    active: usize,
    room: &mut Room<W>,
) -> OutcomeBlock<W> {
    let mut block = Block::<W>::new(plan, first_path, isa, std::mem::take(room));
    let mut traces = Traces::new(plan);
    for step in 0..plan.study.steps {
        let delay_secs = advance(isa, plan, &mut block, step);
        traces.observe(plan, &block, step, &delay_secs);
    }
    let outcome = block.finish(plan, active, traces);
    *room = block.redemption.into_room();
    outcome
}

per_isa! {
    /// One step; returns the quoted unlock delay.
    pub(crate) fn advance<const W: usize>(
        plan: &Plan, block: &mut Block<W>, step: usize
    ) -> Lanes<W> = advance_inline
}

#[inline(always)]
fn advance_inline<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize) -> Lanes<W> {
    let study = &plan.study;
    let step_secs = f64::from(study.step_secs);

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
    block.drive(plan, step);
    let eth_drawdown = block.eth_drawdown(plan, step);
    mint::mint(plan, block, step);

    // 2 value
    let rates = value::value(plan, block, step);

    // 3 exit pipeline
    exits::pay(plan, block, step, &rates);

    // 4 quote
    let quote = exits::quote(plan, block, step, &rates);

    // 5 liquidity
    liquidity::move_liquidity(plan, block, step);

    // 6 exit demand
    holders::leave(plan, block, step, (&rates, &quote), &eth_drawdown, &demand_normal);
    whales::leave(plan, block, step, &rates, &quote);

    // 7 lending
    let best = lending::lend(plan, block, step, &rates);
    let print = observe::print(block, &best, &rates.inverse_onchain);

    // 8 arbitrage, at the delay that the holders' requests have left
    arbitrage::lose_capital(plan, block, step);
    if plan.pause_left_secs[step] <= 0.0 {
        let quote = exits::quote(plan, block, step, &rates);
        arbitrage::buy_and_redeem(plan, block, &rates, &quote);
    }
    dip_buyers::trade(plan, block, &rates);
    block.redemption.close(step, step_secs);

    // 9 background flow
    background::trade(plan, block, &rates.onchain, &flow_normal);

    // 10 observe
    let price = route::best_marginal_price(&block.venues);
    block.discount = discount(&price, &rates.inverse_onchain);
    observe::observe(plan, block, step, &rates.inverse_onchain, &print, &quote);
    if plan.has_triggers {
        let sights = block.sights(&rates.truth);
        block.shocks.pull_triggers(plan, step + 1, &sights);
    }
    quote.delay_secs
}

/// `1 - price / redemption rate`.
#[inline(always)]
fn discount<const W: usize>(price: &Lanes<W>, inverse_nav: &Lanes<W>) -> Lanes<W> {
    let mut discount = [0.0; W];
    for i in 0..W {
        discount[i] = 1.0 - price[i] * inverse_nav[i];
    }
    discount
}

/// Tokens that the venues take together until the next one brings `bid`.
#[inline(always)]
fn room_to<const W: usize>(venues: &[Venue<W>], bid: &Lanes<W>) -> Lanes<W> {
    let mut room = [0.0; W];
    for venue in venues {
        let one = venue.lrt_to_bid(bid);
        for i in 0..W {
            room[i] += greater(one[i], 0.0);
        }
    }
    room
}
