//! Stable pools beyond the domain of the other tests, against the integers: A from 1 to 1e6, reserves to 1000:1, fees of 0
//! and 99 %, dust and ten times the reserve.

#![allow(clippy::print_stdout, reason = "the measured error is a figure to quote")]

mod common;

use common::exact::{to_tokens, to_units};
use common::{Random, balancer, balancer_stable, offpeg, relative, several_coins};
use pegstress_amm::stableswap::multi::OtherCoin;
use pegstress_amm::{RateSource, Venue, VenueSpec};
use pegstress_exact::U256;
use pegstress_exact::balancer::v3;
use pegstress_exact::stableswap::{FeeSchedule, Generation, ONE, Parameters, Pool};

/// The bound that the modules document.
const TOLERANCE: f64 = 1e-10;
const WIDEST: f64 = 1000.0;
const STATES: usize = 30_000;

struct State {
    amplification: u64,
    reserves: Vec<f64>,
    /// 0 or 99 %.
    fee_percent: u64,
    multiplier: u64,
    share: f64,
    sells: bool,
}

fn state(random: &mut Random, coins: usize, most_amplification: f64) -> State {
    let size = random.log_uniform(1e3, 1e5);
    State {
        amplification: random.log_uniform(1.0, most_amplification) as u64,
        reserves: (0..coins).map(|_| size * random.log_uniform(1.0 / WIDEST, 1.0)).collect(),
        fee_percent: 99 * (random.bits() & 1),
        multiplier: if random.bits() & 1 == 0 { 1 } else { 5 },
        share: random.log_uniform(1e-12, 10.0),
        sells: random.bits() & 1 == 0,
    }
}

fn curve(state: &State) -> Pool {
    let fee = U256::from(100_000_000 * state.fee_percent / state.multiplier);
    let multiplier = U256::from(10_000_000_000 * state.multiplier);
    let coins = state.reserves.len();
    let parameters = Parameters {
        generation: Generation::Next,
        amplification: state.amplification,
        fees: FeeSchedule { offpeg_multiplier: multiplier, ..FeeSchedule::fixed(fee) },
        rate_multipliers: vec![ONE; coins],
        oracle_rates: vec![ONE; coins],
    };
    let balances = state.reserves.iter().map(|reserve| to_units(*reserve)).collect();
    Pool::new(parameters, balances, ONE).expect("parameters in range")
}

/// `swap` is the contract's; where it reverts for want of convergence or of a reserve, there is nothing to compare.
fn compare(
    name: &str,
    (coins, most_amplification): (usize, f64),
    spec: impl Fn(&State) -> VenueSpec,
    swap: impl Fn(&State, (usize, usize), U256) -> Option<U256>,
) {
    let mut random = Random(31);
    let (mut worst, mut context, mut reverted) = (0.0, String::new(), 0);
    for _ in 0..STATES {
        let state = state(&mut random, coins, most_amplification);
        let (i, j) = if state.sells { (1, 0) } else { (0, 1) };
        let amount = state.share * state.reserves[i];
        let Some(expected) = swap(&state, (i, j), to_units(amount)).map(to_tokens) else {
            reverted += 1;
            continue;
        };
        let mut lanes = Venue::<1>::new(&spec(&state), &[1.0]);
        let actual = if state.sells { lanes.sell(&[amount]) } else { lanes.buy(&[amount]) };
        let error = relative(actual[0], expected);
        if error > worst || error.is_nan() {
            (worst, context) = (error, format!("{:?}, share {:e}", spec(&state), state.share));
        }
        assert!(!lanes.faults()[0], "a sound pool is a fault: {:?}, share {:e}", spec(&state), state.share);
    }
    println!("{name}: largest relative error {worst:e}, {reverted} reverted: {context}");
    assert!(worst < TOLERANCE, "largest relative error {worst:e}: {context}");
    assert!(reverted < STATES / 20, "{reverted} swaps reverted");
}

fn fee(state: &State) -> f64 {
    // The contract's whole units.
    (100_000_000 * state.fee_percent / state.multiplier) as f64 / 1e10
}

#[test]
fn two_coins_stay_within_the_wider_bound() {
    let spec = |state: &State| {
        let reserves = (state.reserves[0], state.reserves[1]);
        offpeg(state.amplification as f64, state.multiplier as f64, RateSource::Plain, reserves, fee(state))
    };
    let swap = |state: &State, (i, j), amount| curve(state).exchange(i, j, amount).ok();
    compare("two coins", (2, 1e6), spec, swap);
}

#[test]
fn three_and_four_coins_stay_within_the_wider_bound() {
    let spec = |state: &State| {
        let others = state.reserves[2..].iter().map(|&reserve| OtherCoin { reserve, rate: 1.0 }).collect();
        let pair = (state.reserves[0], state.reserves[1]);
        several_coins(state.amplification as f64, state.multiplier as f64, pair, others, fee(state))
    };
    let swap = |state: &State, (i, j), amount| curve(state).exchange(i, j, amount).ok();
    for coins in [3, 4] {
        compare("several coins", (coins, 1e6), spec, swap);
    }
}

#[test]
fn balancer_pools_stay_within_the_wider_bound() {
    let spec = |state: &State| {
        let reserves = (state.reserves[0], state.reserves[1]);
        balancer(balancer_stable(state.amplification as f64, reserves, state.fee_percent as f64 / 100.0))
    };
    let swap = |state: &State, (i, j), amount| {
        let parameters = v3::Parameters {
            curve: v3::Curve::stable(1000 * state.amplification, 2).expect("in range"),
            scaling_factors: vec![U256::from(1); 2],
            token_rates: vec![ONE; 2],
            swap_fee: ONE * U256::from(state.fee_percent) / U256::from(100),
            aggregate_swap_fee: ONE / U256::from(2),
            surge: None,
        };
        let balances = state.reserves.iter().map(|reserve| to_units(*reserve)).collect();
        v3::Pool::new(parameters, balances, ONE).expect("valid").swap_exact_in(i, j, amount).ok()
    };
    compare("balancer", (2, 4e4), spec, swap);
}
