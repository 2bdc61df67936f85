//! The pools that are measured: one of every model, of 9,500 ETH and 10,500 tokens or about that.
//!
//! [`crate::contracts`] has the same pools in integers.

use crate::contracts::{self, Deployed};
use pegstress_amm::concentrated::{Spec, TickSnapshot};
use pegstress_amm::stableswap::multi::{self, OtherCoin};
use pegstress_amm::{
    Coin, PoolSpec, RateSource, VenueSpec, balancer_stable, constant_product, cryptoswap, stableswap,
    weighted,
};

const RESERVE_ETH: f64 = 9_500.0;
const RESERVE_LRT: f64 = 10_500.0;
const RESERVE_OTHER: f64 = 10_000.0;
/// Of every stable pool.
pub const AMPLIFICATION: u64 = 100;
/// Of the pool with a dynamic fee.
pub const OFFPEG_MULTIPLIER: u64 = 5;

fn venue(pool: PoolSpec) -> VenueSpec {
    VenueSpec { name: "pool".into(), eth_per_quote: 1.0, pool }
}

/// StableSwap with a static fee of a basis point.
#[must_use]
pub fn stableswap() -> VenueSpec {
    two_coins(1.0)
}

/// StableSwap with a fee that rises with the distance from the peg.
#[must_use]
pub fn stableswap_offpeg() -> VenueSpec {
    two_coins(OFFPEG_MULTIPLIER as f64)
}

fn two_coins(offpeg_multiplier: f64) -> VenueSpec {
    venue(PoolSpec::StableSwap(stableswap::Spec {
        reserve_eth: RESERVE_ETH,
        reserve_lrt: RESERVE_LRT,
        amplification: AMPLIFICATION as f64,
        fee: 1e-4,
        offpeg_multiplier,
        admin_fee: 0.5,
        rate: RateSource::Plain,
    }))
}

/// StableSwap of three coins with a static fee.
#[must_use]
pub fn stableswap_3_coins() -> VenueSpec {
    venue(PoolSpec::MultiStableSwap(multi::Spec {
        reserve_eth: RESERVE_ETH,
        reserve_lrt: RESERVE_LRT,
        others: vec![OtherCoin { reserve: RESERVE_OTHER, rate: 1.0 }],
        amplification: AMPLIFICATION as f64,
        fee: 1e-4,
        offpeg_multiplier: 1.0,
        admin_fee: 0.5,
        rate: RateSource::Plain,
    }))
}

/// Balancer stable, version 3, without a hook.
#[must_use]
pub fn balancer_stable() -> VenueSpec {
    venue(PoolSpec::BalancerStable(balancer_stable::Spec {
        version: pegstress_amm::balancer_stable::Version::Three,
        reserve_eth: RESERVE_ETH,
        reserve_lrt: RESERVE_LRT,
        amplification: AMPLIFICATION as f64,
        fee: 1e-4,
        protocol_fee: 0.5,
        surge: None,
        rate: RateSource::Plain,
        quote_rate: 1.0,
    }))
}

/// Balancer weighted, 20 % ETH.
#[must_use]
pub fn weighted() -> VenueSpec {
    venue(PoolSpec::Weighted(weighted::Spec {
        reserve_eth: RESERVE_ETH,
        reserve_lrt: RESERVE_LRT,
        weight_eth: 0.2,
        weight_lrt: 0.8,
        fee: 1e-3,
        protocol_fee: 0.5,
    }))
}

/// Constant product with the fee of the Uniswap v2 pair.
#[must_use]
pub fn constant_product() -> VenueSpec {
    venue(PoolSpec::ConstantProduct(constant_product::Spec {
        reserve_eth: RESERVE_ETH,
        reserve_lrt: RESERVE_LRT,
        fee: 3e-3,
    }))
}

/// Cryptoswap with the factory's usual parameters, concentrated around the price of its reserves.
#[must_use]
pub fn cryptoswap() -> VenueSpec {
    venue(PoolSpec::Cryptoswap(cryptoswap::Spec {
        reserve_eth: RESERVE_ETH,
        reserve_lrt: RESERVE_LRT,
        unit_eth: 1e-18,
        unit_lrt: 1e-18,
        coin_0: Coin::Eth,
        curve: cryptoswap::Curve { amplification: 40.0, gamma: 1.45e-4 },
        fees: cryptoswap::FeeSchedule { mid_fee: 2.6e-3, out_fee: 4.5e-3, fee_gamma: 2.3e-4 },
        repegging: cryptoswap::Repegging {
            allowed_extra_profit: 2e-6,
            adjustment_step: 1.46e-4,
            steps: 5.0,
            half_life_secs: 600.0,
            admin_fee: 0.5,
        },
        peg: cryptoswap::Peg::fresh(RESERVE_ETH / RESERVE_LRT),
    }))
}

/// How concentrated liquidity is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Three positions: 6 ticks.
    Few,
    /// 500 positions, each one tick wider on both sides than the one before: 1,000 ticks.
    Thousand,
}

impl Shape {
    /// Distance of ticks.
    #[must_use]
    pub fn tick_spacing(self) -> i32 {
        match self {
            Self::Few => 10,
            Self::Thousand => 1,
        }
    }

    /// Ticks from the price to both ends of a position, and its liquidity in whole tokens.
    pub fn positions(self) -> impl Iterator<Item = (i32, u64)> {
        let (few, thousand) = match self {
            Self::Few => (&[(887_270, 1_000), (500, 200_000), (50, 500_000)][..], 0),
            Self::Thousand => (&[][..], 500),
        };
        few.iter().copied().chain((1..=thousand).map(|reach| (reach, 1_600)))
    }
}

/// Concentrated liquidity at a price of one.
///
/// # Errors
/// Never.
pub fn concentrated(shape: Shape) -> Deployed<VenueSpec> {
    let pool = contracts::concentrated(shape)?;
    let snapshot = TickSnapshot {
        lrt_is_token_0: true,
        decimals: [18; 2],
        fee: f64::from(pool.fee_millionths()) / 1e6,
        protocol_share: 0.0,
        sqrt_price_x96: f64::from(pool.sqrt_price_x96()),
        tick: pool.tick(),
        liquidity: pool.liquidity(),
        ticks: pool.ticks().map(|(tick, state)| (tick, state.liquidity_net)).collect(),
    };
    Ok(venue(PoolSpec::ConcentratedLiquidity(Spec::from_ticks(&snapshot)?)))
}
