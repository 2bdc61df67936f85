//! Ticks and square roots of prices: `P(i) = 1.0001^(i/2)` in Q64.96 (`TickMath.sol`).
//!
//! `P(-i)` is the product of the powers `1.0001^(-2^k/2)` over the bits `k` of `i`, each rounded to 128 fractional bits
//! and each product rounded down; `P(i)` is its inverse. The last 32 bits are rounded up, so that the tick of a tick's
//! price is the tick. The way back takes a binary logarithm to 14 fractional bits, which leaves at most two ticks, and
//! compares with the price of the upper one.

use ruint::aliases::U256;

use super::Error;

/// Lowest tick with a price.
pub const MIN_TICK: i32 = -887_272;

/// Highest tick with a price.
pub const MAX_TICK: i32 = 887_272;

/// Price of [`MIN_TICK`], the lowest a pool can have.
pub const MIN_SQRT_RATIO_X96: U256 = U256::from_limbs([4_295_128_739, 0, 0, 0]);

/// Price of [`MAX_TICK`]; a pool's price is below it.
pub const MAX_SQRT_RATIO_X96: U256 =
    U256::from_limbs([0x5d95_1d52_6398_8d26, 0xefd1_fc6a_5064_8849, 0xfffd_8963, 0]);

/// `1.0001^(-2^k/2)` in Q0.128 for `k` = 0..20, the contract's constants.
const FACTORS: [u128; 20] = [
    0xfffc_b933_bd6f_ad37_aa2d_162d_1a59_4001,
    0xfff9_7272_373d_4132_59a4_6990_580e_213a,
    0xfff2_e50f_5f65_6932_ef12_357c_f3c7_fdcc,
    0xffe5_caca_7e10_e4e6_1c36_24ea_a094_1cd0,
    0xffcb_9843_d60f_6159_c9db_5883_5c92_6644,
    0xff97_3b41_fa98_c081_472e_6896_dfb2_54c0,
    0xff2e_a164_66c9_6a38_43ec_78b3_26b5_2861,
    0xfe5d_ee04_6a99_a2a8_11c4_61f1_969c_3053,
    0xfcbe_86c7_900a_88ae_dcff_c83b_479a_a3a4,
    0xf987_a725_3ac4_1317_6f2b_074c_f781_5e54,
    0xf339_2b08_22b7_0005_940c_7a39_8e4b_70f3,
    0xe715_9475_a2c2_9b74_43b2_9c7f_a6e8_89d9,
    0xd097_f3bd_fd20_22b8_845a_d8f7_92aa_5825,
    0xa9f7_4646_2d87_0fdf_8a65_dc1f_90e0_61e5,
    0x70d8_69a1_56d2_a1b8_90bb_3df6_2baf_32f7,
    0x31be_135f_97d0_8fd9_8123_1505_542f_cfa6,
    0x09aa_508b_5b7a_84e1_c677_de54_f3e9_9bc9,
    0x005d_6af8_dedb_8119_6699_c329_225e_e604,
    0x0000_2216_e584_f5fa_1ea9_2604_1bed_fe98,
    0x0000_0000_048a_1703_91f7_dc42_444e_8fa2,
];

/// Price of a tick (`getSqrtRatioAtTick`).
///
/// # Errors
/// When the tick is outside of [`MIN_TICK`] to [`MAX_TICK`].
pub fn sqrt_ratio_at_tick(tick: i32) -> Result<U256, Error> {
    if !(MIN_TICK..=MAX_TICK).contains(&tick) {
        return Err(Error::TickOutOfRange { tick });
    }
    let mut bits = tick.unsigned_abs();
    // None stands for 2^128, the empty product.
    let mut product: Option<u128> = None;
    for factor in FACTORS {
        if bits & 1 == 1 {
            product = Some(product.map_or(factor, |product| high_half(product, factor)));
        }
        bits >>= 1;
    }
    let Some(product) = product else { return Ok(U256::ONE << 96) };
    let ratio_x128 = if tick > 0 { U256::MAX.wrapping_div(U256::from(product)) } else { U256::from(product) };
    let [lowest, ..] = *ratio_x128.as_limbs();
    let ratio = ratio_x128 >> 32;
    Ok(if lowest << 32 == 0 { ratio } else { ratio.wrapping_add(U256::ONE) })
}

/// Highest tick whose price is not above the given one (`getTickAtSqrtRatio`).
///
/// # Errors
/// When the price is below [`MIN_SQRT_RATIO_X96`], or [`MAX_SQRT_RATIO_X96`] or above.
pub fn tick_at_sqrt_ratio(sqrt_price_x96: U256) -> Result<i32, Error> {
    check_sqrt_price(sqrt_price_x96)?;
    let logarithm = i128::from(log2_x14(sqrt_price_x96));
    // 1 / log2(sqrt(1.0001)) in 64 fractional bits, then the bounds of the logarithm's error. The contract's logarithm
    // carries 50 more zero bits, so the bounds are its own divided by 2^50, rounded away from each other's tick.
    let ticks_x78 = logarithm * 255_738_958_999_603_826_347_141;
    let low = to_tick(ticks_x78 - 3_022_464_906_629_391_750_845);
    let high = to_tick(ticks_x78 + 258_761_425_417_466_049_220_951);
    if low == high || sqrt_ratio_at_tick(high)? > sqrt_price_x96 { Ok(low) } else { Ok(high) }
}

/// Whether a pool can have the price.
pub(super) fn check_sqrt_price(sqrt_price_x96: U256) -> Result<(), Error> {
    if sqrt_price_x96 < MIN_SQRT_RATIO_X96 || sqrt_price_x96 >= MAX_SQRT_RATIO_X96 {
        return Err(Error::PriceOutOfRange { sqrt_price_x96 });
    }
    Ok(())
}

/// `log2` of a Q64.96 price, floored at 14 fractional bits; the price is not zero and below 2^160.
fn log2_x14(sqrt_price_x96: U256) -> i32 {
    let exponent = sqrt_price_x96.bit_len() as i32 - 1;
    let shift = exponent - 127;
    let normal = if shift > 0 { sqrt_price_x96 >> shift as usize } else { sqrt_price_x96 << -shift as usize };
    let [low, high, ..] = *normal.as_limbs();
    let mut mantissa = u128::from(high) << 64 | u128::from(low);
    let mut logarithm = exponent - 96;
    for _ in 0..14 {
        let (high, low) = square(mantissa);
        let above_two = high >> 127;
        mantissa = if above_two == 1 { high } else { high << 1 | low >> 127 };
        logarithm = logarithm << 1 | above_two as i32;
    }
    logarithm
}

/// The whole part of a tick in 78 fractional bits; below 2^21 for every price.
fn to_tick(ticks_x78: i128) -> i32 {
    (ticks_x78 >> 78) as i32
}

/// Upper 128 bits of a product.
fn high_half(a: u128, b: u128) -> u128 {
    let (a_high, a_low, b_high, b_low) = (a >> 64, a & LOW_HALF, b >> 64, b & LOW_HALF);
    let carry = (a_low * b_low) >> 64;
    // Each sum is below 2^128: (2^64 - 1)^2 + 2^64 - 1 < 2^128.
    let middle = a_high * b_low + carry;
    let other = a_low * b_high + (middle & LOW_HALF);
    a_high * b_high + (middle >> 64) + (other >> 64)
}

/// Upper and lower 128 bits of a square.
fn square(a: u128) -> (u128, u128) {
    (high_half(a, a), a.wrapping_mul(a))
}

const LOW_HALF: u128 = u64::MAX as u128;
