//! Concentrated liquidity: the pool of Uniswap v3 core in integers.
//!
//! Liquidity `L` is constant between two neighbouring initialised ticks. With `P` the square root of the price of token 0
//! in token 1, a trade inside such a stretch moves
//!
//! ```text
//! amount_0 = L (1/P_low - 1/P_high),   amount_1 = L (P_high - P_low)
//! ```
//!
//! and tick `i` stands at `P = 1.0001^(i/2)`. A swap walks from tick to tick; it also stops at the ends of each word of
//! 256 ticks of the tick bitmap, initialised or not, and every stop rounds. These stops are part of the result and are
//! kept here, although no bitmap is.
//!
//! Source: Uniswap/v3-core 1.0.1 `contracts/UniswapV3Pool.sol` and `contracts/libraries/{TickMath, SqrtPriceMath,
//! SwapMath, Tick, TickBitmap, Position, LiquidityMath, FullMath}.sol`.
//!
//! Units: amounts in the tokens' smallest units; square roots of prices in Q64.96 (suffix `x96`); prices and fee growth
//! per unit of liquidity in Q128.128 (`x128`); the fee in millionths of the input.
//! Domain: fees from 0 to 999,999 and tick spacings from 1 to 16,383, as the factory allows; forks with other fees and
//! spacings (PancakeSwap v3, Aerodrome Slipstream) differ in these two parameters and in who receives the fee's share.
//! Not modelled: the price oracle, flash loans, token transfers (whoever owes tokens is taken to have paid).

mod error;
mod liquidity;
mod pool;
mod position;
mod protocol_fee;
mod quote;
mod snapshot;
mod sqrt_price_math;
mod swap;
mod swap_step;
mod tick_math;
mod tick_table;

pub use error::{Error, SnapshotError};
pub use pool::Pool;
pub use position::{Position, TickRange};
pub use snapshot::{Snapshot, TickLiquidity};
pub use sqrt_price_math::{
    Rounding, amount_0_delta, amount_1_delta, next_sqrt_price_from_input, next_sqrt_price_from_output,
};
pub use swap::{SwapAmount, SwapOutcome};
pub use swap_step::{SwapStep, swap_step};
pub use tick_math::{
    MAX_SQRT_RATIO_X96, MAX_TICK, MIN_SQRT_RATIO_X96, MIN_TICK, sqrt_ratio_at_tick, tick_at_sqrt_ratio,
};
pub use tick_table::{Tick, max_liquidity_per_tick};

/// 100 % in the unit of the fee.
pub const FEE_DENOMINATOR: u32 = 1_000_000;
