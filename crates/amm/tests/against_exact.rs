//! Lanes against the integers of the contract.
//!
//! The integer pool counts in units far below the tolerance (`common::exact`): what remains is the error of the lanes.

#![allow(clippy::print_stdout, reason = "the measured error is a figure to quote")]

mod common;

use common::exact::{to_price, to_tokens, to_units, worse};
use common::{Random, offpeg, relative};
use pegstress_amm::{RateSource, Venue};
use pegstress_exact::U256;
use pegstress_exact::stableswap::{FeeSchedule, Generation, Parameters, Pool};

/// The bound the crate documents for amounts out.
const TOLERANCE: f64 = 1e-11;
/// And for marginal prices.
const PRICE_TOLERANCE: f64 = 1e-10;
/// Most lopsided reserves of the domain.
const WIDEST: f64 = 99.0;
const STATES: usize = 100_000;
const FEE: u64 = 4_000_000;

/// Rate in 1/1024, so that it is exact both in f64 and in units of 1e-18.
fn exact_pool(amplification: u64, multiplier: u64, (eth, lrt): (f64, f64), rate_1024: u64) -> Pool {
    let one = U256::from(1_000_000_000_000_000_000_u64);
    let parameters = Parameters {
        generation: Generation::Next,
        amplification,
        fees: FeeSchedule {
            offpeg_multiplier: U256::from(multiplier),
            ..FeeSchedule::fixed(U256::from(FEE))
        },
        rate_multipliers: vec![one, one],
        oracle_rates: vec![one, one * U256::from(rate_1024) / U256::from(1024)],
    };
    Pool::new(parameters, vec![to_units(eth), to_units(lrt)], one).expect("parameters in range")
}

/// How many times larger the larger reserve is.
fn imbalance(pool: &Venue<1>) -> f64 {
    let ratio = pool.reserves().eth[0] / pool.reserves().lrt[0];
    if ratio > 1.0 { ratio } else { 1.0 / ratio }
}

/// Checks a trade, and a second one where the first leaves the pool in the domain: amounts paid, and faults.
///
/// Beyond the domain the second trade would measure the rounding of the first: what is left of a drained reserve is
/// the difference of two numbers, whoever computes it.
fn compare(rates_1024: std::ops::RangeInclusive<u64>, source: RateSource, widest_multiplier: f64) {
    let mut random = Random(7);
    let (mut worst, mut state) = (0.0, String::new());
    let mut worst_price = 0.0;
    let (mut faults, mut faulty) = (0, String::new());
    for _ in 0..STATES {
        let amplification = random.log_uniform(10.0, 5000.0) as u64;
        let size = random.log_uniform(1e3, 1e6);
        let other = size * random.log_uniform(1.0 / WIDEST, 1.0);
        let reserves = if random.bits() & 1 == 0 { (size, other) } else { (other, size) };
        let rate_1024 = rates_1024.start() + random.bits() % (rates_1024.end() - rates_1024.start() + 1);
        let rate = rate_1024 as f64 / 1024.0;
        let multiplier = (1e10 * random.log_uniform(1.0, widest_multiplier)) as u64;
        let (a, m) = (amplification as f64, multiplier as f64 / 1e10);
        let spec = offpeg(a, m, source, reserves, FEE as f64 / 1e10);
        let mut lanes = Venue::<1>::new(&spec, &[rate]);
        let mut exact = exact_pool(amplification, multiplier, reserves, rate_1024);
        for _ in 0..2 {
            let share = random.log_uniform(1e-8, 0.5);
            let sells = random.bits() & 1 == 0;
            if imbalance(&lanes) > WIDEST {
                continue;
            }
            let price = to_price(exact.marginal_price(0).expect("a price")) * rate;
            let fee = f64::from(exact.dynamic_fee(0, 1).expect("a fee")) / 1e10;
            worst_price = worse(worst_price, relative(lanes.marginal_price()[0], price));
            worst_price = worse(worst_price, relative(lanes.bid()[0], price * (1.0 - fee)));
            let held = if sells { lanes.reserves().lrt[0] } else { lanes.reserves().eth[0] };
            let amount = share * held;
            let (i, j) = if sells { (1, 0) } else { (0, 1) };
            let expected = to_tokens(exact.exchange(i, j, to_units(amount)).expect("a legal swap"));
            let actual = if sells { lanes.sell(&[amount]) } else { lanes.buy(&[amount]) };
            let error = relative(actual[0], expected);
            let context = format!("A {amplification}, reserves {reserves:?}, rate {rate}, share {share:e}");
            if error > worst || error.is_nan() {
                (worst, state) = (error, context.clone());
            }
            if lanes.faults()[0] {
                faults += 1;
                faulty = context;
            }
        }
    }
    println!("largest relative error {worst:e}: {state}; {faults} faults");
    println!("largest relative error of a marginal price {worst_price:e}");
    assert!(worst_price < PRICE_TOLERANCE, "largest relative error of a marginal price {worst_price:e}");
    assert!(worst < TOLERANCE, "largest relative error {worst:e}: {state}");
    assert!(faults == 0, "{faults} trades in sound pools are called faults, the last: {faulty}");
}

#[test]
fn plain_pools_pay_what_the_contract_pays() {
    compare(1024..=1024, RateSource::Plain, 1.0);
}

#[test]
fn pools_with_a_rate_pay_what_the_contract_pays() {
    compare(922..=1228, RateSource::LIVE, 1.0);
}

#[test]
fn pools_with_an_offpeg_fee_pay_what_the_contract_pays() {
    compare(922..=1228, RateSource::LIVE, 20.0);
}
