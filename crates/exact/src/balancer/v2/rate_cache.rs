//! A token's rate as the pool sees it: the provider's, as old as the cache lets it become.
//!
//! The rate is read anew before the first operation after the cache's expiry, and is valid for `duration_secs` from
//! then on. A slash or an accrual inside that time does not reach the pool.
//!
//! Source: balancer/balancer-v2-monorepo `pkg/pool-utils/contracts/rates/PriceRateCache.sol` at 06f3ee7c.

use ruint::aliases::U256;

use crate::balancer::Error;
use crate::balancer::fixed_point::ONE;

/// Bits of a cached rate.
const RATE_BITS: usize = 128;

/// A cached rate (1e18 = 1) with the time at which it was read and its duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateCache {
    rate: U256,
    duration_secs: u64,
    /// Last second at which the rate is used; `None` for a token without a provider.
    expires: Option<u64>,
}

impl RateCache {
    /// The rate of a token without a provider: one, for ever.
    #[must_use]
    pub fn without_provider() -> Self {
        Self { rate: ONE, duration_secs: 0, expires: None }
    }

    /// A rate that does not change.
    ///
    /// # Errors
    /// When the rate leaves 128 bits.
    pub fn fixed(rate: U256) -> Result<Self, Error> {
        Ok(Self { rate: check_rate(rate)?, ..Self::without_provider() })
    }

    /// A rate read `age_secs` before `now_secs`.
    ///
    /// # Errors
    /// When the rate leaves 128 bits.
    pub fn read_before(rate: U256, age_secs: u64, duration_secs: u64, now_secs: u64) -> Result<Self, Error> {
        let expires = Some(now_secs.saturating_sub(age_secs).saturating_add(duration_secs));
        Ok(Self { rate: check_rate(rate)?, duration_secs, expires })
    }

    /// The rate the pool uses.
    #[must_use]
    pub fn rate(&self) -> U256 {
        self.rate
    }

    /// Seconds for which a rate is used after it was read.
    #[must_use]
    pub fn duration_secs(&self) -> u64 {
        self.duration_secs
    }

    /// Whether an operation at `now_secs` uses the cached rate.
    #[must_use]
    pub fn is_valid(&self, now_secs: u64) -> bool {
        self.expires.is_none_or(|expires| now_secs <= expires)
    }

    /// The cache as an operation at `now_secs` leaves it, with the provider at `provider_rate`.
    ///
    /// # Errors
    /// When a rate that has to be read leaves 128 bits.
    pub fn refreshed(self, now_secs: u64, provider_rate: U256) -> Result<Self, Error> {
        if self.is_valid(now_secs) {
            return Ok(self);
        }
        Self::read_before(provider_rate, 0, self.duration_secs, now_secs)
    }
}

fn check_rate(rate: U256) -> Result<U256, Error> {
    if rate.bit_len() > RATE_BITS { Err(Error::RateOverflow) } else { Ok(rate) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_used_until_the_last_second_of_its_duration() {
        let (old, new) = (ONE, ONE - U256::from(1));
        let cache = RateCache::read_before(old, 100, 600, 10_000).expect("fits");
        assert_eq!(cache.refreshed(10_500, new).expect("fits").rate(), old);
        let read = cache.refreshed(10_501, new).expect("fits");
        assert_eq!(read.rate(), new);
        assert!(read.is_valid(11_101) && !read.is_valid(11_102));
    }

    #[test]
    fn a_token_without_provider_keeps_its_rate() {
        let cache = RateCache::without_provider();
        assert_eq!(cache.refreshed(u64::MAX, U256::ZERO), Ok(cache));
        assert_eq!(RateCache::fixed(U256::MAX), Err(Error::RateOverflow));
    }
}
