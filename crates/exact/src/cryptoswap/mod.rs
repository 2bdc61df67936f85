//! Curve cryptoswap pools with two coins: concentrated around a price that follows the market.
//!
//! With balances `x_0` and `x_1 = price_scale * coin 1`, both in coin 0 and 18 decimals, the pool keeps
//!
//! ```text
//! K D (x_0 + x_1) + x_0 x_1 = K D^2 + (D / 2)^2,
//! K = A K_0 gamma^2 / (gamma + 1 - K_0)^2,   K_0 = 4 x_0 x_1 / D^2
//! ```
//!
//! Fees rise from `mid_fee` in balance to `out_fee` far from it. Every operation updates an exponential moving
//! average of the price; when the pool has earned enough, `price_scale` takes a step towards that average
//! (*repegging*), which costs part of the earnings. Shares are valued by the *extended constant product*
//! `sqrt(D / 2 * D / (2 price_scale))`; its quotient by the shares is the virtual price.
//!
//! Sources: curvefi/curve-factory-crypto `contracts/CurveCryptoSwap2ETH.vy` at 186c191c (pools of the factory) and
//! curvefi/curve-crypto-contract `contracts/two/CurveCryptoSwap2.vy` at 2b48053c (stand-alone pools); see
//! [`Edition`]. White paper: M. Egorov, "Automatic market-making with dynamic peg" (2021), sections 2 to 4.
//!
//! Units: balances and amounts in the coin's smallest unit; fees with 1e10 = 100 %; prices of coin 1 in coin 0,
//! `gamma`, `fee_gamma`, profits and the virtual price with 1e18 = 1; amplification `A N^N` with four decimals;
//! times in seconds.
//! Domain: the contract's own: amplification 4000..=4e9, `gamma` 1e10..=2e16, scaled balances up to 1e33, each
//! 1 % to 10,000 % of `D`; outside of it every function returns an error.
//! Not modelled: coins sent to the pool without a deposit (an owner's claim would count them in), slippage limits,
//! a killed pool, changes of fees by the owner.

mod curve;
mod error;
mod fee;
mod half_life;
mod liquidity;
mod marginal;
mod pool;
mod ramp;
mod repeg;
mod state;

pub use curve::Curve;
pub use error::Error;
pub use fee::FeeSchedule;
pub use pool::Pool;
pub use state::{Edition, Parameters, Repegging, State};

use ruint::aliases::U256;

/// 100 % in the unit of fees.
pub const FEE_DENOMINATOR: U256 = U256::from_limbs([10_000_000_000, 0, 0, 0]);

/// One in the unit of prices, profits and `gamma`.
pub const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

const TWO: U256 = U256::from_limbs([2, 0, 0, 0]);
