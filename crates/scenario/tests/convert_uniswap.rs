//! Answers of a Uniswap v3 subgraph: what becomes of their fields, and what is told of those that lack or contradict.
//!
//! The answer is written by hand in the shape of the subgraph's schema; no number of it is a real one.

use std::path::Path;

use jiff::Timestamp;
use pegstress_amm::concentrated::{Spec, TickSnapshot};
use pegstress_amm::{PoolSpec, Venue};
use pegstress_scenario::{
    ConvertError, PoolFile, Pools, ReadSeries, SeriesFault, SeriesRequest, Wanted, convert,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const RECORD: &str = include_str!("records/uniswap_v3.json");

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

fn weeth() -> Wanted {
    Wanted { token: "weETH".to_owned(), redemption_rate: Some(1.0445), ..Wanted::default() }
}

fn converted(text: &str, wanted: &Wanted) -> Result<String, ConvertError> {
    convert(Path::new("uniswap.json"), text, wanted)
}

fn pools(text: &str, wanted: &Wanted) -> Pools {
    let written = converted(text, wanted).unwrap_or_else(|error| panic!("{error}"));
    let file = PoolFile::parse(Path::new("pools.toml"), &written).unwrap_or_else(|error| panic!("{error}"));
    file.resolve(&mut NoSeries).unwrap_or_else(|error| panic!("{error}"))
}

/// The answer with the value at `pointer` changed, or removed.
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
    converted(text, wanted).expect_err("a wrong answer").to_string()
}

#[test]
fn a_pool_file_names_the_field_behind_every_value() {
    insta::assert_snapshot!(converted(RECORD, &weeth()).expect("a pool file"), @r#"
    # Uniswap v3 subgraph answer, converted from uniswap.json.
    #
    # token.symbol                                 data.pool.token1.symbol
    # token.redemption_rate                        --redemption-rate
    # venues.name                                  data.pool.token0.symbol, data.pool.token1.symbol, data.pool.feeTier
    # venues.quote                                 data.pool.token0.symbol
    # venues.concentrated_liquidity.fee_bps        data.pool.feeTier / 100
    # venues.concentrated_liquidity.protocol_fee_share not in the record; 0 without --protocol-fee-share
    # venues.concentrated_liquidity.lrt_is_token0  data.pool.token0.symbol, data.pool.token1.symbol
    # venues.concentrated_liquidity.decimals       data.pool.token0.decimals, data.pool.token1.decimals
    # venues.concentrated_liquidity.sqrt_price_x96 data.pool.sqrtPrice
    # venues.concentrated_liquidity.tick           data.pool.tick
    # venues.concentrated_liquidity.liquidity      data.pool.liquidity
    # venues.concentrated_liquidity.tick_spacing   data.pool.feeTier
    # venues.concentrated_liquidity.ticks          data.pool.ticks[].tickIdx, data.pool.ticks[].liquidityNet
    # snapshot.time                                data._meta.block.timestamp
    # snapshot.block                               data._meta.block.number
    # snapshot.source                              data.pool.id

    [token]
    symbol = "weETH"
    redemption_rate = 1.0445

    [[venues]]
    name = "Uniswap v3 weETH/WETH 0.05 %"
    quote = "WETH"

    [venues.concentrated_liquidity]
    fee_bps = 5.0
    lrt_is_token0 = false
    decimals = [18, 18]
    sqrt_price_x96 = "77521701118352955136177363845"
    tick = -436
    liquidity = "15000000000000000000000"
    tick_spacing = 10
    ticks = [
        { tick = -500, liquidity_net = "5000000000000000000000" },
        { tick = -450, liquidity_net = "10000000000000000000000" },
        { tick = -420, liquidity_net = "-10000000000000000000000" },
        { tick = -380, liquidity_net = "-5000000000000000000000" },
    ]

    [snapshot]
    time = "2024-08-03T23:59:59Z"
    block = 20452000
    source = "Uniswap v3 subgraph, pool 0x5555555555555555555555555555555555555555"
    "#);
}

/// What the answer says, read by eye.
fn snapshot() -> TickSnapshot {
    TickSnapshot {
        lrt_is_token_0: false,
        decimals: [18, 18],
        fee: 0.0005,
        protocol_share: 0.0,
        sqrt_price_x96: 77_521_701_118_352_955_136_177_363_845.0,
        tick: -436,
        liquidity: 15_000 * 10_u128.pow(18),
        ticks: vec![
            (-500, 5_000 * 10_i128.pow(18)),
            (-450, 10_000 * 10_i128.pow(18)),
            (-420, -10_000 * 10_i128.pow(18)),
            (-380, -5_000 * 10_i128.pow(18)),
        ],
    }
}

/// The pool of a snapshot, as text: the tables of a pool hold NaN as padding, which equals nothing.
fn shown(snapshot: &TickSnapshot) -> String {
    format!("{:?}", PoolSpec::ConcentratedLiquidity(Spec::from_ticks(snapshot).expect("a pool")))
}

#[test]
fn every_number_of_the_answer_arrives() {
    let pools = pools(RECORD, &weeth());
    let venue = &pools.venues[0];
    assert_eq!(format!("{:?}", venue.pool), shown(&snapshot()));
    assert_eq!((venue.name.as_str(), venue.eth_per_quote), ("Uniswap v3 weETH/WETH 0.05 %", 1.0));
    assert_eq!((pools.nav, pools.quotes.as_slice()), (1.0445, ["WETH".to_owned()].as_slice()));
    assert_eq!(pools.snapshot.block, Some(20_452_000));
    // L (s - a) and L (1/s - 1/b) of both positions, s^2 = 1.0001^435.5 WETH per weETH; the figures have 12 digits.
    let held = Venue::<1>::new(venue, &[1.0445]).reserves();
    assert!((held.eth[0] / 22.077_196_183_456 - 1.0).abs() < 1e-11, "{}", held.eth[0]);
    assert!((held.lrt[0] / 22.842_410_105_371 - 1.0).abs() < 1e-11, "{}", held.lrt[0]);
}

#[test]
fn a_stated_protocol_fee_arrives() {
    let pools = pools(RECORD, &Wanted { protocol_fee_share: Some(0.25), ..weeth() });
    let expected = TickSnapshot { protocol_share: 0.25, ..snapshot() };
    assert_eq!(format!("{:?}", pools.venues[0].pool), shown(&expected));
}

#[test]
fn a_list_of_pools_and_ticks_beside_the_pool_are_taken_too() {
    let mut record: Value = serde_json::from_str(RECORD).expect("JSON");
    let read = |text: &str, wanted: &Wanted| format!("{:?}", pools(text, wanted));
    let expected = read(RECORD, &weeth());
    let mut data = record["data"].take();
    let mut pool = data["pool"].take();
    let ticks = pool["ticks"].take();
    let meta = data["_meta"].clone();
    // Ticks asked for by a query of their own, without the envelope.
    let bare = json!({ "_meta": meta, "pool": pool, "ticks": ticks });
    assert_eq!(read(&bare.to_string(), &weeth()), expected);
    // Two pools of the same tokens.
    pool["ticks"] = ticks;
    let mut other = pool.clone();
    (other["id"], other["feeTier"]) = (json!("0x6666"), json!("3000"));
    let both = json!({ "data": { "_meta": meta, "pools": [pool, other] } }).to_string();
    assert_eq!(
        told(&both, &weeth()),
        "the record has 2 pools with weETH: 0x5555555555555555555555555555555555555555 (fee 500), 0x6666 (fee 3000): \
         choose by --pool ADDRESS"
    );
    let first = Some("0x5555555555555555555555555555555555555555".to_owned());
    assert_eq!(read(&both, &Wanted { pool: first, ..weeth() }), expected);
    let absent = Wanted { pool: Some("0x7777".to_owned()), ..weeth() };
    assert_eq!(told(&both, &absent), "the record has no pool `0x7777`");
}

#[test]
fn what_the_record_lacks_is_asked_for_by_its_option() {
    let lacks = Wanted { redemption_rate: None, ..weeth() };
    let expected = "the record does not say what ETH one weETH redeems for: give --redemption-rate";
    assert_eq!(told(RECORD, &lacks), expected);
    let text = changed("/data/pool/token0/symbol", Some(json!("wstETH")));
    let expected = "the record does not say what ETH one wstETH is worth: give --eth-per-quote";
    assert_eq!(told(&text, &weeth()), expected);
    assert_eq!(pools(&text, &Wanted { eth_per_quote: Some(1.17), ..weeth() }).venues[0].eth_per_quote, 1.17);
}

#[test]
fn a_token_that_is_not_in_the_pool_is_told_which_are() {
    let id = Some("0x5555555555555555555555555555555555555555".to_owned());
    let wanted = Wanted { token: "ezETH".to_owned(), pool: id.clone(), ..weeth() };
    assert_eq!(
        told(RECORD, &wanted),
        "data.pool.token0.symbol, data.pool.token1.symbol are WETH and weETH, not ezETH"
    );
    assert_eq!(told(RECORD, &Wanted { pool: None, ..wanted }), "the record has no pool with ezETH");
    let wanted = Wanted { quote: Some("USDC".to_owned()), pool: id, ..weeth() };
    assert_eq!(
        told(RECORD, &wanted),
        "data.pool.token0.symbol, data.pool.token1.symbol are WETH and weETH, not weETH and USDC"
    );
    let text = changed("/data/pool/token0/symbol", Some(json!("weETH")));
    assert!(told(&text, &weeth()).ends_with("has weETH twice"));
}

#[test]
fn a_field_that_is_missing_or_wrong_is_named_with_its_value() {
    for (pointer, value, expected) in [
        ("token0/decimals", None, "token0.decimals is missing"),
        ("token1/decimals", Some(json!("x")), "token1.decimals is `x`, must be a whole number of decimals"),
        ("token1/decimals", Some(json!(77)), "token1.decimals is 77, must be at most 36"),
        ("feeTier", Some(json!("0.05 %")), "feeTier is `0.05 %`, must be a whole number of millionths"),
        ("feeTier", Some(json!(1_000_000)), "feeTier is 1000000, must be below 1000000, millionths"),
        ("sqrtPrice", Some(json!("1e28")), "sqrtPrice is `1e28`, must be a whole number"),
        ("sqrtPrice", Some(json!("0")), "sqrtPrice is `0`, must be above 0: the pool has no price yet"),
        ("tick", Some(json!(null)), "tick is missing"),
        ("tick", Some(json!(1.5)), "tick is 1.5, must be a whole number of ticks"),
        (
            "liquidity",
            Some(json!("-1")),
            "liquidity is `-1`, must be a whole number 0 or above and below 2^128",
        ),
        ("ticks", None, "ticks is missing"),
        ("ticks/1/liquidityNet", None, "ticks[1].liquidityNet is missing"),
        ("ticks/1/tickIdx", Some(json!([])), "ticks[1].tickIdx is a list, must be a whole number of ticks"),
        ("ticks/1/tickIdx", Some(json!("-450")), "ticks[2].tickIdx is -450, which another tick has"),
        (
            "ticks/1/liquidityGross",
            Some(json!("5")),
            "ticks[1].liquidityGross is `5`, must be at least liquidityNet = -10000000000000000000000",
        ),
    ] {
        let text = changed(&format!("/data/pool/{pointer}"), value);
        assert_eq!(told(&text, &weeth()), format!("data.pool.{expected}"), "{pointer}");
    }
}

#[test]
fn ticks_that_do_not_add_up_are_refused_with_both_sums() {
    let hint = "are all ticks in the record? A subgraph answers 100 unless asked for more";
    let mut record: Value = serde_json::from_str(RECORD).expect("JSON");
    let ticks = record["data"]["pool"]["ticks"].as_array_mut().expect("a list");
    // The last in order of price stands last.
    let last = ticks.pop();
    assert_eq!(
        told(&record.to_string(), &weeth()),
        format!("data.pool.ticks add up to 5000000000000000000000 in all, must be 0: {hint}")
    );
    let ticks = record["data"]["pool"]["ticks"].as_array_mut().expect("a list");
    ticks.remove(0);
    ticks.extend(last);
    assert_eq!(
        told(&record.to_string(), &weeth()),
        "data.pool.ticks add up to less than nothing, or too much, at tick -380: ticks are missing or wrong"
    );
    let text = changed("/data/pool/liquidity", Some(json!("14000000000000000000000")));
    assert_eq!(
        told(&text, &weeth()),
        format!(
            "data.pool.ticks add up to 15000000000000000000000 up to tick -436, must be data.pool.liquidity = \
             14000000000000000000000: {hint}"
        )
    );
}

#[test]
fn a_tick_that_is_not_that_of_the_price_is_refused() {
    let text = changed("/data/pool/tick", Some(json!("-430")));
    let message = told(&text, &weeth());
    let expected =
        "the pool file would be wrong: venues[0].concentrated_liquidity.tick: tick -430 is not that of";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn a_tick_off_the_spacing_of_its_fee_is_refused_unless_another_is_stated() {
    let text = RECORD.replace("\"-500\"", "\"-501\"");
    let message = told(&text, &weeth());
    assert!(message.ends_with("ticks[0].tick is -501, must be a multiple of tick_spacing = 10"), "{message}");
    assert_eq!(pools(&text, &Wanted { tick_spacing: Some(1), ..weeth() }).venues.len(), 1);
    // A tier that Uniswap's factory does not have says no spacing.
    let text = text.replace("\"feeTier\": \"500\"", "\"feeTier\": \"450\"");
    assert_eq!(pools(&text, &weeth()).venues[0].name, "Uniswap v3 weETH/WETH 0.045 %");
}

proptest! {
    #[test]
    fn no_damage_to_an_answer_makes_the_converter_panic(
        at in 0_usize..1600,
        len in 0_usize..60,
        by in "[a-z0-9\\[\\]\"{}:,. -]{0,12}",
    ) {
        let (from, to) = (at.min(RECORD.len()), (at + len).min(RECORD.len()));
        if let Ok(written) = converted(&format!("{}{by}{}", &RECORD[..from], &RECORD[to..]), &weeth()) {
            prop_assert!(PoolFile::parse(Path::new("pools.toml"), &written).is_ok());
        }
    }

    #[test]
    fn whatever_the_numbers_are_the_converter_does_not_panic(
        nets in prop::collection::vec(any::<i128>(), 4),
        ticks in prop::collection::vec(-900_000_i32..900_000, 4),
        price in any::<u128>(),
        liquidity in any::<u128>(),
    ) {
        let mut record: Value = serde_json::from_str(RECORD).expect("JSON");
        let pool = &mut record["data"]["pool"];
        pool["sqrtPrice"] = json!(price.to_string());
        pool["liquidity"] = json!(liquidity.to_string());
        for (at, (net, tick)) in nets.iter().zip(&ticks).enumerate() {
            pool["ticks"][at] = json!({ "tickIdx": tick.to_string(), "liquidityNet": net.to_string() });
        }
        if let Err(error) = converted(&record.to_string(), &weeth()) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
