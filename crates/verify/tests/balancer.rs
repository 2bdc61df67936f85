//! The Balancer fixtures: recognised by content, every swap compared, none different.

use std::collections::BTreeMap;

use pegstress_verify::{Document, Record, recognise};

fn compare(name: &str, format: &str) -> Record {
    let path = format!("{}/../../fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    compare_text(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")), format)
}

fn compare_text(text: &str, format: &str) -> Record {
    let document = Document::parse(text).expect("JSON");
    let recognised = recognise(&document).expect("a known format");
    assert_eq!(recognised.name, format);
    recognised.compare(&document)
}

fn assert_compared(record: &Record, expected: &[(&'static str, u64)]) {
    assert_eq!(record.mismatches(), []);
    assert_eq!(record.compared(), &BTreeMap::from_iter(expected.iter().copied()));
}

#[test]
fn version_2_meta_stable_swaps_equal_the_vaults() {
    let record = compare("balancer-v2-stable/wsteth_weth.json", "Balancer v2 stable pools");
    assert_compared(&record, &[("swaps given in", 9), ("swaps given out", 9)]);
}

#[test]
fn version_2_composable_swaps_equal_the_vaults() {
    let record = compare("balancer-v2-stable/tusd_bsp.json", "Balancer v2 stable pools");
    assert_compared(&record, &[("swaps given in", 9), ("swaps given out", 9)]);
}

#[test]
fn version_3_swaps_of_stable_surge_and_weighted_pools_equal_the_reference() {
    let record = compare("balancer-v3/swaps.json", "Balancer v3 pools");
    assert_compared(&record, &[("balances", 191), ("swaps exact in", 289), ("swaps exact out", 137)]);
}

#[test]
fn a_changed_result_and_a_changed_revert_are_mismatches() {
    let path = format!("{}/../../fixtures/balancer-v2-stable/wsteth_weth.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let off_by_one = text.replace("\"12762961767547843\"", "\"12762961767547844\"");
    let reverted = text.replace("\"12762961767547843\"", "null");
    for (text, expected) in [(off_by_one, "12762961767547844"), (reverted, "revert")] {
        let record = compare_text(&text, "Balancer v2 stable pools");
        let [mismatch] = record.mismatches() else { panic!("{:?}", record.mismatches()) };
        assert_eq!(mismatch.place, "[0].swaps[0] resultRaw");
        assert_eq!((mismatch.expected.as_str(), mismatch.got.as_str()), (expected, "12762961767547843"));
    }
}

#[test]
fn a_case_that_cannot_be_read_fails_and_says_what_is_wanted() {
    let path = format!("{}/../../fixtures/balancer-v2-stable/wsteth_weth.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let record = compare_text(&text.replace("\"1/2500\"", "\"1/0\""), "Balancer v2 stable pools");
    let [mismatch] = record.mismatches() else { panic!("{:?}", record.mismatches()) };
    assert_eq!(mismatch.place, "[0].swapFee");
    assert_eq!(mismatch.expected, "a fraction of integers such as 1/2500");
    assert_eq!(record.failed(), 1);
}
