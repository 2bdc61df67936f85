//! CAPO: an oracle that multiplies a base price by an exchange rate and caps how fast that rate may grow.
//!
//! ```text
//! growth  = floor(floor(snapshot bps 1e6 / 1e4) / 31,536,000)        scaled by 1e6, per second
//! maximum = snapshot + floor(growth (now - snapshot time) / 1e6)
//! price   = floor(base price min(ratio, maximum) / 10^decimals),  0 where either is not above 0
//! ```
//!
//! Only a rise is capped: a fall of the rate passes at once. The cap does not expire; the snapshot's age is looked at only
//! when parameters are set.
//!
//! Source: bgd-labs/aave-capo at 2c280ef9, `src/contracts/PriceCapAdapterBase.sol`; the adapters differ in where the
//! ratio comes from.
//!
//! Units: ratios with `ratio_decimals`, prices with the base feed's decimals, seconds. Domain: answers that are not below 0
//! (for the contract a negative one is as 0).

use crate::{ArithmeticError, U256, arithmetic as word};

const BPS: U256 = U256::from_limbs([10_000, 0, 0, 0]);
const SCALING_FACTOR: U256 = U256::from_limbs([1_000_000, 0, 0, 0]);
const SECONDS_PER_YEAR: U256 = U256::from_limbs([31_536_000, 0, 0, 0]);
const MAXIMUM_SNAPSHOT_TERM_SECS: u64 = 180 * 86_400;
const RATIO_BITS: usize = 104;
const TIMESTAMP_BITS: u32 = 48;
/// Bits of a signed word that is not below zero.
const SIGNED_BITS: usize = 255;

/// Why an oracle refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceCapError {
    /// The ratio's decimals are out of range.
    #[error("the ratio has {0} decimals, must be in 8..=24")]
    RatioDecimals(u8),
    /// A cap of zero never grows.
    #[error("the snapshot's ratio is 0, must be above 0")]
    ZeroSnapshotRatio,
    /// The snapshot is not newer than the one before, too young, or too old.
    #[error("a snapshot of second {0} is not newer than the last, or too young, or older than 180 days")]
    SnapshotTimestamp(u64),
    /// A parameter leaves its word.
    #[error("the snapshot's ratio or timestamp does not fit its word")]
    SnapshotTooLarge,
    /// A number leaves the word, or the time lies before the snapshot.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// What governance sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceCapParameters {
    /// Exchange rate at a time past.
    pub snapshot_ratio: U256,
    /// That time.
    pub snapshot_timestamp: u64,
    /// Most growth per year from there.
    pub max_yearly_growth_bps: u16,
}

/// The cap of one oracle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceCap {
    one: U256,
    minimum_snapshot_delay_secs: u64,
    snapshot_ratio: U256,
    snapshot_timestamp: u64,
    growth_per_second_scaled: U256,
}

impl PriceCap {
    /// An oracle deployed at `now`.
    ///
    /// # Errors
    /// As the constructor.
    pub fn new(
        ratio_decimals: u8,
        minimum_snapshot_delay_secs: u64,
        parameters: PriceCapParameters,
        now: u64,
    ) -> Result<Self, PriceCapError> {
        if !(8..=24).contains(&ratio_decimals) {
            return Err(PriceCapError::RatioDecimals(ratio_decimals));
        }
        let mut cap = Self {
            // At most 1e24.
            one: U256::from(10).pow(U256::from(ratio_decimals)),
            minimum_snapshot_delay_secs,
            snapshot_ratio: U256::ZERO,
            snapshot_timestamp: 0,
            growth_per_second_scaled: U256::ZERO,
        };
        cap.set_parameters(parameters, now)?;
        Ok(cap)
    }

    /// Starts the cap anew from another snapshot (`setCapParameters`).
    ///
    /// # Errors
    /// When the snapshot is not newer than the last, younger than the least delay, older than 180 days, or zero; the cap is then
    /// unchanged.
    pub fn set_parameters(&mut self, parameters: PriceCapParameters, now: u64) -> Result<(), PriceCapError> {
        let PriceCapParameters { snapshot_ratio, snapshot_timestamp, max_yearly_growth_bps } = parameters;
        if snapshot_ratio.bit_len() > RATIO_BITS || snapshot_timestamp >> TIMESTAMP_BITS != 0 {
            return Err(PriceCapError::SnapshotTooLarge);
        }
        if snapshot_ratio.is_zero() {
            return Err(PriceCapError::ZeroSnapshotRatio);
        }
        let before = |secs: u64| now.checked_sub(secs).ok_or(ArithmeticError::Underflow);
        if self.snapshot_timestamp >= snapshot_timestamp
            || snapshot_timestamp > before(self.minimum_snapshot_delay_secs)?
            || snapshot_timestamp < before(MAXIMUM_SNAPSHOT_TERM_SECS)?
        {
            return Err(PriceCapError::SnapshotTimestamp(snapshot_timestamp));
        }
        let yearly =
            word::mul(word::mul(snapshot_ratio, U256::from(max_yearly_growth_bps))?, SCALING_FACTOR)?;
        // Below the snapshot's own width: 65535 bps of it and 1e6 are spread over 3e7 seconds.
        self.growth_per_second_scaled = yearly / BPS / SECONDS_PER_YEAR;
        self.snapshot_ratio = snapshot_ratio;
        self.snapshot_timestamp = snapshot_timestamp;
        Ok(())
    }

    /// Most growth of the ratio per second, with six decimals more than it.
    #[must_use]
    pub fn growth_per_second_scaled(&self) -> U256 {
        self.growth_per_second_scaled
    }

    /// Most growth of the ratio per second.
    #[must_use]
    pub fn growth_per_second(&self) -> U256 {
        self.growth_per_second_scaled / SCALING_FACTOR
    }

    /// Highest ratio that counts at `now`.
    ///
    /// # Errors
    /// When `now` lies before the snapshot.
    pub fn max_ratio(&self, now: u64) -> Result<U256, PriceCapError> {
        let elapsed = now.checked_sub(self.snapshot_timestamp).ok_or(ArithmeticError::Underflow)?;
        let growth = word::mul(self.growth_per_second_scaled, U256::from(elapsed))? / SCALING_FACTOR;
        Ok(word::add(self.snapshot_ratio, growth)?)
    }

    /// Whether the ratio is above the highest that counts.
    ///
    /// # Errors
    /// When `now` lies before the snapshot.
    pub fn is_capped(&self, ratio: U256, now: u64) -> Result<bool, PriceCapError> {
        Ok(ratio > self.max_ratio(now)?)
    }

    /// The oracle's answer (`latestAnswer`).
    ///
    /// # Errors
    /// When `now` lies before the snapshot or the product leaves a signed word.
    pub fn price(&self, base_price: U256, ratio: U256, now: u64) -> Result<U256, PriceCapError> {
        if base_price.is_zero() || ratio.is_zero() {
            return Ok(U256::ZERO);
        }
        let product = word::mul(base_price, ratio.min(self.max_ratio(now)?))?;
        if product.bit_len() > SIGNED_BITS {
            return Err(ArithmeticError::Overflow.into());
        }
        Ok(product / self.one)
    }
}
