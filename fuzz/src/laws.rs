//! What must hold of any pool.

use pegstress_exact::U256;
use pegstress_exact::{balancer, constant_product, cryptoswap, stableswap};
use std::fmt::Debug;

/// A pool that sells one coin for another.
pub trait Market: Clone + PartialEq + Debug {
    /// Why it refuses.
    type Error: PartialEq + Debug;

    /// What a sale pays.
    ///
    /// # Errors
    /// Where the contract reverts.
    fn quote(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error>;

    /// Sells.
    ///
    /// # Errors
    /// Where the contract reverts.
    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error>;

    /// What a round trip may bring beyond what it began with, by rounding, in units of coin `i`, which is sold first;
    /// `None` where the state is so far from ordinary that roundings are not bounded by anything simple.
    fn dust(&self, i: usize) -> Option<U256>;

    /// Whether the curve is the one of `before`.
    fn keeps_curve(&self, _before: &Self) -> bool {
        true
    }
}

/// Does an operation; a failed one must leave the pool as it was.
///
/// # Panics
/// When it does not.
pub fn attempt<P: Clone + PartialEq + Debug, T, E: Debug>(
    pool: &mut P,
    operation: impl FnOnce(&mut P) -> Result<T, E>,
) -> Option<T> {
    let before = pool.clone();
    match operation(pool) {
        Ok(done) => Some(done),
        Err(error) => {
            assert_eq!(*pool, before, "changed although refused: {error:?}");
            None
        }
    }
}

/// As [`attempt`], where what the operation returns does not matter.
///
/// # Panics
/// When a failed operation changes the pool.
pub fn try_on<P: Clone + PartialEq + Debug, T, E: Debug>(
    pool: &mut P,
    operation: impl FnOnce(&mut P) -> Result<T, E>,
) {
    attempt(pool, operation);
}

/// Sells: a sale pays its quote, a failed one changes nothing, selling the proceeds back makes no profit.
///
/// # Panics
/// When one of these does not hold.
pub fn sell<P: Market>(pool: &mut P, i: usize, j: usize, amount_in: U256) {
    let quoted = pool.quote(i, j, amount_in);
    let before = pool.clone();
    let Some(amount_out) = attempt(pool, |pool| pool.exchange(i, j, amount_in)) else { return };
    assert_eq!(quoted, Ok(amount_out), "a sale does not pay its quote");
    if !pool.keeps_curve(&before) {
        return;
    }
    let (Some(before), Some(after)) = (before.dust(i), pool.dust(i)) else { return };
    if let Ok(back) = pool.quote(j, i, amount_out) {
        let most = amount_in.saturating_add(before.max(after));
        assert!(back <= most, "{back} back for {amount_in} of coin {i} in {pool:?}");
    }
}

/// A billion units in pools of 1e15 to 1e36 units a coin and at most 100 to 1.
///
/// `D` is good to some hundred units there: each factor `D / (n x_k)` of its product is rounded by one unit, which the
/// others multiply, at 100 to 1 and four coins by less than a million; prices are at most 1e4 and turn it into units of a coin.
fn stable_dust(values: &[U256]) -> Option<U256> {
    let (least, most) = (values.iter().min()?, values.iter().max()?);
    let ten = U256::from(10);
    let ordinary = *least >= ten.pow(U256::from(15))
        && *most <= ten.pow(U256::from(36))
        && *most / *least < U256::from(100);
    (ordinary && values.len() <= 4).then(|| ten.pow(U256::from(9)))
}

/// Whether every one is between a tenth and ten: a coin's unit is then about a unit of value.
fn ordinary(rates: &[U256]) -> bool {
    let tenth = stableswap::ONE / U256::from(10);
    rates.iter().all(|&rate| rate >= tenth && rate <= tenth * U256::from(100))
}

impl Market for stableswap::Pool {
    type Error = stableswap::Error;

    fn quote(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.quote_exact_in(i, j, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.exchange(i, j, amount_in)
    }

    fn dust(&self, _: usize) -> Option<U256> {
        self.stored_rates().ok().filter(|rates| ordinary(rates))?;
        stable_dust(&self.rated_balances().ok()?)
    }
}

impl Market for cryptoswap::Pool {
    type Error = cryptoswap::Error;

    fn quote(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.quote_exact_in(i, j, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.exchange(i, j, amount_in)
    }

    /// `D` and balances settle at a relative step of 1e-14, so that at most 100 to 1 a billionth of the pool is far beyond.
    fn dust(&self, i: usize) -> Option<U256> {
        let [zero, one] = self.scaled_balances().ok()?;
        let hundred = U256::from(100);
        let ordinary = zero / hundred < one && one / hundred < zero;
        let balance = self.state().balances.get(i)?;
        ordinary.then(|| *balance / U256::from(1_000_000_000) + U256::from(2))
    }

    /// A move of the price scale is at the providers' expense, and whoever trades next may gain by it.

    fn keeps_curve(&self, before: &Self) -> bool {
        self.state().price_scale == before.state().price_scale
    }
}

impl Market for constant_product::Pair {
    type Error = constant_product::ConstantProductError;

    fn quote(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        pegstress_exact::quote::Quote::quote_exact_in(self, i, j, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        pegstress_exact::quote::Quote::exchange(self, i, j, amount_in)
    }

    fn dust(&self, _: usize) -> Option<U256> {
        Some(U256::ZERO)
    }
}

impl Market for balancer::v2::Pool {
    type Error = balancer::Error;

    fn quote(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.quote_exact_in(i, j, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.swap_exact_in(i, j, amount_in)
    }

    /// With the pool's own token, the supply counts as much as the balances, and it may be anything here.
    fn dust(&self, _: usize) -> Option<U256> {
        let rates: Vec<_> = self.tokens().iter().map(|token| token.rate.rate()).collect();
        let whole = self.tokens().iter().all(|token| token.decimal_scaling == balancer::ONE);
        (whole && ordinary(&rates) && self.own_balance().is_zero()).then_some(())?;
        stable_dust(self.balances())
    }
}

impl Market for balancer::v3::Pool {
    type Error = balancer::Error;

    fn quote(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.quote_exact_in(i, j, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.swap_exact_in(i, j, amount_in)
    }

    /// Weighted pools round powers by 1e-14 of themselves, in the pool's favour.
    fn dust(&self, _: usize) -> Option<U256> {
        // Scaled and rated alike, a unit of a token is a unit of value.
        (self.balances_raw() == self.balances_live()).then_some(())?;
        stable_dust(self.balances_live())
    }
}
