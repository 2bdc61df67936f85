//! Kernels with one compiled copy per instruction set, as the engine has them.

use pegstress_amm::{Venue, route};
use pegstress_lending::Market;
use pegstress_num::{Lanes, Stream, draw, lesser, per_isa};
use pegstress_unlock::ExitClock;

per_isa! {
    /// Sells tokens and buys back with what that paid: two trades, after which the pool has gained the fees.
    pub fn round_trip<const W: usize>(pool: &mut Venue<W>, lrt_in: &Lanes<W>) -> Lanes<W> = round_trip_inline
}

#[inline(always)]
fn round_trip_inline<const W: usize>(pool: &mut Venue<W>, lrt_in: &Lanes<W>) -> Lanes<W> {
    let eth = pool.sell(lrt_in);
    pool.buy(&eth)
}

per_isa! {
    /// Sells tokens over all venues; returns the ETH paid.
    pub fn sell_over<const W: usize>(venues: &mut [Venue<W>], lrt_in: &Lanes<W>) -> Lanes<W> = sell_over_inline
}

#[inline(always)]
fn sell_over_inline<const W: usize>(venues: &mut [Venue<W>], lrt_in: &Lanes<W>) -> Lanes<W> {
    route::sell(venues, lrt_in).eth_out
}

per_isa! {
    /// ETH that brings the cost of the next token to `limit`.
    pub fn eth_to_ask<const W: usize>(pool: &Venue<W>, limit: &Lanes<W>) -> Lanes<W> = eth_to_ask_inline
}

#[inline(always)]
fn eth_to_ask_inline<const W: usize>(pool: &Venue<W>, limit: &Lanes<W>) -> Lanes<W> {
    pool.eth_to_ask(limit)
}

per_isa! {
    /// Serves for a step with a level record, reserves an exit and quotes its delay.
    pub fn exit<const W: usize>(clock: &mut ExitClock<W>, step_secs: f64, recorded: &Lanes<W>, eth: &Lanes<W>)
        -> Lanes<W> = exit_inline
}

#[inline(always)]
fn exit_inline<const W: usize>(
    clock: &mut ExitClock<W>,
    step_secs: f64,
    recorded: &Lanes<W>,
    eth: &Lanes<W>,
) -> Lanes<W> {
    clock.advance(step_secs, recorded, recorded);
    clock.reserve(eth);
    clock.delay_secs()
}

per_isa! {
    /// Interest, oracle (the market at the redemption rate), what is due and the bid that breaks even, and a liquidation of
    /// what the venues have room for. Tokens to be sold and that bid.
    pub fn lend<const W: usize>(market: &mut Market<W>, step_secs: f64, nav: &Lanes<W>, room_lrt: &Lanes<W>)
        -> (Lanes<W>, Lanes<W>) = lend_inline
}

#[inline(always)]
fn lend_inline<const W: usize>(
    market: &mut Market<W>,
    step_secs: f64,
    nav: &Lanes<W>,
    room_lrt: &Lanes<W>,
) -> (Lanes<W>, Lanes<W>) {
    market.accrue(step_secs);
    market.update_oracle(step_secs, nav, nav, &[2_000.0; W]);
    let mut max_lrt = market.liquidatable_lrt();
    let bid = market.breakeven_bid();
    for i in 0..W {
        max_lrt[i] = lesser(max_lrt[i], room_lrt[i]);
    }
    (market.liquidate(&max_lrt).seized_lrt, bid)
}

per_isa! {
    /// Two standard normals per path, for one step.
    pub fn normals<const W: usize>(seed: u64, first_path: u64, step: u32, a: &mut Lanes<W>, b: &mut Lanes<W>)
        = normals_inline
}

#[inline(always)]
fn normals_inline<const W: usize>(seed: u64, first_path: u64, step: u32, a: &mut Lanes<W>, b: &mut Lanes<W>) {
    draw::normals(seed, first_path, step, Stream::FlowNormals, a, b);
}
