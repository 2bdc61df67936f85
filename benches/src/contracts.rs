//! The pools of [`crate::pools`] as their contracts compute: the same reserves and parameters in integers.
//!
//! Coin 0 is ETH, coin 1 the token, both with 18 decimals; in the Uniswap v3 pools the token is token 0, so that their
//! price is ETH per token.

use crate::pools::{AMPLIFICATION, OFFPEG_MULTIPLIER, Shape};
use pegstress_exact::{U256, balancer, constant_product, cryptoswap, stableswap, uniswap_v3};
use std::error::Error;

/// A pool, or why its contract would refuse it.
pub type Deployed<P> = Result<P, Box<dyn Error>>;

/// One whole token.
const ONE: u64 = 1_000_000_000_000_000_000;
/// ETH, tokens and a third coin in the pools, whole.
const RESERVES: [u64; 3] = [9_500, 10_500, 10_000];

/// Whole tokens in the smallest unit.
#[must_use]
pub fn wei(tokens: u64) -> U256 {
    U256::from(u128::from(tokens) * u128::from(ONE))
}

fn reserves() -> [U256; 2] {
    [wei(RESERVES[0]), wei(RESERVES[1])]
}

/// StableSwap with a static fee of a basis point.
///
/// # Errors
/// Never.
pub fn stableswap() -> Deployed<stableswap::Pool> {
    Ok(stableswap::Pool::plain(AMPLIFICATION, U256::from(1_000_000), reserves())?)
}

/// StableSwap with a fee that rises with the distance from the peg.
///
/// # Errors
/// Never.
pub fn stableswap_offpeg() -> Deployed<stableswap::Pool> {
    let offpeg_multiplier = U256::from(OFFPEG_MULTIPLIER * 10_000_000_000);
    let parameters = stableswap::Parameters {
        generation: stableswap::Generation::Next,
        amplification: AMPLIFICATION,
        fees: stableswap::FeeSchedule {
            offpeg_multiplier,
            ..stableswap::FeeSchedule::fixed(U256::from(1_000_000))
        },
        rate_multipliers: vec![stableswap::ONE; 2],
        oracle_rates: vec![stableswap::ONE; 2],
    };
    Ok(stableswap::Pool::new(parameters, reserves().to_vec(), wei(20_000))?)
}

/// StableSwap of three coins with a static fee.
///
/// # Errors
/// Never.
pub fn stableswap_3_coins() -> Deployed<stableswap::Pool> {
    Ok(stableswap::Pool::plain(AMPLIFICATION, U256::from(1_000_000), RESERVES.map(wei))?)
}

/// Balancer stable, version 3, without a hook.
///
/// # Errors
/// Never.
pub fn balancer_stable() -> Deployed<balancer::v3::Pool> {
    balancer_v3(balancer::v3::Curve::stable(1000 * AMPLIFICATION, 2)?, ONE / 10_000)
}

/// Balancer weighted, version 3, 20 % ETH.
///
/// # Errors
/// Never.
pub fn weighted() -> Deployed<balancer::v3::Pool> {
    let weights = vec![U256::from(ONE / 5), U256::from(ONE / 5 * 4)];
    balancer_v3(balancer::v3::Curve::weighted(weights)?, ONE / 1000)
}

fn balancer_v3(curve: balancer::v3::Curve, fee: u64) -> Deployed<balancer::v3::Pool> {
    let parameters = balancer::v3::Parameters {
        curve,
        scaling_factors: vec![U256::from(1); 2],
        token_rates: vec![balancer::ONE; 2],
        swap_fee: U256::from(fee),
        aggregate_swap_fee: U256::from(ONE / 2),
        surge: None,
    };
    Ok(balancer::v3::Pool::new(parameters, reserves().to_vec(), wei(20_000))?)
}

/// The Uniswap v2 pair.
///
/// # Errors
/// Never.
pub fn constant_product() -> Deployed<constant_product::Pair> {
    Ok(constant_product::Pair::new(reserves(), 3000)?)
}

/// Cryptoswap with the factory's usual parameters, concentrated around the price of its reserves.
///
/// # Errors
/// Never.
pub fn cryptoswap() -> Deployed<cryptoswap::Pool> {
    let parameters = cryptoswap::Parameters {
        edition: cryptoswap::Edition::Factory,
        curve: cryptoswap::Curve::new(
            U256::from(400_000),
            U256::from(ONE / 100_000 * 14 + ONE / 1_000_000 * 5),
        )?,
        fees: cryptoswap::FeeSchedule {
            mid_fee: U256::from(26_000_000),
            out_fee: U256::from(45_000_000),
            fee_gamma: U256::from(ONE / 100_000 * 23),
        },
        repegging: cryptoswap::Repegging {
            allowed_extra_profit: U256::from(ONE / 500_000),
            adjustment_step: U256::from(ONE / 1_000_000 * 146),
            half_life_secs: 600,
        },
        admin_fee: U256::from(5_000_000_000_u64),
        precisions: [U256::from(1); 2],
    };
    let price = wei(RESERVES[0]) / U256::from(RESERVES[1]);
    let mut pool = cryptoswap::Pool::deploy(parameters, price)?;
    pool.add_liquidity(reserves())?;
    Ok(pool)
}

/// Concentrated liquidity at a price of one: overlapping positions around it.
///
/// # Errors
/// Never.
pub fn concentrated(shape: Shape) -> Deployed<uniswap_v3::Pool> {
    let sqrt_price = uniswap_v3::sqrt_ratio_at_tick(0)? + U256::from(ONE);
    let mut pool = uniswap_v3::Pool::new(100, shape.tick_spacing(), sqrt_price)?;
    for (reach, tokens) in shape.positions() {
        let liquidity = u128::from(tokens) * u128::from(ONE);
        pool.mint(1, uniswap_v3::TickRange::new(-reach, reach), liquidity)?;
    }
    Ok(pool)
}

/// Sells all of `amount_in`, of token 0 or of token 1, in a pool of concentrated liquidity.
///
/// # Errors
/// Where the contract reverts.
pub fn sell_concentrated(
    pool: &mut uniswap_v3::Pool,
    zero_for_one: bool,
    amount_in: U256,
) -> Result<U256, uniswap_v3::Error> {
    let one = U256::from(1);
    let limit = if zero_for_one {
        uniswap_v3::MIN_SQRT_RATIO_X96 + one
    } else {
        uniswap_v3::MAX_SQRT_RATIO_X96 - one
    };
    let sold = pool.swap(zero_for_one, uniswap_v3::SwapAmount::ExactIn(amount_in), limit)?;
    Ok(sold.amount_out)
}
