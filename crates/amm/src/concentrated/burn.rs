//! Providers burn positions in a range of prices: one-sided where the price is outside of it.
//!
//! The liquidity in the range falls by a share that differs from lane to lane. From then on each lane has tables of its own,
//! all with the same boundaries; trades cost the same, cloning still shares them. Building the tables takes time in
//! proportion to lanes times segments: burning is for events, not for every step.

use std::ops::Range;
use std::sync::Arc;

use super::table::Table;
use super::{ConcentratedLiquidity, Segments};
use crate::pool::Money;
use pegstress_num::{Lanes, clamp, greater};

impl<const W: usize> ConcentratedLiquidity<W> {
    /// Providers burn `share` of the liquidity that stands between two prices, quote per token. The price does not move.
    /// Returns what came in (negative: went out). Shares count as 0..=1, those that are not numbers as 0; a range that is
    /// empty or not of numbers holds nothing.
    pub fn burn_range(&mut self, share: &Lanes<W>, prices: Range<f64>) -> Money<W> {
        let (low, high) = (prices.start.sqrt(), prices.end.sqrt());
        let mut moved = Money::ZERO;
        if low.is_nan() || high.is_nan() || low >= high {
            return moved;
        }
        let mut lanes = Vec::with_capacity(W);
        for i in 0..W {
            let share = clamp(greater(share[i], 0.0), 0.0, 1.0);
            let mut segments = self.table.segments(i).split_at(low).split_at(high);
            let (eth, lrt) = segments.burn(share, low..high, self.position.sqrt_price[i]);
            moved.eth[i] = 0.0 - greater(self.scale[i] * eth, 0.0);
            moved.lrt[i] = 0.0 - greater(self.scale[i] * lrt, 0.0);
            lanes.push(segments);
        }
        self.table = Arc::new(Table::per_lane(lanes));
        for i in 0..W {
            self.eth[i] = not_below_zero(self.eth[i] + moved.eth[i]);
            self.lrt[i] = not_below_zero(self.lrt[i] + moved.lrt[i]);
            self.stand_again(i);
        }
        moved
    }

    /// Looks up a lane's segment at its price.
    fn stand_again(&mut self, lane: usize) {
        let position = &mut self.position;
        let (segment, row, _) = self.table.at(lane, position.sqrt_price[lane]);
        let [low, high] = row.ends;
        (position.low[lane], position.high[lane]) = (low, high);
        (position.liquidity[lane], position.segment[lane]) = (row.liquidity, segment);
    }
}

/// NaN stays NaN.
fn not_below_zero(amount: f64) -> f64 {
    if amount < 0.0 { 0.0 } else { amount }
}

impl Segments {
    /// The same liquidity with a boundary more, if it is inside and not one already.
    fn split_at(&self, root: f64) -> Self {
        let mut split = self.clone();
        let place = self.sqrt_boundaries.partition_point(|&boundary| boundary < root);
        let is_new = self.sqrt_boundaries.get(place).is_some_and(|&boundary| boundary > root);
        if let Some(&liquidity) = place.checked_sub(1).and_then(|below| self.liquidity.get(below))
            && is_new
        {
            split.sqrt_boundaries.insert(place, root);
            split.liquidity.insert(place, liquidity);
        }
        split
    }

    /// Takes a share of the liquidity between two boundaries; what it holds of the quote coin and of tokens at a price.
    fn burn(&mut self, share: f64, roots: Range<f64>, sqrt_price: f64) -> (f64, f64) {
        let (mut eth, mut lrt) = (0.0, 0.0);
        for (ends, liquidity) in self.sqrt_boundaries.windows(2).zip(&mut self.liquidity) {
            let &[low, high] = ends else { continue };
            if low >= roots.start && high <= roots.end {
                let burnt = *liquidity * share;
                let inside = clamp(sqrt_price, low, high);
                eth += burnt * (inside - low);
                lrt += burnt * (high - inside) / (high * inside);
                *liquidity -= burnt;
            }
        }
        (eth, lrt)
    }
}
