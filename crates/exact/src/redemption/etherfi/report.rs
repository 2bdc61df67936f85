//! What an oracle report may change: the breaker of the rate and the daily cap of finalisations.
//!
//! With `t = 12 slots` seconds since the last report, a report passes where, in this order,
//!
//! ```text
//! |trunc(1e4 rewards 31,536,000 / (TVL t))| <= apr_bps
//! loss 1e4 <= TVL cap_bps                                  if rewards < 0; cap_bps is 3 unless raised
//! fees 5 <= fees + rewards                                 if fees > 0
//! floor(finalised 86,400 / t) <= cap per day,  finalised <= ETH in the pool,  requests <= cap per report
//! ```
//!
//! A report that does not pass changes nothing at all. A reward also has to pass the pool's own cap
//! ([`LiquidityPool::rebase`](super::LiquidityPool::rebase)).
//!
//! Source: etherfi-protocol/smart-contracts at b4a09680, `src/oracle/EtherFiAdmin.sol`. Units: wei, bps, slots of
//! 12 s. Domain: `TVL` below 2^127 and `t` below 2^64 seconds.

use super::{BPS, WEI_PER_ETH};
use crate::U256;
use crate::arithmetic::constant;
use crate::wide_arithmetic::mul_div_down;
use crate::{ArithmeticError, arithmetic};

const SECONDS_PER_SLOT: u64 = 12;
const SECONDS_PER_DAY: u64 = 86_400;
const SECONDS_PER_YEAR: u64 = 365 * SECONDS_PER_DAY;
/// Fees are at most one part in this many of all rewards.
const MAX_FEE_INVERSE: u64 = 5;
const DEFAULT_MAX_LOSS_BPS: u64 = 3;

/// Why a report is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// No time has passed since the last one.
    #[error("the report spans no slot")]
    ZeroSlots,
    /// The value changes faster than is accepted.
    #[error("the annualised change of value is above the accepted rate")]
    AprAboveLimit,
    /// The loss is above the cap of one report.
    #[error("the loss is above the cap of one report")]
    LossAboveCap,
    /// The fees are 2^127 or more.
    #[error("the fees do not fit 127 bits")]
    FeesTooLarge,
    /// The fees are above a fifth of all rewards.
    #[error("the fees are above a fifth of the rewards")]
    FeesAboveShare,
    /// More is finalised than a day allows.
    #[error("the amount finalised per day is above the cap")]
    FinalizedAboveDailyCap,
    /// More is finalised than the pool holds.
    #[error("the amount finalised is above the ETH in the pool")]
    FinalizedAboveLiquidity,
    /// More requests are finalised than a report may.
    #[error("the requests finalised are above the cap of one report")]
    TooManyRequests,
    /// A number leaves its type.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// What a report says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Slots since the last report.
    pub elapsed_slots: u64,
    /// Rewards, negative for a loss.
    pub accrued_rewards: i128,
    /// The protocol's fees, on top of the rewards.
    pub protocol_fees: u128,
    /// ETH of the requests it finalises.
    pub finalized_amount: u128,
    /// Number of these requests.
    pub finalized_requests: u64,
}

/// Settings of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportLimits {
    /// Accepted annual change of the value, bps.
    pub acceptable_apr_bps: u64,
    /// Most that one report may lose, bps of the value; zero for the default of 3.
    pub max_loss_bps_override: u64,
    /// Most that may be finalised per day, wei.
    pub max_finalized_per_day: U256,
    /// Most requests that one report may finalise.
    pub max_requests_per_report: u64,
}

impl ReportLimits {
    /// Mainnet's: 10 % a year (its ceiling), 3 bps of loss, 80,000 ETH a day, 3,500 requests.
    pub const MAINNET: Self = Self {
        acceptable_apr_bps: 1_000,
        max_loss_bps_override: 0,
        max_finalized_per_day: constant(80_000 * WEI_PER_ETH),
        max_requests_per_report: 3_500,
    };

    /// Whether a report passes, with the pooled ether and the ETH in the pool before it.
    ///
    /// # Errors
    /// The first check that it does not pass.
    pub fn check(&self, report: &Report, total_value: U256, value_in_pool: U256) -> Result<(), ReportError> {
        if report.elapsed_slots == 0 {
            return Err(ReportError::ZeroSlots);
        }
        let elapsed = report.elapsed_slots.checked_mul(SECONDS_PER_SLOT).ok_or(ArithmeticError::Overflow)?;
        let elapsed = U256::from(elapsed);
        self.check_rewards(report.accrued_rewards, total_value, elapsed)?;
        check_fees(report)?;
        self.check_finalization(report, value_in_pool, elapsed)
    }

    fn check_rewards(&self, rewards: i128, total_value: U256, elapsed: U256) -> Result<(), ReportError> {
        if total_value.bit_len() > 127 {
            return Err(ArithmeticError::Overflow.into());
        }
        if total_value.is_zero() {
            return Ok(());
        }
        // Truncation towards zero: the size of the quotient is the quotient of the sizes.
        let size = U256::from(rewards.unsigned_abs());
        let scaled = arithmetic::mul(size, U256::from(10_000 * SECONDS_PER_YEAR))?;
        let apr_bps = arithmetic::div_down(scaled, arithmetic::mul(total_value, elapsed)?)?;
        if apr_bps > U256::from(self.acceptable_apr_bps) {
            return Err(ReportError::AprAboveLimit);
        }
        let cap_bps = match self.max_loss_bps_override {
            0 => DEFAULT_MAX_LOSS_BPS,
            raised => raised,
        };
        let cap = arithmetic::mul(total_value, U256::from(cap_bps))?;
        if rewards < 0 && arithmetic::mul(size, BPS)? > cap {
            return Err(ReportError::LossAboveCap);
        }
        Ok(())
    }

    fn check_finalization(
        &self,
        report: &Report,
        value_in_pool: U256,
        elapsed: U256,
    ) -> Result<(), ReportError> {
        let amount = U256::from(report.finalized_amount);
        if mul_div_down(amount, U256::from(SECONDS_PER_DAY), elapsed)? > self.max_finalized_per_day {
            return Err(ReportError::FinalizedAboveDailyCap);
        }
        if amount > value_in_pool {
            return Err(ReportError::FinalizedAboveLiquidity);
        }
        if report.finalized_requests > self.max_requests_per_report {
            return Err(ReportError::TooManyRequests);
        }
        Ok(())
    }
}

fn check_fees(report: &Report) -> Result<(), ReportError> {
    if report.protocol_fees > i128::MAX as u128 {
        return Err(ReportError::FeesTooLarge);
    }
    if report.protocol_fees == 0 {
        return Ok(());
    }
    let fees = U256::from(report.protocol_fees);
    let needed = arithmetic::mul(fees, U256::from(MAX_FEE_INVERSE))?;
    let size = U256::from(report.accrued_rewards.unsigned_abs());
    // `fees + rewards`; below zero it covers no fee.
    let all = if report.accrued_rewards < 0 { fees.checked_sub(size) } else { fees.checked_add(size) };
    match all {
        Some(all) if needed <= all => Ok(()),
        _ => Err(ReportError::FeesAboveShare),
    }
}
