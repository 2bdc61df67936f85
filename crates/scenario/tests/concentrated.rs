//! Concentrated liquidity: by prices or as the contract stores it, and what is refused of either.

use std::path::Path;

use jiff::Timestamp;
use pegstress_amm::concentrated::{Segments, Spec, TickSnapshot};
use pegstress_amm::{PoolSpec, Venue};
use pegstress_scenario::{Diagnostic, PoolFile, ReadSeries, SeriesFault, SeriesRequest};
use proptest::prelude::*;

const HEAD: &str = "[token]
symbol = \"weETH\"
redemption_rate = 1.0445

[[venues]]
name = \"a\"

[venues.concentrated_liquidity]
fee_bps = 5
";
const BY_PRICE: &str = "price = 1.21
segments = [
    { from = 1, to = 1.44, liquidity = 1000 },
    { from = 1.44, to = 1.69, liquidity = 500 },
    { from = 2.25, to = 4, liquidity = 100 },
]
";
const BY_TICK: &str = "lrt_is_token0 = true
decimals = [18, 6]
sqrt_price_x96 = \"79228162514264337593543950336\"
tick_spacing = 10
ticks = [
    { tick = -20, liquidity_net = \"3000000000000\" },
    { tick = 0, liquidity_net = \"2000000000000\" },
    { tick = 30, liquidity_net = \"-5000000000000\" },
]
";

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

fn file(pool: &str) -> Result<PoolFile, pegstress_scenario::ScenarioError> {
    PoolFile::parse(Path::new("a.toml"), &format!("{HEAD}{pool}"))
}

/// The pool as text: its tables hold NaN as padding, which equals nothing.
fn pool(text: &str) -> String {
    let file = file(text).unwrap_or_else(|error| panic!("{error}"));
    format!("{:?}", file.resolve(&mut NoSeries).expect("pools").venues.remove(0).pool)
}

fn shown(spec: Spec) -> String {
    format!("{:?}", PoolSpec::ConcentratedLiquidity(spec))
}

fn problem(text: &str, part: &str, by: &str) -> Diagnostic {
    assert!(text.contains(part), "{part}");
    let error = file(&text.replacen(part, by, 1)).expect_err("a wrong pool");
    let [only] = error.diagnostics() else { panic!("{error}") };
    only.clone()
}

#[test]
fn segments_become_boundaries_with_a_gap_where_none_is() {
    // Roots of 1, 1.44, 1.69, 2.25 and 4; nothing between 1.69 and 2.25.
    let segments = Segments {
        sqrt_boundaries: vec![1.0, 1.2, 1.3, 1.5, 2.0],
        liquidity: vec![1000.0, 500.0, 0.0, 100.0],
    };
    let expected = Spec::new(0.0005, 0.0, 1.1, &segments).expect("a pool");
    assert_eq!(pool(BY_PRICE), shown(expected));
    let share = Spec::new(0.0005, 0.25, 1.1, &segments).expect("a pool");
    let said = format!("protocol_fee_share = 0.25\n{BY_PRICE}");
    assert_eq!(pool(&said), shown(share));
}

#[test]
fn ticks_become_what_the_contract_holds() {
    let snapshot = TickSnapshot {
        lrt_is_token_0: true,
        decimals: [18, 6],
        fee: 0.0005,
        protocol_share: 0.0,
        sqrt_price_x96: 79_228_162_514_264_337_593_543_950_336.0,
        tick: 0,
        liquidity: 5_000_000_000_000,
        ticks: vec![(-20, 3_000_000_000_000), (0, 2_000_000_000_000), (30, -5_000_000_000_000)],
    };
    let expected = shown(Spec::from_ticks(&snapshot).expect("a pool"));
    assert_eq!(pool(BY_TICK), expected);
    // Tick and liquidity that are said change nothing.
    assert_eq!(pool(&format!("tick = 0\nliquidity = \"5000000000000\"\n{BY_TICK}")), expected);
    // A falling price that stopped on tick 0 has left it: the liquidity above no longer counts.
    let below = TickSnapshot { tick: -1, liquidity: 3_000_000_000_000, ..snapshot };
    let expected = shown(Spec::from_ticks(&below).expect("a pool"));
    assert_eq!(pool(&format!("tick = -1\n{BY_TICK}")), expected);
}

#[test]
fn the_price_of_a_contract_turns_with_the_order_of_its_tokens() {
    let price = |text: &str| {
        let file = file(text).expect("a pool file");
        let venue = file.resolve(&mut NoSeries).expect("pools").venues.remove(0);
        Venue::<1>::new(&venue, &[1.0]).marginal_price()[0]
    };
    // One unit of token 1 per unit of token 0, 18 and 6 decimals: 1e12 of token 1 per token 0 in whole tokens.
    // Tolerance: root and square of a factor 10^6.
    assert!((price(BY_TICK) / 1e12 - 1.0).abs() < 1e-14);
    assert!((price(&BY_TICK.replace("true", "false")) * 1e12 - 1.0).abs() < 1e-14);
}

#[test]
fn a_pool_by_prices_is_refused_what_makes_no_curve() {
    for (part, by, key, told) in [
        (
            "from = 1.44",
            "from = 1.43",
            "segments[1].from",
            "is 1.43, must be 1.44, where the one before ends, or above",
        ),
        ("to = 4", "to = 2.25", "segments[2].to", "is 2.25, must be above from = 2.25"),
        ("liquidity = 500", "liquidity = -500", "segments[1].liquidity", "is -500, must be 0 or above"),
        ("liquidity = 500", "liquidity = 1e41", "segments", ": liquidity of segment 1 is 1"),
        ("price = 1.21", "price = 0.9", "price", "is 0.9, must be within the segments, 1 to 4"),
        ("price = 1.21\n", "", "price", "is missing: `segments` need it"),
        (
            "price = 1.21",
            "price = 1.21\ntick_spacing = 10",
            "tick_spacing",
            "has no effect beside `segments`",
        ),
        ("from = 1,", "frm = 1,", "segments[0].frm", ""),
    ] {
        let found = problem(BY_PRICE, part, by);
        assert_eq!(found.key_path, format!("venues[0].concentrated_liquidity.{key}"));
        assert!(found.message.contains(told), "{}", found.message);
    }
}

#[test]
fn a_pool_by_ticks_is_refused_what_no_contract_holds() {
    for (part, by, key, told) in [
        ("tick = 0,", "tick = -20,", "ticks[1].tick", "is -20, must be above -20 before it"),
        ("tick = 30", "tick = 35", "ticks[2].tick", "is 35, must be a multiple of tick_spacing = 10"),
        ("tick = 30", "tick = 900000", "ticks[2].tick", "is 900000, must be in -887272..=887272"),
        (
            "\"-5000000000000\"",
            "\"-4000000000000\"",
            "ticks",
            "net liquidities of the ticks add up to 1000000000000",
        ),
        ("\"3000000000000\"", "\"-3000000000000\"", "ticks", "liquidity above tick -20 is negative"),
        (
            "\"3000000000000\"",
            "\"3e12\"",
            "ticks[0].liquidity_net",
            "is `3e12`, must be a whole number in quotes",
        ),
        (
            "\"3000000000000\"",
            "3000000000000",
            "ticks[0].liquidity_net",
            "expected a string, found a whole number",
        ),
        (
            "\"3000000000000\"",
            "\"9999999999999999999999999999999999999999\"",
            "ticks[0].liquidity_net",
            "within 128 bits",
        ),
        (
            "\"79228162514264337593543950336\"",
            "\"1\"",
            "sqrt_price_x96",
            "is 1, must be in 4295128739..146144670348521",
        ),
        ("tick_spacing = 10", "tick = 7", "tick", "tick 7 is not that of the price"),
        (
            "tick_spacing = 10",
            "liquidity = \"7\"",
            "liquidity",
            "liquidity in range is 7, but the ticks up to the price add up to",
        ),
        ("tick_spacing = 10", "liquidity = \"-7\"", "liquidity", "is -7, must be 0 or above and below 2^128"),
        ("tick_spacing = 10", "price = 1", "price", "has no effect beside `ticks`"),
        ("decimals = [18, 6]\n", "", "decimals", "is missing: `ticks` need it"),
        ("lrt_is_token0 = true\n", "", "lrt_is_token0", "is missing: `ticks` need it"),
    ] {
        let found = problem(BY_TICK, part, by);
        assert_eq!(found.key_path, format!("venues[0].concentrated_liquidity.{key}"), "{}", found.message);
        assert!(found.message.contains(told), "{}", found.message);
    }
}

#[test]
fn a_pool_without_liquidity_is_told_both_ways_to_say_it() {
    let error = file("").expect_err("no liquidity");
    let [only] = error.diagnostics() else { panic!("{error}") };
    assert_eq!(only.message, "[venues[0].concentrated_liquidity] has no liquidity");
    assert!(only.help.as_ref().is_some_and(|help| help.contains("`segments`") && help.contains("`ticks`")));
    assert_eq!(
        problem(BY_PRICE, BY_PRICE, "price = 1\nsegments = []").key_path,
        "venues[0].concentrated_liquidity.segments"
    );
}

proptest! {
    #[test]
    fn no_damage_to_a_pool_makes_the_reader_panic(
        at in 0_usize..400,
        len in 0_usize..40,
        by in "[a-z0-9\\[\\]\"'=.{}:, \n-]{0,12}",
    ) {
        for text in [BY_PRICE, BY_TICK] {
            let (from, to) = (at.min(text.len()), (at + len).min(text.len()));
            match file(&format!("{}{by}{}", &text[..from], &text[to..])) {
                Ok(file) => prop_assert!(file.resolve(&mut NoSeries).is_ok()),
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }
}
