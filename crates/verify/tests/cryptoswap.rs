//! Two-coin cryptoswap pools against the fixtures.

use pegstress_verify::{Document, Record, recognise};

fn compare(name: &str) -> Record {
    let path = format!("{}/../../fixtures/curve-cryptoswap-two-coin/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let document = Document::parse(&text).expect("a document");
    let format = recognise(&document).expect("a known format");
    assert_eq!(format.name, "Curve cryptoswap, two coins");
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

#[test]
fn repegging_claims_liquidity_and_ramps_equal_the_contract_to_the_last_unit() {
    let record = compare("operations.json");
    for (kind, least) in [("quotes", 50), ("exchanges", 100), ("liquidity", 40), ("claims", 2), ("ramps", 5)]
    {
        assert!(record.compared()[kind] >= least, "{kind}: {:?}", record.compared());
    }
}

#[test]
fn a_wrong_result_a_wrong_state_and_a_missing_field_are_found() {
    let pool = r#"{"A":4000000,"gamma":"145000000000000","precisions":[1,1],"mid_fee":5000000,"out_fee":45000000,
        "allowed_extra_profit":2000000000000,"fee_gamma":230000000000000,"adjustment_step":146000000000000,
        "admin_fee":5000000000,"ma_half_time":600,"price_scale":["1000000000000000000"],
        "balances":["1000000000000000000000","1000000000000000000000"],"D":"2000000000000000000001",
        "tokens":"1000000000000000000000","virtual_price":"1000000000000000000",
        "get_dy":[{"i":0,"j":1,"dx":"1000000000000000000","get_dy":null}],
        "sequence":[{"i":0,"j":0,"dx":"1","out":null,"balances_after":["1","1"],"price_scale_after":["1"]},
                    {"i":0,"j":1,"out":null}]}"#;
    let document = Document::parse(pool).expect("a document");
    let record = recognise(&document).expect("a known format").compare(&document);
    let places: Vec<&str> = record.mismatches().iter().map(|mismatch| mismatch.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "[0] D",
            "[0] get_dy[0]",
            "[0] sequence[0] exchange: balances_after[0]",
            "[0] sequence[0] exchange: balances_after[1]",
            "[0] sequence[0] exchange: price_scale_after",
            "[0].dx",
        ]
    );
}
