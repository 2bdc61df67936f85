//! From the contract's ticks to price boundaries in whole tokens.
//!
//! Tick `i` stands at the square root of the price `1.0001^(i/2)`, in units of token 1 per unit of token 0 (Uniswap/v3-core
//! 1.0.1, `libraries/TickMath.sol`). With decimals `d0` and `d1` the square root in whole tokens is `10^((d0 - d1)/2)` times
//! that, and liquidity in whole tokens the contract's over `10^((d0 + d1)/2)`. Where the token is token 1, the price in
//! quote per token is the inverse and the order of the boundaries turns round.
//!
//! Error: boundaries below 3 units in the last place.

use super::double_double::DoubleDouble;
use super::{Segments, Spec, SpecError};

/// Largest tick, and minus the smallest.
pub const MAX_TICK: i32 = 887_272;
/// Square root of 1.0001.
const ROOT: DoubleDouble = DoubleDouble { head: 1.000_049_998_750_062_4, tail: 9.946_990_697_168_432e-17 };
/// 2^96, the unit of the contract's square roots.
const Q96: f64 = 79_228_162_514_264_337_593_543_950_336.0;
/// The price may be off its tick by this, relative: a hundredth of a tick's width.
const TICK_TOLERANCE: f64 = 1e-6;

/// A pool as its contract stores it.
#[derive(Debug, Clone, PartialEq)]
pub struct TickSnapshot {
    /// Whether the token is token 0; else token 1, and the quote coin token 0.
    pub lrt_is_token_0: bool,
    /// Decimals of token 0 and token 1.
    pub decimals: [u8; 2],
    /// Fee, fraction of what comes in.
    pub fee: f64,
    /// Share of the fee that the protocol keeps.
    pub protocol_share: f64,
    /// `sqrtPriceX96`, token 1 in token 0.
    pub sqrt_price_x96: f64,
    /// Tick of the price; one below where a falling price stopped on a tick.
    pub tick: i32,
    /// Liquidity in range.
    pub liquidity: u128,
    /// Initialised ticks in ascending order, and the liquidity that comes into range when the price rises through them.
    pub ticks: Vec<(i32, i128)>,
}

impl Spec {
    /// The pool of a snapshot of the contract.
    ///
    /// # Errors
    /// When ticks are out of range or not in ascending order, liquidity is negative somewhere or does not end with the last
    /// tick, the liquidity in range is not what the ticks add up to, or the price is not that of the tick.
    pub fn from_ticks(snapshot: &TickSnapshot) -> Result<Self, SpecError> {
        let &TickSnapshot { lrt_is_token_0, decimals: [d0, d1], fee, protocol_share, .. } = snapshot;
        let sqrt_price = snapshot.sqrt_price_x96 / Q96;
        check_tick_of_price(snapshot.tick, sqrt_price)?;
        let liquidity = running_liquidity(snapshot)?;
        let per_unit = half_power_of_ten(i32::from(d0) - i32::from(d1));
        let per_liquidity = half_power_of_ten(i32::from(d0) + i32::from(d1));
        let oriented = |root: f64| if lrt_is_token_0 { root * per_unit } else { 1.0 / (root * per_unit) };
        let mut sqrt_boundaries: Vec<f64> =
            snapshot.ticks.iter().map(|&(tick, _)| oriented(sqrt_price_at_tick(tick))).collect();
        let mut liquidity: Vec<f64> = liquidity.iter().map(|&units| units as f64 / per_liquidity).collect();
        if !lrt_is_token_0 {
            sqrt_boundaries.reverse();
            liquidity.reverse();
        }
        Self::new(fee, protocol_share, oriented(sqrt_price), &Segments { sqrt_boundaries, liquidity })
    }
}

/// Square root of the price at a tick.
#[must_use]
pub fn sqrt_price_at_tick(tick: i32) -> f64 {
    let (mut power, mut square, mut left) = (DoubleDouble::ONE, ROOT, tick.unsigned_abs());
    while left > 0 {
        if left & 1 == 1 {
            power = power.times(square);
        }
        square = square.times(square);
        left >>= 1;
    }
    if tick < 0 { 1.0 / power.head } else { power.head }
}

/// `10^(n/2)`.
fn half_power_of_ten(n: i32) -> f64 {
    let whole = (0..n.unsigned_abs() / 2).fold(1.0, |power, _| 10.0 * power);
    let root = if n & 1 == 0 { whole } else { whole * 10.0_f64.sqrt() };
    if n < 0 { 1.0 / root } else { root }
}

fn check_tick_of_price(tick: i32, sqrt_price: f64) -> Result<(), SpecError> {
    let in_range = (-MAX_TICK..=MAX_TICK).contains(&tick);
    let from = sqrt_price_at_tick(if in_range { tick } else { 0 }) * (1.0 - TICK_TOLERANCE);
    let to = sqrt_price_at_tick(if in_range { tick + 1 } else { 0 }) * (1.0 + TICK_TOLERANCE);
    if in_range && from <= sqrt_price && sqrt_price <= to {
        Ok(())
    } else {
        Err(SpecError::TickOffPrice { tick, sqrt_price })
    }
}

/// Liquidity above each tick but the last.
fn running_liquidity(snapshot: &TickSnapshot) -> Result<Vec<u128>, SpecError> {
    let (mut sum, mut in_range) = (0_u128, 0);
    let mut last = None;
    let mut running = Vec::with_capacity(snapshot.ticks.len());
    for &(tick, net) in &snapshot.ticks {
        if !(-MAX_TICK..=MAX_TICK).contains(&tick) {
            return Err(SpecError::TickOutOfRange { tick });
        }
        if last.is_some_and(|last| last >= tick) {
            return Err(SpecError::TicksUnsorted { tick });
        }
        last = Some(tick);
        sum = sum.checked_add_signed(net).ok_or(SpecError::TickLiquidity { tick })?;
        if tick <= snapshot.tick {
            in_range = sum;
        }
        running.push(sum);
    }
    if sum != 0 {
        return Err(SpecError::OpenEnd { rest: sum });
    }
    if in_range != snapshot.liquidity {
        return Err(SpecError::LiquidityOffTicks { sum: in_range, liquidity: snapshot.liquidity });
    }
    running.pop();
    Ok(running)
}
