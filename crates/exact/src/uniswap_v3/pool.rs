//! State of a pool.

use std::collections::BTreeMap;

use ruint::aliases::U256;

use super::tick_table::TickTable;
use super::{Error, FEE_DENOMINATOR, Position, Tick, TickRange, max_liquidity_per_tick, tick_at_sqrt_ratio};

/// Widest spacing the factory allows.
const MAX_TICK_SPACING: i32 = 16_383;

/// A pool of two tokens. A failed operation leaves it unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub(super) fee_millionths: u32,
    pub(super) tick_spacing: i32,
    pub(super) max_liquidity_per_tick: u128,
    pub(super) sqrt_price_x96: U256,
    pub(super) tick: i32,
    pub(super) liquidity: u128,
    pub(super) fee_growth_global_x128: [U256; 2],
    pub(super) protocol_fee_denominators: [u8; 2],
    pub(super) protocol_fees: [u128; 2],
    pub(super) ticks: TickTable,
    pub(super) positions: BTreeMap<(u64, TickRange), Position>,
}

impl Pool {
    /// Pool without liquidity at a price (`initialize`).
    ///
    /// # Errors
    /// When the fee, the spacing or the price is outside of its range.
    pub fn new(fee_millionths: u32, tick_spacing: i32, sqrt_price_x96: U256) -> Result<Self, Error> {
        if fee_millionths >= FEE_DENOMINATOR {
            return Err(Error::FeeOutOfRange { fee_millionths });
        }
        if !(1..=MAX_TICK_SPACING).contains(&tick_spacing) {
            return Err(Error::TickSpacingOutOfRange { tick_spacing });
        }
        Ok(Self {
            fee_millionths,
            tick_spacing,
            max_liquidity_per_tick: max_liquidity_per_tick(tick_spacing)?,
            sqrt_price_x96,
            tick: tick_at_sqrt_ratio(sqrt_price_x96)?,
            liquidity: 0,
            fee_growth_global_x128: [U256::ZERO; 2],
            protocol_fee_denominators: [0; 2],
            protocol_fees: [0; 2],
            ticks: TickTable::default(),
            positions: BTreeMap::new(),
        })
    }

    /// Fee in millionths of the input.
    #[must_use]
    pub fn fee_millionths(&self) -> u32 {
        self.fee_millionths
    }

    /// Distance of ticks that can be initialised.
    #[must_use]
    pub fn tick_spacing(&self) -> i32 {
        self.tick_spacing
    }

    /// Square root of the price of token 0 in token 1.
    #[must_use]
    pub fn sqrt_price_x96(&self) -> U256 {
        self.sqrt_price_x96
    }

    /// Tick of the price; one below where a falling price stopped on a tick.
    #[must_use]
    pub fn tick(&self) -> i32 {
        self.tick
    }

    /// Liquidity in range.
    #[must_use]
    pub fn liquidity(&self) -> u128 {
        self.liquidity
    }

    /// Fees of each token per unit of liquidity since the beginning; wraps.
    #[must_use]
    pub fn fee_growth_global_x128(&self) -> [U256; 2] {
        self.fee_growth_global_x128
    }

    /// The initialised ticks in ascending order.
    pub fn ticks(&self) -> impl ExactSizeIterator<Item = (i32, &Tick)> {
        self.ticks.iter()
    }

    /// A position, empty if it never had liquidity.
    #[must_use]
    pub fn position(&self, owner: u64, range: TickRange) -> Position {
        self.positions.get(&(owner, range)).copied().unwrap_or_default()
    }

    /// Every position that ever had liquidity, by owner and range.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = (u64, TickRange, &Position)> {
        self.positions.iter().map(|(&(owner, range), position)| (owner, range, position))
    }
}
