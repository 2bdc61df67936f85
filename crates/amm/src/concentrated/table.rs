//! The segments of a pool as tables for trades in both directions.
//!
//! A trade in either direction passes the segments in order: sales from the highest price down, purchases from the lowest
//! up. Each direction has a list of rows, one per segment in that order, with the sums at the boundary where such a trade
//! enters the segment: what comes in on the way from the first row to there, and what is left to go out beyond. An empty
//! segment stands at both ends.
//!
//! Tokens are summed from the highest price and the quote coin from the lowest, in either direction: these sums are what the
//! positions hold and stay small near the price. Each sum has a tail, so that the difference of two is good to
//! rounding however close they are.

use super::Segments;
use super::double_double::DoubleDouble;
use super::search::Search;
use pegstress_num::{Lanes, select};

/// Square roots of the prices beyond which nothing is.
pub(super) const OUTER: (f64, f64) = (1e-60, 1e60);

/// A segment on the way of a trade.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Row {
    /// Square root of the price where the trade enters.
    pub(super) entry: f64,
    /// Square root of the price where it leaves.
    pub(super) exit: f64,
    pub(super) liquidity: f64,
    /// Coin that comes in, from the first row to the entry.
    pub(super) input: f64,
    pub(super) input_tail: f64,
    /// Coin that goes out, from the entry to the last row.
    pub(super) output: f64,
    pub(super) output_tail: f64,
}

/// What a place outside of the table has.
pub(super) const NO_ROW: Row =
    Row { entry: 1.0, exit: 1.0, liquidity: 0.0, input: 0.0, input_tail: 0.0, output: 0.0, output_tail: 0.0 };

/// Sale: index of the direction in which the price falls.
pub(super) const SALE: usize = 0;
/// Purchase: index of the direction in which the price rises.
pub(super) const PURCHASE: usize = 1;

/// What lies between the entries of two rows, and the second row.
pub(super) struct Passage<const W: usize> {
    pub(super) input: Lanes<W>,
    pub(super) output: Lanes<W>,
    pub(super) entry: Lanes<W>,
    pub(super) exit: Lanes<W>,
    pub(super) liquidity: Lanes<W>,
}

/// What a row is looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Input from the first row on.
    Input,
    /// Square root of the price; in sales with a minus, so that it rises on the way.
    Price,
}

/// Tables of both directions: one pair for all lanes, or a pair per lane with as many rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    segments: Vec<Segments>,
    /// List by list, sales before purchases; the last row of each stands twice, so that every row has a next.
    rows: Vec<Row>,
    /// Place of the last row.
    last: usize,
    /// Lists from lane to lane: 0 or 2.
    lists_per_lane: usize,
    by_input: Search,
    by_price: Search,
}

impl Table {
    /// Of checked segments, the same for all lanes.
    pub(super) fn shared(segments: Segments) -> Self {
        Self::new(vec![segments], 0)
    }

    /// Of checked segments of each lane, as many in each.
    pub(super) fn per_lane(segments: Vec<Segments>) -> Self {
        Self::new(segments, 2)
    }

    fn new(segments: Vec<Segments>, lists_per_lane: usize) -> Self {
        let lists: Vec<Vec<Row>> =
            segments.iter().map(padded).flat_map(|all| [sales(&all), purchases(&all)]).collect();
        let keys = |key: fn(&Row) -> f64| lists.iter().map(|rows| rows.iter().map(key).collect()).collect();
        let by_input = Search::new(keys(|row| row.input));
        let by_price = Search::new(keys(|row| select(row.entry > row.exit, 0.0 - row.entry, row.entry)));
        let last = lists.first().map_or(0, |rows| rows.len().saturating_sub(1));
        let rows = lists.iter().flat_map(|rows| rows.iter().chain(rows.last())).copied().collect();
        Self { segments, rows, last, lists_per_lane, by_input, by_price }
    }

    /// Segments of a lane.
    pub(super) fn segments(&self, lane: usize) -> Option<&Segments> {
        self.segments.get(lane * self.lists_per_lane / 2)
    }

    /// Place of the last row.
    #[inline(always)]
    pub(super) fn last(&self) -> usize {
        self.last
    }

    /// What has come in at the entries of rows.
    #[inline(always)]
    pub(super) fn inputs<const W: usize>(&self, list: &[usize; W], place: &[usize; W]) -> Lanes<W> {
        let mut inputs = [0.0; W];
        for i in 0..W {
            let Some(row) = self.rows.get(self.index(list[i], place[i])) else { break };
            inputs[i] = row.input;
        }
        inputs
    }

    /// What passes from the entries of rows to those of others, and the latter rows. Places of a list only: the loop ends
    /// at another, so that the compiler does not make slow gathers of it.
    #[inline(always)]
    pub(super) fn between<const W: usize>(
        &self,
        list: &[usize; W],
        from: &[usize; W],
        to: &[usize; W],
    ) -> Passage<W> {
        let none = [0.0; W];
        let mut passage = Passage { input: none, output: none, entry: none, exit: none, liquidity: none };
        for i in 0..W {
            let from = self.rows.get(self.index(list[i], from[i]));
            let (Some(from), Some(to)) = (from, self.rows.get(self.index(list[i], to[i]))) else { break };
            passage.input[i] = (to.input - from.input) + (to.input_tail - from.input_tail);
            passage.output[i] = (from.output - to.output) + (from.output_tail - to.output_tail);
            passage.entry[i] = to.entry;
            passage.exit[i] = to.exit;
            passage.liquidity[i] = to.liquidity;
        }
        passage
    }

    #[inline(always)]
    fn index(&self, list: usize, place: usize) -> usize {
        list * (self.last + 2) + place
    }

    /// Which list a lane uses in a direction.
    #[inline(always)]
    pub(super) fn list(&self, lane: usize, direction: usize) -> usize {
        self.lists_per_lane * lane + direction
    }

    /// The row at a place of a list.
    #[inline(always)]
    pub(super) fn row(&self, list: usize, place: usize) -> &Row {
        self.rows.get(self.index(list, place)).unwrap_or(&NO_ROW)
    }

    #[inline(always)]
    pub(super) fn search(&self, keys: Keys) -> &Search {
        match keys {
            Keys::Input => &self.by_input,
            Keys::Price => &self.by_price,
        }
    }

    /// A lane's segment at a price, as its place among purchases, and the amounts of the quote coin and of tokens at it.
    pub(super) fn at(&self, lane: usize, sqrt_price: f64) -> (usize, (f64, f64)) {
        let (sale, purchase) = (self.list(lane, SALE), self.list(lane, PURCHASE));
        let segment = self.by_price.find_one(purchase, sqrt_price);
        let (rising, falling) = (self.row(purchase, segment), self.row(sale, self.last - segment));
        let eth = rising.input + rising.liquidity * (sqrt_price - rising.entry);
        let along = falling.liquidity * (falling.entry - sqrt_price);
        (segment, (eth, falling.input + along / (falling.entry * sqrt_price)))
    }
}

/// A segment with its ends.
#[derive(Clone, Copy)]
struct Side {
    low: f64,
    high: f64,
    liquidity: f64,
}

/// The segments in ascending order, with an empty one below and above.
fn padded(segments: &Segments) -> Vec<Side> {
    let Segments { sqrt_boundaries, liquidity } = segments;
    let lows = std::iter::once(&OUTER.0).chain(sqrt_boundaries);
    let highs = sqrt_boundaries.iter().chain(std::iter::once(&OUTER.1));
    let liquidity = std::iter::once(&0.0).chain(liquidity).chain(std::iter::once(&0.0));
    let sides = lows.zip(highs).zip(liquidity);
    sides.map(|((&low, &high), &liquidity)| Side { low, high, liquidity }).collect()
}

impl Side {
    /// Quote coin between the ends: `L (high - low)`.
    fn eth(&self) -> f64 {
        self.liquidity * (self.high - self.low)
    }

    /// Tokens between the ends: `L (1/low - 1/high)`.
    fn lrt(&self) -> f64 {
        self.eth() / (self.high * self.low)
    }
}

/// Sum of the amounts before each segment, in the order given.
fn running(amounts: impl Iterator<Item = f64>) -> Vec<DoubleDouble> {
    let mut sum = DoubleDouble::ZERO;
    amounts
        .map(|amount| {
            let before = sum;
            sum = sum.plus(amount);
            before
        })
        .collect()
}

fn row((entry, exit): (f64, f64), liquidity: f64, input: DoubleDouble, output: DoubleDouble) -> Row {
    Row {
        entry,
        exit,
        liquidity,
        input: input.head,
        input_tail: input.tail,
        output: output.head,
        output_tail: output.tail,
    }
}

/// Downwards: tokens come in, counted from the top; the quote coin of this segment and those below is left.
fn sales(sides: &[Side]) -> Vec<Row> {
    let above = running(sides.iter().rev().map(Side::lrt));
    let below = running(sides.iter().map(Side::eth));
    let rows = sides.iter().zip(below).rev().zip(above);
    rows.map(|((side, below), above)| {
        row((side.high, side.low), side.liquidity, above, below.plus(side.eth()))
    })
    .collect()
}

/// Upwards: the quote coin comes in, counted from the bottom; the tokens of this segment and those above are left.
fn purchases(sides: &[Side]) -> Vec<Row> {
    let mut above = running(sides.iter().rev().map(Side::lrt));
    above.reverse();
    let below = running(sides.iter().map(Side::eth));
    let rows = sides.iter().zip(below).zip(above);
    rows.map(|((side, below), above)| {
        row((side.low, side.high), side.liquidity, below, above.plus(side.lrt()))
    })
    .collect()
}
