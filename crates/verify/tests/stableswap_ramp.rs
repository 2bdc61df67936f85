//! Ramped first-generation StableSwap pools against the fixtures.

use pegstress_verify::{Document, recognise};

#[test]
fn ramped_pools_equal_the_contracts_formulas_to_the_last_unit() {
    let path =
        format!("{}/../../fixtures/curve-stableswap-first-generation/ramps.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let document = Document::parse(&text).expect("a document");
    let format = recognise(&document).expect("a known format");
    assert_eq!(format.name, "Curve StableSwap, first generation on a ramp");
    let record = format.compare(&document);
    assert_eq!(record.mismatches(), []);
    assert!(record.compared()["exchanges"] == 24 && record.compared()["liquidity"] == 72);
}
