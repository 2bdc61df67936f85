//! The segments of a pool in the order in which a trade passes them, with sums.
//!
//! Tokens are summed from the highest price and the quote coin from the lowest, in either direction: these sums are what the
//! positions hold and stay small near the price. Each sum has a tail, so that the difference of two is good to
//! rounding however close they are. An empty segment stands at both ends.

use super::Segments;
use super::double_double::DoubleDouble;

/// Square roots of the prices beyond which nothing is.
pub(super) const OUTER: (f64, f64) = (1e-60, 1e60);

/// A segment on the way of a trade.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Row {
    /// At the entry: coin that comes in from the first row to there, minus coin that is left to go out from there on.
    pub(super) sums: [f64; 2],
    /// What the sums round off.
    pub(super) tails: [f64; 2],
    /// Square roots of the prices where the trade enters and leaves.
    pub(super) ends: [f64; 2],
    pub(super) liquidity: f64,
}

/// What a place outside of the lists has.
pub(super) const NO_ROW: Row = Row { sums: [0.0; 2], tails: [0.0; 2], ends: [1.0; 2], liquidity: 0.0 };

/// A segment with its ends.
#[derive(Clone, Copy)]
pub(super) struct Side {
    low: f64,
    high: f64,
    liquidity: f64,
}

/// The segments in ascending order, with an empty one below and above.
pub(super) fn padded(segments: &Segments) -> Vec<Side> {
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

fn row(ends: [f64; 2], liquidity: f64, input: DoubleDouble, output: DoubleDouble) -> Row {
    let (sums, tails) = ([input.head, 0.0 - output.head], [input.tail, 0.0 - output.tail]);
    Row { sums, tails, ends, liquidity }
}

/// Downwards: tokens come in, counted from the top; the quote coin of this segment and those below is left.
pub(super) fn sales(sides: &[Side]) -> Vec<Row> {
    let above = running(sides.iter().rev().map(Side::lrt));
    let below = running(sides.iter().map(Side::eth));
    let rows = sides.iter().zip(below).rev().zip(above);
    rows.map(|((side, below), above)| {
        row([side.high, side.low], side.liquidity, above, below.plus(side.eth()))
    })
    .collect()
}

/// Upwards: the quote coin comes in, counted from the bottom; the tokens of this segment and those above are left.
pub(super) fn purchases(sides: &[Side]) -> Vec<Row> {
    let mut above = running(sides.iter().rev().map(Side::lrt));
    above.reverse();
    let below = running(sides.iter().map(Side::eth));
    let rows = sides.iter().zip(below).zip(above);
    rows.map(|((side, below), above)| {
        row([side.low, side.high], side.liquidity, below, above.plus(side.lrt()))
    })
    .collect()
}
