//! Pool files: the same in TOML and JSON, read from scenarios too, and what a wrong one is told.

use std::path::Path;

use jiff::Timestamp;
use pegstress_amm::{PoolSpec, RateSource, VenueSpec, constant_product, stableswap};
use pegstress_scenario::{
    Diagnostic, PoolFile, Pools, ReadSeries, ScenarioError, SeriesFault, SeriesRequest, Snapshot,
    pool_schema, read_pools,
};
use proptest::prelude::*;

const TOML: &str = include_str!("files/snapshot.toml");
const JSON: &str = include_str!("files/snapshot.json");
const FORWARD: &str = include_str!("files/forward.toml");
const POOL: &str = include_str!("files/pool.toml");
const QUEUE: &str = include_str!("files/queue.toml");

/// Each column has its own value; rows stand at the ends of what is asked for. Remembers what was asked.
#[derive(Default)]
struct Columns {
    asked: Vec<(String, Timestamp, usize)>,
}

impl Columns {
    fn value(request: &SeriesRequest) -> f64 {
        match request.value_column.as_str() {
            "redemption_eth_per_weeth" => 1.0445,
            "pool_eth" => 600.0,
            "pool_steth" => 700.0,
            _ => 1.0,
        }
    }
}

impl ReadSeries for Columns {
    fn on_grid(
        &mut self,
        request: &SeriesRequest,
        start: Timestamp,
        _: u32,
        points: usize,
    ) -> Result<Vec<f64>, SeriesFault> {
        self.asked.push((request.value_column.clone(), start, points));
        Ok(vec![Self::value(request); points])
    }

    fn rows(
        &mut self,
        request: &SeriesRequest,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
        self.asked.push((request.value_column.clone(), from, 0));
        Ok(vec![(from, Self::value(request)), (to, 2.0 * Self::value(request))])
    }
}

fn parsed(text: &str) -> Result<PoolFile, ScenarioError> {
    PoolFile::parse(Path::new("pools"), text)
}

fn resolved(text: &str) -> Pools {
    let file = parsed(text).unwrap_or_else(|error| panic!("{error}"));
    file.resolve(&mut Columns::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// What is told of `text` with one part of it replaced.
fn problem(text: &str, part: &str, by: &str) -> Diagnostic {
    assert!(text.contains(part), "{part}");
    let error = parsed(&text.replacen(part, by, 1)).expect_err("a wrong file");
    let [only] = error.diagnostics() else { panic!("{error}") };
    only.clone()
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[test]
fn toml_and_json_say_the_same() {
    let stable = stableswap::Spec {
        reserve_eth: 9_500.0,
        reserve_lrt: 10_055.0,
        amplification: 100.0,
        fee: 0.0001,
        offpeg_multiplier: 1.0,
        admin_fee: 0.5,
        rate: RateSource::LIVE,
    };
    let product = constant_product::Spec { reserve_eth: 100.0, reserve_lrt: 112.5, fee: 0.003 };
    let venue = |name: &str, eth_per_quote, pool| VenueSpec { name: name.to_owned(), eth_per_quote, pool };
    let expected = Pools {
        symbol: "weETH".to_owned(),
        nav: 1.0445,
        venues: vec![
            venue("Curve weETH/WETH", 1.0, PoolSpec::StableSwap(stable)),
            venue("weETH/wstETH", 1.17, PoolSpec::ConstantProduct(product)),
        ],
        quotes: vec!["WETH".to_owned(), "wstETH".to_owned()],
        snapshot: Snapshot {
            time: Some(time("2024-08-04T00:00:00Z")),
            block: Some(20_452_000),
            source: Some("a fixture of tests".to_owned()),
        },
    };
    assert_eq!(resolved(TOML), expected);
    assert_eq!(resolved(JSON), expected);
}

#[test]
fn a_snapshot_need_not_say_where_it_comes_from() {
    let (bare, _) = TOML.split_once("[snapshot]").expect("a snapshot");
    assert_eq!(resolved(bare).snapshot, Snapshot::default());
}

#[test]
fn a_scenario_gives_its_pools_and_the_rate_at_its_start() {
    let mut series = Columns::default();
    let pools = parsed(FORWARD).expect("a scenario").resolve(&mut series).expect("pools");
    let start = time("2024-08-04T00:00:00Z");
    assert_eq!((pools.symbol.as_str(), pools.nav, pools.venues.len()), ("weETH", 1.0445, 1));
    assert_eq!(pools.quotes, ["WETH"]);
    assert_eq!(pools.snapshot.time, Some(start));
    // Nothing but the redemption rate is read, and only its first point.
    assert_eq!(series.asked, [("redemption_eth_per_weeth".to_owned(), start, 1)]);
}

#[test]
fn a_record_of_a_pool_gives_its_first_row() {
    let pools = resolved(POOL);
    let PoolSpec::StableSwap(pool) = &pools.venues[0].pool else { panic!("a stable pool") };
    assert_eq!((pool.reserve_eth, pool.reserve_lrt, pools.nav), (600.0, 700.0, 1.0));
    assert_eq!(pools.snapshot.time, Some(time("2022-05-01T00:00:00Z")));
}

#[test]
fn a_record_of_the_exit_queue_has_no_pools() {
    let error = parsed(QUEUE).expect_err("no pools");
    let [only] = error.diagnostics() else { panic!("{error}") };
    assert_eq!(only.message, "mode = \"queue_history\" has no pools");
    assert_eq!(only.line_and_column(), Some((5, 8)));
}

#[test]
fn a_wrong_scenario_is_told_what_a_scenario_is_told() {
    let told = problem(FORWARD, "fee_bps = 1\n", "fee_bp = 1\n");
    assert_eq!(told.message, "unknown key `fee_bp` in [venues[0].stableswap]");
}

#[test]
fn a_series_that_cannot_be_read_is_told_at_its_driver() {
    struct Torn;
    impl ReadSeries for Torn {
        fn on_grid(
            &mut self,
            _: &SeriesRequest,
            _: Timestamp,
            _: u32,
            _: usize,
        ) -> Result<Vec<f64>, SeriesFault> {
            Err(SeriesFault { message: "no row for 9 hours".to_owned() })
        }

        fn rows(
            &mut self,
            _: &SeriesRequest,
            _: Timestamp,
            _: Timestamp,
        ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
            Ok(Vec::new())
        }
    }
    let error = parsed(FORWARD).expect("a scenario").resolve(&mut Torn).expect_err("a gap");
    assert!(matches!(error, ScenarioError::Series(_)));
    assert_eq!(error.diagnostics()[0].message, "drivers.redemption_rate: no row for 9 hours");
    assert!(parsed(POOL).expect("a record").resolve(&mut Torn).is_err());
}

#[test]
fn a_wrong_key_of_a_toml_file_is_shown_with_its_line_and_the_key_that_was_meant() {
    insta::assert_snapshot!(problem(TOML, "redemption_rate = 1", "redemtion_rate = 1"), @r"
    pools:4:1: unknown key `redemtion_rate` in [token]
      |
    4 | redemtion_rate = 1.0445
      | ^^^^^^^^^^^^^^
      help: did you mean `redemption_rate`?
    ");
    insta::assert_snapshot!(problem(TOML, "fee_bps = 30", "fee_bps = -30"), @r"
    pools:24:11: venues[1].constant_product.fee_bps is -30, must be in 0..=10000
       |
    24 | fee_bps = -30
       |           ^^^
    ");
}

#[test]
fn a_wrong_key_of_a_json_file_is_named_by_its_path() {
    let told = problem(JSON, "\"fee_bps\": 30", "\"fee_bp\": 30");
    assert_eq!(told.key_path, "venues[1].constant_product.fee_bp");
    assert_eq!(told.message, "unknown key `fee_bp` in [venues[1].constant_product]");
    assert_eq!(told.help.as_deref(), Some("did you mean `fee_bps`?"));
    let told = problem(JSON, "1.0445", "null");
    assert_eq!(told.message, "token.redemption_rate: expected a number, found null");
    let told = problem(JSON, "\"amplification\": 100", "\"amplification\": 1e7");
    assert_eq!(told.message, "venues[0].stableswap.amplification is 10000000, must be in 1..=1000000");
    let told = problem(JSON, "20452000", "99999999999999999999");
    assert_eq!(told.key_path, "snapshot.block");
}

#[test]
fn a_problem_of_json_syntax_is_told_with_its_place() {
    let told = problem(JSON, "\"fee_bps\": 30,", "\"fee_bps\": 30;");
    assert_eq!(told.line_and_column(), Some((20, 42)), "{told}");
    assert_eq!(told.message, "expected `,` or `}`");
    let twice = problem(JSON, "\"symbol\": \"weETH\",", "\"symbol\": \"weETH\", \"symbol\": \"eETH\",");
    assert!(twice.message.contains("duplicate field `symbol`"), "{twice}");
    // The end of the text has no character to show.
    assert!(parsed("{").expect_err("no file").to_string().contains("EOF"));
}

#[test]
fn a_pool_file_says_what_it_lacks() {
    let told = problem(TOML, "redemption_rate = 1.0445\n", "");
    assert_eq!(told.message, "token.redemption_rate is missing");
    let told = problem("[token]\nsymbol = \"a\"\nredemption_rate = 1\n", "symbol", "symbol");
    assert_eq!(told.message, "venues is missing");
    let told = problem("venues = []\n[token]\nsymbol = \"a\"\nredemption_rate = 1\n", "venues", "venues");
    assert_eq!(told.message, "venues is empty, must have at least one item");
    let told = problem(TOML, "eth_per_quote = 1.17\n", "");
    assert_eq!(told.key_path, "venues[1].eth_per_quote");
    let told = problem(TOML, "\"weETH/wstETH\"", "\"Curve weETH/WETH\"");
    assert_eq!(told.message, "venues[1].name is `Curve weETH/WETH`, which another venue has");
    let told = problem(TOML, "2024-08-04T00:00:00Z", "2024-08-04");
    assert_eq!(told.key_path, "snapshot.time");
}

#[test]
fn a_snapshot_takes_no_rows_and_nothing_of_a_simulation() {
    let rows = "reserve_quote = { file = \"a.csv\", time_column = \"t\", value_column = \"v\" }";
    let told = problem(TOML, "reserve_quote = 100", rows);
    assert_eq!(
        told.message,
        "venues[1].constant_product.reserve_quote is a table, must be the number at the time of the snapshot"
    );
    let told = problem(TOML, "[snapshot]", "[paths]\ncount = 3\n\n[snapshot]");
    assert_eq!(told.message, "unknown key `paths` in the file");
}

#[test]
fn a_file_that_is_not_there_is_an_error_of_reading() {
    let error = read_pools(Path::new("no/such/file.json")).expect_err("no file");
    assert!(matches!(error, ScenarioError::Read { .. }), "{error}");
}

#[test]
fn the_schema_of_pool_files_knows_their_tables() {
    let schema = pool_schema();
    assert!(!schema.to_string().contains("null"));
    for key in ["token", "venues", "snapshot"] {
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
}

#[test]
fn deeply_nested_text_is_an_error_and_not_a_crash() {
    for text in ["{\"a\":".repeat(20_000), format!("{{\"a\":{}", "[".repeat(20_000)), "[".repeat(20_000)] {
        parsed(&text).expect_err("a wrong file");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}", open in "[{]?") {
        if let Err(error) = parsed(&format!("{open}{text}")) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn no_damage_to_a_good_file_makes_the_reader_panic(
        at in 0_usize..1200,
        len in 0_usize..80,
        by in "[a-z0-9\\[\\]\"'=.{}:, \n\té-]{0,12}",
    ) {
        for text in [TOML, JSON] {
            let clip = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (from, to) = (clip(at), clip(at + len));
            match parsed(&format!("{}{by}{}", &text[..from], &text[to..])) {
                Ok(file) => prop_assert!(file.resolve(&mut Columns::default()).is_ok()),
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }
}
