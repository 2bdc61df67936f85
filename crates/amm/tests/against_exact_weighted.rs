//! Balancer weighted pools on lanes against the integers of the contract, and against powers with whole exponents.

#![allow(clippy::print_stdout, reason = "the measured error is a figure to quote")]

mod common;

use common::exact::{to_price, to_tokens, to_units, worse};
use common::{Random, relative, weighted};
use pegstress_amm::Venue;
use pegstress_exact::U256;
use pegstress_exact::balancer::ONE;
use pegstress_exact::balancer::v3::{Curve, Parameters, Pool};

const STATES: usize = 100_000;
/// Smallest share of a reserve at which the contract's power is good for 1e-11 of the output.
const LEAST_SHARE: f64 = 1e-5;
/// Per unit of the reserve: the contract's power is a few 1e-18 off, and its base is rounded to 1e-18.
const POWER_NOISE: f64 = 1e-16;

/// Multiples of 1/1024 are exact both in f64 and with 18 decimals.
fn of_1024(count: u64) -> U256 {
    ONE * U256::from(count) / U256::from(1024)
}

#[test]
fn swaps_pay_what_the_contract_pays() {
    let mut random = Random(7);
    let (mut worst, mut worst_small, mut worst_price) = (0.0, 0.0, 0.0);
    let mut state = String::new();
    for _ in 0..STATES {
        let size = random.log_uniform(1e3, 1e6);
        let reserves = (size * random.log_uniform(0.01, 1.0), size * random.log_uniform(0.01, 1.0));
        let (weight_1024, fee_1024) = (11 + random.bits() % 1003, random.bits() % 20);
        let parameters = Parameters {
            curve: Curve::weighted(vec![of_1024(1024 - weight_1024), of_1024(weight_1024)]).expect("valid"),
            scaling_factors: vec![U256::from(1); 2],
            token_rates: vec![ONE; 2],
            swap_fee: of_1024(fee_1024),
            aggregate_swap_fee: of_1024(512),
            surge: None,
        };
        let balances = vec![to_units(reserves.0), to_units(reserves.1)];
        let mut exact = Pool::new(parameters, balances, ONE).expect("valid");
        let spec = weighted(weight_1024 as f64 / 1024.0, reserves, fee_1024 as f64 / 1024.0);
        let mut lanes = Venue::<1>::new(&spec, &[1.0]);
        let price = to_price(exact.marginal_price(1, 0).expect("a price"));
        // The contract has no price; the exact one carries 18 decimals.
        let error = (lanes.marginal_price()[0] - price).abs() - 2e-18;
        worst_price = worse(worst_price, error / price);
        for _ in 0..2 {
            let share = random.log_uniform(1e-8, 0.3);
            let sells = random.bits() & 1 == 0;
            let (eth, lrt) = (lanes.reserves().eth[0], lanes.reserves().lrt[0]);
            let (x, y) = if sells { (lrt, eth) } else { (eth, lrt) };
            let amount = share * x;
            let (i, j) = if sells { (1, 0) } else { (0, 1) };
            let Ok(expected) = exact.swap_exact_in(i, j, to_units(amount)) else { break };
            let expected = to_tokens(expected);
            let actual = if sells { lanes.sell(&[amount])[0] } else { lanes.buy(&[amount])[0] };
            if expected > LEAST_SHARE * y {
                let error = relative(actual, expected);
                if error > worst || error.is_nan() {
                    (worst, state) = (error, format!("{spec:?}, share {share:e}, sells {sells}"));
                }
            } else {
                worst_small = worse(worst_small, (actual - expected).abs() / y);
            }
            assert!(!lanes.faults()[0], "a sound pool is a fault: {spec:?}");
            // What is left of a drained reserve is the difference of two numbers, whoever computes it.
            if expected > 0.99 * y {
                break;
            }
        }
    }
    println!(
        "largest relative error {worst:e}, small trades {worst_small:e} of the reserve, price {worst_price:e}: {state}"
    );
    assert!(worst < 1e-11, "largest relative error {worst:e}: {state}");
    assert!(worst_small < POWER_NOISE, "small trades are off by {worst_small:e} of the reserve");
    assert!(worst_price < 1e-10, "largest relative error of a marginal price {worst_price:e}");
}

/// `1 - (x / (x + dx))^n`, with 120 binary digits.
fn share_out(x: f64, dx: f64, n: u32) -> f64 {
    use pegstress_exact::U256 as U;
    let (x, sum) = (to_units(x), to_units(x) + to_units(dx));
    let one = U::from(1) << 120;
    let base = (x << 120) / sum;
    let power = (1..n).fold(base, |power, _| (power * base) >> 120);
    f64::from(one - power) / 2_f64.powi(120)
}

#[test]
fn the_formula_is_met_to_1e_13_of_the_output_however_small_the_trade() {
    let mut random = Random(9);
    let mut worst = 0.0;
    for _ in 0..STATES {
        let (reserves, n) =
            ((random.log_uniform(1e3, 1e6), random.log_uniform(1e3, 1e6)), 1 + random.bits() as u32 % 4);
        let weight_lrt = f64::from(n) / f64::from(n + 1);
        let spec = weighted(weight_lrt, reserves, 0.0);
        let amount = reserves.1 * random.log_uniform(1e-12, 0.29);
        let share = share_out(reserves.1, amount, n);
        // With three the contract's power is rounded by 1e-14 of itself.
        let rounded = if n == 3 { 1e-14 * (1.0 - share) } else { 0.0 };
        let out = Venue::<1>::new(&spec, &[1.0]).quote_sell(&[amount])[0];
        worst = worse(worst, relative(out / reserves.0 + rounded, share));
    }
    println!("largest relative error against the formula {worst:e}");
    assert!(worst < 1e-13, "largest relative error {worst:e}");
}
