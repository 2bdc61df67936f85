//! Initialised ticks (`Tick.sol`) and the stops of a swap between them (`TickBitmap.sol`).

use ruint::aliases::U256;

use super::Error;
use super::tick_math::{MAX_TICK, MIN_TICK};

/// Ticks of one word of the contract's bitmap, as a power of two.
const WORD_SHIFT: u32 = 8;

/// Last position in a word.
const WORD_END: i32 = (1 << WORD_SHIFT) - 1;

/// State of an initialised tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// Liquidity of all positions that begin or end here.
    pub liquidity_gross: u128,
    /// Liquidity that comes into range when the price rises through the tick.
    pub liquidity_net: i128,
    /// Fee growth per unit of liquidity on the side where the price is not, of each token; only differences count.
    pub fee_growth_outside_x128: [U256; 2],
}

/// Highest gross liquidity of a tick (`tickSpacingToMaxLiquidityPerTick`), so that their sum fits 128 bits.
///
/// # Errors
/// When the spacing is not positive.
pub fn max_liquidity_per_tick(tick_spacing: i32) -> Result<u128, Error> {
    if tick_spacing <= 0 {
        return Err(Error::TickSpacingOutOfRange { tick_spacing });
    }
    let ticks = 2 * (MAX_TICK / tick_spacing).unsigned_abs() + 1;
    Ok(u128::MAX / u128::from(ticks))
}

/// Where a swap stops next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) tick: i32,
    /// Place of the tick in the table, if it is initialised.
    pub(super) index: Option<usize>,
}

/// The initialised ticks in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TickTable {
    ticks: Vec<(i32, Tick)>,
}

impl TickTable {
    /// Table of ticks in ascending order.
    pub(super) fn from_ascending(ticks: Vec<(i32, Tick)>) -> Self {
        Self { ticks }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (i32, &Tick)> {
        self.ticks.iter().map(|(tick, state)| (*tick, state))
    }

    /// State of a tick, empty if it is not initialised.
    pub(super) fn state(&self, tick: i32) -> Tick {
        self.find(tick).ok().and_then(|index| self.at(index)).map_or_else(Tick::default, |(_, state)| *state)
    }

    /// Sets a tick's state; a tick without liquidity leaves the table.
    pub(super) fn set(&mut self, tick: i32, state: Tick) {
        match (self.find(tick), state.liquidity_gross) {
            (Ok(index), 0) => drop(self.ticks.remove(index)),
            (Err(_), 0) => {}
            (Ok(index), _) => {
                if let Some((_, old)) = self.ticks.get_mut(index) {
                    *old = state;
                }
            }
            (Err(index), _) => self.ticks.insert(index, (tick, state)),
        }
    }

    /// Tick and state at a place of the table.
    pub(super) fn at(&self, index: usize) -> Option<(i32, &Tick)> {
        self.ticks.get(index).map(|(tick, state)| (*tick, state))
    }

    /// Moves the price across a tick (`Tick.cross`): the other side is outside now.
    pub(super) fn cross(&mut self, index: usize, fee_growth_global_x128: [U256; 2]) {
        if let Some((_, state)) = self.ticks.get_mut(index) {
            for (outside, global) in state.fee_growth_outside_x128.iter_mut().zip(fee_growth_global_x128) {
                *outside = global.wrapping_sub(*outside);
            }
        }
    }

    /// Number of initialised ticks at or below a tick.
    pub(super) fn count_up_to(&self, tick: i32) -> usize {
        self.ticks.partition_point(|(initialised, _)| *initialised <= tick)
    }

    /// Next stop (`nextInitializedTickWithinOneWord`, and the swap's bounds): down to `tick` itself or up from the tick
    /// after it. `below` is [`Self::count_up_to`] the tick.
    pub(super) fn next_stop(&self, tick: i32, below: usize, tick_spacing: i32, downwards: bool) -> Stop {
        let compressed = tick.div_euclid(tick_spacing);
        let (index, word_edge) = if downwards {
            (below.checked_sub(1), compressed >> WORD_SHIFT << WORD_SHIFT)
        } else {
            (Some(below), (compressed + 1) | WORD_END)
        };
        let edge = word_edge.saturating_mul(tick_spacing);
        let initialised = index.and_then(|index| self.at(index).map(|(tick, _)| (tick, index)));
        match initialised.filter(|&(tick, _)| if downwards { tick >= edge } else { tick <= edge }) {
            Some((tick, index)) => Stop { tick, index: Some(index) },
            None => Stop { tick: edge.clamp(MIN_TICK, MAX_TICK), index: None },
        }
    }

    fn find(&self, tick: i32) -> Result<usize, usize> {
        self.ticks.binary_search_by_key(&tick, |(initialised, _)| *initialised)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(ticks: &[i32]) -> TickTable {
        let state = Tick { liquidity_gross: 1, ..Tick::default() };
        TickTable::from_ascending(ticks.iter().map(|&tick| (tick, state)).collect())
    }

    fn stop(table: &TickTable, tick: i32, spacing: i32, downwards: bool) -> (i32, bool) {
        let stop = table.next_stop(tick, table.count_up_to(tick), spacing, downwards);
        (stop.tick, stop.index.is_some())
    }

    /// The ticks and answers of the contract's own tests (`TickBitmap.spec.ts`).
    #[test]
    fn stops_are_those_of_the_bitmap() {
        let ticks = table(&[-200, -55, -4, 70, 78, 84, 139, 240, 535]);
        for (tick, next, initialised) in
            [(78, 84, true), (-55, -4, true), (77, 78, true), (-56, -55, true), (255, 511, false)]
        {
            assert_eq!(stop(&ticks, tick, 1, false), (next, initialised), "up from {tick}");
        }
        assert_eq!(stop(&ticks, -257, 1, false), (-200, true));
        assert_eq!(stop(&ticks, 383, 1, false), (511, false));
        for (tick, next, initialised) in
            [(78, 78, true), (79, 78, true), (258, 256, false), (256, 256, false), (72, 70, true)]
        {
            assert_eq!(stop(&ticks, tick, 1, true), (next, initialised), "down from {tick}");
        }
        assert_eq!(stop(&ticks, -257, 1, true), (-512, false));
        assert_eq!(stop(&ticks, 1023, 1, true), (768, false));
    }

    #[test]
    fn ticks_between_multiples_of_the_spacing_belong_to_the_lower_one() {
        let ticks = table(&[-60, 60]);
        assert_eq!(stop(&ticks, -1, 60, true), (-60, true));
        assert_eq!(stop(&ticks, -61, 60, true), (-256 * 60, false));
        assert_eq!(stop(&ticks, -61, 60, false), (-60, true));
        assert_eq!(stop(&ticks, 60, 60, false), (255 * 60, false));
    }

    #[test]
    fn stops_stay_within_the_range_of_prices() {
        let ticks = table(&[]);
        assert_eq!(stop(&ticks, 887_000, 200, false), (MAX_TICK, false));
        assert_eq!(stop(&ticks, -887_000, 200, true), (MIN_TICK, false));
        assert_eq!(stop(&ticks, 887_271, 16_383, false), (MAX_TICK, false));
    }
}
