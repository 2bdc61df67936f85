//! The standard normal law: distribution function and quantile, in double precision and branch-free.
//!
//! - `normal_cdf`: Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23
//!   (1969) 631-637, in the arrangement and with the coefficients of R's `pnorm.c`.
//!   Absolute error below 2.3e-16, relative error in the lower tail below 2e-15; 0 below -37.6.
//! - `normal_quantile`: Wichura, algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477-484.
//!   Relative error below 2e-15 for `u` from 1e-300 to the last double below 1; exactly 0 at 1/2.
//!
//! Deviations: every lane evaluates all pieces and selects numerator and denominator, then divides once; the far
//! tail of `normal_cdf` is written in `x^2` instead of `1/x^2` for that. For an upper tail use the symmetry
//! `1 - cdf(x) = cdf(-x)`.

// Coefficients are written as published.
#![allow(clippy::excessive_precision)]

use crate::elementary::{exp, ln};
use crate::lanes::{lesser, select};

/// Probability that a standard normal variable is at most `x`.
#[inline(always)]
pub fn normal_cdf(x: f64) -> f64 {
    const ROOT_32: f64 = 5.656_854_249_492_380_2;
    const DENSITY_AT_0: f64 = 0.398_942_280_401_432_677_94;
    let d = lesser(40.0, x.abs());
    let square = d * d;
    let central = d <= 0.674_489_75;
    let far = d > ROOT_32;
    let far_denominator = square * polynomial(&CDF_FAR_DENOMINATOR, square);
    let far_numerator = DENSITY_AT_0 * far_denominator - polynomial(&CDF_FAR_NUMERATOR, square);
    let numerator = select(far, far_numerator, polynomial(&CDF_MIDDLE_NUMERATOR, d));
    let denominator = select(far, d * far_denominator, polynomial(&CDF_MIDDLE_DENOMINATOR, d));
    let numerator = select(central, d * polynomial(&CDF_CENTRAL_NUMERATOR, square), numerator);
    let denominator = select(central, polynomial(&CDF_CENTRAL_DENOMINATOR, square), denominator);
    let quotient = numerator / denominator;
    let tail = select(central, 0.5 - quotient, exp_of_minus_half_square(d) * quotient);
    select(x > 0.0, 1.0 - tail, tail)
}

/// The same to seven digits, at half the cost: for shares of a population, which nobody knows better.
///
/// Hastings' rational approximation (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17): absolute
/// error below 7.5e-8, never outside of 0..=1.
#[inline(always)]
pub fn normal_cdf_7_digits(x: f64) -> f64 {
    const DENSITY_AT_0: f64 = 0.398_942_280_401_432_677_94;
    let d = lesser(37.0, x.abs());
    let t = 1.0 / (1.0 + 0.231_641_9 * d);
    let p = 1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429);
    let p = t * (0.319_381_530 + t * (-0.356_563_782 + t * p));
    let tail = DENSITY_AT_0 * exp(-0.5 * d * d) * p;
    select(x > 0.0, 1.0 - tail, tail)
}

/// `exp(-d^2 / 2)` for `d` in 0..=40, free of the rounding of the square, which the exponential would magnify.
#[inline(always)]
fn exp_of_minus_half_square(d: f64) -> f64 {
    const TOP_26_BITS: u64 = !0 << 27;
    let high = f64::from_bits(d.to_bits() & TOP_26_BITS); // its square is exact
    let rest = 0.5 * (d - high) * (d + high); // below 5e-5: three terms of the series are enough
    exp(-0.5 * high * high) * (1.0 - rest * (1.0 - rest * (0.5 - rest * (1.0 / 6.0))))
}

/// The `x` with `normal_cdf(x) = u`: minus infinity at 0, infinity at 1, NaN outside.
#[inline(always)]
pub fn normal_quantile(u: f64) -> f64 {
    let q = u - 0.5;
    let central = q.abs() <= 0.425;
    let tail = select(q < 0.0, u, 1.0 - u);
    let r = (-ln(tail)).sqrt();
    let far = r > 5.0;
    let (c, m, f) = (0.180_625 - q * q, r - 1.6, r - 5.0);
    let tail_numerator =
        select(far, polynomial(&QUANTILE_FAR_NUMERATOR, f), polynomial(&QUANTILE_MIDDLE_NUMERATOR, m));
    let tail_denominator =
        select(far, polynomial(&QUANTILE_FAR_DENOMINATOR, f), polynomial(&QUANTILE_MIDDLE_DENOMINATOR, m));
    let numerator = select(central, q * polynomial(&QUANTILE_CENTRAL_NUMERATOR, c), tail_numerator);
    let denominator = select(central, polynomial(&QUANTILE_CENTRAL_DENOMINATOR, c), tail_denominator);
    let x = numerator / denominator;
    let x = select(tail == 0.0, f64::INFINITY, x);
    select(!central & (q < 0.0), -x, x)
}

/// `coefficients[0] + coefficients[1]*x + ...` by Horner's rule.
#[inline(always)]
fn polynomial<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    let mut sum = coefficients[N - 1];
    for i in (0..N - 1).rev() {
        sum = sum * x + coefficients[i];
    }
    sum
}

const CDF_CENTRAL_NUMERATOR: [f64; 5] = [
    18_154.981_253_343_561_249,
    1_067.689_485_460_370_958_2,
    161.028_231_068_555_878_81,
    2.235_252_035_460_683_928_7,
    0.065_682_337_918_207_449_113,
];
const CDF_CENTRAL_DENOMINATOR: [f64; 5] = [
    45_507.789_335_026_729_956,
    10_260.932_208_618_978_205,
    976.098_551_737_776_693_22,
    47.202_581_904_688_241_87,
    1.0,
];
const CDF_MIDDLE_NUMERATOR: [f64; 9] = [
    9_842.714_838_383_978_021_8,
    11_602.651_437_647_350_124,
    6_848.190_450_536_282_332_6,
    2_494.537_585_290_372_671_1,
    597.270_276_394_800_262_26,
    93.506_656_132_177_855_979,
    8.883_149_794_388_375_941_2,
    0.398_941_512_088_134_667_64,
    1.076_557_677_372_019_231_7e-8,
];
const CDF_MIDDLE_DENOMINATOR: [f64; 9] = [
    19_685.429_676_859_990_727,
    38_912.003_286_093_271_411,
    34_900.952_721_145_977_266,
    18_615.571_640_885_098_091,
    6_485.558_298_266_760_755,
    1_519.377_599_407_554_805,
    235.387_901_782_624_998_61,
    22.266_688_044_328_115_691,
    1.0,
];
const CDF_FAR_NUMERATOR: [f64; 6] = [
    0.023_073_441_764_940_173_03,
    0.215_898_534_057_956_99,
    0.127_401_161_160_247_363_9,
    0.022_235_277_870_649_807,
    0.001_421_619_193_227_893_466,
    2.911_287_495_116_879_2e-5,
];
const CDF_FAR_DENOMINATOR: [f64; 6] = [
    1.0,
    1.284_260_096_144_911_21,
    0.468_238_212_480_865_118,
    0.065_988_137_868_928_551_5,
    0.003_782_396_332_027_582_44,
    7.297_515_550_839_662_05e-5,
];
const QUANTILE_CENTRAL_NUMERATOR: [f64; 8] = [
    3.387_132_872_796_366_608_0,
    1.331_416_678_917_843_774_5e2,
    1.971_590_950_306_551_442_7e3,
    1.373_169_376_550_946_112_5e4,
    4.592_195_393_154_987_145_7e4,
    6.726_577_092_700_870_085_3e4,
    3.343_057_558_358_812_810_5e4,
    2.509_080_928_730_122_672_7e3,
];
const QUANTILE_CENTRAL_DENOMINATOR: [f64; 8] = [
    1.0,
    4.231_333_070_160_091_125_2e1,
    6.871_870_074_920_579_083_0e2,
    5.394_196_021_424_751_107_7e3,
    2.121_379_430_158_659_586_7e4,
    3.930_789_580_009_271_061_0e4,
    2.872_908_573_572_194_267_4e4,
    5.226_495_278_852_854_561_0e3,
];
const QUANTILE_MIDDLE_NUMERATOR: [f64; 8] = [
    1.423_437_110_749_683_577_34,
    4.630_337_846_156_545_295_90,
    5.769_497_221_460_691_405_50,
    3.647_848_324_763_204_605_04,
    1.270_458_252_452_368_382_58,
    2.417_807_251_774_506_117_70e-1,
    2.272_384_498_926_918_458_33e-2,
    7.745_450_142_783_414_076_40e-4,
];
const QUANTILE_MIDDLE_DENOMINATOR: [f64; 8] = [
    1.0,
    2.053_191_626_637_758_821_87,
    1.676_384_830_183_803_849_40,
    6.897_673_349_851_000_045_50e-1,
    1.481_039_764_274_800_745_90e-1,
    1.519_866_656_361_645_719_66e-2,
    5.475_938_084_995_344_946_00e-4,
    1.050_750_071_644_416_843_24e-9,
];
const QUANTILE_FAR_NUMERATOR: [f64; 8] = [
    6.657_904_643_501_103_777_20,
    5.463_784_911_164_114_369_90,
    1.784_826_539_917_291_335_80,
    2.965_605_718_285_048_912_30e-1,
    2.653_218_952_657_612_309_30e-2,
    1.242_660_947_388_078_438_60e-3,
    2.711_555_568_743_487_578_15e-5,
    2.010_334_399_292_288_132_65e-7,
];
const QUANTILE_FAR_DENOMINATOR: [f64; 8] = [
    1.0,
    5.998_322_065_558_879_376_90e-1,
    1.369_298_809_227_358_053_10e-1,
    1.487_536_129_085_061_485_25e-2,
    7.868_691_311_456_132_591_00e-4,
    1.846_318_317_510_054_681_80e-5,
    1.421_511_758_316_445_888_70e-7,
    2.044_263_103_389_939_785_64e-15,
];
