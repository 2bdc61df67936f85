//! The amplification ramp, and the first generation on it: 2 to 4 coins, `A` with and without decimals, plain coins and
//! coins with a rate.
//!
//! The cases hold results of the contracts' formulas; `ramp` = stored start, end, and their times.

mod common;

use common::{small, word, words};
use pegstress_exact::U256;
use pegstress_exact::stableswap::{
    Error, FEE_DENOMINATOR, FeeSchedule, Generation, ONE, Parameters, Pool, Ramp,
};
use serde_json::Value;

const DAY_SECS: u64 = 86_400;

fn cases() -> Vec<Value> {
    common::cases("curve-stableswap-first-generation/ramps.json")
}

fn pool_of(case: &Value) -> Pool {
    let generation = match case["generation"].as_str() {
        Some("ThreePool") => Generation::ThreePool,
        Some("StEth") => Generation::StEth,
        Some("Template") => Generation::Template,
        Some("Reth") => Generation::Reth,
        other => panic!("{other:?}"),
    };
    let parameters = Parameters {
        generation,
        amplification: 1,
        fees: FeeSchedule {
            fee: word(&case["fee"]),
            offpeg_multiplier: FEE_DENOMINATOR,
            admin_share: FEE_DENOMINATOR / U256::from(2),
        },
        rate_multipliers: words(&case["rate_multipliers"]),
        oracle_rates: words(&case["oracle_rates"]),
    };
    let [initial, future, starts_at_secs, ends_at_secs] = [0, 1, 2, 3].map(|k| small(&case["ramp"][k]));
    let ramp = Ramp { initial, future, starts_at_secs, ends_at_secs };
    let pool = Pool::new(parameters, words(&case["balances"]), word(&case["supply"])).expect("valid");
    pool.with_ramp(ramp, small(&case["now"])).expect("valid")
}

#[test]
fn every_operation_on_a_ramp_equals_the_contracts_formulas() {
    for case in &cases() {
        let start = pool_of(case);
        assert_eq!(start.curve().stored_amplification(), word(&case["amplification"]));
        assert_eq!(start.invariant(), Ok(word(&case["invariant"])));

        let mut pool = start.clone();
        let swap = &case["swap"];
        let (i, j) = (small(&swap["i"]) as usize, small(&swap["j"]) as usize);
        assert_eq!(pool.exchange(i, j, word(&swap["dx"])), Ok(word(&swap["dy"])), "{case}");
        assert_eq!(pool.balances(), words(&swap["balances"]), "{case}");

        let mut pool = start.clone();
        let removal = &case["remove_imbalance"];
        let burned = pool.remove_liquidity_imbalanced(&words(&removal["amounts"]));
        assert_eq!(burned, Ok(word(&removal["burned"])), "{case}");
        assert_eq!(pool.balances(), words(&removal["balances"]));

        let mut pool = start.clone();
        let minted = pool.add_liquidity(&words(&case["add"]["amounts"]));
        assert_eq!(minted, Ok(word(&case["add"]["minted"])));

        let mut pool = start;
        let one = &case["one_coin"];
        let paid = pool.remove_liquidity_one_coin(word(&one["shares"]), small(&one["i"]) as usize);
        assert_eq!(paid, Ok(word(&one["dy"])));
    }
}

#[test]
fn the_cases_cover_each_family_and_two_to_four_coins() {
    let coins: std::collections::BTreeSet<_> =
        cases().iter().map(|case| (case["generation"].to_string(), words(&case["balances"]).len())).collect();
    let of = |generation: &str, n| coins.contains(&(format!("\"{generation}\""), n));
    assert!((2..=4).all(|n| of("ThreePool", n) && of("Template", n)) && of("StEth", 2) && of("Reth", 2));
}

fn plain(generation: Generation, amplification: u64) -> Pool {
    let parameters = Parameters {
        generation,
        amplification,
        fees: FeeSchedule::fixed(U256::from(4_000_000)),
        rate_multipliers: vec![ONE; 2],
        oracle_rates: vec![ONE; 2],
    };
    let balances = vec![ONE * U256::from(1000), ONE * U256::from(250)];
    let mut pool = Pool::new(parameters, balances, ONE * U256::from(1200)).expect("valid");
    pool.advance(DAY_SECS);
    pool
}

#[test]
fn a_ramp_is_linear_and_rounds_towards_its_start() {
    for (generation, precision) in
        [(Generation::ThreePool, 1), (Generation::Template, 100), (Generation::Next, 100)]
    {
        let mut pool = plain(generation, 100);
        assert_eq!(pool.start_ramp(103, 2 * DAY_SECS), Ok(()));
        let stored = |pool: &Pool| pool.curve().stored_amplification();
        // A third of the way less one second: 0.99998 of a step of three.
        pool.advance(DAY_SECS / 3 - 1);
        let up = 3 * precision * (DAY_SECS / 3 - 1) / DAY_SECS;
        assert_eq!(stored(&pool), U256::from(100 * precision + up));
        pool.advance(1);
        assert_eq!(stored(&pool), U256::from(101 * precision));
        pool.advance(DAY_SECS);
        assert_eq!(stored(&pool), U256::from(103 * precision));
        // Down again: what is left of the step rounds up.
        assert_eq!(pool.start_ramp(100, 3 * DAY_SECS + DAY_SECS / 3), Ok(()));
        pool.advance(1);
        assert_eq!(stored(&pool), U256::from(103 * precision));
    }
}

#[test]
fn a_ramp_equals_a_pool_deployed_with_the_amplification_of_the_moment() {
    for generation in Generation::ALL {
        let mut ramped = plain(generation, 100);
        ramped.start_ramp(1000, 10 * DAY_SECS).expect("allowed");
        ramped.advance(3 * DAY_SECS);
        // A third of 900 further.
        let deployed = plain(generation, 400);
        assert_eq!(ramped.invariant(), deployed.invariant());
        let amount_in = ONE * U256::from(10);
        assert_eq!(ramped.quote_exact_in(0, 1, amount_in), deployed.quote_exact_in(0, 1, amount_in));
    }
}

#[test]
fn a_stopped_ramp_rests_where_it_is() {
    let mut pool = plain(Generation::Next, 100);
    pool.start_ramp(200, 3 * DAY_SECS).expect("allowed");
    pool.advance(DAY_SECS);
    pool.stop_ramp();
    assert_eq!(pool.curve().stored_amplification(), U256::from(15_000));
    pool.advance(10 * DAY_SECS);
    assert_eq!(pool.curve().stored_amplification(), U256::from(15_000));
}

#[test]
fn ramps_that_the_contract_refuses_are_refused_and_leave_the_pool() {
    let mut pool = plain(Generation::Next, 100);
    let before = pool.clone();
    assert_eq!(pool.start_ramp(101, 2 * DAY_SECS - 1), Err(Error::RampTooShort));
    assert_eq!(pool.start_ramp(1001, 2 * DAY_SECS), Err(Error::RampTooSteep));
    assert_eq!(pool.start_ramp(9, 2 * DAY_SECS), Err(Error::RampTooSteep));
    assert_eq!(pool.start_ramp(0, 2 * DAY_SECS), Err(Error::AmplificationOutOfRange { amplification: 0 }));
    let limit = 1_000_000;
    let refused = Err(Error::AmplificationOutOfRange { amplification: limit });
    assert_eq!(pool.start_ramp(limit, 2 * DAY_SECS), refused);
    assert_eq!(pool, before);
    assert_eq!(pool.start_ramp(1000, 2 * DAY_SECS), Ok(()));
    assert_eq!(pool.start_ramp(1000, 20 * DAY_SECS), Err(Error::RampTooShort));
    let wild = Ramp { initial: 0, future: u64::MAX, starts_at_secs: u64::MAX, ends_at_secs: 1 };
    assert!(before.with_ramp(wild, 0).is_err());
}
