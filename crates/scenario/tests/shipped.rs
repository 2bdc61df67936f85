//! The shipped files: each parses, resolves, and says where every parameter comes from.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use pegstress_scenario::{
    Document, Override, ReadSeries, ScenarioError, SeriesFault, SeriesRequest, is_joint, read, resolve,
};
use pegstress_sim::scenario::{EvidenceMark, Scenario, Starts, Study};

/// Ones everywhere; rows once a day.
#[derive(Default)]
struct Ones {
    asked: Vec<(SeriesRequest, Timestamp, usize)>,
}

impl ReadSeries for Ones {
    fn on_grid(
        &mut self,
        request: &SeriesRequest,
        start: Timestamp,
        _step_secs: u32,
        points: usize,
    ) -> Result<Vec<f64>, SeriesFault> {
        self.asked.push((request.clone(), start, points));
        Ok(vec![1.0; points])
    }

    fn rows(
        &mut self,
        request: &SeriesRequest,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
        self.asked.push((request.clone(), from, 0));
        let days = (from.as_second()..=to.as_second()).step_by(86_400);
        Ok(days.map(|second| (Timestamp::from_second(second).expect("a time"), 1.0)).collect())
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn open(name: &str, overrides: &[&str]) -> Document {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().expect("an override")).collect();
    read(&folder().join(name), &overrides).unwrap_or_else(|error| panic!("{error}"))
}

fn resolved(name: &str, overrides: &[&str]) -> (Scenario, Ones) {
    let mut ones = Ones::default();
    let scenario = resolve(&open(name, overrides), &mut ones).unwrap_or_else(|error| panic!("{error}"));
    (scenario, ones)
}

fn shipped() -> Vec<String> {
    let files = std::fs::read_dir(folder()).expect("the folder of scenarios");
    let names = files.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    let is_of_one = |name: &String| !is_joint(&folder().join(name)).expect("a file");
    names.filter(|name| name.ends_with(".toml")).filter(is_of_one).collect()
}

#[test]
fn every_shipped_scenario_resolves_under_its_own_name() {
    let names = shipped();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        let (scenario, _) = resolved(&name, &[]);
        assert_eq!(format!("{}.toml", scenario.name), name);
    }
}

#[test]
fn every_parameter_of_a_shipped_scenario_has_evidence() {
    for name in shipped() {
        let (scenario, _) = resolved(&name, &[]);
        assert!(!scenario.assumptions.is_empty());
        for one in &scenario.assumptions {
            assert_ne!(one.mark, EvidenceMark::Unstated, "{name}: {} = {}", one.key, one.value);
            assert!(!one.source.is_empty(), "{name}: {}", one.key);
        }
    }
}

#[test]
fn every_file_that_a_shipped_scenario_reads_is_there_with_its_columns() {
    for name in shipped() {
        let (_, ones) = resolved(&name, &[]);
        for (request, ..) in ones.asked {
            let text = std::fs::read_to_string(&request.file).expect("a data file");
            let header: Vec<&str> = text.lines().next().unwrap_or("").split(',').collect();
            assert!(header.contains(&request.time_column.as_str()), "{name}: {}", request.time_column);
            assert!(header.contains(&request.value_column.as_str()), "{name}: {}", request.value_column);
        }
    }
}

#[test]
fn a_pool_history_pairs_rows_with_the_nearest_reference() {
    let (scenario, _) = resolved("steth-2022-05.toml", &[]);
    let Study::PoolHistory(history) = scenario.study else { panic!("a pool history") };
    assert_eq!(history.rows.len(), 32);
    assert_eq!(history.max_pair_gap_secs, 6 * 3600);
    assert_eq!(history.reference_name.as_deref(), Some("Chainlink stETH/ETH"));
    for row in &history.rows {
        assert_eq!(row.reference, Some((row.at, 1.0)));
        assert_eq!(row.nav, 1.0);
    }
}

#[test]
fn a_queue_history_has_a_row_for_each_point_of_its_grid() {
    let (scenario, _) = resolved("queue-2025.toml", &[]);
    let Study::QueueHistory(history) = scenario.study else { panic!("a queue history") };
    // From 1 June 06:00 to 31 August 18:00: three points, 90 days of four, and the last four.
    assert_eq!(history.rows.len(), 3 + 90 * 4 + 4);
    assert_eq!(history.rows[0].quoted_wait_secs, Some(86_400.0));
    assert_eq!(history.required_returns_per_year, [0.05, 0.12, 0.25]);
}

#[test]
fn a_forward_study_reads_the_eth_price_from_a_day_before_its_start() {
    let (scenario, ones) = resolved("weeth-2024-08.toml", &["paths.count=7", "paths.seed=3"]);
    let Study::Paths(study) = scenario.study else { panic!("a study of paths") };
    assert_eq!((study.paths, study.seed, study.steps, study.step_secs), (7, 3, 336, 3600));
    assert_eq!(study.drivers.nav.len(), 337);
    assert_eq!(study.drivers.eth_drawdown, vec![0.0; 337]);
    let eth =
        ones.asked.iter().find(|asked| asked.0.value_column == "usd_per_eth").expect("the price of ETH");
    // A day for the maximum and an hour because stamps are those of the start of candles.
    assert_eq!(eth.1, study.start - jiff::SignedDuration::from_hours(25));
    assert_eq!(eth.2, 337 + 24);
}

#[test]
fn a_rolling_study_counts_its_paths_from_its_starts() {
    let (scenario, _) =
        resolved("weeth-rolling-2025.toml", &["rolling.paths_per_start=50", "rolling.every_hours=24"]);
    let Study::Paths(study) = scenario.study else { panic!("a study of paths") };
    // Starts from 2 June to 17 August, 14 days before the end.
    assert_eq!(study.paths, 77 * 50);
    assert_eq!(study.starts, Starts::Rolling { every_steps: 4, paths_per_start: 50 });
    assert_eq!(study.drivers.nav.len(), 76 * 4 + 56 + 1);
}

#[test]
fn a_parameter_takes_the_longest_evidence_that_covers_it() {
    let text = include_str!("files/forward.toml").replacen("mark = \"assumed\"", "mark = \"derived\"", 1);
    let text = text.replace("key = \"agents.arbitrage\"", "key = \"agents.impatience\"");
    let document = Document::parse(Path::new("forward.toml"), &text, &[]).expect("a document");
    let scenario = resolve(&document, &mut Ones::default()).expect("a scenario");
    let find = |key: &str| {
        let one = scenario.assumptions.iter().find(|one| one.key == key).expect("a parameter");
        (one.mark, one.value.clone())
    };
    // The first entry of the fixture is venues[0], the second its reserve_lrt.
    assert_eq!(find("venues[0].stableswap.amplification"), (EvidenceMark::Derived, "100".to_owned()));
    assert_eq!(find("venues[0].stableswap.reserve_lrt"), (EvidenceMark::Assumed, "10_055".to_owned()));
    assert_eq!(find("agents.arbitrage.capital_eth").0, EvidenceMark::Unstated);
    let queue = "../data/validator_queue_2024_08.csv: exit_queue_eth";
    assert_eq!(find("drivers.network_exit_queue_eth").1, queue);
    assert!(scenario.assumptions.iter().all(|one| !one.key.starts_with("drivers.network_exit_queue_eth.")));
}

/// Fails for one column.
struct Torn(&'static str);

impl ReadSeries for Torn {
    fn on_grid(
        &mut self,
        request: &SeriesRequest,
        start: Timestamp,
        step_secs: u32,
        points: usize,
    ) -> Result<Vec<f64>, SeriesFault> {
        if request.value_column == self.0 {
            return Err(SeriesFault { message: "no row for 9 hours".to_owned() });
        }
        Ones::default().on_grid(request, start, step_secs, points)
    }

    fn rows(
        &mut self,
        request: &SeriesRequest,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
        // Reserves that stand at other times than the others.
        let late = if request.value_column == self.0 { 60 } else { 0 };
        let rows = Ones::default().rows(request, from, to)?;
        Ok(rows.into_iter().map(|(at, value)| (at + jiff::SignedDuration::from_secs(late), value)).collect())
    }
}

#[test]
fn a_series_that_cannot_be_read_is_told_at_its_driver() {
    let error = resolve(&open("weeth-2024-08.toml", &[]), &mut Torn("usd_per_eth")).expect_err("a gap");
    let [only] = error.diagnostics() else { panic!("{error}") };
    assert!(matches!(error, ScenarioError::Series(_)));
    assert_eq!(
        (only.key_path.as_str(), only.message.as_str()),
        ("drivers.eth_usd", "drivers.eth_usd: no row for 9 hours")
    );
    assert!(only.span.is_some());
}

#[test]
fn reserves_at_different_times_are_no_pool_history() {
    let error = resolve(&open("steth-2022-05.toml", &[]), &mut Torn("pool_steth")).expect_err("other times");
    assert!(
        error.to_string().contains("its rows stand at other times than those of reserve_quote"),
        "{error}"
    );
}

#[test]
fn units_of_the_file_become_fractions_and_seconds() {
    let overrides = [
        "agents.exit_demand.pct_per_day_per_bps_discount=0.02",
        "agents.exit_demand.pct_per_day_per_pct_eth_drawdown=0.1",
        "agents.liquidity.removal_pct_per_day_per_bps_discount=0.01",
        "redemption.escrow_days=7",
        "venues[0].stableswap.fee_bps=1",
    ];
    let (scenario, _) = resolved("weeth-2024-08.toml", &overrides);
    let Study::Paths(study) = scenario.study else { panic!("a study of paths") };
    // 0.02 % a day for each 0.0001 is 2 a day for each 1.
    assert_eq!(study.agents.exit_demand.per_discount_per_day, 2.0);
    assert_eq!(study.agents.exit_demand.per_eth_drawdown_per_day, 0.1);
    assert_eq!(study.agents.liquidity.removal_per_discount_per_day, 1.0);
    assert_eq!(study.redemption.rules.exits.escrow_secs, 604_800.0);
    let pegstress_amm::PoolSpec::StableSwap(pool) = &study.venues[0].pool else { panic!("a stable pool") };
    assert_eq!(pool.fee, 0.0001);
}
