//! The lanes against the integers on the states of the fixtures: every model is measured, and within what it documents.

mod common;

use common::{document, fixtures, vector_files};
use pegstress_verify::{Document, LaneErrors, QuantityError, recognise};
use serde_json::Value;
use std::collections::BTreeMap;

/// What `pegstress_amm` documents for amounts, its invariants and its prices before a trade.
const AMOUNTS: f64 = 1e-11;
/// `pegstress_amm::concentrated` for the price after a trade.
const PRICE_AFTER: f64 = 1e-10;
/// `pegstress_amm::cryptoswap` for prices, profits and `D` after 25 trades; the fixtures' sequences are shorter.
const AFTER_TRADES: f64 = 1e-12;
/// Fees are whole multiples of 1e-10 on both sides: equal, or a unit apart. This is the rounding of the division by 1e10.
const SAME_UNIT: f64 = 1e-15;

/// Format, quantity, least number of results, bound.
const EXPECTED: [(&str, &str, usize, f64); 19] = [
    ("Balancer v2 stable pools", "amount out", 18, AMOUNTS),
    ("Balancer v2 stable pools", "marginal price", 2, AMOUNTS),
    ("Balancer v3 pools", "amount out", 180, AMOUNTS),
    ("Balancer v3 pools", "marginal price", 70, AMOUNTS),
    ("Curve StableSwap, first generation", "amount out", 250, AMOUNTS),
    ("Curve StableSwap, first generation", "marginal price", 90, AMOUNTS),
    ("Curve StableSwap, first generation on a ramp", "amount out", 24, AMOUNTS),
    ("Curve StableSwap, first generation on a ramp", "marginal price", 24, AMOUNTS),
    ("Curve StableSwap-NG", "amount out", 700, AMOUNTS),
    ("Curve StableSwap-NG", "dynamic fee", 50, SAME_UNIT),
    ("Curve StableSwap-NG", "marginal price", 550, AMOUNTS),
    ("Curve cryptoswap, two coins", "amount out", 500, AMOUNTS),
    ("Curve cryptoswap, two coins", "invariant", 200, AFTER_TRADES),
    ("Curve cryptoswap, two coins", "marginal price", 60, AMOUNTS),
    ("Curve cryptoswap, two coins", "price scale", 200, AFTER_TRADES),
    ("Curve cryptoswap, two coins", "virtual price", 200, AFTER_TRADES),
    ("Uniswap v3 pools", "amount in", 180, AMOUNTS),
    ("Uniswap v3 pools", "amount out", 180, AMOUNTS),
    ("Uniswap v3 pools", "price after", 160, PRICE_AFTER),
];
const STETH: [(&str, &str, usize, f64); 2] = [
    // 401 states, each with a quote for 1e12 wei and one for 1000 stETH.
    ("Curve stETH pool, sales of 1000 stETH", "amount out", 802, AMOUNTS),
    ("Curve stETH pool, sales of 1000 stETH", "marginal price", 401, AMOUNTS),
];

/// What is measured of the fixtures, by format.
fn measured() -> BTreeMap<&'static str, Vec<QuantityError>> {
    let mut errors: BTreeMap<&str, LaneErrors> = BTreeMap::new();
    for path in vector_files(&fixtures()) {
        let (document, mut of_file) = (document(&path), LaneErrors::default());
        let format = recognise(&document).expect("a known format");
        if format.measure_lanes(&document, &mut of_file) {
            errors.entry(format.name).or_default().gather(&path.display().to_string(), of_file);
        }
    }
    errors.into_iter().map(|(format, errors)| (format, errors.summary())).collect()
}

#[test]
fn every_model_is_measured_on_the_same_states_and_is_as_good_as_documented() {
    let measured = measured();
    let mut expected: BTreeMap<(&str, &str), (usize, f64)> = BTreeMap::new();
    for (format, quantity, least, bound) in EXPECTED.into_iter().chain(STETH) {
        expected.insert((format, quantity), (least, bound));
    }
    let mut found = Vec::new();
    for (format, summary) in &measured {
        for error in summary {
            let key = (*format, error.quantity);
            let &(least, bound) = expected.get(&key).unwrap_or_else(|| panic!("{key:?} is not expected"));
            assert!(error.count >= least, "{format}: {error:?}");
            assert!(0.0 <= error.p99 && error.p99 <= error.max && error.max < bound, "{format}: {error:?}");
            found.push(key);
        }
    }
    assert_eq!(found, expected.into_keys().collect::<Vec<_>>());
}

/// The summary of the cases of a list that are chosen.
fn measured_of(name: &str, chosen: impl Fn(&Value) -> bool) -> Vec<QuantityError> {
    let Document::Json(Value::Array(mut cases)) = document(&fixtures().join(name)) else { panic!("a list") };
    let all = cases.len();
    cases.retain(chosen);
    assert!(!cases.is_empty() && cases.len() < all, "{} of {all} cases", cases.len());
    let (document, mut errors) = (Document::Json(Value::Array(cases)), LaneErrors::default());
    assert!(recognise(&document).expect("a known format").measure_lanes(&document, &mut errors));
    errors.summary()
}

#[test]
fn nothing_is_counted_for_pools_that_the_lanes_do_not_model() {
    let tokens = |case: &Value| case["pool"]["tokens"].as_array().map_or(0, Vec::len);
    let stable = |case: &Value| case["pool"]["poolType"] == "STABLE";
    assert_eq!(measured_of("balancer-v3/swaps.json", |case| stable(case) && tokens(case) > 2), []);
    assert!(!measured_of("balancer-v3/swaps.json", |case| stable(case) && tokens(case) == 2).is_empty());
}

#[test]
fn pools_of_three_and_four_coins_and_weighted_pools_of_more_than_two_tokens_are_measured() {
    let coins = |case: &Value, count: u64| case["n"] == count;
    for count in [3, 4] {
        let errors = measured_of("curve-stableswap-ng/three_four_coin.json", |case| coins(case, count));
        let quantities: Vec<_> = errors.iter().map(|error| error.quantity).collect();
        assert_eq!(quantities, ["amount out", "dynamic fee", "marginal price"], "{count} coins");
    }
    let weighted = |case: &Value| {
        case["pool"]["poolType"] == "WEIGHTED" && case["pool"]["tokens"].as_array().map_or(0, Vec::len) > 2
    };
    assert!(measured_of("balancer-v3/swaps.json", weighted).iter().all(|error| error.max < AMOUNTS));
}
