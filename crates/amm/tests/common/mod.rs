//! What the tests share: pools, random numbers with a seed, exact conversion between f64 and integers.
#![allow(dead_code, reason = "each test binary uses its own part")]

use pegstress_amm::{PoolModel, RateSource, Venue, VenueSpec};

/// SplitMix64 (Steele, Lea, Flood 2014): enough for test states, and independent of the crate under test.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn uniform(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in the logarithm.
    pub(crate) fn log_uniform(&mut self, from: f64, to: f64) -> f64 {
        pegstress_num::exp(self.uniform(pegstress_num::ln(from), pegstress_num::ln(to)))
    }
}

pub(crate) fn stableswap(amplification: f64, rate: RateSource, reserves: (f64, f64), fee: f64) -> VenueSpec {
    let model = PoolModel::StableSwap { amplification, admin_fee: 0.5, rate };
    VenueSpec { name: "pool".to_owned(), model, reserve_eth: reserves.0, reserve_lrt: reserves.1, fee }
}

pub(crate) fn constant_product(reserves: (f64, f64), fee: f64) -> VenueSpec {
    let model = PoolModel::ConstantProduct;
    VenueSpec { name: "pair".to_owned(), model, reserve_eth: reserves.0, reserve_lrt: reserves.1, fee }
}

/// What may not fall in any trade: D, or the square root of the product.
pub(crate) fn invariant(venue: &Venue<1>) -> f64 {
    match venue {
        Venue::StableSwap(pool) => pool.invariant()[0],
        Venue::ConstantProduct(_) => (venue.reserve_eth()[0] * venue.reserve_lrt()[0]).sqrt(),
    }
}

pub(crate) fn relative(actual: f64, expected: f64) -> f64 {
    ((actual - expected) / expected).abs()
}
