//! State of a pool, its views, and swaps.
//!
//! A swap of `amount_in` of coin `i` moves `x_i` up, solves the curve for `x_j`, takes one unit off for rounding and
//! charges the fee on the output at the average of the balances before and after. A share of the fee leaves the
//! liquidity providers' balances for the owner's. The fee is not part of the price record.

use ruint::aliases::U256;

use super::{Curve, Error, FEE_DENOMINATOR, FeeSchedule, Generation, MovingAverages, ONE, Ramp};
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// What a pool is deployed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Contract family.
    pub generation: Generation,
    /// Amplification, unscaled.
    pub amplification: u64,
    /// Fees.
    pub fees: FeeSchedule,
    /// `10^(36 - decimals)` per coin.
    pub rate_multipliers: Vec<U256>,
    /// Value of one coin in the pool's currency (1e18 = 1); 1e18 for a coin without a rate oracle.
    pub oracle_rates: Vec<U256>,
}

/// A pool with its balances. A failed operation leaves it unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub(super) curve: Curve,
    pub(super) fees: FeeSchedule,
    rate_multipliers: Vec<U256>,
    oracle_rates: Vec<U256>,
    pub(super) balances: Vec<U256>,
    pub(super) admin_balances: Vec<U256>,
    pub(super) total_supply: U256,
    pub(super) averages: Option<MovingAverages>,
    pub(super) ramp: Ramp,
    pub(super) now_secs: u64,
}

/// Outcome of a swap before it is booked.
struct Quote {
    amount_out: U256,
    admin_fee: U256,
    /// The part of the fee that stays with the liquidity providers, rate-adjusted.
    kept_fee: U256,
    /// Rate-adjusted balances after the swap without fees, and the invariant they share with those before.
    xp: Vec<U256>,
    invariant: U256,
}

impl Pool {
    /// Pool with given balances and shares outstanding.
    ///
    /// # Errors
    /// When a parameter is outside of its range or a list has the wrong length.
    pub fn new(parameters: Parameters, balances: Vec<U256>, total_supply: U256) -> Result<Self, Error> {
        let Parameters { generation, amplification, fees, rate_multipliers, oracle_rates } = parameters;
        let curve = Curve::new(generation, amplification, balances.len())?;
        fees.check()?;
        curve.check_named_length("rate_multipliers", &rate_multipliers)?;
        curve.check_named_length("oracle_rates", &oracle_rates)?;
        let admin_balances = vec![U256::ZERO; balances.len()];
        let averages = None;
        let ramp = Ramp::resting_at(amplification.saturating_mul(generation.amplification_precision()));
        Ok(Self {
            curve,
            fees,
            rate_multipliers,
            oracle_rates,
            balances,
            admin_balances,
            total_supply,
            averages,
            ramp,
            now_secs: 0,
        })
    }

    /// Next-generation pool of plain 18-decimal coins with a static fee (1e10 = 100 %), half of it the owner's;
    /// the shares outstanding equal the invariant, as after a first deposit.
    ///
    /// # Errors
    /// When a parameter is outside of its range or the balances have no invariant.
    pub fn plain(amplification: u64, fee: U256, balances: impl Into<Vec<U256>>) -> Result<Self, Error> {
        Self::plain_of(Generation::Next, amplification, FeeSchedule::fixed(fee), balances.into())
    }

    /// The stETH pool's contract: two plain coins, static fee, half of it the owner's.
    ///
    /// # Errors
    /// As [`Pool::plain`].
    pub fn steth(amplification: u64, fee: U256, balances: [U256; 2]) -> Result<Self, Error> {
        Self::plain_of(Generation::StEth, amplification, FeeSchedule::fixed(fee), balances.into())
    }

    fn plain_of(
        generation: Generation,
        amplification: u64,
        fees: FeeSchedule,
        balances: Vec<U256>,
    ) -> Result<Self, Error> {
        let units = vec![ONE; balances.len()];
        let parameters = Parameters {
            generation,
            amplification,
            fees,
            rate_multipliers: units.clone(),
            oracle_rates: units,
        };
        let mut pool = Self::new(parameters, balances, U256::ZERO)?;
        pool.total_supply = pool.invariant()?;
        Ok(pool)
    }

    /// The liquidity providers' balances, without the owner's.
    #[must_use]
    pub fn balances(&self) -> &[U256] {
        &self.balances
    }

    /// Fees set aside for the owner.
    #[must_use]
    pub fn admin_balances(&self) -> &[U256] {
        &self.admin_balances
    }

    /// Shares outstanding.
    #[must_use]
    pub fn total_supply(&self) -> U256 {
        self.total_supply
    }

    /// The curve.
    #[must_use]
    pub fn curve(&self) -> &Curve {
        &self.curve
    }

    /// The price oracle's record, if one is kept.
    #[must_use]
    pub fn moving_averages(&self) -> Option<&MovingAverages> {
        self.averages.as_ref()
    }

    /// Value of a unit of each coin: `rate_multiplier * oracle_rate / 1e18`.
    ///
    /// # Errors
    /// When a product overflows.
    pub fn stored_rates(&self) -> Result<Vec<U256>, Error> {
        let pairs = self.rate_multipliers.iter().zip(&self.oracle_rates);
        pairs.map(|(&multiplier, &rate)| Ok(mul_div_down(multiplier, rate, ONE)?)).collect()
    }

    /// A new value of one coin: an accrual or a slashing.
    ///
    /// # Errors
    /// When the coin does not exist.
    pub fn set_oracle_rate(&mut self, coin: usize, rate: U256) -> Result<(), Error> {
        self.curve.check_coin(coin)?;
        self.oracle_rates[coin] = rate;
        Ok(())
    }

    /// The liquidity providers' balances in 18 decimals and one currency.
    ///
    /// # Errors
    /// When a product overflows.
    pub fn rated_balances(&self) -> Result<Vec<U256>, Error> {
        self.xp(&self.balances)
    }

    /// The invariant of the current balances at the current rates.
    ///
    /// # Errors
    /// See [`Curve::invariant`].
    pub fn invariant(&self) -> Result<U256, Error> {
        self.curve.invariant(&self.xp(&self.balances)?)
    }

    /// Value of one share: `D * 1e18 / total supply`.
    ///
    /// # Errors
    /// When there are no shares or the balances have no invariant.
    pub fn virtual_price(&self) -> Result<U256, Error> {
        Ok(mul_div_down(self.invariant()?, ONE, self.total_supply)?)
    }

    /// Marginal price of coin `k + 1` in coin 0, in rate-adjusted units and before fees (the contract's `get_p(k)`).
    ///
    /// # Errors
    /// When the coin does not exist or the balances have no price.
    pub fn marginal_price(&self, k: usize) -> Result<U256, Error> {
        let xp = self.xp(&self.balances)?;
        let prices = self.curve.marginal_prices(&xp, self.curve.invariant(&xp)?)?;
        prices.get(k).copied().ok_or(Error::UnknownCoin { index: k.saturating_add(1), coins: self.coins() })
    }

    /// Fee between coins `i` and `j` at the current balances (1e10 = 100 %).
    ///
    /// # Errors
    /// When a coin does not exist or both balances are zero.
    pub fn dynamic_fee(&self, i: usize, j: usize) -> Result<U256, Error> {
        self.curve.check_coin(i)?;
        self.curve.check_coin(j)?;
        let xp = self.xp(&self.balances)?;
        self.fees.between(self.fees.fee, xp[i], xp[j])
    }

    /// Output of selling `amount_in` of coin `i` for coin `j` (the contract's `get_dy`). An amount of zero is
    /// priced like any other; here the curve's rounding usually makes the result an error.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_exact_in(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Error> {
        Ok(self.quote(i, j, amount_in)?.amount_out)
    }

    /// Input of coin `i` for `amount_out` of coin `j` (the contract's `get_dx`): an approximation, because the fee
    /// is the one at the current balances.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_exact_out_approximate(&self, i: usize, j: usize, amount_out: U256) -> Result<U256, Error> {
        self.check_pair(i, j)?;
        let rates = self.stored_rates()?;
        let xp = self.xp(&self.balances)?;
        let invariant = self.curve.invariant(&xp)?;
        let net = add(mul_div_down(amount_out, rates[j], ONE)?, U256::from(1))?;
        let fee = self.fees.between(self.fees.fee, xp[i], xp[j])?;
        let gross = mul_div_down(net, FEE_DENOMINATOR, sub(FEE_DENOMINATOR, fee)?)?;
        let mut moved = xp.clone();
        moved[j] = sub(xp[j], gross)?;
        let x = self.curve.solve_balance(&moved, i, invariant)?;
        Ok(mul_div_down(sub(x, xp[i])?, ONE, rates[i])?)
    }

    /// Sells `amount_in` of coin `i` for coin `j` and returns the output.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Error> {
        if self.curve.generation() == Generation::Next && amount_in.is_zero() {
            return Err(Error::ZeroAmount);
        }
        let quote = self.quote(i, j, amount_in)?;
        if self.curve.generation() == Generation::Reth {
            return self.book_rated(i, j, amount_in, &quote);
        }
        let Quote { amount_out, admin_fee, xp, invariant, .. } = quote;
        let balance_i = add(self.balances[i], amount_in)?;
        let balance_j = sub(self.balances[j], add(amount_out, admin_fee)?)?;
        let admin_j = add(self.admin_balances[j], admin_fee)?;
        self.record_prices(&xp, invariant)?;
        self.balances[i] = balance_i;
        self.balances[j] = balance_j;
        self.admin_balances[j] = admin_j;
        Ok(amount_out)
    }

    /// The rETH pool writes balances back from rated ones; what rounding takes off them is the owner's.
    fn book_rated(&mut self, i: usize, j: usize, amount_in: U256, quote: &Quote) -> Result<U256, Error> {
        let rates = self.stored_rates()?;
        let balance_i = mul_div_down(quote.xp[i], ONE, rates[i])?;
        let balance_j = mul_div_down(add(quote.xp[j], quote.kept_fee)?, ONE, rates[j])?;
        let held = |coin: usize| add(self.balances[coin], self.admin_balances[coin]);
        let admin_i = sub(add(held(i)?, amount_in)?, balance_i)?;
        let admin_j = sub(sub(held(j)?, quote.amount_out)?, balance_j)?;
        self.balances[i] = balance_i;
        self.balances[j] = balance_j;
        self.admin_balances[i] = admin_i;
        self.admin_balances[j] = admin_j;
        Ok(quote.amount_out)
    }

    fn quote(&self, i: usize, j: usize, amount_in: U256) -> Result<Quote, Error> {
        self.check_pair(i, j)?;
        let rates = self.stored_rates()?;
        let before = self.xp(&self.balances)?;
        let invariant = self.curve.invariant(&before)?;
        let mut xp = before.clone();
        xp[i] = add(before[i], mul_div_down(amount_in, rates[i], ONE)?)?;
        xp[j] = self.curve.solve_balance(&xp, j, invariant)?;
        let gross = sub(sub(before[j], xp[j])?, U256::from(1))?;
        let two = U256::from(2);
        let average_i = div_down(add(before[i], xp[i])?, two)?;
        let average_j = div_down(add(before[j], xp[j])?, two)?;
        let rate = self.fees.between(self.fees.fee, average_i, average_j)?;
        let fee = mul_div_down(gross, rate, FEE_DENOMINATOR)?;
        let amount_out = mul_div_down(sub(gross, fee)?, ONE, rates[j])?;
        let admin_part = self.fees.admin_part(fee)?;
        let admin_fee = mul_div_down(admin_part, ONE, rates[j])?;
        Ok(Quote { amount_out, admin_fee, kept_fee: sub(fee, admin_part)?, xp, invariant })
    }

    fn check_pair(&self, i: usize, j: usize) -> Result<(), Error> {
        self.curve.check_coin(i)?;
        self.curve.check_coin(j)?;
        if i == j { Err(Error::SameCoin { index: i }) } else { Ok(()) }
    }

    pub(super) fn coins(&self) -> usize {
        self.curve.coins()
    }

    /// Balances in 18 decimals and one currency.
    pub(super) fn xp(&self, balances: &[U256]) -> Result<Vec<U256>, Error> {
        let rates = self.stored_rates()?;
        rates.iter().zip(balances).map(|(&rate, &balance)| Ok(div_down(mul(rate, balance)?, ONE)?)).collect()
    }

    /// What the next generation writes into its oracle after an operation. The older families have no oracle.
    /// The prices are computed even if no record is kept, because an operation that cannot be priced reverts.
    pub(super) fn record_prices(&mut self, xp: &[U256], invariant: U256) -> Result<(), Error> {
        if self.curve.generation() != Generation::Next {
            return Ok(());
        }
        let prices = self.curve.marginal_prices(xp, invariant)?;
        if invariant.bit_len() > 128 {
            return Err(Error::OracleOverflow);
        }
        match &mut self.averages {
            Some(averages) => averages.record(&prices, invariant),
            None => Ok(()),
        }
    }
}
