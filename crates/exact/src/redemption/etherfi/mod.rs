//! ether.fi's eETH: two ways out and the guard of the rate.
//!
//! - [`LiquidityPool`]: the value behind eETH and its shares;
//! - [`Bucket`] and [`InstantRedemption`]: ETH at once for a fee, down to a watermark and as fast as a bucket
//!   refills;
//! - [`WithdrawQueue`]: requests in order, with the rate frozen when they are finalised;
//! - [`ReportLimits`]: what an oracle report may change. A report beyond it is refused as a whole: the rate stays
//!   stale and nothing is finalised, while the instant way out keeps paying at the stale rate.
//!
//! Source: etherfi-protocol/smart-contracts at b4a09680, `src/core`, `src/withdrawals`, `src/oracle`,
//! `src/governance/rate-limiting`. Out of scope: redemption to stETH, the priority queue, pauses, blacklists, the
//! rate limits of eETH itself, and requests that were invalidated.

mod bucket;
mod instant;
mod ledger;
mod pool;
mod queue;
mod report;

pub use bucket::Bucket;
pub use instant::{Ceilings, InstantRedemption, Redemption, RedemptionError, RedemptionParameters};
pub use pool::{Account, LiquidityPool, PoolError};
pub use queue::{Finalization, QueueError, WithdrawLimits, WithdrawQueue, WithdrawRequest};
pub use report::{Report, ReportError, ReportLimits};

use crate::U256;
use crate::arithmetic::constant;

const BPS: U256 = constant(10_000);
const WEI_PER_ETH: u128 = 1_000_000_000_000_000_000;
