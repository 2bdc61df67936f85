//! What the tests share: pools, random numbers with a seed, exact conversion between f64 and integers.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod exact;

use pegstress_amm::cryptoswap::kernel::{Shape, place};
use pegstress_amm::stableswap::kernel::{cold_invariant, refresh_invariant};
use pegstress_amm::stableswap::multi::{self, OtherCoin};
use pegstress_amm::stableswap::several_coins;
use pegstress_amm::{
    Coin, PoolSpec, RateSource, Venue, VenueSpec, balancer_stable, concentrated, constant_product,
    cryptoswap, stableswap, weighted,
};

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

pub(crate) fn balancer(spec: balancer_stable::Spec) -> VenueSpec {
    venue("balancer", PoolSpec::BalancerStable(spec))
}

/// Version 3 with a rate, without a hook.
pub(crate) fn balancer_stable(
    amplification: f64,
    (reserve_eth, reserve_lrt): (f64, f64),
    fee: f64,
) -> balancer_stable::Spec {
    balancer_stable::Spec {
        version: balancer_stable::Version::Three,
        reserve_eth,
        reserve_lrt,
        amplification,
        fee,
        protocol_fee: 0.5,
        surge: None,
        rate: RateSource::LIVE,
        quote_rate: 1.0,
    }
}

pub(crate) fn weighted(weight_lrt: f64, (reserve_eth, reserve_lrt): (f64, f64), fee: f64) -> VenueSpec {
    let weight_eth = 1.0 - weight_lrt;
    let spec = weighted::Spec { reserve_eth, reserve_lrt, weight_eth, weight_lrt, fee, protocol_fee: 0.5 };
    venue("weighted", PoolSpec::Weighted(spec))
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

/// Full range and steps of other liquidity around the price, as many below as above, that hold the reserves together: the
/// full range holds half of what the smaller side is worth. `weights` shape the steps, which are 2.5 % of the price wide.
pub(crate) fn concentrated_with(weights: &[f64], (eth, lrt): (f64, f64), price: f64, fee: f64) -> VenueSpec {
    let half = weights.len() / 2;
    let root = price.sqrt();
    let at = |k: f64| root * pegstress_num::exp(0.0125 * k);
    let (bottom, top) = (1e-6 * root, 1e6 * root);
    // The price is in the middle of a step with the full range alone.
    let mut sqrt_boundaries = vec![bottom];
    sqrt_boundaries.extend((0..=half).rev().map(|k| at(-0.5 - k as f64)));
    sqrt_boundaries.extend((0..=half).map(|k| at(0.5 + k as f64)));
    sqrt_boundaries.push(top);
    let full = 0.5 * f64::min(eth / (root - bottom), lrt / (1.0 / root - 1.0 / top));
    let (below, above) = weights.split_at(half);
    let start = sqrt_boundaries.clone();
    let held_below = |k: usize, weight: f64| weight * (start[k + 2] - start[k + 1]);
    let held_above = |k: usize, weight: f64| weight * (1.0 / start[half + 2 + k] - 1.0 / start[half + 3 + k]);
    let eth_of_weights: f64 = below.iter().enumerate().map(|(k, &weight)| held_below(k, weight)).sum();
    let lrt_of_weights: f64 = above.iter().enumerate().map(|(k, &weight)| held_above(k, weight)).sum();
    let per_below = (eth - full * (root - bottom)) / eth_of_weights;
    let per_above = (lrt - full * (1.0 / root - 1.0 / top)) / lrt_of_weights;
    let mut liquidity = vec![full];
    liquidity.extend(below.iter().map(|weight| full + per_below * weight));
    liquidity.push(full);
    liquidity.extend(above.iter().map(|weight| full + per_above * weight));
    liquidity.push(full);
    let segments = concentrated::Segments { sqrt_boundaries, liquidity };
    let spec = concentrated::Spec::new(fee, 0.2, root, &segments).expect("ascending and positive");
    venue("positions", PoolSpec::ConcentratedLiquidity(spec))
}

/// What may not fall in any trade: D, or the square root of the product; of concentrated liquidity what the pool holds
/// beyond what its curve asks for at the price, in ETH, added to the size of its numbers.
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
        PoolSpec::BalancerStable(pool) => {
            let (y, ann) = (rate / (spec.eth_per_quote * pool.quote_rate) * lrt, 2.0 * pool.amplification);
            refresh_invariant(x, y, cold_invariant(x, y, ann), ann).0
        }
        PoolSpec::Weighted(pool) => {
            let share = pool.weight_lrt / (pool.weight_eth + pool.weight_lrt);
            pegstress_num::exp((1.0 - share) * pegstress_num::ln(x) + share * pegstress_num::ln(lrt))
        }
        PoolSpec::ConstantProduct(_) => (x * lrt).sqrt(),
        PoolSpec::Cryptoswap(pool) => {
            let scale = pool.peg.price_scale;
            let (x, y) = if pool.coin_0 == Coin::Eth { (x, scale * lrt) } else { (scale * x, lrt) };
            place(&Shape::from(pool.curve), &[x], &[y]).0.invariant[0]
        }
        PoolSpec::ConcentratedLiquidity(pool) => {
            let price = venue.marginal_price()[0] / spec.eth_per_quote;
            let fresh = concentrated::Spec::new(0.0, 0.0, price.sqrt(), pool.segments()).expect("a price");
            let curve = pegstress_amm::ConcentratedLiquidity::<1>::new(&fresh);
            let asked = pegstress_amm::Pool::reserves(&curve);
            size_of_start(pool) + (x - asked.eth[0]) + price * (lrt - asked.lrt[0])
        }
    }
}

/// ETH in the pool at the start, and what its liquidity is worth: rounding is of this size.
fn size_of_start(pool: &concentrated::Spec) -> f64 {
    let start = pegstress_amm::ConcentratedLiquidity::<1>::new(pool);
    let price = pegstress_amm::Pool::marginal_price(&start)[0];
    let most = pool.segments().liquidity.iter().fold(0.0, |most, &liquidity| f64::max(most, liquidity));
    pegstress_amm::Pool::reserves(&start).eth[0] + most * price.sqrt()
}

pub(crate) fn relative(actual: f64, expected: f64) -> f64 {
    ((actual - expected) / expected).abs()
}
