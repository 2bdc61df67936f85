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

use std::fmt;

use super::Segments;
use super::rows::{NO_ROW, Row, padded, purchases, sales};
use super::search::Search;
use pegstress_num::select;

/// Sale: index of the direction in which the price falls.
pub(super) const SALE: usize = 0;
/// Purchase: index of the direction in which the price rises.
pub(super) const PURCHASE: usize = 1;

/// What comes in and goes out between the entries of two rows, and the second row.
pub(super) struct Passage {
    /// What comes in and goes out.
    pub(super) flow: [f64; 2],
    /// Square roots of the prices at the entry and the exit.
    pub(super) ends: [f64; 2],
    pub(super) liquidity: f64,
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
#[derive(Clone)]
pub(super) struct Table {
    segments: Vec<Segments>,
    /// List by list, sales before purchases, at the places of the search; the last row of each stands twice, so that every
    /// row has a next.
    rows: Vec<Row>,
    /// Place of the last row.
    last: usize,
    /// Places from list to list.
    stride: usize,
    /// Lists from lane to lane: 0 or 2.
    lists_per_lane: usize,
    by_input: Search,
    by_price: Search,
}

/// The lists follow from the segments, and their padding is no number, which never equals itself.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.segments == other.segments && self.lists_per_lane == other.lists_per_lane
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("segments", &self.segments).finish_non_exhaustive()
    }
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
        let by_input = Search::new(keys(|row| row.sums[0]));
        let by_price =
            Search::new(keys(|&Row { ends: [entry, exit], .. }| select(entry > exit, 0.0 - entry, entry)));
        let last = lists.first().map_or(0, |rows| rows.len().saturating_sub(1));
        let stride = by_input.stride();
        let padding = std::iter::repeat(&NO_ROW);
        let padded = |rows: &Vec<Row>| {
            rows.iter().chain(rows.last()).chain(padding.clone()).take(stride).copied().collect::<Vec<_>>()
        };
        let rows = lists.iter().flat_map(padded).collect();
        Self { segments, rows, last, stride, lists_per_lane, by_input, by_price }
    }

    /// Segments of a lane; of the last table where a lane has none of its own.
    pub(super) fn segments(&self, lane: usize) -> &Segments {
        const NONE: &Segments = &Segments { sqrt_boundaries: Vec::new(), liquidity: Vec::new() };
        let place = lane * self.lists_per_lane / 2;
        self.segments.get(place).or(self.segments.last()).unwrap_or(NONE)
    }

    /// Place of the last row.
    #[inline(always)]
    pub(super) fn last(&self) -> usize {
        self.last
    }

    /// List of each lane in the direction given by a mask, and the place of the first row of that list.
    #[inline(always)]
    pub(super) fn lists<const W: usize>(&self, buys: &[usize; W]) -> ([usize; W], [usize; W]) {
        let (mut list, mut first) = ([0; W], [0; W]);
        for i in 0..W {
            list[i] = buys[i] & PURCHASE;
            first[i] = buys[i] & self.stride;
        }
        if self.lists_per_lane > 0 {
            for i in 0..W {
                list[i] += self.lists_per_lane * i;
                first[i] += self.lists_per_lane * self.stride * i;
            }
        }
        (list, first)
    }

    /// From the entry of one row to that of another. Outside of the lists there is nothing.
    #[inline(always)]
    pub(super) fn between(&self, from: usize, to: usize) -> Option<Passage> {
        let (from, to) = (self.rows.get(from)?, self.rows.get(to)?);
        let mut flow = [0.0; 2];
        for coin in 0..2 {
            flow[coin] = (to.sums[coin] - from.sums[coin]) + (to.tails[coin] - from.tails[coin]);
        }
        Some(Passage { flow, ends: to.ends, liquidity: to.liquidity })
    }

    /// The row at a place.
    #[inline(always)]
    pub(super) fn row(&self, place: usize) -> Option<&Row> {
        self.rows.get(place)
    }

    #[inline(always)]
    pub(super) fn search(&self, keys: Keys) -> &Search {
        match keys {
            Keys::Input => &self.by_input,
            Keys::Price => &self.by_price,
        }
    }

    /// A lane's segment at a price, as its place and row among purchases, and the amounts of the quote coin and of tokens
    /// at it.
    pub(super) fn at(&self, lane: usize, sqrt_price: f64) -> (usize, Row, [f64; 2]) {
        let sales = lane * self.lists_per_lane * self.stride;
        let purchases = sales + self.stride;
        let place = self.by_price.find_one(lane * self.lists_per_lane + PURCHASE, sqrt_price);
        let segment = place - purchases;
        let row = |place| self.row(place).copied().unwrap_or(NO_ROW);
        let (rising, falling) = (row(place), row(sales + self.last - segment));
        let eth = rising.sums[0] + rising.liquidity * (sqrt_price - rising.ends[0]);
        let along = falling.liquidity * (falling.ends[0] - sqrt_price);
        (segment, rising, [eth, falling.sums[0] + along / (falling.ends[0] * sqrt_price)])
    }
}
