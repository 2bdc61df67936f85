//! Records of the Curve API: what becomes of their fields, and what is told of those that lack or contradict.
//!
//! The record is written by hand in the shape of `getPools`; no number of it is a real one.

use std::path::Path;

use jiff::Timestamp;
use pegstress_amm::{PoolSpec, RateSource, stableswap};
use pegstress_scenario::{
    ConvertError, PoolFile, Pools, ReadSeries, SeriesFault, SeriesRequest, Wanted, convert,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const RECORD: &str = include_str!("records/curve.json");

struct NoSeries;

impl ReadSeries for NoSeries {
    fn on_grid(
        &mut self,
        _: &SeriesRequest,
        _: Timestamp,
        _: u32,
        _: usize,
    ) -> Result<Vec<f64>, SeriesFault> {
        Err(SeriesFault { message: "no series".to_owned() })
    }

    fn rows(
        &mut self,
        _: &SeriesRequest,
        _: Timestamp,
        _: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
        Err(SeriesFault { message: "no series".to_owned() })
    }
}

/// What is said of the pool of weETH.
fn weeth() -> Wanted {
    Wanted {
        token: "weETH".to_owned(),
        redemption_rate: Some(1.0445),
        fee_bps: Some(1.0),
        offpeg_fee_multiplier: Some(2.0),
        admin_fee_share: Some(0.5),
        ..Wanted::default()
    }
}

/// What is said of the first pool of stETH.
fn steth() -> Wanted {
    Wanted {
        token: "stETH".to_owned(),
        quote: Some("ETH".to_owned()),
        fee_bps: Some(4.0),
        ..Wanted::default()
    }
}

fn converted(text: &str, wanted: &Wanted) -> Result<String, ConvertError> {
    convert(Path::new("curve.json"), text, wanted)
}

fn pools(text: &str, wanted: &Wanted) -> Pools {
    let written = converted(text, wanted).unwrap_or_else(|error| panic!("{error}"));
    let file = PoolFile::parse(Path::new("pools.toml"), &written).unwrap_or_else(|error| panic!("{error}"));
    file.resolve(&mut NoSeries).unwrap_or_else(|error| panic!("{error}"))
}

/// The record with the value at `pointer` changed, or removed.
fn changed(pointer: &str, value: Option<Value>) -> String {
    let mut record: Value = serde_json::from_str(RECORD).expect("JSON");
    match value {
        Some(value) => *record.pointer_mut(pointer).expect("a field") = value,
        None => {
            let (table, key) = pointer.rsplit_once('/').expect("a key");
            let table = record.pointer_mut(table).and_then(Value::as_object_mut).expect("an object");
            assert!(table.remove(key).is_some(), "{pointer}");
        }
    }
    record.to_string()
}

fn told(text: &str, wanted: &Wanted) -> String {
    converted(text, wanted).expect_err("a wrong record").to_string()
}

#[test]
fn a_pool_file_names_the_field_behind_every_value() {
    insta::assert_snapshot!(converted(RECORD, &weeth()).expect("a pool file"), @r#"
    # Curve API getPools record, converted from curve.json.
    #
    # token.symbol                                 data.poolData[0].coins[0].symbol
    # token.redemption_rate                        --redemption-rate
    # venues.name                                  data.poolData[0].name
    # venues.quote                                 data.poolData[0].coins[1].symbol
    # venues.stableswap.amplification              data.poolData[0].amplificationCoefficient
    # venues.stableswap.fee_bps                    --fee-bps
    # venues.stableswap.offpeg_fee_multiplier      --offpeg-fee-multiplier
    # venues.stableswap.admin_fee_share            --admin-fee-share
    # venues.stableswap.rate                       data.poolData[0].assetTypes[0]
    # venues.stableswap.reserve_quote              data.poolData[0].coins[1].poolBalance / 10^data.poolData[0].coins[1].decimals
    # venues.stableswap.reserve_lrt                data.poolData[0].coins[0].poolBalance / 10^data.poolData[0].coins[0].decimals
    # snapshot.time                                generatedTimeMs
    # snapshot.source                              data.poolData[0].address

    [token]
    symbol = "weETH"
    redemption_rate = 1.0445

    [[venues]]
    name = "weETH/WETH"
    quote = "WETH"

    [venues.stableswap]
    amplification = 100
    fee_bps = 1.0
    offpeg_fee_multiplier = 2.0
    admin_fee_share = 0.5
    rate = "redemption_rate"
    reserve_quote = 9500.000000000000000001
    reserve_lrt = 10055.123456789012345678

    [snapshot]
    time = "2024-08-04T00:00:00Z"
    source = "Curve API getPools, pool 0x1111111111111111111111111111111111111111"
    "#);
}

#[test]
fn every_number_of_the_record_arrives() {
    let pools = pools(RECORD, &weeth());
    let expected = stableswap::Spec {
        // 9500000000000000000001 and 10055123456789012345678 of 1e-18, to the nearest double.
        reserve_eth: 9_500.0,
        reserve_lrt: 10_055.123_456_789_012,
        amplification: 100.0,
        fee: 0.0001,
        offpeg_multiplier: 2.0,
        admin_fee: 0.5,
        rate: RateSource::LIVE,
    };
    assert_eq!(pools.venues[0].pool, PoolSpec::StableSwap(expected));
    assert_eq!((pools.symbol.as_str(), pools.nav), ("weETH", 1.0445));
    assert_eq!(pools.quotes, ["WETH"]);
    let time = "2024-08-04T00:00:00Z".parse::<Timestamp>().expect("a time");
    assert_eq!(pools.snapshot.time, Some(time));
}

#[test]
fn a_plain_pool_is_plain_and_redeems_at_one_unless_told() {
    let plain = pools(RECORD, &steth());
    let PoolSpec::StableSwap(pool) = &plain.venues[0].pool else { panic!("a stable pool") };
    assert_eq!((pool.rate, plain.nav), (RateSource::Plain, 1.0));
    assert_eq!((pool.reserve_eth, pool.reserve_lrt), (600.0, 400.0));
    // The record says nothing of a rate: giving one says that the pool counts by it.
    let told = pools(RECORD, &Wanted { redemption_rate: Some(1.1), ..steth() });
    let PoolSpec::StableSwap(pool) = &told.venues[0].pool else { panic!("a stable pool") };
    assert_eq!((pool.rate, told.nav), (RateSource::LIVE, 1.1));
    // The record says that the pool has no oracle: a rate is then the token's only.
    let frx = Wanted {
        quote: Some("frxETH".to_owned()),
        eth_per_quote: Some(1.0),
        redemption_rate: Some(1.1),
        ..steth()
    };
    let known = pools(RECORD, &frx);
    let PoolSpec::StableSwap(pool) = &known.venues[0].pool else { panic!("a stable pool") };
    assert_eq!((pool.rate, known.nav), (RateSource::Plain, 1.1));
}

#[test]
fn what_the_record_lacks_is_asked_for_by_its_option() {
    for (wanted, option, why) in [
        (Wanted { fee_bps: None, ..weeth() }, "--fee-bps", "the record does not say the fee of the pool"),
        (
            Wanted { offpeg_fee_multiplier: None, ..weeth() },
            "--offpeg-fee-multiplier",
            "the record does not say the off-peg fee multiplier (1: none) of the pool",
        ),
        (
            Wanted { redemption_rate: None, ..weeth() },
            "--redemption-rate",
            "data.poolData[0].assetTypes[0] says that the pool counts weETH by a rate, which the record lacks",
        ),
        (
            Wanted { quote: Some("frxETH".to_owned()), ..steth() },
            "--eth-per-quote",
            "the record does not say what ETH one frxETH is worth",
        ),
    ] {
        assert_eq!(told(RECORD, &wanted), format!("{why}: give {option}"));
    }
}

#[test]
fn the_pool_is_chosen_by_address_or_name_or_by_its_coins() {
    let several = told(RECORD, &Wanted { quote: None, ..steth() });
    assert_eq!(
        several,
        "the record has 2 pools with stETH: stETH/frxETH (0x3333333333333333333333333333333333333333), \
         Curve.fi ETH/stETH (0x4444444444444444444444444444444444444444): choose by --pool ADDRESS"
    );
    for pool in ["0x4444444444444444444444444444444444444444", "curve.fi eth/steth", "0"] {
        let wanted = Wanted { pool: Some(pool.to_owned()), quote: None, ..steth() };
        assert_eq!(pools(RECORD, &wanted).venues[0].name, "Curve.fi ETH/stETH", "{pool}");
    }
    let none = Wanted { pool: Some("0x5555".to_owned()), ..steth() };
    assert_eq!(told(RECORD, &none), "the record has no pool `0x5555`");
    assert_eq!(
        told(RECORD, &Wanted { token: "ezETH".to_owned(), ..weeth() }),
        "the record has no pool with ezETH"
    );
    let wrong = Wanted { pool: Some("weETH/WETH".to_owned()), token: "ezETH".to_owned(), ..weeth() };
    assert_eq!(told(RECORD, &wrong), "data.poolData[0].coins has no ezETH, only weETH, WETH");
    let same = Wanted { quote: Some("weETH".to_owned()), ..weeth() };
    assert_eq!(told(RECORD, &same), "weETH cannot be both --token and --quote");
}

#[test]
fn a_field_that_is_missing_or_wrong_is_named_with_its_value() {
    let coin = "/data/poolData/0/coins/0";
    for (pointer, value, expected) in [
        (format!("{coin}/decimals"), None, "coins[0].decimals is missing"),
        (format!("{coin}/decimals"), Some(json!(null)), "coins[0].decimals is missing"),
        (
            format!("{coin}/decimals"),
            Some(json!("x")),
            "coins[0].decimals is `x`, must be a whole number of decimals",
        ),
        (format!("{coin}/decimals"), Some(json!(400)), "coins[0].decimals is 400, must be at most 77"),
        (format!("{coin}/symbol"), None, "coins[0].symbol is missing"),
        (format!("{coin}/poolBalance"), None, "coins[0].poolBalance is missing"),
        (
            format!("{coin}/poolBalance"),
            Some(json!("1e21")),
            "coins[0].poolBalance is `1e21`, must be a whole number",
        ),
        (
            format!("{coin}/poolBalance"),
            Some(json!("-5")),
            "coins[0].poolBalance is `-5`, must be a whole number",
        ),
        (
            format!("{coin}/poolBalance"),
            Some(json!("000")),
            "coins[0].poolBalance is `000`, must be above 0: the pool is empty",
        ),
        (
            "/data/poolData/0/amplificationCoefficient".to_owned(),
            Some(json!("many")),
            "amplificationCoefficient is `many`, must be a whole number",
        ),
        ("/data/poolData/0/coins".to_owned(), Some(json!({})), "coins is an object, must be a list"),
        ("/data/poolData/0/assetTypes".to_owned(), Some(json!([])), "assetTypes has no type for coins[0]"),
        ("/data/poolData/0/id".to_owned(), None, "id is missing"),
        ("/data/poolData/0/address".to_owned(), None, "address is missing"),
        (
            "/data/poolData/0/isMetaPool".to_owned(),
            Some(json!(true)),
            "isMetaPool is true: a coin of the pool is the share of another pool, which no model here has",
        ),
    ] {
        assert_eq!(told(&changed(&pointer, value), &weeth()), format!("data.poolData[0].{expected}"));
    }
    let stamp = told(&changed("/generatedTimeMs", Some(json!("soon"))), &weeth());
    assert_eq!(stamp, "generatedTimeMs is `soon`, must be a whole number of milliseconds");
}

/// The pool of weETH with a third coin of this type.
fn with_third_coin(kind: &str) -> String {
    let mut record: Value = serde_json::from_str(RECORD).expect("JSON");
    let pool = &mut record["data"]["poolData"][0];
    let third = json!({ "symbol": "wstETH", "decimals": "18", "poolBalance": "250000000000000000000" });
    pool["coins"].as_array_mut().expect("a list").push(third);
    pool["assetTypes"] = json!(["1", "0", kind]);
    record.to_string()
}

#[test]
fn a_third_coin_counts_by_its_rate() {
    let text = with_third_coin("1");
    assert_eq!(told(&text, &weeth()), "data.poolData[0].coins has WETH, wstETH beside weETH: give --quote");
    let wanted = Wanted { quote: Some("WETH".to_owned()), ..weeth() };
    assert_eq!(
        told(&text, &wanted),
        "the record does not say by what WETH the pool counts one wstETH: give --coin-rate SYMBOL=RATE"
    );
    let others = |text: &str, wanted: &Wanted| match pools(text, wanted).venues.remove(0).pool {
        PoolSpec::MultiStableSwap(pool) => pool.others,
        other => panic!("{other:?}"),
    };
    let given = Wanted { coin_rates: vec![("wsteth".to_owned(), 1.17)], ..wanted.clone() };
    assert_eq!(others(&text, &given), [stableswap::multi::OtherCoin { reserve: 250.0, rate: 1.17 }]);
    // Neither the third coin nor the quote coin is counted by a rate.
    assert_eq!(
        others(&with_third_coin("0"), &wanted),
        [stableswap::multi::OtherCoin { reserve: 250.0, rate: 1.0 }]
    );
}

#[test]
fn a_pool_of_another_kind_is_refused() {
    let text = changed("/data/poolData/0/id", Some(json!("factory-twocrypto-3")));
    assert!(told(&text, &weeth()).contains("is a cryptoswap pool"), "{}", told(&text, &weeth()));
}

#[test]
fn a_number_out_of_the_model_s_range_is_told_before_anything_is_written() {
    let text = changed("/data/poolData/0/amplificationCoefficient", Some(json!("2000000")));
    assert_eq!(
        told(&text, &weeth()),
        "the pool file would be wrong: venues[0].stableswap.amplification is 2000000, must be in 1..=1000000"
    );
    let wanted = Wanted { redemption_rate: Some(f64::NAN), ..weeth() };
    assert!(told(RECORD, &wanted).contains("token.redemption_rate is NaN, must be above 0"));
}

#[test]
fn a_text_that_is_no_record_says_so() {
    assert!(told("{", &weeth()).starts_with("line 1, column 1: EOF"), "{}", told("{", &weeth()));
    assert!(told("{\"a\": 1}", &weeth()).starts_with("neither an answer of the Curve API"));
    assert!(told("[]", &weeth()).starts_with("neither an answer of the Curve API"));
    assert_eq!(told("{\"data\": {\"poolData\": 3}}", &weeth()), "data.poolData is 3, must be a list");
}

proptest! {
    #[test]
    fn no_damage_to_a_record_makes_the_converter_panic(
        at in 0_usize..4200,
        len in 0_usize..60,
        by in "[a-z0-9\\[\\]\"{}:,. -]{0,12}",
    ) {
        let (from, to) = (at.min(RECORD.len()), (at + len).min(RECORD.len()));
        if let Ok(written) = converted(&format!("{}{by}{}", &RECORD[..from], &RECORD[to..]), &weeth()) {
            prop_assert!(PoolFile::parse(Path::new("pools.toml"), &written).is_ok());
        }
    }

    #[test]
    fn whatever_the_symbols_and_names_are_the_file_is_read_back(symbol in "\\PC{1,20}", name in ".{1,40}") {
        let mut record: Value = serde_json::from_str(RECORD).expect("JSON");
        record["data"]["poolData"][0]["name"] = json!(name);
        record["data"]["poolData"][0]["coins"][0]["symbol"] = json!(symbol);
        let wanted = Wanted { token: symbol.clone(), pool: Some("factory-stable-ng-900".to_owned()), ..weeth() };
        if let Ok(written) = converted(&record.to_string(), &wanted) {
            let file = PoolFile::parse(Path::new("pools.toml"), &written).expect("a pool file");
            let read = file.resolve(&mut NoSeries).expect("pools");
            prop_assert_eq!(&read.symbol, &symbol);
            prop_assert_eq!(&read.venues[0].name, &name);
        }
    }
}
