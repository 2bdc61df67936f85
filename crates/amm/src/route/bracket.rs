//! A split by narrowing a bracket of the common price, for venues of any kind.
//!
//! With `q_k(b)` the tokens that venue `k` takes until the next one brings `b`, the split is `q_k(b*)` at the `b*` where
//! `sum q_k(b*)` is the sale. `b*` is bracketed between the best bid now, where the sum is zero, and the best marginal
//! proceeds of any venue that took the whole sale, where the sum is at least the sale; the bracket is narrowed by false
//! position, its parts averaged to the sale's size. Where the sum jumps, as at a gap in concentrated liquidity, the
//! bracket closes on the jump and the average fills it. Work is bounded by [`ROUNDS`]; a lane stops by itself.

use crate::Venue;
use pegstress_num::{Lanes, clamp, greater, lesser, select};

/// Rounds that narrow the bracket, at most.
const ROUNDS: usize = 16;
/// A lane is done when an end of its bracket is this near to the size of the trade, relative.
const NEAR: f64 = 1e-2;
/// Or when the bracket is this narrow, relative.
const NARROW: f64 = 1e-9;
/// Step of the size, relative, over which the proceeds' slope is taken; the slope of a concave curve to the right
/// of a point is not above the marginal value at it, so the bracket holds.
const STEP: f64 = 1.0 / 1024.0;

/// What is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Sale,
    Purchase,
}

/// What a venue takes until its next unit stands at `price`.
#[inline(always)]
fn taken<const W: usize>(venue: &Venue<W>, side: Side, price: &Lanes<W>) -> Lanes<W> {
    match side {
        Side::Sale => venue.lrt_to_bid(price),
        Side::Purchase => venue.eth_to_ask(price),
    }
}

/// Tokens of a sale of `size` that go to each venue.
#[inline(always)]
pub(super) fn split_sale<const W: usize>(venues: &[Venue<W>], size: &Lanes<W>) -> Vec<Lanes<W>> {
    // A closure of an iterator would not be compiled for the kernel's instruction set: hence the loops.
    let mut bids = Vec::with_capacity(venues.len());
    for venue in venues {
        bids.push(venue.bid());
    }
    let mut longer = [0.0; W];
    for i in 0..W {
        longer[i] = size[i] * (1.0 + STEP);
    }
    let mut best = [0.0; W];
    for bid in &bids {
        for i in 0..W {
            best[i] = greater(bid[i], best[i]);
        }
    }
    let mut least_bid = [0.0; W];
    for venue in venues {
        let (whole, more) = (venue.quote_sell(size), venue.quote_sell(&longer));
        for i in 0..W {
            let slope = (more[i] - whole[i]) / (STEP * greater(size[i], f64::MIN_POSITIVE));
            least_bid[i] = greater(slope, least_bid[i]);
        }
    }
    let mut parts = solve(size, best, least_bid, venues, Side::Sale);
    // What is left, dust below the precision of prices or more than all liquidity, goes to the best bidder.
    let mut rest = *size;
    for part in &parts {
        for i in 0..W {
            rest[i] -= part[i];
        }
    }
    for (part, bid) in parts.iter_mut().zip(&bids) {
        for i in 0..W {
            let taken = select(bid[i] == best[i], rest[i], 0.0);
            part[i] = greater(part[i] + taken, 0.0);
            rest[i] -= taken;
        }
    }
    parts
}

/// ETH of a purchase for `size` that go to each venue, where spending up to `limit` would cost more.
#[inline(always)]
pub(super) fn split_purchase<const W: usize>(
    venues: &[Venue<W>],
    limit: &Lanes<W>,
    size: &Lanes<W>,
) -> Vec<Lanes<W>> {
    let mut least_ask = *limit;
    for venue in venues {
        let price = venue.marginal_price();
        for i in 0..W {
            least_ask[i] = lesser(price[i], least_ask[i]);
        }
    }
    solve(size, least_ask, *limit, venues, Side::Purchase)
}

/// One end of a lane's bracket: a price, what each venue takes there, and the sum less the size of the trade.
#[repr(align(64))]
struct End<const W: usize> {
    price: Lanes<W>,
    parts: Vec<Lanes<W>>,
    excess: Lanes<W>,
    /// `excess`, halved when the other end moves twice in a row (the Illinois rule).
    weight: Lanes<W>,
    /// 1 where this end was the last to move, else 0.
    moved: Lanes<W>,
}

impl<const W: usize> End<W> {
    #[inline(always)]
    fn new(price: Lanes<W>, venues: usize, size: &Lanes<W>) -> Self {
        let mut excess = [0.0; W];
        for i in 0..W {
            excess[i] = 0.0 - size[i];
        }
        Self { price, parts: vec![[0.0; W]; venues], excess, weight: excess, moved: [0.0; W] }
    }

    /// Moves to a new point in the lanes where `moves` is 1, the `other` end staying.
    #[inline(always)]
    fn take(&mut self, other: &mut Self, moves: &Lanes<W>, point: &Point<'_, W>) {
        for i in 0..W {
            let here = moves[i] > 0.0;
            self.price[i] = select(here, point.price[i], self.price[i]);
            self.excess[i] = select(here, point.excess[i], self.excess[i]);
            self.weight[i] = select(here, point.excess[i], self.weight[i]);
            other.weight[i] *= 1.0 - 0.5 * moves[i] * self.moved[i];
            self.moved[i] = select(here, 1.0, self.moved[i]);
            other.moved[i] = select(here, 0.0, other.moved[i]);
        }
        for (held, part) in self.parts.iter_mut().zip(point.parts) {
            for i in 0..W {
                held[i] = select(moves[i] > 0.0, part[i], held[i]);
            }
        }
    }
}

/// What the venues take at a price.
struct Point<'a, const W: usize> {
    price: &'a Lanes<W>,
    parts: &'a [Lanes<W>],
    excess: &'a Lanes<W>,
}

/// Parts that sum to `size`: those at the price where what the venues take is that much.
///
/// At `none` they take nothing, at `enough` at least the size, else all there is.
#[inline(always)]
fn solve<const W: usize>(
    size: &Lanes<W>,
    none: Lanes<W>,
    enough: Lanes<W>,
    venues: &[Venue<W>],
    side: Side,
) -> Vec<Lanes<W>> {
    let mut below = End::new(none, venues.len(), size);
    let mut above = End::new(enough, venues.len(), size);
    let mut parts = vec![[0.0; W]; venues.len()];
    let mut price = enough;
    for round in 0..=ROUNDS {
        let mut excess = [0.0; W];
        for i in 0..W {
            excess[i] = 0.0 - size[i];
        }
        for (part, venue) in parts.iter_mut().zip(venues) {
            *part = taken(venue, side, &price);
            for i in 0..W {
                // A venue that fails takes nothing.
                part[i] = clamp(greater(part[i], 0.0), 0.0, f64::MAX);
                excess[i] += part[i];
            }
        }
        if round == 0 {
            above.parts.clone_from(&parts);
            (above.excess, above.weight) = (excess, excess);
        } else {
            let point = Point { price: &price, parts: &parts, excess: &excess };
            replace(&mut below, &mut above, size, &point);
        }
        if !next_price(&below, &above, size, &mut price) {
            break;
        }
    }
    average(&below, &above, &mut parts);
    parts
}

/// Whether a lane needs another round.
#[inline(always)]
fn is_open(below: f64, above: f64, size: f64, none: f64, enough: f64) -> bool {
    let near = NEAR * size;
    (above > near) & (below < 0.0 - near) & ((none - enough).abs() > NARROW * none.abs())
}

/// Puts the new point in the place of the end on its side, in the lanes that are not done.
#[inline(always)]
fn replace<const W: usize>(below: &mut End<W>, above: &mut End<W>, size: &Lanes<W>, point: &Point<'_, W>) {
    let (mut moves_above, mut moves_below) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        let open = is_open(below.excess[i], above.excess[i], size[i], below.price[i], above.price[i]);
        let enough = point.excess[i] >= 0.0;
        moves_above[i] = select(open & enough, 1.0, 0.0);
        moves_below[i] = select(open & !enough, 1.0, 0.0);
    }
    above.take(below, &moves_above, point);
    below.take(above, &moves_below, point);
}

/// The next point by false position; false if every lane is done.
#[inline(always)]
fn next_price<const W: usize>(below: &End<W>, above: &End<W>, size: &Lanes<W>, price: &mut Lanes<W>) -> bool {
    let mut open = 0.0;
    for i in 0..W {
        let share = above.weight[i] / (above.weight[i] - below.weight[i]);
        // Never at an end, where nothing would be learned.
        let share = clamp(share, 0.01, 0.99);
        price[i] = above.price[i] + share * (below.price[i] - above.price[i]);
        let needed = is_open(below.excess[i], above.excess[i], size[i], below.price[i], above.price[i]);
        open = select(needed, 1.0, open);
    }
    open > 0.0
}

/// The average of both ends' parts whose sum is the size; all there is where that is less.
#[inline(always)]
fn average<const W: usize>(below: &End<W>, above: &End<W>, parts: &mut [Lanes<W>]) {
    let mut share = [0.0; W];
    for i in 0..W {
        let span = above.excess[i] - below.excess[i];
        share[i] = clamp((0.0 - below.excess[i]) / greater(span, f64::MIN_POSITIVE), 0.0, 1.0);
    }
    for (k, part) in parts.iter_mut().enumerate() {
        for i in 0..W {
            part[i] = below.parts[k][i] + share[i] * (above.parts[k][i] - below.parts[k][i]);
        }
    }
}
