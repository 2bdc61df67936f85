//! Lanes: one quantity of `W` paths side by side, and the scalar selects that keep loops over them branch-free.
//!
//! A kernel is a plain `for i in 0..W` over `Lanes<W>`; the compiler turns it into vector instructions of
//! whatever width the instruction set has, because every element is computed with the same IEEE operations as
//! one path alone would be. Hence the result of a lane does not depend on `W`.
//!
//! A struct of lanes says `#[repr(align(64))]`: an access that straddles two cache lines costs twice, and with vectors of 64
//! bytes most would. Its fields of lanes then come first, each a whole number of cache lines where `W` is a multiple of 8.
//!
//! `lesser` and `greater` compare and select. They are not `f64::min` and `f64::max`: those skip NaN, which
//! costs extra instructions and hides a broken path. Both operands are evaluated before a select.

/// One quantity of `W` neighbouring paths.
pub type Lanes<const W: usize> = [f64; W];

/// `a` where `cond` holds, else `b`.
#[inline(always)]
pub fn select(cond: bool, a: f64, b: f64) -> f64 {
    if cond { a } else { b }
}

/// The lesser of two numbers; `b` if they are equal or if either is NaN.
#[inline(always)]
pub fn lesser(a: f64, b: f64) -> f64 {
    select(a < b, a, b)
}

/// The greater of two numbers; `b` if they are equal or if either is NaN.
#[inline(always)]
pub fn greater(a: f64, b: f64) -> f64 {
    select(a > b, a, b)
}

/// `x` limited to `lo..=hi`; NaN stays NaN, so that a broken path remains visible.
#[inline(always)]
pub fn clamp(x: f64, lo: f64, hi: f64) -> f64 {
    greater(lo, lesser(hi, x))
}

/// Whether any lane is above zero. Counted, not asked: this vectorises.
#[inline(always)]
pub fn any_positive<const W: usize>(lanes: &Lanes<W>) -> bool {
    let mut some = 0_u64;
    for lane in lanes {
        some |= u64::from(*lane > 0.0);
    }
    some != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clamp_limits_numbers_and_keeps_nan() {
        assert_eq!(clamp(-3.0, 0.0, 1.0), 0.0);
        assert_eq!(clamp(0.25, 0.0, 1.0), 0.25);
        assert_eq!(clamp(7.0, 0.0, 1.0), 1.0);
        assert!(clamp(f64::NAN, 0.0, 1.0).is_nan());
    }

    #[test]
    fn lesser_and_greater_return_the_second_operand_when_nan_is_present() {
        assert_eq!(lesser(f64::NAN, 1.0), 1.0);
        assert!(lesser(1.0, f64::NAN).is_nan());
        assert_eq!(greater(f64::NAN, 1.0), 1.0);
        assert!(greater(1.0, f64::NAN).is_nan());
    }
}
