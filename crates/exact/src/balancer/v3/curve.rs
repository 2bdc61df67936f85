//! What the vault asks of a pool: swaps without fees, the invariant, one balance, and limits.

use ruint::aliases::U256;

use crate::balancer::fixed_point::mul_up;
use crate::balancer::{Error, Rounding, StableCurve, StableFamily, WeightedCurve};

/// Smallest and largest change of the invariant by an uneven deposit or withdrawal.
const STABLE_RATIOS: (U256, U256) = (
    U256::from_limbs([600_000_000_000_000_000, 0, 0, 0]),
    U256::from_limbs([5_000_000_000_000_000_000, 0, 0, 0]),
);
const WEIGHTED_RATIOS: (U256, U256) = (
    U256::from_limbs([700_000_000_000_000_000, 0, 0, 0]),
    U256::from_limbs([3_000_000_000_000_000_000, 0, 0, 0]),
);

/// A pool type with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Curve {
    /// A stable pool.
    Stable {
        /// The invariant, of the version 3 family.
        curve: StableCurve,
        /// The largest balance over the smallest, cut to an integer, must stay below this; `None` in the releases of
        /// the pool without this check, 10,000 in those with it.
        max_imbalance: Option<U256>,
    },
    /// A weighted pool.
    Weighted(WeightedCurve),
}

impl Curve {
    /// A stable pool without a limit of imbalance; the amplification in thousandths.
    ///
    /// # Errors
    /// When the number of tokens or the amplification is outside of the contract's limits.
    pub fn stable(amplification_milli: u64, tokens: usize) -> Result<Self, Error> {
        let curve = StableCurve::new(StableFamily::V3, amplification_milli, tokens)?;
        Ok(Self::Stable { curve, max_imbalance: None })
    }

    /// A weighted pool; weights with 1e18 = 1.
    ///
    /// # Errors
    /// When the weights are outside of the contract's limits.
    pub fn weighted(weights: Vec<U256>) -> Result<Self, Error> {
        Ok(Self::Weighted(WeightedCurve::new(weights)?))
    }

    /// Number of tokens.
    #[must_use]
    pub fn tokens(&self) -> usize {
        match self {
            Self::Stable { curve, .. } => curve.tokens(),
            Self::Weighted(curve) => curve.tokens(),
        }
    }

    /// Smallest and largest factor by which an uneven withdrawal or deposit may change the invariant (1e18 = 1).
    #[must_use]
    pub fn invariant_ratio_limits(&self) -> (U256, U256) {
        match self {
            Self::Stable { .. } => STABLE_RATIOS,
            Self::Weighted(_) => WEIGHTED_RATIOS,
        }
    }

    /// The invariant of live balances.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn invariant(&self, live: &[U256], rounding: Rounding) -> Result<U256, Error> {
        match self {
            Self::Stable { curve, max_imbalance } => {
                check_imbalance(*max_imbalance, live, &[])?;
                curve.invariant_rounded(live, rounding)
            }
            Self::Weighted(curve) => curve.invariant_rounded(live, rounding),
        }
    }

    /// The live balance of `token` that multiplies the invariant by `ratio`, rounded up.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn balance_for_ratio(&self, live: &[U256], token: usize, ratio: U256) -> Result<U256, Error> {
        match self {
            Self::Stable { curve, max_imbalance } => {
                let target = mul_up(curve.invariant_rounded(live, Rounding::Up)?, ratio)?;
                let balance = curve.solve_balance(live, token, target)?;
                check_imbalance(*max_imbalance, live, &[balance])?;
                Ok(balance)
            }
            Self::Weighted(curve) => curve.balance_for_ratio(live, token, ratio),
        }
    }

    /// What swaps at these balances have in common: the invariant of a stable pool.
    pub(super) fn swap_invariant(&self, live: &[U256]) -> Result<U256, Error> {
        match self {
            Self::Stable { curve, .. } => curve.invariant(live),
            Self::Weighted(_) => Ok(U256::ZERO),
        }
    }

    /// Output of `amount_in`, all live and without fees.
    pub(super) fn out_given_in(
        &self,
        live: &[U256],
        pair: (usize, usize),
        amount_in: U256,
        invariant: U256,
    ) -> Result<U256, Error> {
        match self {
            Self::Stable { curve, max_imbalance } => {
                let amount_out = curve.out_given_in(live, pair, amount_in, invariant)?;
                check_imbalance_after(*max_imbalance, live, pair, (amount_in, amount_out))?;
                Ok(amount_out)
            }
            Self::Weighted(curve) => curve.out_given_in(live, pair, amount_in),
        }
    }

    /// Input for `amount_out`, all live and without fees.
    pub(super) fn in_given_out(
        &self,
        live: &[U256],
        pair: (usize, usize),
        amount_out: U256,
        invariant: U256,
    ) -> Result<U256, Error> {
        match self {
            Self::Stable { curve, max_imbalance } => {
                let amount_in = curve.in_given_out(live, pair, amount_out, invariant)?;
                check_imbalance_after(*max_imbalance, live, pair, (amount_in, amount_out))?;
                Ok(amount_in)
            }
            Self::Weighted(curve) => curve.in_given_out(live, pair, amount_out),
        }
    }

    /// Live output of a very small live input, per unit of it (1e18 = 1), without fees.
    pub(super) fn marginal_price(&self, live: &[U256], pair: (usize, usize)) -> Result<U256, Error> {
        match self {
            Self::Stable { curve, .. } => curve.marginal_price(live, pair),
            Self::Weighted(curve) => curve.marginal_price(live, pair),
        }
    }
}

fn check_imbalance_after(
    limit: Option<U256>,
    live: &[U256],
    (token_in, token_out): (usize, usize),
    (amount_in, amount_out): (U256, U256),
) -> Result<(), Error> {
    if limit.is_none() {
        return Ok(());
    }
    let balance_in = crate::arithmetic::add(live[token_in], amount_in)?;
    let balance_out = crate::arithmetic::sub(live[token_out], amount_out)?;
    check_imbalance(limit, live, &[balance_in, balance_out])
}

/// Extremes are taken over the balances before and the moved ones, as in the contract.
fn check_imbalance(limit: Option<U256>, live: &[U256], moved: &[U256]) -> Result<(), Error> {
    let Some(limit) = limit else { return Ok(()) };
    let all = || live.iter().chain(moved);
    let (Some(&least), Some(&most)) = (all().min(), all().max()) else { return Ok(()) };
    if crate::arithmetic::div_down(most, least)? >= limit { Err(Error::ImbalanceTooLarge) } else { Ok(()) }
}
