//! Pools of three and four coins on lanes against the integers of the contract.

#![allow(clippy::print_stdout, reason = "the measured error is a figure to quote")]

mod common;

use common::exact::{to_price, to_tokens, to_units, worse};
use common::{Random, relative, several_coins};
use pegstress_amm::Venue;
use pegstress_amm::stableswap::multi::OtherCoin;
use pegstress_exact::U256;
use pegstress_exact::stableswap::{FeeSchedule, Generation, ONE, Parameters, Pool};

/// The bound the crate documents for amounts out.
const TOLERANCE: f64 = 1e-11;
/// And for marginal prices.
const PRICE_TOLERANCE: f64 = 1e-10;
/// Most lopsided reserves of the domain.
const WIDEST: f64 = 99.0;
const STATES: usize = 50_000;
const FEE: u64 = 4_000_000;

/// A random pool in both versions; rates are multiples of 1/1024 and so exact in both.
struct Twins {
    lanes: Venue<1>,
    exact: Pool,
    rate: f64,
    context: String,
}

fn twins(random: &mut Random, coins: usize, widest_multiplier: f64) -> Twins {
    let amplification = random.log_uniform(10.0, 5000.0) as u64;
    let multiplier = (1e10 * random.log_uniform(1.0, widest_multiplier)) as u64;
    let size = random.log_uniform(1e3, 1e6);
    let reserves: Vec<f64> = (0..coins).map(|_| size * random.log_uniform(1.0 / WIDEST, 1.0)).collect();
    let mut rates_1024: Vec<u64> = (0..coins).map(|_| 922 + random.bits() % 307).collect();
    rates_1024[0] = 1024;
    let rates: Vec<f64> = rates_1024.iter().map(|rate| *rate as f64 / 1024.0).collect();
    let generation = if widest_multiplier > 1.0 { Generation::Next } else { Generation::ThreePool };
    let parameters = Parameters {
        generation,
        amplification,
        fees: FeeSchedule {
            offpeg_multiplier: U256::from(multiplier),
            ..FeeSchedule::fixed(U256::from(FEE))
        },
        rate_multipliers: vec![ONE; coins],
        oracle_rates: rates_1024.iter().map(|rate| ONE * U256::from(*rate) / U256::from(1024)).collect(),
    };
    let balances = reserves.iter().map(|reserve| to_units(*reserve)).collect();
    let exact = Pool::new(parameters, balances, ONE).expect("parameters in range");
    let others = reserves[2..].iter().zip(&rates[2..]);
    let others = others.map(|(&reserve, &rate)| OtherCoin { reserve, rate }).collect();
    let multiplier = multiplier as f64 / 1e10;
    let context =
        format!("A {amplification}, multiplier {multiplier}, reserves {reserves:?}, rates {rates:?}");
    let pair = (reserves[0], reserves[1]);
    let spec = several_coins(amplification as f64, multiplier, pair, others, FEE as f64 / 1e10);
    Twins { lanes: Venue::new(&spec, &[rates[1]]), exact, rate: rates[1], context }
}

/// Marginal price and bid, then a trade; a second one where the first leaves the pool in the domain.
fn compare(coins: usize, widest_multiplier: f64) {
    let mut random = Random(7 + coins as u64);
    let (mut worst, mut worst_price, mut state) = (0.0, 0.0, String::new());
    for _ in 0..STATES {
        let Twins { mut lanes, mut exact, rate, context } = twins(&mut random, coins, widest_multiplier);
        for _ in 0..2 {
            let share = random.log_uniform(1e-8, 0.5);
            let sells = random.bits() & 1 == 0;
            let (eth, lrt) = (lanes.reserves().eth[0], lanes.reserves().lrt[0]);
            if eth / lrt > WIDEST || lrt / eth > WIDEST {
                continue;
            }
            if widest_multiplier > 1.0 {
                let price = to_price(exact.marginal_price(0).expect("a price")) * rate;
                let fee = f64::from(exact.dynamic_fee(0, 1).expect("a fee")) / 1e10;
                worst_price = worse(worst_price, relative(lanes.marginal_price()[0], price));
                worst_price = worse(worst_price, relative(lanes.bid()[0], price * (1.0 - fee)));
            }
            let amount = share * if sells { lrt } else { eth };
            let (i, j) = if sells { (1, 0) } else { (0, 1) };
            let expected = to_tokens(exact.exchange(i, j, to_units(amount)).expect("a legal swap"));
            let actual = if sells { lanes.sell(&[amount]) } else { lanes.buy(&[amount]) };
            let error = relative(actual[0], expected);
            if error > worst || error.is_nan() {
                (worst, state) = (error, format!("{context}, share {share:e}"));
            }
            assert!(!lanes.faults()[0], "a sound pool is a fault: {context}");
        }
    }
    println!("{coins} coins: largest relative error {worst:e}, of a marginal price {worst_price:e}: {state}");
    assert!(worst < TOLERANCE, "largest relative error {worst:e}: {state}");
    assert!(worst_price < PRICE_TOLERANCE, "largest relative error of a marginal price {worst_price:e}");
}

#[test]
fn three_coins_of_the_first_generation_pay_what_the_contract_pays() {
    compare(3, 1.0);
}

#[test]
fn four_coins_of_the_first_generation_pay_what_the_contract_pays() {
    compare(4, 1.0);
}

#[test]
fn three_coins_of_the_next_generation_pay_what_the_contract_pays() {
    compare(3, 20.0);
}

#[test]
fn four_coins_of_the_next_generation_pay_what_the_contract_pays() {
    compare(4, 20.0);
}
