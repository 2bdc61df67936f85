//! The invariant itself: `D` from balances, one balance from `D`.
//!
//! Both are Newton iterations in integers whose rounding is part of the result. With `g = gamma + 1`,
//! `w = D (g - K_0)^2 / (A N^N gamma^2)` and `S = x_0 + x_1`:
//!
//! ```text
//! D:  f' = S + S m + 2 w / K_0 - m D,        m = 4 K_0 / (g - K_0)
//!     D <- D (f' + S) / f' - D^2 / f' - D w (1 - K_0) / (f' K_0)
//! y:  f' = (y + S m + w - D m) / y,          m = 1 + 2 K_0 / (g - K_0)
//!     y <- (y f' + D - S) / f' + w (1 - K_0) / (f' K_0)
//! ```
//!
//! They stop at a relative step of 1e-14 and fail after 255 rounds.

use ruint::{aliases::U256, uint};

use super::{Error, ONE, TWO};
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// Rounds after which the contract gives up.
const MAX_ROUNDS: usize = 255;

/// Four decimals of the amplification.
const AMPLIFICATION_PRECISION: U256 = uint!(10_000_U256);
const MIN_AMPLIFICATION: U256 = uint!(4_000_U256);
const MAX_AMPLIFICATION: U256 = uint!(4_000_000_000_U256);
const MIN_GAMMA: U256 = uint!(10_000_000_000_U256);
const MAX_GAMMA: U256 = uint!(20_000_000_000_000_000_U256);
const MIN_BALANCE: U256 = uint!(1_000_000_000_U256);
/// Also the largest invariant.
const MAX_BALANCE: U256 = uint!(1_000_000_000_000_000_000_000_000_000_000_000_U256);
const MIN_INVARIANT: U256 = uint!(100_000_000_000_000_000_U256);
/// Smaller over larger balance, 1e18 = 1.
const MIN_RATIO: U256 = uint!(100_000_000_000_000_U256);
/// Balance over invariant, 1e18 = 1.
const MIN_SHARE: U256 = uint!(10_000_000_000_000_000_U256);
const MAX_SHARE: U256 = uint!(100_000_000_000_000_000_000_U256);
/// One over the relative step at which the iterations stop.
const SETTLED: U256 = uint!(100_000_000_000_000_U256);
/// Invariants below this settle at a step of 100 units.
const SMALL_INVARIANT: U256 = uint!(10_000_000_000_000_000_U256);
/// Smallest step at which a balance has settled.
const SMALL_STEP: U256 = uint!(100_U256);
const FOUR: U256 = uint!(4_U256);

/// Shape of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Curve {
    amplification: U256,
    gamma: U256,
}

impl Curve {
    /// Curve with this amplification (`A N^N` with four decimals) and `gamma` (1e18 = 1).
    ///
    /// # Errors
    /// When one is outside of the contract's limits.
    pub fn new(amplification: U256, gamma: U256) -> Result<Self, Error> {
        if !(MIN_AMPLIFICATION..=MAX_AMPLIFICATION).contains(&amplification) {
            return Err(Error::AmplificationOutOfRange { amplification });
        }
        if !(MIN_GAMMA..=MAX_GAMMA).contains(&gamma) {
            return Err(Error::GammaOutOfRange { gamma });
        }
        Ok(Self { amplification, gamma })
    }

    /// `A N^N` with four decimals.
    #[must_use]
    pub fn amplification(&self) -> U256 {
        self.amplification
    }

    /// Width of the concentrated region, 1e18 = 1.
    #[must_use]
    pub fn gamma(&self) -> U256 {
        self.gamma
    }

    /// `D` of scaled balances (the contract's `newton_D`).
    ///
    /// # Errors
    /// When a balance is unsafe, an intermediate leaves the word, or the iteration does not settle.
    pub fn invariant(&self, xp: [U256; 2]) -> Result<U256, Error> {
        let (large, small) = descending(xp);
        if !(MIN_BALANCE..=MAX_BALANCE).contains(&large) {
            return Err(Error::BalanceOutOfRange { balance: large });
        }
        if mul_div_down(small, ONE, large)? < MIN_RATIO {
            return Err(Error::OutOfBalance);
        }
        let mut d = mul(TWO, geometric_mean([large, small])?)?;
        for _ in 0..MAX_ROUNDS {
            let previous = d;
            d = self.invariant_step(large, small, d)?;
            if mul(d.abs_diff(previous), SETTLED)? < d.max(SMALL_INVARIANT) {
                check_share(large, d)?;
                check_share(small, d)?;
                return Ok(d);
            }
        }
        Err(Error::NotSettled)
    }

    /// The scaled balance that gives the invariant `d` beside `other` of the other coin (the contract's `newton_y`).
    ///
    /// # Errors
    /// When `d` or a balance is unsafe, an intermediate leaves the word, or the iteration does not settle.
    pub fn solve_balance(&self, other: U256, d: U256) -> Result<U256, Error> {
        if !(MIN_INVARIANT..=MAX_BALANCE).contains(&d) {
            return Err(Error::InvariantOutOfRange { invariant: d });
        }
        let mut y = div_down(mul(d, d)?, mul(other, FOUR)?)?;
        // Twice the share of the other coin: its factor of K_0.
        let factor = mul_div_down(mul(ONE, TWO)?, other, d)?;
        if !(mul(MIN_SHARE, TWO)?..=mul(MAX_SHARE, TWO)?).contains(&factor) {
            return Err(Error::OutOfBalance);
        }
        let limit = div_down(other, SETTLED)?.max(div_down(d, SETTLED)?).max(SMALL_STEP);
        for _ in 0..MAX_ROUNDS {
            let previous = y;
            let Some(next) = self.balance_step(other, factor, y, d)? else {
                // Beyond the turning point of f: start again from half of it, without a test.
                y = div_down(previous, TWO)?;
                continue;
            };
            y = next;
            if y.abs_diff(previous) < limit.max(div_down(y, SETTLED)?) {
                check_share(y, d)?;
                return Ok(y);
            }
        }
        Err(Error::NotSettled)
    }

    fn invariant_step(&self, large: U256, small: U256, d: U256) -> Result<U256, Error> {
        let sum = add(large, small)?;
        let k0 = mul_div_down(mul_div_down(mul(ONE, FOUR)?, large, d)?, small, d)?;
        let distance = self.distance(k0)?;
        let w = self.distance_term(distance, d)?;
        let m = mul_div_down(mul(ONE, FOUR)?, k0, distance)?;
        let rising = add(add(sum, mul_div_down(sum, m, ONE)?)?, mul_div_down(w, TWO, k0)?)?;
        let slope = sub(rising, mul_div_down(m, d, ONE)?)?;
        let plus = mul_div_down(d, add(slope, sum)?, slope)?;
        let minus = mul_div_down(d, d, slope)?;
        let shift = div_down(mul(d, div_down(w, slope)?)?, ONE)?;
        let shift = mul_div_down(shift, ONE.abs_diff(k0), k0)?;
        let minus = if ONE > k0 { add(minus, shift)? } else { sub(minus, shift)? };
        if plus > minus { Ok(sub(plus, minus)?) } else { Ok(div_down(sub(minus, plus)?, TWO)?) }
    }

    /// One round for a balance; `None` where the slope is negative.
    fn balance_step(&self, other: U256, factor: U256, y: U256, d: U256) -> Result<Option<U256>, Error> {
        let k0 = div_down(mul(mul(factor, y)?, TWO)?, d)?;
        let sum = add(other, y)?;
        let distance = self.distance(k0)?;
        let w = self.distance_term(distance, d)?;
        let m = add(ONE, mul_div_down(mul(ONE, TWO)?, k0, distance)?)?;
        let rising = add(add(mul(ONE, y)?, mul(sum, m)?)?, w)?;
        let falling = mul(d, m)?;
        if rising < falling {
            return Ok(None);
        }
        let slope_y = sub(rising, falling)?;
        let slope = div_down(slope_y, y)?;
        let shift = div_down(w, slope)?;
        let plus = add(div_down(add(slope_y, mul(ONE, d)?)?, slope)?, mul_div_down(shift, ONE, k0)?)?;
        let minus = add(shift, mul_div_down(ONE, sum, slope)?)?;
        Ok(Some(if plus < minus { div_down(y, TWO)? } else { sub(plus, minus)? }))
    }

    /// `|gamma + 1 - K_0|`, never zero.
    pub(super) fn distance(&self, k0: U256) -> Result<U256, Error> {
        Ok(add(add(self.gamma, ONE)?.abs_diff(k0), U256::from(1))?)
    }

    /// `w = D (g - K_0)^2 / (A N^N gamma^2)`, with 18 decimals more than `D`.
    pub(super) fn distance_term(&self, distance: U256, d: U256) -> Result<U256, Error> {
        let once = mul_div_down(div_down(mul(ONE, d)?, self.gamma)?, distance, self.gamma)?;
        Ok(div_down(mul(mul(once, distance)?, AMPLIFICATION_PRECISION)?, self.amplification)?)
    }
}

/// `sqrt(x_0 x_1)` as the contract iterates it, from the larger one down.
pub(super) fn geometric_mean(x: [U256; 2]) -> Result<U256, Error> {
    let (large, small) = descending(x);
    let mut mean = large;
    for _ in 0..MAX_ROUNDS {
        let previous = mean;
        mean = div_down(add(mean, mul_div_down(large, small, mean)?)?, TWO)?;
        let step = mean.abs_diff(previous);
        if step <= U256::from(1) || mul(step, ONE)? < mean {
            return Ok(mean);
        }
    }
    Err(Error::NotSettled)
}

fn descending(x: [U256; 2]) -> (U256, U256) {
    if x[0] < x[1] { (x[1], x[0]) } else { (x[0], x[1]) }
}

fn check_share(x: U256, d: U256) -> Result<(), Error> {
    let share = mul_div_down(x, ONE, d)?;
    if (MIN_SHARE..=MAX_SHARE).contains(&share) { Ok(()) } else { Err(Error::OutOfBalance) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balanced_pool_has_the_sum_as_its_invariant() {
        let curve = Curve::new(U256::from(4_000_000), U256::from(145_000_000_000_000_u64)).expect("valid");
        let x = U256::from(10u64.pow(18)) * U256::from(1000);
        let d = curve.invariant([x, x]).expect("settles");
        // The iteration stops at a relative step of 1e-14.
        assert!(d.abs_diff(x * TWO) <= x / SETTLED, "{d}");
        let y = curve.solve_balance(x, x * TWO).expect("settles");
        assert!(y.abs_diff(x) <= x / SETTLED, "{y}");
    }

    #[test]
    fn limits_of_the_contract_are_inclusive() {
        let curve = |a: u64, gamma: u64| Curve::new(U256::from(a), U256::from(gamma));
        assert!(curve(4_000, 10_000_000_000).is_ok() && curve(4_000_000_000, 20_000_000_000_000_000).is_ok());
        assert!(matches!(curve(3_999, 10_000_000_000), Err(Error::AmplificationOutOfRange { .. })));
        assert!(matches!(curve(4_000_000_001, 10_000_000_000), Err(Error::AmplificationOutOfRange { .. })));
        assert!(matches!(curve(4_000, 9_999_999_999), Err(Error::GammaOutOfRange { .. })));
        assert!(matches!(curve(4_000, 20_000_000_000_000_001), Err(Error::GammaOutOfRange { .. })));
    }

    #[test]
    fn unsafe_balances_and_invariants_are_refused() {
        let curve = Curve::new(U256::from(4_000_000), U256::from(145_000_000_000_000_u64)).expect("valid");
        let units = |n: u64| U256::from(n) * ONE;
        let tiny = U256::from(999_999_999);
        assert_eq!(curve.invariant([tiny, tiny]), Err(Error::BalanceOutOfRange { balance: tiny }));
        let huge = MAX_BALANCE + U256::from(1);
        assert_eq!(curve.invariant([huge, huge]), Err(Error::BalanceOutOfRange { balance: huge }));
        assert_eq!(curve.invariant([units(10_001), ONE]), Err(Error::OutOfBalance));
        assert_eq!(curve.invariant([units(10_001), U256::ZERO]), Err(Error::OutOfBalance));
        let low = MIN_INVARIANT - U256::from(1);
        assert_eq!(curve.solve_balance(ONE, low), Err(Error::InvariantOutOfRange { invariant: low }));
        assert!(curve.solve_balance(U256::ZERO, ONE).is_err());
    }
}
