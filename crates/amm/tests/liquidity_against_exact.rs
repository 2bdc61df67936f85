//! Deposits and withdrawals out of proportion on lanes against the integers of the contracts.

#![allow(clippy::print_stdout, reason = "the measured error is a figure to quote")]

mod common;

use common::exact::{to_tokens, to_units, worse};
use common::{Random, balancer, balancer_stable, offpeg, relative, weighted};
use pegstress_amm::balancer_stable::{Spec, Version};
use pegstress_amm::{Coin, RateSource, Venue};
use pegstress_exact::U256;
use pegstress_exact::balancer::v2::{self, RateCache, Token};
use pegstress_exact::balancer::v3;
use pegstress_exact::stableswap::{FeeSchedule, Generation, ONE, Parameters, Pool};

const TOLERANCE: f64 = 1e-11;
/// Shares are fractions of this supply, exactly.
const SUPPLY_BITS: i32 = 100;
const STATES: usize = 40_000;

fn supply() -> U256 {
    U256::from(1) << SUPPLY_BITS as usize
}

fn to_shares(share: f64) -> U256 {
    U256::from((share * 2_f64.powi(SUPPLY_BITS)) as u128)
}

fn to_share(shares: U256) -> f64 {
    f64::from(shares) / 2_f64.powi(SUPPLY_BITS)
}

fn of_1024(count: u64) -> U256 {
    ONE * U256::from(count) / U256::from(1024)
}

/// The contracts with one-sided operations.
enum Exact {
    NextGeneration(Box<Pool>),
    Two(Box<v2::Pool>),
    Three(Box<v3::Pool>),
}

impl Exact {
    fn withdraw(&mut self, share: f64, coin: usize) -> Option<f64> {
        let shares = to_shares(share);
        match self {
            Self::NextGeneration(pool) => pool.remove_liquidity_one_coin(shares, coin).ok(),
            Self::Two(pool) => pool.exit_one_token_exact_in(coin, shares).ok(),
            Self::Three(pool) => pool.remove_one_token_exact_in(coin, shares).ok(),
        }
        .map(to_tokens)
    }

    fn deposit(&mut self, amounts: [f64; 2]) -> Option<f64> {
        let amounts = amounts.map(to_units);
        match self {
            Self::NextGeneration(pool) => pool.add_liquidity(&amounts).ok(),
            Self::Two(pool) => pool.join_exact_in(&amounts).ok(),
            Self::Three(pool) => pool.add_unbalanced(&amounts).ok(),
        }
        .map(to_share)
    }

    fn balances(&self) -> [f64; 2] {
        let balances = match self {
            Self::NextGeneration(pool) => pool.balances(),
            Self::Two(pool) => pool.balances(),
            Self::Three(pool) => pool.balances_raw(),
        };
        [to_tokens(balances[0]), to_tokens(balances[1])]
    }
}

/// A random pool in both versions.
type Twins = (Venue<1>, Exact, String);

fn next_generation(random: &mut Random) -> Twins {
    let (amplification, reserves, rate_1024) = state(random);
    let multiplier = (1e10 * random.log_uniform(0.9, 20.0)) as u64;
    let parameters = Parameters {
        generation: Generation::Next,
        amplification,
        fees: FeeSchedule {
            offpeg_multiplier: U256::from(multiplier),
            ..FeeSchedule::fixed(U256::from(4_000_001_u64))
        },
        rate_multipliers: vec![ONE; 2],
        oracle_rates: vec![ONE, of_1024(rate_1024)],
    };
    let balances = vec![to_units(reserves.0), to_units(reserves.1)];
    let exact = Pool::new(parameters, balances, supply()).expect("valid");
    let multiplier = multiplier as f64 / 1e10;
    let spec = offpeg(amplification as f64, multiplier, RateSource::LIVE, reserves, 4.000001e-4);
    let lanes = Venue::new(&spec, &[rate_1024 as f64 / 1024.0]);
    (lanes, Exact::NextGeneration(Box::new(exact)), format!("{spec:?}"))
}

fn state(random: &mut Random) -> (u64, (f64, f64), u64) {
    let size = random.log_uniform(1e3, 1e6);
    let mut reserve = || size * random.log_uniform(1.0 / 99.0, 1.0);
    let reserves = (reserve(), reserve());
    (random.log_uniform(10.0, 5000.0) as u64, reserves, 922 + random.bits() % 307)
}

fn version_2(random: &mut Random) -> Twins {
    let (amplification, reserves, rate_1024) = state(random);
    let token = |rate| Token::new(18, RateCache::fixed(of_1024(rate)).expect("fits")).expect("decimals");
    let parameters = v2::Parameters {
        family: v2::Family::MetaStable,
        amplification_milli: 1000 * amplification,
        swap_fee: of_1024(5),
        tokens: vec![token(1024), token(rate_1024)],
    };
    let exact = v2::Pool::new(parameters, &[to_units(reserves.0), to_units(reserves.1)], supply());
    let spec = balancer(Spec {
        version: Version::Two,
        protocol_fee: 0.0,
        ..balancer_stable(amplification as f64, reserves, 5.0 / 1024.0)
    });
    let lanes = Venue::new(&spec, &[rate_1024 as f64 / 1024.0]);
    (lanes, Exact::Two(Box::new(exact.expect("valid"))), format!("{spec:?}"))
}

fn v3_pool(curve: v3::Curve, reserves: (f64, f64), rate_1024: u64) -> Exact {
    let parameters = v3::Parameters {
        curve,
        scaling_factors: vec![U256::from(1); 2],
        token_rates: vec![ONE, of_1024(rate_1024)],
        swap_fee: of_1024(5),
        aggregate_swap_fee: of_1024(512),
        surge: None,
    };
    let balances = vec![to_units(reserves.0), to_units(reserves.1)];
    Exact::Three(Box::new(v3::Pool::new(parameters, balances, supply()).expect("valid")))
}

fn version_3(random: &mut Random) -> Twins {
    let (amplification, reserves, rate_1024) = state(random);
    let curve = v3::Curve::stable(1000 * amplification, 2).expect("valid");
    let spec = balancer(balancer_stable(amplification as f64, reserves, 5.0 / 1024.0));
    let lanes = Venue::new(&spec, &[rate_1024 as f64 / 1024.0]);
    (lanes, v3_pool(curve, reserves, rate_1024), format!("{spec:?}"))
}

fn weighted_pool(random: &mut Random) -> Twins {
    let (_, reserves, _) = state(random);
    let weight_1024 = 11 + random.bits() % 1003;
    let curve = v3::Curve::weighted(vec![of_1024(1024 - weight_1024), of_1024(weight_1024)]).expect("valid");
    let spec = weighted(weight_1024 as f64 / 1024.0, reserves, 5.0 / 1024.0);
    (Venue::new(&spec, &[1.0]), v3_pool(curve, reserves, 1024), format!("{spec:?}"))
}

/// A withdrawal and a deposit each; a deposit of nothing is refused. `noise` is the rounding of the contract's own ratio
/// of invariants, which the share burned or minted is the difference of.
fn compare(twins: impl Fn(&mut Random) -> Twins, widest: f64, noise: f64) {
    let mut random = Random(21);
    let (mut worst_out, mut worst_minted, mut worst_reserve) = (0.0, 0.0, 0.0);
    let (mut refused, mut state) = (0, String::new());
    for _ in 0..STATES {
        let (mut lanes, mut exact, context) = twins(&mut random);
        let (share, coin) = (random.log_uniform(1e-8, widest), random.bits() as usize & 1);
        let side = if coin == 0 { Coin::Eth } else { Coin::Lrt };
        let held = exact.balances();
        let Some(expected) = exact.withdraw(share, coin) else {
            refused += 1;
            continue;
        };
        let paid = lanes.withdraw_one_coin(&[share], side).expect("an operation of this pool")[0];
        let error = relative(paid, expected) - noise / share;
        if error > worst_out || error.is_nan() {
            (worst_out, state) = (error, format!("{context}, share {share:e}, coin {coin}"));
        }
        let reserves = lanes.reserves();
        let left = exact.balances();
        let now = [reserves.eth[0], reserves.lrt[0]];
        for k in 0..2 {
            worst_reserve = worse(worst_reserve, (now[k] - left[k]).abs() / held[k]);
        }
        let mut part = || if random.bits().is_multiple_of(3) { 0.0 } else { random.log_uniform(1e-8, 1.0) };
        let amounts = [part() * now[0], part() * now[1]];
        let Some(expected) = exact.deposit(amounts) else {
            refused += 1;
            continue;
        };
        // Shares minted over the supply of the start, of which a part is burned.
        let minted = lanes.deposit(&[amounts[0]], &[amounts[1]]).expect("an operation of this pool")[0];
        let error = relative(minted * (1.0 - share), expected) - noise / expected;
        if error > worst_minted || error.is_nan() {
            (worst_minted, state) = (error, format!("{context}, share {share:e}, deposit {amounts:?}"));
        }
        assert!(!lanes.faults()[0], "a sound pool is a fault: {context}");
    }
    println!(
        "out {worst_out:e}, minted {worst_minted:e}, reserves {worst_reserve:e}, {refused} refused: {state}"
    );
    assert!(refused < STATES / 5, "{refused} operations refused");
    assert!(
        worst_out < TOLERANCE && worst_minted < TOLERANCE,
        "out {worst_out:e}, minted {worst_minted:e}: {state}"
    );
    assert!(worst_reserve < TOLERANCE, "reserves are off by {worst_reserve:e}");
}

#[test]
fn next_generation_pools_pay_and_mint_as_the_contract() {
    compare(next_generation, 0.5, 0.0);
}

#[test]
fn version_2_stable_pools_pay_and_mint_as_the_contract() {
    compare(version_2, 0.5, 4e-18);
}

#[test]
fn version_3_stable_pools_pay_and_mint_as_the_contract() {
    compare(version_3, 0.4, 4e-18);
}

#[test]
fn weighted_pools_pay_and_mint_as_the_contract() {
    // Powers rounded by 1e-14, of two tokens before and after.
    compare(weighted_pool, 0.3, 5e-14);
}
