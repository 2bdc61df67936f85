//! A position: liquidity of one owner between two ticks, and what it has earned (`Position.sol`).

use ruint::aliases::U256;

use super::liquidity::add_delta;
use super::tick_math::{MAX_TICK, MIN_TICK};
use super::{Error, Tick};
use crate::wide_arithmetic::mul_div_down;

/// Ticks between which a position's liquidity is in range: from the lower one on, below the upper one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TickRange {
    /// Lower end.
    pub lower: i32,
    /// Upper end.
    pub upper: i32,
}

/// State of a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Liquidity.
    pub liquidity: u128,
    /// Fee growth inside of the range at the last change, of each token.
    pub fee_growth_inside_last_x128: [U256; 2],
    /// Tokens that [`super::Pool::collect`] pays.
    pub tokens_owed: [u128; 2],
}

const Q128: U256 = U256::from_limbs([0, 0, 1, 0]);

impl TickRange {
    /// Range from `lower` to `upper`.
    #[must_use]
    pub fn new(lower: i32, upper: i32) -> Self {
        Self { lower, upper }
    }

    /// Whether a pool can have a position here (`checkTicks` and `flipTick`).
    pub(super) fn check(self, tick_spacing: i32) -> Result<(), Error> {
        let Self { lower, upper } = self;
        if lower >= upper {
            return Err(Error::EmptyRange { lower, upper });
        }
        check_tick(lower, tick_spacing)?;
        check_tick(upper, tick_spacing)
    }

    /// Fee growth inside of the range (`getFeeGrowthInside`); differences wrap, as in the contract.
    pub(super) fn fee_growth_inside_x128(
        self,
        lower: &Tick,
        upper: &Tick,
        current: i32,
        global_x128: [U256; 2],
    ) -> [U256; 2] {
        let inside = |global: U256, low_outside: U256, high_outside: U256| {
            let below = if current >= self.lower { low_outside } else { global.wrapping_sub(low_outside) };
            let above = if current < self.upper { high_outside } else { global.wrapping_sub(high_outside) };
            global.wrapping_sub(below).wrapping_sub(above)
        };
        let ([global_0, global_1], [low_0, low_1]) = (global_x128, lower.fee_growth_outside_x128);
        let [high_0, high_1] = upper.fee_growth_outside_x128;
        [inside(global_0, low_0, high_0), inside(global_1, low_1, high_1)]
    }
}

impl Position {
    /// The position after its fees are booked and its liquidity changes by `delta` (`Position.update`).
    pub(super) fn updated(self, delta: i128, inside_x128: [U256; 2]) -> Result<Self, Error> {
        if delta == 0 && self.liquidity == 0 {
            return Err(Error::NoPosition);
        }
        let liquidity = add_delta(self.liquidity, delta)?;
        let mut tokens_owed = self.tokens_owed;
        let growth = inside_x128.into_iter().zip(self.fee_growth_inside_last_x128);
        for (owed, (inside, last)) in tokens_owed.iter_mut().zip(growth) {
            let earned = mul_div_down(inside.wrapping_sub(last), U256::from(self.liquidity), Q128)?;
            *owed = owed.wrapping_add(low_128(earned));
        }
        Ok(Self { liquidity, fee_growth_inside_last_x128: inside_x128, tokens_owed })
    }

    /// The position with tokens it may collect; the sum wraps, as in the contract.
    pub(super) fn with_owed(mut self, amounts: [U256; 2]) -> Self {
        for (owed, amount) in self.tokens_owed.iter_mut().zip(amounts) {
            *owed = owed.wrapping_add(low_128(amount));
        }
        self
    }
}

/// The lower 128 bits: what the contract books of an amount.
pub(super) fn low_128(amount: U256) -> u128 {
    let [low, high, ..] = *amount.as_limbs();
    u128::from(high) << 64 | u128::from(low)
}

/// Whether a pool can initialise a tick.
pub(super) fn check_tick(tick: i32, tick_spacing: i32) -> Result<(), Error> {
    if !(MIN_TICK..=MAX_TICK).contains(&tick) {
        return Err(Error::TickOutOfRange { tick });
    }
    if tick.checked_rem(tick_spacing) == Some(0) {
        Ok(())
    } else {
        Err(Error::TickNotSpaced { tick, tick_spacing })
    }
}
