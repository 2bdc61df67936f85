//! The Uniswap v3 format on the fixtures.

use std::fs;
use std::path::PathBuf;

use pegstress_verify::{Document, Record, recognise};

fn texts() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/uniswap-v3");
    let files = fs::read_dir(folder).expect("the fixtures").map(|entry| entry.expect("an entry").path());
    files.map(|path| fs::read_to_string(path).expect("a file")).collect()
}

fn compared(text: &str) -> Record {
    let document = Document::parse(text).expect("JSON");
    let format = recognise(&document).expect("a known format");
    assert_eq!(format.name, "Uniswap v3 pools");
    format.compare(&document)
}

#[test]
fn every_result_of_the_fixtures_is_met() {
    let texts = texts();
    assert!(!texts.is_empty());
    for text in texts {
        let record = compared(&text);
        assert_eq!(record.mismatches(), []);
        let kinds: Vec<_> = record.compared().keys().copied().collect();
        assert_eq!(kinds, ["mints", "states", "swaps", "ticks"]);
        assert!(record.compared().values().all(|&count| count > 100));
    }
}

/// A position of one coin of liquidity over ten ticks each way at par, without a fee; both amounts are
/// `1e18 (1 - 1.0001^-5) = 499850034993001.5...`, rounded up.
fn one_position(amount_0: &str, growth_0: &str, gross: &str) -> String {
    format!(
        r#"[{{"fee": 0, "tickSpacing": 10,
        "positions": [{{"tickLower": -10, "tickUpper": 10, "liquidity": "1000000000000000000",
            "amount0": "{amount_0}", "amount1": "499850034993002"}}],
        "initial": {{"sqrtPriceX96": "79228162514264337593543950336", "tick": 0,
            "liquidity": "1000000000000000000",
            "feeGrowthGlobal0X128": "{growth_0}", "feeGrowthGlobal1X128": "0"}},
        "ticks": [
            {{"tick": -10, "liquidityGross": "{gross}", "liquidityNet": "1000000000000000000"}},
            {{"tick": 10, "liquidityGross": "1000000000000000000", "liquidityNet": "-1000000000000000000"}}],
        "swaps": []}}]"#
    )
}

#[test]
fn a_result_off_by_one_is_found() {
    let (amount, coin) = ("499850034993002", "1000000000000000000");
    let right = compared(&one_position(amount, "0", coin));
    // Two amounts, five values of the state, the number of ticks and three values of each.
    assert_eq!((right.failed(), right.passed()), (0, 14));
    for wrong in [
        one_position("499850034993001", "0", coin),
        one_position(amount, "1", coin),
        one_position(amount, "0", "1000000000000000001"),
    ] {
        assert_eq!(compared(&wrong).failed(), 1);
    }
}

/// A pool without liquidity at par: a sale of token 0 moves the price to the limit, if that is below par, and trades
/// nothing.
fn one_swap(limit: &str, reverted: bool, tick: i32) -> String {
    format!(
        r#"{{"pools": [{{"fee": 500, "tickSpacing": 10, "positions": [],
        "initial": {{"sqrtPriceX96": "79228162514264337593543950336", "tick": 0, "liquidity": "0",
            "feeGrowthGlobal0X128": "0", "feeGrowthGlobal1X128": "0"}},
        "ticks": [],
        "swaps": [{{"zeroForOne": true, "amountSpecified": "-5", "sqrtPriceLimitX96": "{limit}",
            "amount0": "0", "amount1": "0", "reverted": {reverted},
            "after": {{"sqrtPriceX96": "{limit}", "tick": {tick}, "liquidity": "0",
                "feeGrowthGlobal0X128": "0", "feeGrowthGlobal1X128": "0"}}}}]}}]}}"#
    )
}

#[test]
fn reverts_must_agree() {
    let (par, below) = ("79228162514264337593543950336", "79228162514264337593543950335");
    assert_eq!(compared(&one_swap(below, false, -1)).failed(), 0);
    assert_eq!(compared(&one_swap(par, true, 0)).failed(), 0);
    assert_eq!(compared(&one_swap(below, true, -1)).failed(), 1);
    // Neither amount is there.
    assert_eq!(compared(&one_swap(par, false, 0)).failed(), 2);
}

#[test]
fn a_field_that_cannot_be_read_is_a_mismatch() {
    let text = r#"[{"fee": 500, "tickSpacing": 10, "positions": [{"tickLower": "x"}],
        "initial": {"sqrtPriceX96": "79228162514264337593543950336"}, "ticks": [], "swaps": []}]"#;
    let record = compared(text);
    assert_eq!(record.failed(), 1);
    assert!(record.mismatches()[0].place.contains("tickLower"));
}
