//! Balancer stable pools on lanes against the integers of the contracts.

#![allow(clippy::print_stdout, reason = "the measured error is a figure to quote")]

mod common;

use common::exact::{to_price, to_tokens, to_units, worse};
use common::{Random, balancer_stable, relative};
use pegstress_amm::Venue;
use pegstress_amm::balancer_stable::{Spec, Surge};
use pegstress_exact::U256;
use pegstress_exact::balancer::v2::{self, RateCache, Token};
use pegstress_exact::balancer::{Error, ONE, v3};

/// The bound the crate documents for amounts out.
const TOLERANCE: f64 = 1e-11;
/// And for marginal prices.
const PRICE_TOLERANCE: f64 = 1e-10;
/// Most lopsided reserves of the domain.
const WIDEST: f64 = 99.0;
const STATES: usize = 100_000;

/// Multiples of 1/1024 are exact both in f64 and with 18 decimals.
fn of_1024(count: u64) -> U256 {
    ONE * U256::from(count) / U256::from(1024)
}

/// The integers' iteration may go round in circles of a few units, here of 2^-84 tokens; the contract then reverts.
fn settled(result: Result<U256, Error>) -> Option<U256> {
    match result {
        Err(Error::NotSettled) => None,
        result => Some(result.expect("a legal operation")),
    }
}

/// The contracts of the three families.
enum Exact {
    MetaStable(Box<v2::Pool>),
    V3(Box<v3::Pool>),
}

impl Exact {
    fn meta_stable(amplification: u64, fee_1024: u64, rates: [u64; 2], balances: Vec<U256>) -> Self {
        let token = |rate| Token::new(18, RateCache::fixed(of_1024(rate)).expect("fits")).expect("decimals");
        let parameters = v2::Parameters {
            family: v2::Family::MetaStable,
            amplification_milli: 1000 * amplification,
            swap_fee: of_1024(fee_1024),
            tokens: rates.map(token).to_vec(),
        };
        Self::MetaStable(Box::new(v2::Pool::new(parameters, &balances, ONE).expect("in range")))
    }

    fn v3(amplification: u64, fee_1024: u64, rates: [u64; 2], balances: Vec<U256>, surge: [u64; 2]) -> Self {
        let [threshold, max_fee] = surge.map(of_1024);
        let parameters = v3::Parameters {
            curve: v3::Curve::stable(1000 * amplification, 2).expect("in range"),
            scaling_factors: vec![U256::from(1); 2],
            token_rates: rates.map(of_1024).to_vec(),
            swap_fee: of_1024(fee_1024),
            aggregate_swap_fee: of_1024(512),
            surge: (surge != [0, 0]).then_some(v3::Surge { threshold, max_fee }),
        };
        Self::V3(Box::new(v3::Pool::new(parameters, balances, ONE).expect("in range")))
    }

    fn swap(&mut self, i: usize, j: usize, amount: U256) -> Option<f64> {
        let out = match self {
            Self::MetaStable(pool) => pool.swap_exact_in(i, j, amount),
            Self::V3(pool) => pool.swap_exact_in(i, j, amount),
        };
        settled(out).map(to_tokens)
    }

    fn price(&self) -> Option<f64> {
        let price = match self {
            Self::MetaStable(pool) => pool.marginal_price(1, 0),
            Self::V3(pool) => pool.marginal_price(1, 0),
        };
        settled(price).map(to_price)
    }
}

fn compare(family: &str) {
    let mut random = Random(7);
    let (mut worst, mut worst_price, mut state) = (0.0, 0.0, String::new());
    let mut reverted = 0;
    for _ in 0..STATES {
        let amplification = random.log_uniform(10.0, 5000.0) as u64;
        let size = random.log_uniform(1e3, 1e6);
        let mut reserve = || size * random.log_uniform(1.0 / WIDEST, 1.0);
        let reserves = (reserve(), reserve());
        let rates = [922 + random.bits() % 307, 922 + random.bits() % 307];
        let fee_1024 = random.bits() % 20;
        let surge =
            if family == "surge" { [random.bits() % 1000, fee_1024 + random.bits() % 200] } else { [0; 2] };
        let [threshold, max_fee] = surge.map(|count| count as f64 / 1024.0);
        let spec = Spec {
            protocol_fee: if family == "version 2" { 0.0 } else { 0.5 },
            surge: (surge != [0, 0]).then_some(Surge { threshold, max_fee }),
            quote_rate: rates[0] as f64 / 1024.0,
            ..balancer_stable(amplification as f64, reserves, fee_1024 as f64 / 1024.0)
        };
        let context = format!("{spec:?}, rate {}", rates[1] as f64 / 1024.0);
        let mut lanes = Venue::<1>::new(&common::balancer(spec), &[rates[1] as f64 / 1024.0]);
        let balances = vec![to_units(reserves.0), to_units(reserves.1)];
        let mut exact = match family {
            "version 2" => Exact::meta_stable(amplification, fee_1024, rates, balances),
            _ => Exact::v3(amplification, fee_1024, rates, balances, surge),
        };
        for _ in 0..2 {
            let share = random.log_uniform(1e-8, 0.5);
            let sells = random.bits() & 1 == 0;
            let (eth, lrt) = (lanes.reserves().eth[0], lanes.reserves().lrt[0]);
            if eth / lrt > WIDEST || lrt / eth > WIDEST {
                continue;
            }
            let amount = share * if sells { lrt } else { eth };
            let (i, j) = if sells { (1, 0) } else { (0, 1) };
            let (Some(price), Some(expected)) = (exact.price(), exact.swap(i, j, to_units(amount))) else {
                reverted += 1;
                break;
            };
            worst_price = worse(worst_price, relative(lanes.marginal_price()[0], price));
            let actual = if sells { lanes.sell(&[amount]) } else { lanes.buy(&[amount]) };
            let error = relative(actual[0], expected);
            if error > worst || error.is_nan() {
                (worst, state) = (error, format!("{context}, share {share:e}"));
            }
            assert!(!lanes.faults()[0], "a sound pool is a fault: {context}");
        }
    }
    println!(
        "{family}: {reverted} reverted, largest relative error {worst:e}, of a marginal price {worst_price:e}: {state}"
    );
    assert!(reverted < STATES / 100, "{reverted} swaps reverted");
    assert!(worst < TOLERANCE, "largest relative error {worst:e}: {state}");
    assert!(worst_price < PRICE_TOLERANCE, "largest relative error of a marginal price {worst_price:e}");
}

#[test]
fn version_2_pays_what_the_contract_pays() {
    compare("version 2");
}

#[test]
fn version_3_pays_what_the_contract_pays() {
    compare("version 3");
}

#[test]
fn version_3_with_a_surge_fee_pays_what_the_contract_pays() {
    compare("surge");
}
