//! The instant path (`InstantWithdrawer.sol`): request and claim in one transaction, at a fee that rises as the buffer
//! falls.
//!
//! With `limit = floor(capacity drawdown / 1e4)`, the least that the path must leave of the buffer:
//!
//! ```text
//! r = floor(1e4 (after - limit) / (capacity - limit))
//! fee = min  if r > 1e4,  else  min + floor((max - min) (1e4 - r) / 1e4)        [basis points]
//! ```

use super::queue::{Backing, Claimant, WithdrawQueue};
use super::{ONE_HUNDRED_PERCENT_BPS, RenzoError};
use crate::U256;
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

const WHOLE: U256 = U256::from_limbs([ONE_HUNDRED_PERCENT_BPS, 0, 0, 0]);

/// Fee as a function of what is left of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeCurve {
    min_bps: u64,
    max_bps: u64,
}

impl FeeCurve {
    /// A curve from `max_bps` at the draw-down limit to `min_bps` at a full buffer.
    ///
    /// # Errors
    /// When a fee is above 100 % or the highest below the lowest.
    pub fn new(min_bps: u64, max_bps: u64) -> Result<Self, RenzoError> {
        for (what, bps, lowest) in [("min_fee", min_bps, 0), ("max_fee", max_bps, min_bps)] {
            if bps < lowest || bps > ONE_HUNDRED_PERCENT_BPS {
                return Err(RenzoError::OverMaxBasisPoints { what, bps, lowest });
            }
        }
        Ok(Self { min_bps, max_bps })
    }

    /// The fee in basis points (`getFeeBasisPoints`).
    ///
    /// # Errors
    /// When the buffer is below the limit, the limit at or above the capacity, or a product overflows.
    pub fn fee_bps(
        &self,
        capacity: U256,
        draw_down_limit: U256,
        buffer_after: U256,
    ) -> Result<U256, RenzoError> {
        let above = mul(WHOLE, sub(buffer_after, draw_down_limit)?)?;
        let remaining = div_down(above, sub(capacity, draw_down_limit)?)?;
        let min = U256::from(self.min_bps);
        if remaining > WHOLE {
            return Ok(min);
        }
        let range = sub(U256::from(self.max_bps), min)?;
        Ok(add(min, mul_div_down(range, sub(WHOLE, remaining)?, WHOLE)?)?)
    }
}

/// What an instant withdrawal did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstantWithdrawal {
    /// ETH to the user.
    pub received: U256,
    /// ETH to the fee's destination.
    pub fee: U256,
}

/// The buffer as the instant path sees it (`getBufferDetails`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferDetails {
    /// The buffer's target.
    pub capacity: U256,
    /// What it holds.
    pub available: U256,
    /// What must be left.
    pub draw_down_limit: U256,
}

/// Settings of the instant path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstantWithdrawer {
    fees: FeeCurve,
    drawdown_bps: u64,
}

impl InstantWithdrawer {
    /// A path that leaves `drawdown_bps` of the buffer's target.
    ///
    /// # Errors
    /// When the draw-down is zero or above 100 %.
    pub fn new(fees: FeeCurve, drawdown_bps: u64) -> Result<Self, RenzoError> {
        match drawdown_bps {
            0 => Err(RenzoError::ZeroInput),
            bps if bps > ONE_HUNDRED_PERCENT_BPS => {
                Err(RenzoError::OverMaxBasisPoints { what: "drawdown", bps, lowest: 1 })
            }
            _ => Ok(Self { fees, drawdown_bps }),
        }
    }

    /// The buffer of a queue.
    ///
    /// # Errors
    /// When more is reserved than there is, or a product overflows.
    pub fn buffer(&self, queue: &WithdrawQueue) -> Result<BufferDetails, RenzoError> {
        let capacity = queue.buffer_target;
        let draw_down_limit = mul_div_down(capacity, U256::from(self.drawdown_bps), WHOLE)?;
        Ok(BufferDetails { capacity, available: queue.available()?, draw_down_limit })
    }

    /// Redeems `ezeth` out of the buffer at once; takes a number of the queue like any other request.
    ///
    /// # Errors
    /// When the amount is zero or worth nothing, the buffer would fall below its limit, or the queue refuses request
    /// or claim; queue and backing are then unchanged.
    pub fn withdraw(
        &self,
        queue: &mut WithdrawQueue,
        ezeth: U256,
        backing: &mut Backing,
        now: u64,
    ) -> Result<InstantWithdrawal, RenzoError> {
        if ezeth.is_zero() {
            return Err(RenzoError::ZeroInput);
        }
        let BufferDetails { capacity, available, draw_down_limit } = self.buffer(queue)?;
        if capacity.is_zero() {
            return Err(RenzoError::UnsupportedWithdrawAsset);
        }
        let redeem = super::oracle::redeem_amount(ezeth, backing.supply, backing.tvl)?;
        if redeem > available {
            return Err(RenzoError::NotEnoughWithdrawBuffer);
        }
        let after = sub(available, redeem)?;
        if after < draw_down_limit {
            return Err(RenzoError::BelowAllowedLimit);
        }
        let fee_bps = self.fees.fee_bps(capacity, draw_down_limit, after)?;
        let mut queue_after = queue.clone();
        let mut backing_after = *backing;
        let id = queue_after.withdraw(ezeth, backing, now)?.id;
        let paid = queue_after.claim(id, Claimant::Whitelisted, &mut backing_after, now)?;
        let fee = mul_div_down(paid, fee_bps, WHOLE)?;
        let received = sub(paid, fee)?;
        (*queue, *backing) = (queue_after, backing_after);
        Ok(InstantWithdrawal { received, fee })
    }
}
