//! Bracketing by powers of two, then bisection.

use ruint::aliases::U256;

use super::{Price, Quote};

/// The largest amount with a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<E> {
    /// The amount; zero if no amount has the property.
    pub amount: U256,
    /// Why the pool refuses the next unit; `None` where it takes that too, without the property.
    pub reason: Option<E>,
}

/// Why no sale pays the amount wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable<E> {
    /// The pool answers no sale at all.
    #[error("the pool answers no sale: {0}")]
    NoAnswer(E),
    /// The largest sale that the pool answers pays less.
    #[error("the largest sale pays {amount_out}")]
    PaysLess {
        /// What it pays.
        amount_out: U256,
        /// Why the next unit is refused.
        reason: Option<E>,
    },
}

/// The least amount of coin `i` whose sale pays `wanted` of coin `j` or more.
///
/// # Errors
/// When no sale pays that much.
pub fn least_in<Q: Quote>(pool: &Q, i: usize, j: usize, wanted: U256) -> Result<U256, Unreachable<Q::Error>> {
    if wanted.is_zero() {
        return Ok(U256::ZERO);
    }
    let pays = |amount| pool.quote_exact_in(i, j, amount).is_ok_and(|amount_out| amount_out >= wanted);
    let mut below = U256::ZERO;
    for amount in powers() {
        if pays(amount) {
            return Ok(bisect_up(below, amount, pays));
        }
        below = amount;
    }
    // Perhaps between the largest power that is answered and the largest sale.
    let answered = |amount| pool.quote_exact_in(i, j, amount).map(|_| true);
    let Limit { amount, reason } = last_true(answered).map_err(Unreachable::NoAnswer)?;
    let amount_out = pool.quote_exact_in(i, j, amount).map_err(Unreachable::NoAnswer)?;
    if amount_out < wanted {
        return Err(Unreachable::PaysLess { amount_out, reason });
    }
    let power = U256::from(1) << amount.bit_len().saturating_sub(1);
    Ok(bisect_up(power, amount, pays))
}

/// The largest amount of coin `i` that the pool exchanges for coin `j`.
///
/// # Errors
/// When it takes no amount; with the reason of the smallest one.
pub fn largest_in<Q: Quote>(pool: &Q, i: usize, j: usize) -> Result<Limit<Q::Error>, Q::Error> {
    last_true(|amount| pool.clone().exchange(i, j, amount).map(|_| true))
}

/// The largest sale of coin `i` that still pays `price` or more on average, after the fee.
///
/// # Errors
/// When the pool answers no sale; with the reason of the smallest one.
pub fn until_average_price<Q: Quote>(
    pool: &Q,
    i: usize,
    j: usize,
    price: Price,
) -> Result<Limit<Q::Error>, Q::Error> {
    last_true(|amount| {
        let amount_out = pool.quote_exact_in(i, j, amount)?;
        Ok(Price::new(amount_out, amount).is_some_and(|average| average >= price))
    })
}

/// The largest sale of coin `i` after which the marginal price, after the fee, is still `price` or more.
///
/// # Errors
/// When the pool takes no amount; with the reason of the smallest one.
pub fn until_marginal_price<Q: Quote>(
    pool: &Q,
    i: usize,
    j: usize,
    price: Price,
) -> Result<Limit<Q::Error>, Q::Error> {
    last_true(|amount| Ok(price_after(pool, i, j, amount)? >= price))
}

/// The largest sale of coin `i` after which coin `i` is `share` of the pool or less.
///
/// # Errors
/// When the pool takes no amount; with the reason of the smallest one.
pub fn until_share<Q: Quote>(
    pool: &Q,
    i: usize,
    j: usize,
    share: Price,
) -> Result<Limit<Q::Error>, Q::Error> {
    last_true(|amount| {
        let mut sold = pool.clone();
        sold.exchange(i, j, amount)?;
        Ok(sold.share(i)? <= share)
    })
}

/// Marginal price of coin `i` in coin `j`, after the fee, once `amount_in` of coin `i` has been sold.
///
/// # Errors
/// When the pool refuses the sale or has no price after it.
pub fn price_after<Q: Quote>(pool: &Q, i: usize, j: usize, amount_in: U256) -> Result<Price, Q::Error> {
    let mut sold = pool.clone();
    sold.exchange(i, j, amount_in)?;
    sold.marginal_price(i, j)
}

/// 1, 2, 4, ..., 2^255.
fn powers() -> impl DoubleEndedIterator<Item = U256> {
    (0..256_usize).map(|shift| U256::from(1) << shift)
}

/// An amount at which `holds`, and does not one unit before; it does at `above` and does not at `below`.
fn bisect_up(mut below: U256, mut above: U256, holds: impl Fn(U256) -> bool) -> U256 {
    // The distance halves in each round: at most 255 rounds.
    while above.saturating_sub(below) > U256::from(1) {
        let middle = below + ((above - below) >> 1_usize);
        if holds(middle) {
            above = middle;
        } else {
            below = middle;
        }
    }
    above
}

/// The amount at which `holds` ends: it does there and does not one unit later.
fn last_true<E>(holds: impl Fn(U256) -> Result<bool, E>) -> Result<Limit<E>, E> {
    let (mut above, mut reason) = match holds(U256::MAX) {
        Ok(true) => return Ok(Limit { amount: U256::MAX, reason: None }),
        Ok(false) => (U256::MAX, None),
        Err(error) => (U256::MAX, Some(error)),
    };
    let mut answered = reason.is_none();
    for power in powers().rev() {
        match holds(power) {
            Ok(true) => return Ok(bisect_down(power, above, reason, holds)),
            Ok(false) => (answered, reason) = (true, None),
            Err(error) => reason = Some(error),
        }
        above = power;
    }
    match reason {
        Some(error) if !answered => Err(error),
        _ => Ok(Limit { amount: U256::ZERO, reason: None }),
    }
}

/// As [`bisect_up`], towards the last amount at which `holds`; `reason` is the refusal at `above`.
fn bisect_down<E>(
    mut below: U256,
    mut above: U256,
    mut reason: Option<E>,
    holds: impl Fn(U256) -> Result<bool, E>,
) -> Limit<E> {
    while above.saturating_sub(below) > U256::from(1) {
        let middle = below + ((above - below) >> 1_usize);
        match holds(middle) {
            Ok(true) => below = middle,
            Ok(false) => (above, reason) = (middle, None),
            Err(error) => (above, reason) = (middle, Some(error)),
        }
    }
    Limit { amount: below, reason }
}
