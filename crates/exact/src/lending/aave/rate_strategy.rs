//! Interest rates of a reserve from its utilisation: two slopes that meet at an optimal point.
//!
//! ```text
//! u = D / (D + liquidity)
//! borrow = base + slope1 u / u*                                  for u <= u*
//!        = base + slope1 + slope2 (u - u*) / (1 - u*)            above
//! supply = borrow D / (D + liquidity + deficit) (1 - reserve factor)
//! ```
//!
//! Source: aave-dao/aave-v3-origin at fd1fbd91 (v3.7.0), `src/contracts/misc/DefaultReserveInterestRateStrategyV2.sol`.
//!
//! Units: parameters in basis points, rates in rays per year, amounts in the asset's smallest unit.

use super::fixed_point::{RAY, Rounding, WHOLE_BPS, percent_mul, ray_div, ray_mul};
use crate::{ArithmeticError, U256, arithmetic as word};

/// One basis point as a ray, 1e23.
const RAY_PER_BPS: U256 = U256::from_limbs([0x02c7_e14a_f680_0000, 0x152d, 0, 0]);
const MIN_OPTIMAL_BPS: u64 = 100;
const MAX_OPTIMAL_BPS: u64 = 9_900;
const MAX_BORROW_RATE_BPS: u64 = 100_000;

/// Why parameters are no strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateStrategyError {
    /// The optimal utilisation is too close to 0 or 1.
    #[error("optimal utilisation is {0} bps, must be in 100..=9900")]
    OptimalUsage(u64),
    /// The second slope is flatter than the first.
    #[error("slope 1 is {slope1} bps, must be at most slope 2, {slope2} bps")]
    Slopes {
        /// Slope below the optimal point.
        slope1: u64,
        /// Slope above it.
        slope2: u64,
    },
    /// The rate at full utilisation is above 1000 % per year.
    #[error("the highest rate is above 100000 bps")]
    MaximumRate,
}

/// The curve of one reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateStrategy {
    optimal_usage: U256,
    base_rate: U256,
    slope1: U256,
    slope2: U256,
}

/// Parameters in basis points, as governance sets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateParameters {
    /// Utilisation at which the slopes meet.
    pub optimal_bps: u64,
    /// Rate at no utilisation.
    pub base_bps: u64,
    /// Rise of the rate up to the optimal point.
    pub slope1_bps: u64,
    /// Further rise up to full utilisation.
    pub slope2_bps: u64,
}

/// What the rates depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReserveLiquidity {
    /// Underlying the reserve holds by its own books.
    pub virtual_underlying: U256,
    /// Underlying that arrives with the action.
    pub added: U256,
    /// Underlying that leaves with the action.
    pub taken: U256,
    /// Debt after the action.
    pub total_debt: U256,
    /// Written-off debt that nobody has covered.
    pub deficit: U256,
    /// Share of the interest that is the treasury's.
    pub reserve_factor_bps: u64,
}

/// Rates in rays per year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// What suppliers earn.
    pub liquidity: U256,
    /// What borrowers pay.
    pub variable_borrow: U256,
}

impl RateStrategy {
    /// A strategy whose parameters the contract accepts.
    ///
    /// # Errors
    /// When it does not.
    pub fn new(parameters: RateParameters) -> Result<Self, RateStrategyError> {
        let RateParameters { optimal_bps, base_bps, slope1_bps, slope2_bps } = parameters;
        if !(MIN_OPTIMAL_BPS..=MAX_OPTIMAL_BPS).contains(&optimal_bps) {
            return Err(RateStrategyError::OptimalUsage(optimal_bps));
        }
        if slope1_bps > slope2_bps {
            return Err(RateStrategyError::Slopes { slope1: slope1_bps, slope2: slope2_bps });
        }
        let maximum = base_bps.saturating_add(slope1_bps).saturating_add(slope2_bps);
        if maximum > MAX_BORROW_RATE_BPS {
            return Err(RateStrategyError::MaximumRate);
        }
        // Each is at most 1e5 bps: below 2^128 as rays.
        let ray = |bps: u64| RAY_PER_BPS * U256::from(bps);
        Ok(Self {
            optimal_usage: ray(optimal_bps),
            base_rate: ray(base_bps),
            slope1: ray(slope1_bps),
            slope2: ray(slope2_bps),
        })
    }

    /// Rates after an action (`calculateInterestRates`).
    ///
    /// # Errors
    /// When more liquidity is taken than there is, the reserve factor is above one, or a number leaves the word.
    pub fn rates(&self, reserve: &ReserveLiquidity) -> Result<Rates, ArithmeticError> {
        let debt = reserve.total_debt;
        if debt.is_zero() {
            return Ok(Rates { liquidity: U256::ZERO, variable_borrow: self.base_rate });
        }
        let available = word::sub(word::add(reserve.virtual_underlying, reserve.added)?, reserve.taken)?;
        let available_and_debt = word::add(available, debt)?;
        let borrow_usage = ray_div(debt, available_and_debt, Rounding::HalfUp)?;
        let supply_usage = ray_div(debt, word::add(available_and_debt, reserve.deficit)?, Rounding::HalfUp)?;
        let variable_borrow = word::add(self.base_rate, self.rise(borrow_usage)?)?;
        let suppliers_bps = word::sub(WHOLE_BPS, U256::from(reserve.reserve_factor_bps))?;
        let earned = ray_mul(variable_borrow, supply_usage, Rounding::HalfUp)?;
        let liquidity = percent_mul(earned, suppliers_bps, Rounding::HalfUp)?;
        Ok(Rates { liquidity, variable_borrow })
    }

    /// What utilisation adds to the base rate.
    fn rise(&self, usage: U256) -> Result<U256, ArithmeticError> {
        if usage > self.optimal_usage {
            let beyond = word::sub(usage, self.optimal_usage)?;
            let excess = ray_div(beyond, word::sub(RAY, self.optimal_usage)?, Rounding::HalfUp)?;
            word::add(self.slope1, ray_mul(self.slope2, excess, Rounding::HalfUp)?)
        } else {
            let used = ray_mul(self.slope1, usage, Rounding::HalfUp)?;
            ray_div(used, self.optimal_usage, Rounding::HalfUp)
        }
    }
}
