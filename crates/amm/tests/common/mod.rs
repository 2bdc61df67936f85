//! What the tests share: pools, random numbers with a seed, exact conversion between f64 and integers.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod exact;

use pegstress_amm::cryptoswap::kernel::{Shape, place};
use pegstress_amm::stableswap::kernel::{cold_invariant, refresh_invariant};
use pegstress_amm::stableswap::multi::{self, OtherCoin};
use pegstress_amm::stableswap::several_coins;
use pegstress_amm::{Coin, PoolSpec, RateSource, Venue, VenueSpec, constant_product, cryptoswap, stableswap};

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

fn venue(name: &str, pool: PoolSpec) -> VenueSpec {
    VenueSpec { name: name.to_owned(), eth_per_quote: 1.0, pool }
}

pub(crate) fn stableswap(amplification: f64, rate: RateSource, reserves: (f64, f64), fee: f64) -> VenueSpec {
    offpeg(amplification, 1.0, rate, reserves, fee)
}

/// With a fee that is `multiplier` times as high far from the peg.
pub(crate) fn offpeg(
    amplification: f64,
    offpeg_multiplier: f64,
    rate: RateSource,
    (reserve_eth, reserve_lrt): (f64, f64),
    fee: f64,
) -> VenueSpec {
    let admin_fee = 0.5;
    let spec =
        stableswap::Spec { reserve_eth, reserve_lrt, amplification, fee, offpeg_multiplier, admin_fee, rate };
    venue("pool", PoolSpec::StableSwap(spec))
}

/// Three or four coins, with rates.
pub(crate) fn several_coins(
    amplification: f64,
    offpeg_multiplier: f64,
    (reserve_eth, reserve_lrt): (f64, f64),
    others: Vec<OtherCoin>,
    fee: f64,
) -> VenueSpec {
    let spec = multi::Spec {
        reserve_eth,
        reserve_lrt,
        others,
        amplification,
        fee,
        offpeg_multiplier,
        admin_fee: 0.5,
        rate: RateSource::LIVE,
    };
    venue("several", PoolSpec::MultiStableSwap(spec))
}

/// One or two other coins up to ten times as many as the quote coins, or a tenth.
pub(crate) fn other_coins(random: &mut Random, reserve_eth: f64) -> Vec<OtherCoin> {
    (0..=random.bits() & 1)
        .map(|_| OtherCoin {
            reserve: reserve_eth * random.log_uniform(0.1, 10.0),
            rate: random.uniform(0.9, 1.2),
        })
        .collect()
}

pub(crate) fn constant_product((reserve_eth, reserve_lrt): (f64, f64), fee: f64) -> VenueSpec {
    venue("pair", PoolSpec::ConstantProduct(constant_product::Spec { reserve_eth, reserve_lrt, fee }))
}

/// A cryptoswap pool as the factory deploys it, concentrated around the price of its reserves times `tilt`.
pub(crate) fn cryptoswap(
    coin_0: Coin,
    (amplification, gamma): (f64, f64),
    (reserve_eth, reserve_lrt): (f64, f64),
    tilt: f64,
    (mid_fee, out_fee): (f64, f64),
) -> VenueSpec {
    let price = tilt * reserve_eth / reserve_lrt;
    let spec = cryptoswap::Spec {
        reserve_eth,
        reserve_lrt,
        unit_eth: 1e-18,
        unit_lrt: 1e-18,
        coin_0,
        curve: cryptoswap::Curve { amplification, gamma },
        fees: cryptoswap::FeeSchedule { mid_fee, out_fee, fee_gamma: 2.3e-4 },
        repegging: cryptoswap::Repegging {
            allowed_extra_profit: 2e-6,
            adjustment_step: 1.46e-4,
            steps: 5.0,
            half_life_secs: 600.0,
            admin_fee: 0.5,
        },
        peg: cryptoswap::Peg::fresh(if coin_0 == Coin::Eth { price } else { 1.0 / price }),
    };
    venue("crypto", PoolSpec::Cryptoswap(spec))
}

/// What may not fall in any trade: D, or the square root of the product.
pub(crate) fn invariant(spec: &VenueSpec, venue: &Venue<1>, rate: f64) -> f64 {
    let held = venue.reserves();
    let (x, lrt) = (held.eth[0] / spec.eth_per_quote, held.lrt[0]);
    match &spec.pool {
        PoolSpec::StableSwap(pool) => {
            let y = if pool.rate == RateSource::Plain { lrt } else { rate / spec.eth_per_quote * lrt };
            let ann = 2.0 * pool.amplification;
            refresh_invariant(x, y, cold_invariant(x, y, ann), ann).0
        }
        PoolSpec::MultiStableSwap(pool) => {
            let coins = pool.others.len() + 2;
            let held = pool.others.iter().map(|coin| coin.reserve * coin.rate);
            let y = rate / spec.eth_per_quote * lrt;
            let sum = x + y + held.clone().sum::<f64>();
            let product = x * y * held.product::<f64>() * (coins as f64).powi(coins as i32);
            let ann = coins as f64 * pool.amplification;
            if coins == 3 {
                several_coins::refresh_invariant::<3>(
                    sum,
                    product,
                    several_coins::cold_invariant::<3>(sum, product, ann),
                    ann,
                )
                .0
            } else {
                several_coins::refresh_invariant::<4>(
                    sum,
                    product,
                    several_coins::cold_invariant::<4>(sum, product, ann),
                    ann,
                )
                .0
            }
        }
        PoolSpec::ConstantProduct(_) => (x * lrt).sqrt(),
        // Fees leave the traded curve, which does not change.
        PoolSpec::ConcentratedLiquidity(_) => 1.0,
        PoolSpec::Cryptoswap(pool) => {
            let scale = pool.peg.price_scale;
            let (x, y) = if pool.coin_0 == Coin::Eth { (x, scale * lrt) } else { (scale * x, lrt) };
            place(&Shape::from(pool.curve), &[x], &[y]).0.invariant[0]
        }
    }
}

pub(crate) fn relative(actual: f64, expected: f64) -> f64 {
    ((actual - expected) / expected).abs()
}
