//! A price as a fraction, compared without rounding.

use std::cmp::Ordering;

use ruint::Uint;
use ruint::aliases::U256;

/// Smallest units of the coin bought per smallest unit of the coin sold.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    numerator: U256,
    denominator: U256,
}

impl Price {
    /// `numerator / denominator`; `None` if the denominator is zero.
    #[must_use]
    pub fn new(numerator: U256, denominator: U256) -> Option<Self> {
        if denominator.is_zero() { None } else { Some(Self { numerator, denominator }) }
    }

    /// Units bought.
    #[must_use]
    pub fn numerator(&self) -> U256 {
        self.numerator
    }

    /// Units sold, above zero.
    #[must_use]
    pub fn denominator(&self) -> U256 {
        self.denominator
    }
}

impl Ord for Price {
    fn cmp(&self, other: &Self) -> Ordering {
        wide_product(self.numerator, other.denominator).cmp(&wide_product(other.numerator, self.denominator))
    }
}

impl PartialOrd for Price {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Price {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Price {}

fn wide_product(a: U256, b: U256) -> Uint<512, 8> {
    a.widening_mul(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(numerator: u64, denominator: u64) -> Price {
        Price::new(U256::from(numerator), U256::from(denominator)).expect("not by zero")
    }

    #[test]
    fn prices_compare_as_fractions_also_beyond_the_word() {
        assert_eq!(price(1, 2), price(2, 4));
        assert!(price(1, 3) < price(1, 2) && price(0, 1) < price(1, u64::MAX));
        let near_one = Price::new(U256::MAX - U256::from(1), U256::MAX).expect("not by zero");
        assert!(near_one < price(1, 1) && near_one > price(9, 10));
        assert!(Price::new(U256::MAX, U256::ZERO).is_none());
    }
}
