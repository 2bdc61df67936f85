//! Redemption of eETH for ETH at once.
//!
//! Redemption runs in shares. Of `s = shares(amount)` the fee is taken before they are turned into ETH, and what
//! the paid ETH does not burn is the fee, split between the treasury and the stakers, whose part is burned:
//!
//! ```text
//! paid  = amount(floor(s (1e4 - fee) / 1e4))     burn = ceil(paid S / P)
//! fee   = s - burn                               treasury = floor(fee split / 1e4)
//! ```
//!
//! It is refused where `amount` is above the ETH in the pool less the watermark (a part of the pooled ether), or
//! above what the bucket holds; both count the amount before the fee.
//!
//! Source: etherfi-protocol/smart-contracts at b4a09680, `src/withdrawals/EtherFiRedemptionManager.sol`. Units:
//! wei; the bucket counts in 1e12 wei, its parameters rounded down and an amount rounded up.

use super::pool::{Account, LiquidityPool, PoolError};
use super::{BPS, Bucket};
use crate::arithmetic::constant;
use crate::wide_arithmetic::{mul_div_down, mul_div_up};
use crate::{ArithmeticError, U256, arithmetic};

/// Wei of one unit of the bucket.
const BUCKET_UNIT: U256 = constant(1_000_000_000_000);
/// Shares that must be left.
const LEAST_TOTAL_SHARES: U256 = constant(1_000_000_000);

/// Why nothing is redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedemptionError {
    /// The holder has less.
    #[error("the amount is above the holder's eETH")]
    InsufficientBalance,
    /// More than the pool above its watermark or the bucket has.
    #[error("the amount is above what can be redeemed now")]
    ExceededRedeemable,
    /// Fewer than 1e9 shares would be left.
    #[error("fewer than 1e9 shares would be left")]
    InvalidTotalShares,
    /// More than the bucket can count.
    #[error("the amount is 2^64 units of the bucket or more")]
    AmountTooLarge,
    /// The treasury's part of the fee is above its ceiling.
    #[error("the treasury's part of the fee is above its ceiling")]
    ExceedsMaxExitFeeSplit,
    /// The fee is above its ceiling.
    #[error("the exit fee is above its ceiling")]
    ExceedsMaxExitFee,
    /// The watermark is above its ceiling.
    #[error("the watermark is above its ceiling")]
    ExceedsMaxLowWatermark,
    /// The pool refuses.
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<ArithmeticError> for RedemptionError {
    fn from(error: ArithmeticError) -> Self {
        Self::Pool(error.into())
    }
}

/// Ceilings that a deployment fixes, in bps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceilings {
    /// Of the exit fee.
    pub exit_fee_bps: u16,
    /// Of the treasury's part of it.
    pub treasury_split_bps: u16,
    /// Of the watermark.
    pub low_watermark_bps: u16,
}

impl Ceilings {
    /// Mainnet's: 5 % fee, all of it to the treasury, 5 % watermark.
    pub const MAINNET: Self = Self { exit_fee_bps: 500, treasury_split_bps: 10_000, low_watermark_bps: 500 };
}

/// Settings of the redemption to ETH.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedemptionParameters {
    /// Fee on an exit.
    pub exit_fee_bps: u16,
    /// The treasury's part of the fee.
    pub treasury_split_bps: u16,
    /// ETH that must stay in the pool, as a part of the pooled ether.
    pub low_watermark_bps: u16,
    /// Capacity of the bucket, wei.
    pub capacity: U256,
    /// Refill of the bucket, wei per second.
    pub refill_per_second: U256,
}

/// What a redemption paid and burned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redemption {
    /// ETH to the receiver.
    pub paid: U256,
    /// Shares that reached the treasury.
    pub treasury_shares: U256,
    /// Shares burned, for the receiver's ETH and for the stakers.
    pub burned_shares: U256,
}

/// Fee, watermark and bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstantRedemption {
    exit_fee_bps: u16,
    treasury_split_bps: u16,
    low_watermark_bps: u16,
    bucket: Bucket,
}

impl InstantRedemption {
    /// Redemption with these settings and a full bucket.
    ///
    /// # Errors
    /// When a setting is above its ceiling or more than the bucket can count.
    pub fn new(
        parameters: &RedemptionParameters,
        ceilings: &Ceilings,
        now: u64,
    ) -> Result<Self, RedemptionError> {
        let RedemptionParameters { exit_fee_bps, treasury_split_bps, low_watermark_bps, .. } = *parameters;
        if treasury_split_bps > ceilings.treasury_split_bps {
            return Err(RedemptionError::ExceedsMaxExitFeeSplit);
        }
        if exit_fee_bps > ceilings.exit_fee_bps {
            return Err(RedemptionError::ExceedsMaxExitFee);
        }
        if low_watermark_bps > ceilings.low_watermark_bps {
            return Err(RedemptionError::ExceedsMaxLowWatermark);
        }
        let capacity = bucket_units_down(parameters.capacity)?;
        let refill_rate = bucket_units_down(parameters.refill_per_second)?;
        let bucket = Bucket::full(capacity, refill_rate, now);
        Ok(Self { exit_fee_bps, treasury_split_bps, low_watermark_bps, bucket })
    }

    /// The bucket, in units of 1e12 wei.
    #[must_use]
    pub fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    /// ETH that must stay in the pool.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn low_watermark(&self, pool: &LiquidityPool) -> Result<U256, RedemptionError> {
        Ok(mul_div_down(pool.total_value(), U256::from(self.low_watermark_bps), BPS)?)
    }

    /// Most that can be redeemed now.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn total_redeemable(&self, pool: &LiquidityPool, now: u64) -> Result<U256, RedemptionError> {
        let available = pool.value_in_pool().saturating_sub(self.low_watermark(pool)?);
        let in_bucket = arithmetic::mul(U256::from(self.bucket.consumable(now)), BUCKET_UNIT)?;
        Ok(available.min(in_bucket))
    }

    /// ETH that shares would bring, with the whole fee rounded up: up to a few wei off what [`Self::redeem`] pays.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn preview(&self, pool: &LiquidityPool, shares: U256) -> Result<U256, RedemptionError> {
        let amount = pool.amount_for_shares(shares)?;
        let fee = mul_div_up(amount, U256::from(self.exit_fee_bps), BPS)?;
        Ok(arithmetic::sub(amount, fee)?)
    }

    /// Redeems `amount` eETH of a holder.
    ///
    /// # Errors
    /// When the holder has less, the pool or the bucket has less, or the amount is worth nothing; both are then
    /// unchanged.
    pub fn redeem(
        &mut self,
        pool: &mut LiquidityPool,
        holder: Account,
        amount: U256,
        now: u64,
    ) -> Result<Redemption, RedemptionError> {
        if amount > pool.balance_of(holder)? {
            return Err(RedemptionError::InsufficientBalance);
        }
        let mut bucket = self.bucket;
        if !self.leaves_the_watermark(pool, amount)? || !bucket.consume(bucket_units_up(amount)?, now) {
            return Err(RedemptionError::ExceededRedeemable);
        }
        let shares = pool.shares_for_amount(amount)?;
        // The fee is at most the whole: the ceilings are bps.
        let kept_bps = arithmetic::sub(BPS, U256::from(self.exit_fee_bps))?;
        let paid = pool.amount_for_shares(mul_div_down(shares, kept_bps, BPS)?)?;
        let burned_for_receiver = pool.shares_for_withdrawal_amount(paid)?;
        let fee_shares = arithmetic::sub(shares, burned_for_receiver)?;
        let fee_to_treasury = mul_div_down(fee_shares, U256::from(self.treasury_split_bps), BPS)?;
        let fee_to_stakers = arithmetic::sub(fee_shares, fee_to_treasury)?;
        let treasury_amount = pool.amount_for_shares(fee_to_treasury)?;

        // A refusal on the way undoes everything.
        let mut after = pool.clone();
        after.transfer(holder, Account::RedemptionManager, amount)?;
        let treasury_shares =
            after.transfer(Account::RedemptionManager, Account::Treasury, treasury_amount)?;
        let burned = after.withdraw(Account::RedemptionManager, paid)?;
        after.burn(Account::RedemptionManager, fee_to_stakers)?;
        if after.total_shares() < LEAST_TOTAL_SHARES {
            return Err(RedemptionError::InvalidTotalShares);
        }
        let burned_shares = arithmetic::add(burned, fee_to_stakers)?;
        (*pool, self.bucket) = (after, bucket);
        Ok(Redemption { paid, treasury_shares, burned_shares })
    }

    fn leaves_the_watermark(&self, pool: &LiquidityPool, amount: U256) -> Result<bool, RedemptionError> {
        let available = pool.value_in_pool().checked_sub(self.low_watermark(pool)?);
        Ok(available.is_some_and(|available| amount <= available))
    }
}

fn bucket_units_down(amount: U256) -> Result<u64, RedemptionError> {
    bucket_units(amount, amount)
}

fn bucket_units_up(amount: U256) -> Result<u64, RedemptionError> {
    bucket_units(amount, arithmetic::add(amount, BUCKET_UNIT - U256::ONE)?)
}

/// Units of `rounded`, if `amount` can be counted.
fn bucket_units(amount: U256, rounded: U256) -> Result<u64, RedemptionError> {
    let beyond = arithmetic::mul(U256::from(u64::MAX), BUCKET_UNIT)?;
    if amount >= beyond {
        return Err(RedemptionError::AmountTooLarge);
    }
    let units = arithmetic::div_down(rounded, BUCKET_UNIT)?;
    units.try_into().map_err(|_| RedemptionError::AmountTooLarge)
}
