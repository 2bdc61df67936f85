//! A pool from the list of its ticks, as indexers record it: price, liquidity in range, liquidity per tick.

use ruint::aliases::U256;

use super::liquidity::add_delta;
use super::position::check_tick;
use super::tick_table::TickTable;
use super::{Error, Pool, SnapshotError, Tick, sqrt_ratio_at_tick};

/// Liquidity of an initialised tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TickLiquidity {
    /// The tick.
    pub tick: i32,
    /// Liquidity of all positions that begin or end here. Where a source has only the net one, its size will do:
    /// ticks at which positions cancel are then missing, which changes no more than the rounding of a swap.
    pub gross: u128,
    /// Liquidity that comes into range when the price rises through the tick.
    pub net: i128,
}

/// A pool's parameters and liquidity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Fee in millionths of the input.
    pub fee_millionths: u32,
    /// Distance of ticks that can be initialised.
    pub tick_spacing: i32,
    /// Square root of the price of token 0 in token 1.
    pub sqrt_price_x96: U256,
    /// Tick of the price.
    pub tick: i32,
    /// Liquidity in range.
    pub liquidity: u128,
    /// All initialised ticks, in any order.
    pub ticks: Vec<TickLiquidity>,
}

impl Pool {
    /// Pool in a recorded state. Fee growth begins at zero, and nobody owns the liquidity: positions can be minted and
    /// burned on top of it.
    ///
    /// # Errors
    /// When a value is outside of its range, the tick is not that of the price, or the ticks do not add up to the
    /// liquidity at the price and to nothing above the last one.
    pub fn from_ticks(snapshot: Snapshot) -> Result<Self, SnapshotError> {
        let Snapshot { fee_millionths, tick_spacing, sqrt_price_x96, tick, liquidity, mut ticks } = snapshot;
        let mut pool = Self::new(fee_millionths, tick_spacing, sqrt_price_x96)?;
        pool.tick = checked_tick(tick, pool.tick, sqrt_price_x96)?;
        ticks.sort_unstable_by_key(|entry| entry.tick);
        pool.liquidity = pool.liquidity_in_range(&ticks)?;
        if pool.liquidity != liquidity {
            return Err(SnapshotError::LiquidityOffTicks { sum: pool.liquidity, liquidity });
        }
        let state = |entry: TickLiquidity| Tick {
            liquidity_gross: entry.gross,
            liquidity_net: entry.net,
            ..Tick::default()
        };
        pool.ticks =
            TickTable::from_ascending(ticks.into_iter().map(|entry| (entry.tick, state(entry))).collect());
        Ok(pool)
    }

    /// Checks ascending ticks and adds up the liquidity at the pool's tick.
    fn liquidity_in_range(&self, ticks: &[TickLiquidity]) -> Result<u128, SnapshotError> {
        let (mut sum, mut in_range) = (0, 0);
        let mut last = None;
        for &TickLiquidity { tick, gross, net } in ticks {
            if last.replace(tick) == Some(tick) {
                return Err(SnapshotError::DuplicateTick { tick });
            }
            self.check_liquidity(tick, gross, net)?;
            sum = add_delta(sum, net)?;
            if tick <= self.tick {
                in_range = sum;
            }
        }
        if sum == 0 { Ok(in_range) } else { Err(SnapshotError::OpenEnd { rest: sum }) }
    }

    fn check_liquidity(&self, tick: i32, gross: u128, net: i128) -> Result<(), SnapshotError> {
        check_tick(tick, self.tick_spacing)?;
        if gross == 0 || net.unsigned_abs() > gross {
            return Err(SnapshotError::NetAboveGross { tick, gross, net });
        }
        if gross > self.max_liquidity_per_tick {
            let max = self.max_liquidity_per_tick;
            return Err(Error::TooMuchLiquidity { tick, max }.into());
        }
        Ok(())
    }
}

/// The tick, if it is that of the price, or the one below where a falling price stopped on a tick.
fn checked_tick(tick: i32, tick_of_price: i32, sqrt_price_x96: U256) -> Result<i32, SnapshotError> {
    let stopped_on_tick =
        tick.checked_add(1) == Some(tick_of_price) && sqrt_ratio_at_tick(tick_of_price) == Ok(sqrt_price_x96);
    if tick == tick_of_price || stopped_on_tick {
        Ok(tick)
    } else {
        Err(SnapshotError::TickOffPrice { tick, tick_of_price })
    }
}
