//! Trades along a table, on lanes: cost independent of the number of boundaries crossed.
//!
//! ```text
//! room = what comes in up to the end of this segment
//! if amount <= room: trade within the segment
//! else: go to the end, look up the segment where the rest ends, trade the rest there from its entry
//! ```
//!
//! With `s` the square root of the price and `L` the liquidity, an amount `r` coming in moves it within a segment to
//!
//! ```text
//! sale:      s1 = s L / (L + r s),   out = r s s1
//! purchase:  s1 = (s L + r) / L,     out = r / (s s1)
//! ```
//!
//! 1. Amounts are never differences of large sums: what passes before and after the boundaries is in closed form from them,
//!    what passes between them is a difference of sums with tails (see [`super::table`]).
//! 2. The search goes by sums without tails, so a rest within rounding of a boundary may be found on its other side. It
//!    then trades at the boundary's price.
//! 3. Whether any lane of the block leaves its segment decides if the tables are read at all; a lane that does not leave
//!    gets the same numbers either way.
//! 4. Selects between two loads are by [`pick`]: of the plain form the compiler makes a load from a selected address.

use super::search::limited;
use super::table::{Keys, PURCHASE, Table};
use pegstress_num::{Lanes, greater, lesser, select};

/// Where the price of each lane stands.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct Position<const W: usize> {
    /// Square root of the price.
    pub(super) sqrt_price: Lanes<W>,
    /// Ends of the segment, square roots of prices.
    pub(super) low: Lanes<W>,
    pub(super) high: Lanes<W>,
    /// Its liquidity.
    pub(super) liquidity: Lanes<W>,
    /// Its place on the way of a purchase.
    pub(super) segment: [usize; W],
}

/// What a trade moves, before fee.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct Flow<const W: usize> {
    /// What came in: less than offered where the liquidity ends.
    pub(super) input: Lanes<W>,
    pub(super) output: Lanes<W>,
}

/// A trade under way.
#[repr(align(64))]
struct Way<const W: usize> {
    /// All ones in lanes that buy.
    buys: [usize; W],
    /// All ones in lanes that leave their segment.
    leaves: [usize; W],
    /// Square root of the price at the end of the present segment.
    end: Lanes<W>,
}

/// All ones where the condition holds, else zero.
#[inline(always)]
fn mask(condition: bool) -> usize {
    0_usize.wrapping_sub(usize::from(condition))
}

/// `a` where the mask is set, else `b`.
#[inline(always)]
fn pick(mask: usize, a: f64, b: f64) -> f64 {
    let mask = mask as u64;
    f64::from_bits((a.to_bits() & mask) | (b.to_bits() & !mask))
}

/// The same of whole numbers.
#[inline(always)]
fn pick_place(mask: usize, a: usize, b: usize) -> usize {
    (a & mask) | (b & !mask)
}

/// Each lane trades `amount`, which is not negative: a purchase where `buys` is positive, else a sale.
#[inline(always)]
pub(super) fn trade<const W: usize>(
    table: &Table,
    at: &mut Position<W>,
    buys: &Lanes<W>,
    amount: &Lanes<W>,
) -> Flow<W> {
    let mut way = Way { buys: [0; W], leaves: [0; W], end: [0.0; W] };
    for i in 0..W {
        way.buys[i] = mask(buys[i] > 0.0);
    }
    for i in 0..W {
        way.end[i] = pick(way.buys[i], at.high[i], at.low[i]);
    }
    let mut any = 0;
    for i in 0..W {
        let s = at.sqrt_price[i];
        let room_eth = at.liquidity[i] * (way.end[i] - s).abs();
        let eth = amount[i] * select(buys[i] > 0.0, 1.0, s * way.end[i]);
        way.leaves[i] = !mask(eth <= room_eth);
        any |= way.leaves[i];
    }
    let mut rest = *amount;
    let mut flow = Flow { input: *amount, output: [0.0; W] };
    if any != 0 {
        pass(table, &way, at, &mut rest, &mut flow);
    }
    finish(at, buys, &rest, &mut flow.output);
    flow
}

/// Takes the lanes that leave their segment to the entry of the one where they end.
#[inline(always)]
fn pass<const W: usize>(
    table: &Table,
    way: &Way<W>,
    at: &mut Position<W>,
    rest: &mut Lanes<W>,
    flow: &mut Flow<W>,
) {
    let last = table.last();
    let (list, first) = table.lists(&way.buys);
    let mut next = [0; W];
    for i in 0..W {
        next[i] = first[i] + pick_place(way.buys[i], at.segment[i], last - at.segment[i]) + 1;
    }
    let (mut room, mut yield_of_room, mut beyond) = ([0.0; W], [0.0; W], [0.0; W]);
    for i in 0..W {
        let (s, end) = (at.sqrt_price[i], way.end[i]);
        let eth = at.liquidity[i] * (end - s).abs();
        let lrt = eth / (s * end);
        room[i] = pick(way.buys[i], eth, lrt);
        yield_of_room[i] = pick(way.buys[i], lrt, eth);
        beyond[i] = greater(rest[i] - room[i], 0.0);
    }
    let mut key = [0.0; W];
    for i in 0..W {
        let Some(row) = table.row(next[i]) else { break };
        key[i] = limited(row.sums[0] + beyond[i]);
    }
    let place = table.search(Keys::Input).find_from(&list, &next, &key);
    let mut between = [[0.0; 2]; W];
    let mut ends = [[0.0; 2]; W];
    let mut liquidity = [0.0; W];
    for i in 0..W {
        let Some(passage) = table.between(next[i], place[i]) else { break };
        (between[i], ends[i], liquidity[i]) = (passage.flow, passage.ends, passage.liquidity);
    }
    let mut moves = [0; W];
    for i in 0..W {
        let [input, output] = between[i];
        let goes_on = liquidity[i] > 0.0;
        let all = select(goes_on, flow.input[i], room[i] + input);
        let left = select(goes_on, beyond[i] - input, 0.0);
        // Where nothing came in nothing moves.
        moves[i] = way.leaves[i] & mask(all > 0.0);
        flow.input[i] = pick(way.leaves[i], all, flow.input[i]);
        rest[i] = pick(way.leaves[i], left, rest[i]);
        flow.output[i] = pick(way.leaves[i], yield_of_room[i] + output, 0.0);
    }
    for i in 0..W {
        let [entry, exit] = ends[i];
        at.sqrt_price[i] = pick(moves[i], entry, at.sqrt_price[i]);
        at.low[i] = pick(moves[i], lesser(entry, exit), at.low[i]);
        at.high[i] = pick(moves[i], greater(entry, exit), at.high[i]);
        at.liquidity[i] = pick(moves[i], liquidity[i], at.liquidity[i]);
        let found = place[i] - first[i];
        let segment = pick_place(way.buys[i], found, last - found);
        at.segment[i] = pick_place(moves[i], segment, at.segment[i]);
    }
}

/// Trades the rest within its segment, if any is left.
#[inline(always)]
fn finish<const W: usize>(at: &mut Position<W>, buys: &Lanes<W>, rest: &Lanes<W>, output: &mut Lanes<W>) {
    for i in 0..W {
        let buying = buys[i] > 0.0;
        let (s, liquidity) = (at.sqrt_price[i], at.liquidity[i]);
        let forward = greater(rest[i], 0.0);
        let numerator = s * liquidity + select(buying, forward, 0.0);
        let denominator = liquidity + select(buying, 0.0, forward * s);
        let moved = select(forward > 0.0, numerator / denominator, s);
        let moved = select(moved < at.low[i], at.low[i], moved);
        let moved = select(moved > at.high[i], at.high[i], moved);
        let square = s * moved;
        output[i] += rest[i] * select(buying, 1.0 / square, square);
        at.sqrt_price[i] = moved;
    }
}

/// What comes in until the square root of the price is `target`, before fee; 0 where it already is. In a gap or beyond the
/// liquidity it is what comes in up to there.
#[inline(always)]
pub(super) fn amount_to<const W: usize>(
    table: &Table,
    at: &Position<W>,
    direction: usize,
    target: &Lanes<W>,
) -> Lanes<W> {
    let buying = direction == PURCHASE;
    let mut amount = [0.0; W];
    let mut any = 0;
    for i in 0..W {
        let inside = if buying { lesser(target[i], at.high[i]) } else { greater(target[i], at.low[i]) };
        amount[i] = greater(stretch(buying, at.liquidity[i], at.sqrt_price[i], inside), 0.0);
        any |= mask(inside != target[i]);
    }
    if any != 0 {
        pass_to(table, at, direction, target, &mut amount);
    }
    amount
}

/// What comes in from `s` to `t`.
#[inline(always)]
fn stretch(buying: bool, liquidity: f64, s: f64, t: f64) -> f64 {
    if buying { liquidity * (t - s) } else { liquidity * (s - t) / (s * t) }
}

/// Adds what comes in beyond the present segment.
#[inline(always)]
fn pass_to<const W: usize>(
    table: &Table,
    at: &Position<W>,
    direction: usize,
    target: &Lanes<W>,
    amount: &mut Lanes<W>,
) {
    let buying = direction == PURCHASE;
    let (list, first) = table.lists(&[mask(buying); W]);
    let (mut next, mut key) = ([0; W], [0.0; W]);
    for i in 0..W {
        next[i] = first[i] + if buying { at.segment[i] + 1 } else { table.last() - at.segment[i] + 1 };
        key[i] = if buying { target[i] } else { 0.0 - target[i] };
    }
    let place = table.search(Keys::Price).find(&list, &key);
    let (mut input, mut entry, mut liquidity) = ([0.0; W], [0.0; W], [0.0; W]);
    for i in 0..W {
        let Some(passage) = table.between(next[i], place[i]) else { break };
        (input[i], entry[i], liquidity[i]) = (passage.flow[0], passage.ends[0], passage.liquidity);
    }
    for i in 0..W {
        let within = stretch(buying, liquidity[i], entry[i], target[i]);
        let beyond = input[i] + greater(within, 0.0);
        amount[i] += select(place[i] >= next[i], beyond, 0.0);
    }
}

/// Square root of the price at which the next token sold goes: that of the state, or in a gap and at the lower end of a
/// segment that of the liquidity below; 0 where there is none.
#[inline(always)]
pub(super) fn next_price<const W: usize>(table: &Table, at: &Position<W>) -> Lanes<W> {
    let mut stands = [0; W];
    let mut any = 0;
    for i in 0..W {
        stands[i] = mask(at.liquidity[i] > 0.0) & mask(at.sqrt_price[i] > at.low[i]);
        any |= !stands[i];
    }
    let mut price = at.sqrt_price;
    if any != 0 {
        let (list, first) = table.lists(&[0; W]);
        let mut key = [0.0; W];
        for i in 0..W {
            let Some(row) = table.row(first[i] + table.last() - at.segment[i] + 1) else { break };
            key[i] = limited(row.sums[0]);
        }
        let place = table.search(Keys::Input).find(&list, &key);
        for i in 0..W {
            let Some(found) = table.row(place[i]) else { break };
            let below = select(found.liquidity > 0.0, found.ends[0], 0.0);
            price[i] = pick(stands[i], price[i], below);
        }
    }
    price
}
