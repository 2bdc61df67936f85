//! The StableSurge hook: a fee that grows with the imbalance that a trade worsens.
//!
//! With the median `m` of the live balances, imbalance `I = sum |x_k - m| / sum x_k`, threshold `t`, largest fee `F`
//! and static fee `f`: if the trade raises `I`, and beyond `t`,
//!
//! ```text
//! fee = f + (F - f) (I - t) / (1 - t)
//! ```
//!
//! else `f`. The imbalance after the trade is taken as if there were no fee. Uneven deposits and withdrawals that
//! would pay a surge fee are refused.
//!
//! Source: balancer/balancer-v3-monorepo `pkg/pool-hooks/contracts/StableSurgeHook.sol` at 06742db4 and
//! `utils/StableSurgeMedianMath.sol`.

use ruint::aliases::U256;

use crate::arithmetic::{add, div_down as quotient_down, sub};
use crate::balancer::Error;
use crate::balancer::amounts::{Amounts, total};
use crate::balancer::fixed_point::{ONE, complement, div_down, mul_down};

/// Parameters of the hook (1e18 = 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surge {
    /// Imbalance from which the fee grows.
    pub threshold: U256,
    /// Fee at an imbalance of one.
    pub max_fee: U256,
}

impl Surge {
    pub(super) fn check(&self) -> Result<(), Error> {
        for (name, value) in [("surge.threshold", self.threshold), ("surge.max_fee", self.max_fee)] {
            if value > ONE {
                return Err(Error::FractionOutOfRange { name });
            }
        }
        Ok(())
    }

    /// Fee of a trade between these live balances.
    pub(super) fn fee(&self, static_fee: U256, before: &[U256], after: &[U256]) -> Result<U256, Error> {
        if self.max_fee < static_fee {
            return Ok(static_fee);
        }
        let imbalance_after = imbalance(after)?;
        if !self.is_surging(before, imbalance_after)? {
            return Ok(static_fee);
        }
        let excess = div_down(sub(imbalance_after, self.threshold)?, complement(self.threshold))?;
        Ok(add(static_fee, mul_down(sub(self.max_fee, static_fee)?, excess)?)?)
    }

    /// Refuses an uneven deposit or withdrawal that would surge.
    pub(super) fn check_liquidity_change(&self, before: &[U256], after: &[U256]) -> Result<(), Error> {
        if self.is_surging(before, imbalance(after)?)? { Err(Error::Surging) } else { Ok(()) }
    }

    fn is_surging(&self, before: &[U256], imbalance_after: U256) -> Result<bool, Error> {
        if imbalance_after.is_zero() {
            return Ok(false);
        }
        Ok(imbalance_after > imbalance(before)? && imbalance_after > self.threshold)
    }
}

/// `sum |x_k - median| / sum x_k`.
fn imbalance(live: &[U256]) -> Result<U256, Error> {
    let median = median(live)?;
    let deviation = live.iter().try_fold(U256::ZERO, |sum, &x| add(sum, x.abs_diff(median)))?;
    div_down(deviation, total(live)?)
}

/// The middle balance, or the mean of the two middle ones.
fn median(live: &[U256]) -> Result<U256, Error> {
    let mut sorted = Amounts::copy(live)?;
    sorted.sort_unstable();
    // The same entry twice for an odd number; a pool has at least two.
    let (low, high) = (sorted[sorted.len().saturating_sub(1) / 2], sorted[sorted.len() / 2]);
    Ok(quotient_down(add(low, high)?, U256::from(2))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(value: u64) -> U256 {
        U256::from(value) * U256::from(10_000_000_000_000_000_u64)
    }

    #[test]
    fn the_fee_grows_linearly_beyond_the_threshold() {
        let surge = Surge { threshold: percent(30), max_fee: percent(95) };
        let balances = |x: u64, y: u64| [U256::from(x) * ONE, U256::from(y) * ONE];
        let balanced = balances(100, 100);
        // Imbalance of two tokens: |x - y| / (x + y).
        assert_eq!(surge.fee(percent(1), &balanced, &balances(120, 80)), Ok(percent(1)));
        assert_eq!(surge.fee(percent(1), &balanced, &balances(165, 35)), Ok(percent(48)));
        // A trade towards balance pays the static fee however far off the pool is.
        assert_eq!(surge.fee(percent(1), &balances(180, 20), &balances(165, 35)), Ok(percent(1)));
        assert_eq!(surge.fee(percent(96), &balanced, &balances(165, 35)), Ok(percent(96)));
    }

    #[test]
    fn the_median_of_three_is_the_middle_one() {
        let [one, two, nine] = [1, 2, 9].map(|x: u64| U256::from(x) * ONE);
        assert_eq!(median(&[nine, one, two]), Ok(two));
        assert_eq!(median(&[nine, one]), Ok(U256::from(5) * ONE));
        // (1 + 0 + 7) / 12
        assert_eq!(imbalance(&[nine, one, two]), Ok(U256::from(666_666_666_666_666_666_u64)));
    }
}
