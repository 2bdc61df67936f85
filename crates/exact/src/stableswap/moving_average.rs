//! The oracle of the next generation: exponential moving averages of the marginal prices and of `D`.
//!
//! Each series keeps the last value and the average. An operation at time `t` first ages the average with the last
//! value, `ema <- last (1 - a) + ema a` with `a = exp(-(t - t_last) / window)`, then replaces the last value. So an
//! operation moves the average only from the next second on. Prices are capped at 2. Prices and `D` have
//! their own clocks: a proportional withdrawal touches only that of `D`.

use ruint::aliases::U256;

use super::exponential::exp_negative;
use super::{Error, ONE, Pool};
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// Highest price the record takes.
const PRICE_CAP: U256 = U256::from_limbs([2_000_000_000_000_000_000, 0, 0, 0]);

/// Last value and average of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Series {
    last: U256,
    average: U256,
}

impl Series {
    /// The average at `now_secs` if the series was last written at `then_secs`.
    fn average_at(&self, then_secs: u64, now_secs: u64, window_secs: u64) -> Result<U256, Error> {
        if then_secs >= now_secs {
            return Ok(self.average);
        }
        let elapsed = mul(U256::from(now_secs - then_secs), ONE)?;
        let weight = exp_negative(div_down(elapsed, U256::from(window_secs))?);
        let fresh = mul(self.last, sub(ONE, weight)?)?;
        Ok(div_down(add(fresh, mul(self.average, weight)?)?, ONE)?)
    }
}

/// The oracle's record and its clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovingAverages {
    price_window_secs: u64,
    invariant_window_secs: u64,
    now_secs: u64,
    prices_at_secs: u64,
    invariant_at_secs: u64,
    prices: Vec<Series>,
    invariant: Series,
}

impl MovingAverages {
    fn new(windows_secs: (u64, u64), prices: usize, invariant: U256) -> Result<Self, Error> {
        let (price_window_secs, invariant_window_secs) = windows_secs;
        if price_window_secs == 0 || invariant_window_secs == 0 {
            return Err(Error::ZeroWindow);
        }
        Ok(Self {
            price_window_secs,
            invariant_window_secs,
            now_secs: 0,
            prices_at_secs: 0,
            invariant_at_secs: 0,
            prices: vec![Series { last: ONE, average: ONE }; prices],
            invariant: Series { last: checked_word(invariant)?, average: invariant },
        })
    }

    pub(super) fn advance(&mut self, secs: u64) {
        self.now_secs = self.now_secs.saturating_add(secs);
    }

    /// Last recorded price of coin `k + 1`, capped at 2e18.
    #[must_use]
    pub fn last_price(&self, k: usize) -> Option<U256> {
        self.prices.get(k).map(|series| series.last)
    }

    /// Average of coin `k + 1` as last written.
    #[must_use]
    pub fn written_average(&self, k: usize) -> Option<U256> {
        self.prices.get(k).map(|series| series.average)
    }

    /// Average price of coin `k + 1` aged to the present (the contract's `price_oracle`).
    ///
    /// # Errors
    /// When the coin does not exist or the average overflows.
    pub fn price(&self, k: usize) -> Result<U256, Error> {
        let coins = self.prices.len().saturating_add(1);
        let series = self.prices.get(k).ok_or(Error::UnknownCoin { index: k.saturating_add(1), coins })?;
        series.average_at(self.prices_at_secs, self.now_secs, self.price_window_secs)
    }

    /// Average of `D` aged to the present (the contract's `D_oracle`).
    ///
    /// # Errors
    /// When the average overflows.
    pub fn invariant(&self) -> Result<U256, Error> {
        self.invariant.average_at(self.invariant_at_secs, self.now_secs, self.invariant_window_secs)
    }

    pub(super) fn record(&mut self, prices: &[U256], invariant: U256) -> Result<(), Error> {
        let mut series = self.prices.clone();
        for (k, (series, &price)) in series.iter_mut().zip(prices).enumerate() {
            // A price that rounds to zero is not recorded.
            if !price.is_zero() {
                *series = Series { last: price.min(PRICE_CAP), average: self.price(k)? };
            }
        }
        self.invariant = Series { last: checked_word(invariant)?, average: self.invariant()? };
        self.prices = series;
        self.prices_at_secs = self.now_secs;
        self.invariant_at_secs = self.now_secs;
        Ok(())
    }

    /// First deposit into an empty pool: the record of `D` starts anew.
    pub(super) fn restart_invariant(&mut self, invariant: U256) -> Result<(), Error> {
        self.invariant = Series { last: checked_word(invariant)?, average: invariant };
        self.invariant_at_secs = self.now_secs;
        Ok(())
    }

    /// Proportional withdrawal of `shares` out of `total_supply`: `D` shrinks, prices stand.
    pub(super) fn shrink_invariant(&mut self, shares: U256, total_supply: U256) -> Result<(), Error> {
        let last = self.invariant.last;
        let shrunk = sub(last, mul_div_down(last, shares, total_supply)?)?;
        self.invariant = Series { last: shrunk, average: self.invariant()? };
        self.invariant_at_secs = self.now_secs;
        Ok(())
    }
}

impl Pool {
    /// Keeps an oracle record with these windows (half-life over ln 2), starting at prices of one and the current
    /// invariant.
    ///
    /// # Errors
    /// When a window is zero or the balances have no invariant of at most 128 bits.
    pub fn with_moving_averages(
        mut self,
        price_window_secs: u64,
        invariant_window_secs: u64,
    ) -> Result<Self, Error> {
        let windows_secs = (price_window_secs, invariant_window_secs);
        self.averages = Some(MovingAverages::new(windows_secs, self.coins() - 1, self.invariant()?)?);
        Ok(self)
    }
}

/// The contract packs two values into a word.
fn checked_word(value: U256) -> Result<U256, Error> {
    if value.bit_len() > 128 { Err(Error::OracleOverflow) } else { Ok(value) }
}
