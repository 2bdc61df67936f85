//! The nearest integer.

/// From here on every number is an integer.
const ALL_INTEGERS: f64 = (1_u64 << 52) as f64;

/// The nearest integer, the even one of two: `round_ties_even`, which is a call where the instruction set has no such operation.
#[inline]
pub(crate) fn nearest(x: f64) -> f64 {
    let size = x.abs();
    if size < ALL_INTEGERS { ((size + ALL_INTEGERS) - ALL_INTEGERS).copysign(x) } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_the_standard_library_rounds_to() {
        let half = ALL_INTEGERS / 2.0;
        let sizes = [0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 1e6 + 0.5, half - 0.5, half + 0.5, half + 1.5];
        for size in sizes.into_iter().chain([ALL_INTEGERS - 0.5, ALL_INTEGERS, 1e300, f64::INFINITY]) {
            for x in [size, -size] {
                assert_eq!(nearest(x).to_bits(), x.round_ties_even().to_bits(), "{x}");
            }
        }
    }
}
