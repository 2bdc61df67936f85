//! Unevaluated sums of two f64: some 32 decimal digits, for tables that are built once.
//!
//! Source: T. J. Dekker, "A floating-point technique for extending the available precision", 1971 (sum and product without
//! a fused operation); D. Knuth, TAOCP 2, section 4.2.2, theorem B (sum of two numbers and its rounding error).

/// `head + tail` with the tail at most half a unit in the last place of the head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DoubleDouble {
    pub(super) head: f64,
    pub(super) tail: f64,
}

/// `a + b` and its rounding error.
fn two_sum(a: f64, b: f64) -> DoubleDouble {
    let head = a + b;
    let from_b = head - a;
    DoubleDouble { head, tail: (a - (head - from_b)) + (b - from_b) }
}

/// The upper 26 bits of the significand, and the rest.
fn split(a: f64) -> (f64, f64) {
    const SPLITTER: f64 = 134_217_729.0;
    let shifted = SPLITTER * a;
    let high = shifted - (shifted - a);
    (high, a - high)
}

/// `a * b` and its rounding error.
fn two_product(a: f64, b: f64) -> DoubleDouble {
    let head = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    let tail = ((a_high * b_high - head) + a_high * b_low + a_low * b_high) + a_low * b_low;
    DoubleDouble { head, tail }
}

impl DoubleDouble {
    pub(super) const ZERO: Self = Self { head: 0.0, tail: 0.0 };
    pub(super) const ONE: Self = Self { head: 1.0, tail: 0.0 };

    pub(super) fn plus(self, b: f64) -> Self {
        let sum = two_sum(self.head, b);
        two_sum(sum.head, sum.tail + self.tail)
    }

    pub(super) fn times(self, b: Self) -> Self {
        let product = two_product(self.head, b.head);
        two_sum(product.head, product.tail + (self.head * b.tail + self.tail * b.head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sum_rounds_off_is_kept() {
        let sum = DoubleDouble::ONE.plus(1e-20).plus(3e-20).plus(-1.0);
        assert!((sum.head / 4e-20 - 1.0).abs() < 1e-12, "{sum:?}");
    }

    #[test]
    fn what_a_product_rounds_off_is_kept() {
        // (1 + 2^-40)^2 = 1 + 2^-39 + 2^-80.
        let tiny = 1.0 / (1_u64 << 40) as f64;
        let square =
            DoubleDouble { head: 1.0 + tiny, tail: 0.0 }.times(DoubleDouble { head: 1.0 + tiny, tail: 0.0 });
        assert_eq!(square, DoubleDouble { head: 1.0 + 2.0 * tiny, tail: tiny * tiny });
    }
}
