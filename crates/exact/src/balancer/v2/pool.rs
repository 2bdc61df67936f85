//! State of a pool and its parameters.

use ruint::aliases::U256;

use super::RateCache;
use crate::balancer::amounts::{Amounts, check_length, check_token};
use crate::balancer::fixed_point::{ONE, div_down, div_up, mul_down};
use crate::balancer::{Error, StableCurve, StableFamily};

/// Bits in which the vault stores a balance.
const BALANCE_BITS: usize = 112;

/// Largest decimal scaling factor, of a token without decimals.
const MAX_SCALING: u128 = 1_000_000_000_000_000_000_000_000_000_000_000_000;

/// Pool types, which round differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// MetaStable pools, and plain stable ones.
    MetaStable,
    /// Composable stable pools.
    Composable {
        /// Place of the pool's own token among the registered ones.
        own_token: usize,
    },
}

/// One token besides the pool's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// `10^(36 - decimals)`.
    pub decimal_scaling: U256,
    /// The rate the pool uses.
    pub rate: RateCache,
}

impl Token {
    /// A token with these decimals and this rate.
    ///
    /// # Errors
    /// When it has more than 18 decimals.
    pub fn new(decimals: u32, rate: RateCache) -> Result<Self, Error> {
        let factor = 18_u32.checked_sub(decimals).map(|missing| 10_u64.pow(missing));
        let factor = factor.ok_or(Error::ScalingFactorOutOfRange)?;
        Ok(Self { decimal_scaling: U256::from(factor) * ONE, rate })
    }

    fn check(&self) -> Result<(), Error> {
        let most = U256::from(MAX_SCALING);
        if (ONE..=most).contains(&self.decimal_scaling) {
            Ok(())
        } else {
            Err(Error::ScalingFactorOutOfRange)
        }
    }
}

/// What a pool is deployed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Pool type.
    pub family: Family,
    /// Amplification in thousandths.
    pub amplification_milli: u64,
    /// Swap fee (1e18 = 1).
    pub swap_fee: U256,
    /// The tokens without the pool's own.
    pub tokens: Vec<Token>,
}

/// A pool with its balances. A failed operation leaves it unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub(super) curve: StableCurve,
    pub(super) own_token: Option<usize>,
    pub(super) swap_fee: U256,
    pub(super) tokens: Vec<Token>,
    /// Raw balances without the pool's own token.
    pub(super) balances: Vec<U256>,
    /// The pool's own token in the vault; zero without one.
    pub(super) own_balance: U256,
    /// Pool tokens held by others than the vault.
    pub(super) supply: U256,
}

impl Pool {
    /// Pool with given raw balances, the own token's among them, and pool tokens held outside of the vault.
    ///
    /// # Errors
    /// When a parameter is outside of its range, a list has the wrong length, or a balance leaves 112 bits.
    pub fn new(parameters: Parameters, registered: &[U256], supply: U256) -> Result<Self, Error> {
        let Parameters { family, amplification_milli, swap_fee, tokens } = parameters;
        let (own_token, stable_family) = match family {
            Family::MetaStable => (None, StableFamily::MetaStable),
            Family::Composable { own_token } => (Some(own_token), StableFamily::Composable),
        };
        let curve = StableCurve::new(stable_family, amplification_milli, tokens.len())?;
        let count = tokens.len().saturating_add(usize::from(own_token.is_some()));
        check_length("balances", registered, count)?;
        own_token.iter().try_for_each(|&own| check_token(own, count))?;
        if swap_fee >= ONE {
            return Err(Error::FractionOutOfRange { name: "swap_fee" });
        }
        tokens.iter().try_for_each(Token::check)?;
        registered.iter().try_for_each(|&balance| check_balance(balance).map(drop))?;
        let others = registered.iter().enumerate().filter(|&(index, _)| Some(index) != own_token);
        let balances = others.map(|(_, &balance)| balance).collect();
        let own_balance = own_token.map_or(U256::ZERO, |own| registered[own]);
        Ok(Self { curve, own_token, swap_fee, tokens, balances, own_balance, supply })
    }

    /// Raw balances without the pool's own token.
    #[must_use]
    pub fn balances(&self) -> &[U256] {
        &self.balances
    }

    /// The pool's own token in the vault; zero in a MetaStable pool.
    #[must_use]
    pub fn own_balance(&self) -> U256 {
        self.own_balance
    }

    /// Pool tokens held outside of the vault.
    #[must_use]
    pub fn supply(&self) -> U256 {
        self.supply
    }

    /// The tokens without the pool's own, with their cached rates.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The curve.
    #[must_use]
    pub fn curve(&self) -> &StableCurve {
        &self.curve
    }

    /// What happens before every operation: rates whose cache has expired are read from their providers, which are
    /// listed without the pool's own token.
    ///
    /// # Errors
    /// When the list has the wrong length or a rate that is read leaves 128 bits; nothing is then changed.
    pub fn refresh_rates(&mut self, now_secs: u64, provider_rates: &[U256]) -> Result<(), Error> {
        check_length("provider_rates", provider_rates, self.tokens.len())?;
        let refreshed = self
            .tokens
            .iter()
            .zip(provider_rates)
            .map(|(token, &rate)| Ok(Token { rate: token.rate.refreshed(now_secs, rate)?, ..*token }));
        self.tokens = refreshed.collect::<Result<_, Error>>()?;
        Ok(())
    }

    /// The invariant of the balances as swaps use it.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn invariant(&self) -> Result<U256, Error> {
        self.curve.invariant(&self.scaled_balances()?)
    }

    /// Whole tokens out per whole token in (1e18 = 1) of a very small trade, before the fee; rates included.
    ///
    /// # Errors
    /// When a token does not exist or is the pool's own, or the balances have no price.
    pub fn marginal_price(&self, token_in: usize, token_out: usize) -> Result<U256, Error> {
        let pair = (self.curve_index(token_in)?, self.curve_index(token_out)?);
        let scaled = self.curve.marginal_price(&self.scaled_balances()?, pair)?;
        let value_in = mul_down(scaled, self.tokens[pair.0].rate.rate())?;
        div_down(value_in, self.tokens[pair.1].rate.rate())
    }

    /// The same after the fee.
    ///
    /// # Errors
    /// As [`Pool::marginal_price`].
    pub fn marginal_price_after_fee(&self, token_in: usize, token_out: usize) -> Result<U256, Error> {
        mul_down(self.marginal_price(token_in, token_out)?, ONE.saturating_sub(self.swap_fee))
    }

    /// Balances in 18 decimals, times the rates; without the pool's own token.
    ///
    /// # Errors
    /// When a product overflows.
    pub fn balances_scaled(&self) -> Result<Vec<U256>, Error> {
        Ok(self.scaled_balances()?.to_vec())
    }

    /// Number of registered tokens, the pool's own included.
    #[must_use]
    pub fn registered(&self) -> usize {
        self.balances.len().saturating_add(usize::from(self.own_token.is_some()))
    }

    /// Place on the curve of a registered token.
    pub(crate) fn curve_index(&self, registered: usize) -> Result<usize, Error> {
        check_token(registered, self.registered())?;
        match self.own_token {
            Some(own) if registered == own => Err(Error::Unsupported),
            Some(own) if registered > own => Ok(registered - 1),
            _ => Ok(registered),
        }
    }

    pub(super) fn is_own(&self, registered: usize) -> bool {
        self.own_token == Some(registered)
    }

    pub(in crate::balancer) fn scaled_balances(&self) -> Result<Amounts, Error> {
        Amounts::map(&self.balances, |token, balance| self.scale(token, balance))
    }

    pub(super) fn scale(&self, token: usize, raw: U256) -> Result<U256, Error> {
        mul_down(raw, self.scaling(token)?)
    }

    pub(super) fn unscale_down(&self, token: usize, scaled: U256) -> Result<U256, Error> {
        div_down(scaled, self.scaling(token)?)
    }

    pub(super) fn unscale_up(&self, token: usize, scaled: U256) -> Result<U256, Error> {
        div_up(scaled, self.scaling(token)?)
    }

    fn scaling(&self, token: usize) -> Result<U256, Error> {
        let Token { decimal_scaling, rate } = self.tokens[token];
        mul_down(decimal_scaling, rate.rate())
    }
}

pub(super) fn check_balance(balance: U256) -> Result<U256, Error> {
    if balance.bit_len() > BALANCE_BITS {
        return Err(Error::BalanceOverflow { bits: BALANCE_BITS });
    }
    Ok(balance)
}
