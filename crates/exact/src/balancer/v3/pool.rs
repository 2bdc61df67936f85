//! State of a pool and its parameters.

use ruint::aliases::U256;

use super::scaling::Scaling;
use super::{Curve, Surge};
use crate::balancer::amounts::{Amounts, check_length, check_token};
use crate::balancer::fixed_point::ONE;
use crate::balancer::{Error, Rounding};

/// Largest fee the vault admits, 99.9999 %.
pub(super) const MAX_FEE: U256 = U256::from_limbs([999_999_000_000_000_000, 0, 0, 0]);

/// Bits in which the vault stores a balance.
const BALANCE_BITS: usize = 128;

/// What a pool is registered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Pool type.
    pub curve: Curve,
    /// `10^(18 - decimals)` per token.
    pub scaling_factors: Vec<U256>,
    /// Value of each token in the pool's currency (1e18 = 1); 1e18 for a token without a rate.
    pub token_rates: Vec<U256>,
    /// Static swap fee (1e18 = 1).
    pub swap_fee: U256,
    /// Share of the fees that leaves the pool for protocol and creator (1e18 = 1).
    pub aggregate_swap_fee: U256,
    /// The StableSurge hook, if the pool has it.
    pub surge: Option<Surge>,
}

/// A pool with its balances. A failed operation leaves it unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub(super) curve: Curve,
    pub(super) swap_fee: U256,
    pub(super) aggregate_swap_fee: U256,
    pub(super) surge: Option<Surge>,
    pub(super) scalings: Vec<Scaling>,
    pub(super) raw: Vec<U256>,
    pub(super) live: Vec<U256>,
    pub(super) aggregate_fees: Vec<U256>,
    pub(super) total_supply: U256,
}

impl Pool {
    /// Pool with given raw balances and pool tokens outstanding.
    ///
    /// # Errors
    /// When a parameter is outside of its range, a list has the wrong length, or a balance leaves 128 bits.
    pub fn new(parameters: Parameters, balances_raw: Vec<U256>, total_supply: U256) -> Result<Self, Error> {
        let Parameters { curve, scaling_factors, token_rates, swap_fee, aggregate_swap_fee, surge } =
            parameters;
        let tokens = curve.tokens();
        check_length("balances_raw", &balances_raw, tokens)?;
        check_length("scaling_factors", &scaling_factors, tokens)?;
        check_length("token_rates", &token_rates, tokens)?;
        check_fraction("swap_fee", swap_fee, MAX_FEE)?;
        check_fraction("aggregate_swap_fee", aggregate_swap_fee, ONE)?;
        surge.iter().try_for_each(Surge::check)?;
        if !scaling_factors.iter().all(|&factor| is_power_of_ten(factor)) {
            return Err(Error::ScalingFactorOutOfRange);
        }
        let scalings: Vec<Scaling> = scaling_factors
            .into_iter()
            .zip(token_rates)
            .map(|(factor, rate)| Scaling { factor, rate })
            .collect();
        let live = live_balances(&scalings, &balances_raw, Rounding::Down)?.to_vec();
        balances_raw.iter().chain(&live).try_for_each(|&balance| check_balance(balance))?;
        let aggregate_fees = vec![U256::ZERO; tokens];
        let raw = balances_raw;
        Ok(Self {
            curve,
            swap_fee,
            aggregate_swap_fee,
            surge,
            scalings,
            raw,
            live,
            aggregate_fees,
            total_supply,
        })
    }

    /// Balances in the tokens' smallest units.
    #[must_use]
    pub fn balances_raw(&self) -> &[U256] {
        &self.raw
    }

    /// `10^(18 - decimals)` of a token, if it exists.
    #[must_use]
    pub fn scaling_factor(&self, token: usize) -> Option<U256> {
        self.scalings.get(token).map(|scaling| scaling.factor)
    }

    /// Balances with 18 decimals, times the rates.
    #[must_use]
    pub fn balances_live(&self) -> &[U256] {
        &self.live
    }

    /// Fees set aside for protocol and creator, in the tokens' smallest units.
    #[must_use]
    pub fn aggregate_fees(&self) -> &[U256] {
        &self.aggregate_fees
    }

    /// Pool tokens outstanding.
    #[must_use]
    pub fn total_supply(&self) -> U256 {
        self.total_supply
    }

    /// Pool type and its parameters.
    #[must_use]
    pub fn curve(&self) -> &Curve {
        &self.curve
    }

    /// Value of each token (1e18 = 1).
    #[must_use]
    pub fn token_rates(&self) -> Vec<U256> {
        self.scalings.iter().map(|scaling| scaling.rate).collect()
    }

    /// A new value of one token: an accrual or a slashing. The live balances follow at once, as the vault reads the
    /// rate at every operation.
    ///
    /// # Errors
    /// When the token does not exist or its live balance leaves 128 bits.
    pub fn set_rate(&mut self, token: usize, rate: U256) -> Result<(), Error> {
        check_token(token, self.tokens())?;
        let scaling = Scaling { rate, ..self.scalings[token] };
        let live = scaling.live_down(self.raw[token])?;
        check_balance(live)?;
        self.scalings[token] = scaling;
        self.live[token] = live;
        Ok(())
    }

    /// The invariant of the live balances, rounded down.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn invariant(&self) -> Result<U256, Error> {
        self.curve.invariant(&self.live, Rounding::Down)
    }

    pub(super) fn tokens(&self) -> usize {
        self.curve.tokens()
    }

    /// Raw and live balances of one token, checked but not yet booked.
    pub(super) fn moved_balance(&self, token: usize, raw: U256) -> Result<(U256, U256), Error> {
        let live = self.scalings[token].live_down(raw)?;
        check_balance(raw)?;
        check_balance(live)?;
        Ok((raw, live))
    }
}

pub(super) fn live_balances(
    scalings: &[Scaling],
    raw: &[U256],
    rounding: Rounding,
) -> Result<Amounts, Error> {
    Amounts::map(raw, |token, balance| match rounding {
        Rounding::Down => scalings[token].live_down(balance),
        Rounding::Up => scalings[token].live_up(balance),
    })
}

fn check_balance(balance: U256) -> Result<(), Error> {
    if balance.bit_len() > BALANCE_BITS {
        return Err(Error::BalanceOverflow { bits: BALANCE_BITS });
    }
    Ok(())
}

fn check_fraction(name: &'static str, value: U256, most: U256) -> Result<(), Error> {
    if value > most { Err(Error::FractionOutOfRange { name }) } else { Ok(()) }
}

/// Whether the factor belongs to a token with 0 to 18 decimals.
fn is_power_of_ten(factor: U256) -> bool {
    (0..=18).any(|decimals| factor == U256::from(10_u64.pow(decimals)))
}
