//! Numbers for pools: a share of them where pools are found, the rest anywhere.

use arbitrary::Arbitrary;
use pegstress_exact::U256;

/// An amount in the smallest unit of a coin.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Amount {
    /// Dust, and zero.
    Dust(u16),
    /// Up to 18 coins of 18 decimals, in units.
    Units(u64),
    /// Whole coins of 18 decimals.
    Coins(u32),
    /// Any order of magnitude.
    Shifted(u64, u8),
}

impl Amount {
    /// As a word; what leaves 256 bits is cut off.
    #[must_use]
    pub fn word(self) -> U256 {
        match self {
            Self::Dust(units) => U256::from(units),
            Self::Units(units) => U256::from(units),
            Self::Coins(coins) => U256::from(u128::from(coins) * 1_000_000_000_000_000_000),
            Self::Shifted(lead, bits) => U256::from(lead) << usize::from(bits),
        }
    }
}

/// A rate with 1e18 = 1.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Rate {
    /// One.
    One,
    /// Of a token with yield: up to 6.55 % above one.
    Near(u16),
    /// Anything.
    Any(Amount),
}

impl Rate {
    /// As a word.
    #[must_use]
    pub fn word(self) -> U256 {
        const ONE: u64 = 1_000_000_000_000_000_000;
        match self {
            Self::One => U256::from(ONE),
            Self::Near(millionths) => U256::from(ONE + u64::from(millionths) * 1_000_000_000_000),
            Self::Any(amount) => amount.word(),
        }
    }
}

/// A fee or another share.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Fraction {
    /// None.
    Zero,
    /// Up to 0.65535.
    Part(u16),
    /// Anything.
    Any(u64),
}

impl Fraction {
    /// In units of which `one` are 100 %.
    #[must_use]
    pub fn of(self, one: u64) -> u64 {
        match self {
            Self::Zero => 0,
            Self::Part(part) => one / 100_000 * u64::from(part),
            Self::Any(units) => units,
        }
    }
}
