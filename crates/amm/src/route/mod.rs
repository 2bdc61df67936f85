//! A trade over all of a token's venues.
//!
//! A seller's optimum splits a sale so that the marginal proceeds, after fee, are equal on every venue that gets a
//! part; venues that pay less for their first token get none. A purchase is the mirror image: what the next ETH brings
//! in tokens is equal. Where every venue's marginal proceeds have a closed form with a slope, the split is found by
//! Newton's method in the amounts (`smooth`), and in the lanes where that does not settle, or where some venue has
//! none, by narrowing a bracket of the common price (`bracket`).
//!
//! Work is bounded; a lane stops by itself. What is left of the search costs second order: the loss against brute force
//! is 0.14 bp of the proceeds at the worst seen (`tests/routing.rs`). A venue that fails quotes a NaN or nothing and
//! drops out. Trades of nothing change nothing, so a block in which no lane trades is done at once.

mod bracket;
mod smooth;

pub(crate) use smooth::Margin;

use crate::pool::Coin;
use crate::{Money, Traded, Venue};
use pegstress_num::{Isa, Lanes, any_positive, greater, lesser, per_isa, select};

/// Highest marginal price before fee over the venues, ETH per token.
#[inline(always)]
pub fn best_marginal_price<const W: usize>(venues: &[Venue<W>]) -> Lanes<W> {
    let mut best = [0.0; W];
    for venue in venues {
        let price = venue.marginal_price();
        for i in 0..W {
            best[i] = greater(price[i], best[i]);
        }
    }
    best
}

/// Highest bid after fee over the venues, ETH per token.
#[inline(always)]
pub fn best_bid<const W: usize>(venues: &[Venue<W>]) -> Lanes<W> {
    let mut best = [0.0; W];
    for venue in venues {
        let bid = venue.bid();
        for i in 0..W {
            best[i] = greater(bid[i], best[i]);
        }
    }
    best
}

/// What a sale took and paid.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub struct Sale<const W: usize> {
    /// Tokens sold: less than offered where all liquidity ends.
    pub lrt_in: Lanes<W>,
    /// ETH paid, after fees.
    pub eth_out: Lanes<W>,
}

/// Sells tokens over the venues.
#[inline(always)]
pub fn sell<const W: usize>(venues: &mut [Venue<W>], lrt_in: &Lanes<W>) -> Sale<W> {
    if !any_positive(lrt_in) {
        return Sale { lrt_in: [0.0; W], eth_out: [0.0; W] };
    }
    if let [venue] = venues {
        let traded = venue.trade(lrt_in, &[0.0; W]);
        return Sale { lrt_in: traded.taken.lrt, eth_out: traded.paid.eth };
    }
    let isa = isa_of(venues);
    sell_over::call(isa, venues, lrt_in)
}

/// ETH that [`sell`] would pay; nothing changes.
#[inline(always)]
pub fn quote_sell<const W: usize>(venues: &[Venue<W>], lrt_in: &Lanes<W>) -> Lanes<W> {
    if let [venue] = venues {
        return venue.quote_sell(lrt_in);
    }
    quote_over::call(isa_of(venues), venues, lrt_in)
}

/// Tokens of a sale that go to each venue.
pub fn split_sale<const W: usize>(venues: &[Venue<W>], lrt_in: &Lanes<W>) -> Vec<Lanes<W>> {
    split_over::call(isa_of(venues), venues, lrt_in)
}

/// Buys on every venue until the next token costs `limit`, fee included, with at most `max_eth` in all.
///
/// Where the money does not suffice, the next token costs the same on every venue that was bought on. Returns ETH
/// spent and tokens bought.
#[inline(always)]
pub fn buy_to<const W: usize>(
    venues: &mut [Venue<W>],
    limit: &Lanes<W>,
    max_eth: &Lanes<W>,
) -> (Lanes<W>, Lanes<W>) {
    if let [venue] = venues {
        let mut eth_in = venue.eth_to_ask(limit);
        for i in 0..W {
            eth_in[i] = lesser(eth_in[i], greater(max_eth[i], 0.0));
        }
        if !any_positive(&eth_in) {
            return ([0.0; W], [0.0; W]);
        }
        let traded = venue.trade(&[0.0; W], &eth_in);
        return (traded.taken.eth, traded.paid.lrt);
    }
    let isa = isa_of(venues);
    let Money { eth, lrt } = buy_over::call(isa, venues, limit, max_eth);
    (eth, lrt)
}

/// The instruction set that the venues are computed on.
#[inline(always)]
fn isa_of<const W: usize>(venues: &[Venue<W>]) -> Isa {
    venues.first().map_or_else(Isa::best, Venue::isa)
}

// Routes over several venues are compiled once per instruction set and called, not inlined where they are asked for.
macro_rules! outlined {
    ($module:ident = $kernel:ident: ($($arg:ident: $type:ty),*) -> $out:ty) => {
        mod $module {
            use super::*;

            per_isa! {
                #[inline(never)]
                pub(super) fn call<const W: usize>($($arg: $type),*) -> $out = kernel
            }

            #[inline(always)]
            fn kernel<const W: usize>($($arg: $type),*) -> $out {
                super::$kernel($($arg),*)
            }
        }
    };
}

outlined! { sell_over = sell_inline: (venues: &mut [Venue<W>], lrt_in: &Lanes<W>) -> Sale<W> }
outlined! { quote_over = quote_inline: (venues: &[Venue<W>], lrt_in: &Lanes<W>) -> Lanes<W> }
outlined! { split_over = split_inline: (venues: &[Venue<W>], lrt_in: &Lanes<W>) -> Vec<Lanes<W>> }
outlined! { buy_over = buy_inline: (venues: &mut [Venue<W>], limit: &Lanes<W>, max_eth: &Lanes<W>) -> Money<W> }

/// One venue's part in a route.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Leg<const W: usize> {
    /// What goes there.
    part: Lanes<W>,
    margin: Margin<W>,
    /// Part on the tangent where the common margin is the best there is; then the end of the step, negative where it is left out.
    base: Lanes<W>,
    /// 1 where the venue takes part.
    takes: Lanes<W>,
}

impl<const W: usize> Leg<W> {
    const ZERO: Self = Self { part: [0.0; W], margin: Margin::NOTHING, base: [0.0; W], takes: [0.0; W] };
}

/// Routes of up to so many venues need no memory but the stack.
const FEW: usize = 3;

/// Legs for `count` venues, in the one or the other place.
#[inline(always)]
fn legs_of<'a, const W: usize>(
    few: &'a mut [Leg<W>; FEW],
    many: &'a mut Vec<Leg<W>>,
    count: usize,
) -> &'a mut [Leg<W>] {
    if let Some(legs) = few.get_mut(..count) {
        return legs;
    }
    many.resize(count, Leg::ZERO);
    many
}

#[inline(always)]
fn sell_inline<const W: usize>(venues: &mut [Venue<W>], lrt_in: &Lanes<W>) -> Sale<W> {
    let (mut few, mut many) = ([Leg::ZERO; FEW], Vec::new());
    let legs = legs_of(&mut few, &mut many, venues.len());
    split_between(venues, lrt_in, legs);
    let mut sale = Sale { lrt_in: [0.0; W], eth_out: [0.0; W] };
    for (venue, Leg { part, .. }) in venues.iter_mut().zip(legs.iter()) {
        if !any_positive(part) {
            continue;
        }
        let Traded { taken, paid } = venue.trade(part, &[0.0; W]);
        for i in 0..W {
            let trades = part[i] > 0.0;
            sale.lrt_in[i] += select(trades, taken.lrt[i], 0.0);
            sale.eth_out[i] += select(trades, paid.eth[i], 0.0);
        }
    }
    sale
}

#[inline(always)]
fn quote_inline<const W: usize>(venues: &[Venue<W>], lrt_in: &Lanes<W>) -> Lanes<W> {
    let (mut few, mut many) = ([Leg::ZERO; FEW], Vec::new());
    let legs = legs_of(&mut few, &mut many, venues.len());
    split_between(venues, lrt_in, legs);
    let mut total = [0.0; W];
    for (venue, Leg { part, .. }) in venues.iter().zip(legs.iter()) {
        let out = venue.quote_sell(part);
        for i in 0..W {
            // A part of zero on a venue that fails is no proceeds.
            total[i] += select(part[i] > 0.0, out[i], 0.0);
        }
    }
    total
}

#[inline(always)]
fn split_inline<const W: usize>(venues: &[Venue<W>], lrt_in: &Lanes<W>) -> Vec<Lanes<W>> {
    let mut legs = vec![Leg::ZERO; venues.len()];
    split_between(venues, lrt_in, &mut legs);
    let mut parts = Vec::with_capacity(legs.len());
    for leg in &legs {
        parts.push(leg.part);
    }
    parts
}

/// Fills in the parts of a sale.
#[inline(always)]
fn split_between<const W: usize>(venues: &[Venue<W>], lrt_in: &Lanes<W>, legs: &mut [Leg<W>]) {
    let mut size = [0.0; W];
    for i in 0..W {
        size[i] = greater(lrt_in[i], 0.0);
    }
    let mut open = [1.0; W];
    if are_smooth(venues) {
        open = smooth::split(venues, Coin::Lrt, &size, None, legs);
        give_rest(legs, &size);
    }
    if any_positive(&open) {
        replace(legs, &open, &bracket::split_sale(venues, &size));
    }
}

#[inline(always)]
fn are_smooth<const W: usize>(venues: &[Venue<W>]) -> bool {
    let mut smooth = true;
    for venue in venues {
        smooth &= venue.is_smooth();
    }
    smooth
}

/// What roundings have left of the size goes to the largest part.
#[inline(always)]
fn give_rest<const W: usize>(legs: &mut [Leg<W>], size: &Lanes<W>) {
    let (mut rest, mut largest) = (*size, [0.0; W]);
    for leg in legs.iter() {
        for i in 0..W {
            rest[i] -= leg.part[i];
            largest[i] = greater(leg.part[i], largest[i]);
        }
    }
    for leg in legs.iter_mut() {
        for i in 0..W {
            let taken = select(leg.part[i] == largest[i], rest[i], 0.0);
            leg.part[i] = greater(leg.part[i] + taken, 0.0);
            rest[i] -= taken;
        }
    }
}

/// `others` in the lanes where `here` is 1.
#[inline(always)]
fn replace<const W: usize>(legs: &mut [Leg<W>], here: &Lanes<W>, others: &[Lanes<W>]) {
    for (leg, other) in legs.iter_mut().zip(others) {
        for i in 0..W {
            leg.part[i] = select(here[i] > 0.0, other[i], leg.part[i]);
        }
    }
}

/// Fills in the parts of a purchase.
#[inline(always)]
fn split_purchase<const W: usize>(
    venues: &[Venue<W>],
    limit: &Lanes<W>,
    max_eth: &Lanes<W>,
    legs: &mut [Leg<W>],
) {
    let (mut size, mut open, mut least) = ([0.0; W], [0.0; W], [0.0; W]);
    for i in 0..W {
        size[i] = greater(max_eth[i], 0.0);
        open[i] = select(size[i] > 0.0, 1.0, 0.0);
        least[i] = 1.0 / limit[i];
    }
    if are_smooth(venues) {
        open = smooth::split(venues, Coin::Eth, &size, Some(&least), legs);
        spend_at_most(legs, &size);
    }
    if !any_positive(&open) {
        return;
    }
    let (mut to_limit, mut wanted, mut short) = (Vec::with_capacity(venues.len()), [0.0; W], [0.0; W]);
    // A closure of an iterator would not be compiled for the instruction set: hence the loops.
    for venue in venues {
        let mut part = venue.eth_to_ask(limit);
        for i in 0..W {
            part[i] = greater(part[i], 0.0);
            wanted[i] += part[i];
        }
        to_limit.push(part);
    }
    replace(legs, &open, &to_limit);
    for i in 0..W {
        short[i] = select(size[i] < wanted[i], open[i], 0.0);
        size[i] = lesser(size[i], wanted[i]);
    }
    if any_positive(&short) {
        replace(legs, &short, &bracket::split_purchase(venues, limit, &size));
    }
}

/// Roundings, and what is left of a search for the limit, must not spend more than there is.
#[inline(always)]
fn spend_at_most<const W: usize>(legs: &mut [Leg<W>], size: &Lanes<W>) {
    let mut spent = [0.0; W];
    for leg in legs.iter() {
        for i in 0..W {
            spent[i] += leg.part[i];
        }
    }
    for i in 0..W {
        spent[i] = select(spent[i] > size[i], size[i] / spent[i], 1.0);
    }
    for leg in legs.iter_mut() {
        for i in 0..W {
            leg.part[i] *= spent[i];
        }
    }
}

#[inline(always)]
fn buy_inline<const W: usize>(venues: &mut [Venue<W>], limit: &Lanes<W>, max_eth: &Lanes<W>) -> Money<W> {
    let (mut few, mut many) = ([Leg::ZERO; FEW], Vec::new());
    let legs = legs_of(&mut few, &mut many, venues.len());
    split_purchase(venues, limit, max_eth, legs);
    let mut done = Money { eth: [0.0; W], lrt: [0.0; W] };
    for (venue, Leg { part, .. }) in venues.iter_mut().zip(legs.iter()) {
        if !any_positive(part) {
            continue;
        }
        let Traded { taken, paid } = venue.trade(&[0.0; W], part);
        for i in 0..W {
            done.eth[i] += taken.eth[i];
            done.lrt[i] += paid.lrt[i];
        }
    }
    done
}
