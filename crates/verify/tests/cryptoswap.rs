//! Two-coin cryptoswap pools against the fixtures.

use pegstress_verify::{Document, Record, recognise};

fn compare(name: &str) -> Record {
    let path = format!("{}/../../fixtures/curve-cryptoswap-two-coin/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let document = Document::parse(&text).expect("a document");
    let format = recognise(&document).expect("a known format");
    assert_eq!(format.name, "cryptoswap, two coins");
    let record = format.compare(&document);
    assert_eq!(record.mismatches(), []);
    record
}

#[test]
fn quotes_and_exchanges_equal_the_reference_to_the_last_unit() {
    let record = compare("cases.json");
    assert!(
        record.compared()["quotes"] > 100 && record.compared()["exchanges"] > 80,
        "{:?}",
        record.compared()
    );
    assert!(record.compared()["fees"] > 80 && record.compared()["states"] > 400, "{:?}", record.compared());
}
