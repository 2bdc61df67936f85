//! Natural logarithm, exponential and power of the contracts, in integers.
//!
//! The logarithm divides its argument by `e^(2^k)` for `k = 7, 6, .., -4` where it can and sums the exponents; what is
//! left, `a` in `1..1.07`, has the series in `z = (a - 1)/(a + 1)`:
//!
//! ```text
//! ln a = 2 (z + z^3/3 + z^5/5 + ..)
//! ```
//!
//! with 20 decimals, or directly with 36 decimals for arguments between 0.9 and 1.1. The exponential multiplies the
//! same constants and ends with 12 Taylor terms. Numbers are signed 256-bit words there; division cuts towards zero, so
//! sign and magnitude, as here, give the same digits. Nothing wraps in the ranges the contract admits.
//!
//! Source: balancer/balancer-v3-monorepo `pkg/solidity-utils/contracts/math/LogExpMath.sol` at 0664fae8 (MIT), equal in
//! version 2. Units: arguments and results with 18 decimals. Error: see [`super::fixed_point`].

use ruint::aliases::U256;

use super::Error;
use super::fixed_point::ONE;
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// One with 20 and with 36 decimals.
const ONE_20: U256 = from_u128(100_000_000_000_000_000_000);
const ONE_36: U256 = from_u128(1_000_000_000_000_000_000_000_000_000_000_000_000);

const HUNDRED: U256 = from_u128(100);

/// Largest and smallest argument of the exponential, 130 and -41.
const MAX_EXPONENT: U256 = from_u128(130_000_000_000_000_000_000);
const MIN_EXPONENT_MAGNITUDE: U256 = from_u128(41_000_000_000_000_000_000);

/// Between these, exclusive, the logarithm has 36 decimals.
const NEAR_ONE: (U256, U256) = (from_u128(900_000_000_000_000_000), from_u128(1_100_000_000_000_000_000));

/// Exponent (18 decimals) and power (none) of the two largest steps.
const LARGE_STEPS: [(U256, U256); 2] = [
    (from_u128(128_000_000_000_000_000_000), E_128),
    (from_u128(64_000_000_000_000_000_000), from_u128(6_235_149_080_811_616_882_910_000_000)),
];

/// 388770840599459509222 * 10^35, the contract's integer for `e^128`.
const E_128: U256 =
    U256::from_limbs([0x0262_8270_0000_0000, 0xF53A_2717_2FA9_EC63, 0x0195_E54C_5DD4_2177, 0]);

/// Exponent and power of the smaller steps, both with 20 decimals.
const STEPS: [(U256, U256); 10] = [
    (from_u128(3_200_000_000_000_000_000_000), from_u128(7_896_296_018_268_069_516_100_000_000_000_000)),
    (from_u128(1_600_000_000_000_000_000_000), from_u128(888_611_052_050_787_263_676_000_000)),
    (from_u128(800_000_000_000_000_000_000), from_u128(298_095_798_704_172_827_474_000)),
    (from_u128(400_000_000_000_000_000_000), from_u128(5_459_815_003_314_423_907_810)),
    (from_u128(200_000_000_000_000_000_000), from_u128(738_905_609_893_065_022_723)),
    (from_u128(100_000_000_000_000_000_000), from_u128(271_828_182_845_904_523_536)),
    (from_u128(50_000_000_000_000_000_000), from_u128(164_872_127_070_012_814_685)),
    (from_u128(25_000_000_000_000_000_000), from_u128(128_402_541_668_774_148_407)),
    (from_u128(12_500_000_000_000_000_000), from_u128(113_314_845_306_682_631_683)),
    (from_u128(6_250_000_000_000_000_000), from_u128(106_449_445_891_785_942_956)),
];

/// Steps the exponential uses; the logarithm uses all of them.
const EXPONENTIAL_STEPS: usize = 8;

const fn from_u128(value: u128) -> U256 {
    U256::from_limbs([value as u64, (value >> 64) as u64, 0, 0])
}

/// A number by sign and magnitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Signed {
    negative: bool,
    magnitude: U256,
}

/// `x^y` without allowance for the error; `0^0` is one.
///
/// # Errors
/// When an argument leaves the contract's words, or `y ln x` leaves -41..=130.
pub(super) fn pow(x: U256, y: U256) -> Result<U256, Error> {
    if y.is_zero() {
        return Ok(ONE);
    }
    if x.is_zero() {
        return Ok(U256::ZERO);
    }
    let mild_bound = div_down(U256::from(1) << 254, ONE_20)?;
    if x.bit_len() > 255 || y >= mild_bound {
        return Err(Error::PowerOutOfRange);
    }
    let (negative, product) = if NEAR_ONE.0 < x && x < NEAR_ONE.1 {
        let Signed { negative, magnitude } = ln_36(x)?;
        let (high, low) = magnitude.div_rem(ONE);
        (negative, add(mul(high, y)?, mul_div_down(low, y, ONE)?)?)
    } else {
        let Signed { negative, magnitude } = ln_18(x)?;
        (negative, mul(magnitude, y)?)
    };
    exp(Signed { negative, magnitude: div_down(product, ONE)? })
}

/// `e^x` with 18 decimals.
fn exp(x: Signed) -> Result<U256, Error> {
    if x.negative {
        if x.magnitude > MIN_EXPONENT_MAGNITUDE {
            return Err(Error::PowerOutOfRange);
        }
        return Ok(div_down(ONE_36, exp_positive(x.magnitude)?)?);
    }
    if x.magnitude > MAX_EXPONENT {
        return Err(Error::PowerOutOfRange);
    }
    exp_positive(x.magnitude)
}

fn exp_positive(exponent: U256) -> Result<U256, Error> {
    let mut rest = exponent;
    let mut large = U256::from(1);
    // Both together are beyond the range: the first that fits is the only one.
    if let Some(&(step, power)) = LARGE_STEPS.iter().find(|&&(step, _)| rest >= step) {
        rest = sub(rest, step)?;
        large = power;
    }
    rest = mul(rest, HUNDRED)?;
    let mut product = ONE_20;
    for &(step, power) in STEPS.iter().take(EXPONENTIAL_STEPS) {
        if rest >= step {
            rest = sub(rest, step)?;
            product = mul_div_down(product, power, ONE_20)?;
        }
    }
    let mut term = rest;
    let mut series = add(ONE_20, term)?;
    for n in 2..=12_u64 {
        term = div_down(mul_div_down(term, rest, ONE_20)?, U256::from(n))?;
        series = add(series, term)?;
    }
    let result = mul(mul_div_down(product, series, ONE_20)?, large)?;
    Ok(div_down(result, HUNDRED)?)
}

/// `ln x` with 18 decimals, by steps; `x` above zero.
fn ln_18(x: U256) -> Result<Signed, Error> {
    if x < ONE {
        let magnitude = ln_above_one(div_down(ONE_36, x)?)?;
        return Ok(Signed { negative: true, magnitude });
    }
    Ok(Signed { negative: false, magnitude: ln_above_one(x)? })
}

fn ln_above_one(x: U256) -> Result<U256, Error> {
    let mut rest = x;
    let mut sum = U256::ZERO;
    for (step, power) in LARGE_STEPS {
        if rest >= mul(power, ONE)? {
            rest = div_down(rest, power)?;
            sum = add(sum, step)?;
        }
    }
    sum = mul(sum, HUNDRED)?;
    rest = mul(rest, HUNDRED)?;
    for (step, power) in STEPS {
        if rest >= power {
            rest = mul_div_down(rest, ONE_20, power)?;
            sum = add(sum, step)?;
        }
    }
    let z = mul_div_down(sub(rest, ONE_20)?, ONE_20, add(rest, ONE_20)?)?;
    let series = atanh_series(z, ONE_20, 11)?;
    Ok(div_down(add(sum, mul(series, U256::from(2))?)?, HUNDRED)?)
}

/// `ln x` with 36 decimals, for `x` near one.
fn ln_36(x: U256) -> Result<Signed, Error> {
    let x = mul(x, ONE)?;
    let z = mul_div_down(x.abs_diff(ONE_36), ONE_36, add(x, ONE_36)?)?;
    let series = atanh_series(z, ONE_36, 15)?;
    Ok(Signed { negative: x < ONE_36, magnitude: mul(series, U256::from(2))? })
}

/// `z + z^3/3 + .. + z^last/last`.
fn atanh_series(z: U256, one: U256, last: u64) -> Result<U256, Error> {
    let square = mul_div_down(z, z, one)?;
    let mut power = z;
    let mut series = z;
    for n in (3..=last).step_by(2) {
        power = mul_div_down(power, square, one)?;
        series = add(series, div_down(power, U256::from(n))?)?;
    }
    Ok(series)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: U256, expected: u128, tolerance: u64) {
        assert!(value.abs_diff(from_u128(expected)) <= U256::from(tolerance), "{value}, {expected}");
    }

    #[test]
    fn the_large_constant_is_the_contracts() {
        let digits = "38877084059945950922200000000000000000000000000000000000";
        assert_eq!(E_128.to_string(), digits);
    }

    #[test]
    fn logarithms_of_known_numbers_have_their_digits() {
        // ln 2 = 0.693147180559945309 417.., ln 10 = 2.302585092994045684 018..
        near(
            ln_18(from_u128(2_000_000_000_000_000_000)).expect("above zero").magnitude,
            693_147_180_559_945_309,
            2,
        );
        let ten = ln_18(from_u128(10_000_000_000_000_000_000)).expect("above zero");
        near(ten.magnitude, 2_302_585_092_994_045_684, 2);
        let tenth = ln_18(from_u128(100_000_000_000_000_000)).expect("above zero");
        assert_eq!(tenth, Signed { negative: true, magnitude: ten.magnitude });
        // ln 1.05 = 0.048790164169432003 065374404223164998..
        let near_one = ln_36(from_u128(1_050_000_000_000_000_000)).expect("in range");
        near(near_one.magnitude, 48_790_164_169_432_003_065_374_404_223_164_998, 1_000_000_000);
        assert!(!near_one.negative && ln_36(from_u128(950_000_000_000_000_000)).expect("in range").negative);
    }

    #[test]
    fn exponentials_of_known_numbers_have_their_digits() {
        let e = exp(Signed { negative: false, magnitude: ONE }).expect("in range");
        near(e, 2_718_281_828_459_045_235, 1);
        // 1 / e = 0.367879441171442321 595..
        near(exp(Signed { negative: true, magnitude: ONE }).expect("in range"), 367_879_441_171_442_321, 1);
        assert_eq!(exp(Signed { negative: false, magnitude: U256::ZERO }), Ok(ONE));
    }

    #[test]
    fn powers_beyond_the_range_are_errors() {
        let thousand = mul(ONE, U256::from(1000)).expect("fits");
        assert_eq!(pow(thousand, thousand), Err(Error::PowerOutOfRange));
        assert_eq!(pow(U256::from(1), thousand), Err(Error::PowerOutOfRange));
        assert_eq!(pow(U256::MAX, ONE), Err(Error::PowerOutOfRange));
        assert_eq!(pow(thousand, U256::MAX), Err(Error::PowerOutOfRange));
        assert_eq!(pow(U256::ZERO, U256::ZERO), Ok(ONE));
        assert_eq!(pow(U256::ZERO, ONE), Ok(U256::ZERO));
    }
}
