//! Drivers that are drawn: what the file says becomes the process, and what it may not say is told.

use std::path::Path;

use jiff::Timestamp;
use pegstress_scenario::{Document, ReadSeries, SeriesFault, SeriesRequest, resolve};
use pegstress_sim::drivers::{Gbm, Hawkes, Jumps, NavProcess, PriceProcess, QueueProcess, Synthetic};
use pegstress_sim::scenario::{PathStudy, Study};

const FORWARD: &str = include_str!("files/forward.toml");
const ROLLING: &str = include_str!("files/rolling.toml");
const PRICE: &str =
    "\n[drivers.eth_usd.process.gbm]\ndrift_pct_per_year = 5\nvolatility_pct_per_sqrt_year = 70\n";
const HAWKES: &str = "\n[drivers.network_exit_queue_eth.process.hawkes]\nbase_eth_per_day = 9_000\nbranching_ratio = 0.7\ndecay_per_day = 1.5\nlump_eth = 2_000\n";
const GROWTH: &str = "\n[drivers.redemption_rate.process.ornstein_uhlenbeck]\nmean_pct_per_year = 3\nreversion_per_day = 0.1\nsd_pct_per_year = 0.5\n";
const CORRELATION: &str = "\n[drivers.correlation]\ndrivers = [\"network_exit_queue_eth\", \"eth_usd\"]\nmatrix = [[1, -0.4], [-0.4, 1]]\ncopula = \"student_t\"\ndegrees_of_freedom = 4\n";
const BOOTSTRAP: &str = "\n[drivers.bootstrap]\nfrom = \"2024-08-01T00:00:00Z\"\nto = \"2024-08-11T00:00:00Z\"\nmean_block_hours = 36\n\n[drivers.eth_usd.process.bootstrap]\n\n[drivers.network_exit_queue_eth.process.bootstrap]\n";

/// A series of 1000 on the first of August 2024 that grows by one an hour.
struct Hours;

fn level(at: i64) -> f64 {
    1_000.0 + (at - 1_722_470_400) as f64 / 3600.0
}

impl ReadSeries for Hours {
    fn on_grid(
        &mut self,
        _: &SeriesRequest,
        start: Timestamp,
        step_secs: u32,
        points: usize,
    ) -> Result<Vec<f64>, SeriesFault> {
        Ok((0..points as i64).map(|k| level(start.as_second() + k * i64::from(step_secs))).collect())
    }

    fn rows(
        &mut self,
        _: &SeriesRequest,
        from: Timestamp,
        _: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
        Ok(vec![(from, 1.0)])
    }
}

/// A fixture without its recorded market price, and with more drivers.
fn text(file: &str, more: &[&str]) -> String {
    let from = file.find("[drivers.market_price]").expect("a market price");
    let to = from + file[from..].find("[network]").expect("a table after it");
    format!("{}{}{}", &file[..from], more.concat(), &file[to..])
}

fn study(text: &str) -> PathStudy {
    let document = Document::parse(Path::new("a.toml"), text, &[]).unwrap_or_else(|error| panic!("{error}"));
    let scenario = resolve(&document, &mut Hours).unwrap_or_else(|error| panic!("{error}"));
    let Study::Paths(study) = scenario.study else { panic!("a study of paths") };
    *study
}

fn synthetic(text: &str) -> Synthetic {
    *study(text).drivers.synthetic.expect("a driver that is drawn")
}

fn messages(text: &str) -> Vec<String> {
    let error = Document::parse(Path::new("a.toml"), text, &[]).expect_err("a wrong file");
    error.diagnostics().iter().map(|one| one.message.clone()).collect()
}

fn message(text: &str) -> String {
    let list = messages(text);
    assert_eq!(list.len(), 1, "{list:#?}");
    list[0].clone()
}

#[test]
fn processes_arrive_in_the_units_of_the_simulation() {
    let jumps = "\n[drivers.eth_usd.process.gbm.jumps]\nper_year = 12\nmean_log_pct = -6\nsd_log_pct = 4\n";
    let found = synthetic(&text(FORWARD, &[PRICE, jumps, HAWKES, GROWTH]));
    let jumps = Some(Jumps { per_year: 12.0, mean_log: -0.06, sd_log: 0.04 });
    let gbm = Gbm { drift_per_year: 0.05, volatility_per_sqrt_year: 0.7, jumps };
    assert_eq!(found.eth_usd.expect("a price").process, PriceProcess::Gbm(gbm));
    let hawkes = Hawkes {
        base_eth_per_day: 9_000.0,
        branching_ratio: 0.7,
        decay_per_day: 1.5,
        lump_eth: 2_000.0,
        start_eth_per_day: None,
    };
    assert_eq!(found.network_queue, Some(QueueProcess::Hawkes(hawkes)));
    let Some(NavProcess::Growth { process, start_per_year }) = found.nav else { panic!("a growth") };
    assert_eq!((process.mean, process.sd, start_per_year), (0.03, 0.005, 0.03));
}

#[test]
fn a_driver_that_is_drawn_starts_from_the_record_and_asks_for_no_more_of_it() {
    let drivers = study(&text(FORWARD, &[PRICE, HAWKES, GROWTH])).drivers;
    // Three days after the first of August.
    assert_eq!(drivers.nav, [1_072.0]);
    assert_eq!(drivers.network_queue_eth, [1_072.0]);
    let price = drivers.synthetic.and_then(|synthetic| synthetic.eth_usd).expect("a price");
    assert_eq!((price.points_before, price.past_log.len()), (24, 25));
    for (k, log) in price.past_log.iter().enumerate() {
        // A rounding of a logarithm near 7; the file's time stamps name the start of the hour.
        assert!((log - pegstress_num::ln(1_047.0 + k as f64)).abs() < 1e-14);
    }
}

#[test]
fn a_rolling_study_has_the_level_of_each_start() {
    let text = text(ROLLING, &[HAWKES]);
    let study = study(&text);
    let last_start = study.starts.offset(study.paths - 1);
    assert_eq!(study.drivers.network_queue_eth.len(), last_start + 1);
    assert_eq!(study.drivers.nav.len(), last_start + study.steps + 1);
}

#[test]
fn resampled_drivers_share_one_part_of_their_records() {
    let found = synthetic(&text(FORWARD, &[BOOTSTRAP]));
    let blocks = found.blocks.expect("blocks");
    assert_eq!((blocks.record_steps, blocks.mean_steps), (240, 36.0));
    let Some(QueueProcess::Bootstrap(inflows)) = found.network_queue else { panic!("inflows") };
    // The record gains 1 ETH an hour; of the level before the clock would have served all, or its churn.
    assert_eq!(inflows.len(), 240);
    let Some(price) = found.eth_usd else { panic!("a price") };
    let PriceProcess::Bootstrap(changes) = price.process else { panic!("changes") };
    assert_eq!(changes[0], pegstress_num::ln(1_000.0 / 999.0));
}

#[test]
fn a_correlation_is_given_in_any_order_of_the_drivers() {
    let given = synthetic(&text(FORWARD, &[PRICE, HAWKES, CORRELATION]));
    let turned = CORRELATION
        .replace("\"network_exit_queue_eth\", \"eth_usd\"", "\"eth_usd\", \"network_exit_queue_eth\"");
    assert_eq!(given.dependence, synthetic(&text(FORWARD, &[PRICE, HAWKES, &turned])).dependence);
    assert_ne!(given.dependence, synthetic(&text(FORWARD, &[PRICE, HAWKES])).dependence);
}

#[test]
fn every_parameter_of_a_process_is_an_assumption_beside_the_record_it_starts_from() {
    let text = text(FORWARD, &[PRICE, HAWKES, CORRELATION]);
    let document = Document::parse(Path::new("a.toml"), &text, &[]).expect("a right file");
    let found = resolve(&document, &mut Hours).expect("a scenario").assumptions;
    let value = |key: &str| found.iter().find(|one| one.key == key).map(|one| one.value.clone());
    assert_eq!(value("drivers.eth_usd").as_deref(), Some("../data/eth_usd_2024_08.csv: usd_per_eth"));
    let volatility = "drivers.eth_usd.process.gbm.volatility_pct_per_sqrt_year";
    assert_eq!(value(volatility).as_deref(), Some("70"));
    assert_eq!(value("drivers.correlation.matrix").as_deref(), Some("[[1, -0.4], [-0.4, 1]]"));
    assert_eq!(value("drivers.correlation.degrees_of_freedom").as_deref(), Some("4"));
}

#[test]
fn a_process_that_is_not_one_is_refused_with_the_way_out() {
    assert_eq!(
        message(&text(FORWARD, &["\n[drivers.eth_usd.process]\n"])),
        "[drivers.eth_usd.process] has no process"
    );
    let second = "\n[drivers.eth_usd.process.bootstrap]\n";
    assert!(
        messages(&text(FORWARD, &[PRICE, second]))
            .contains(&"[drivers.eth_usd.process.bootstrap] stands beside [drivers.eth_usd.process.gbm]: a driver has one process".to_owned())
    );
    assert_eq!(
        message(&text(FORWARD, &["\n[drivers.eth_usd.process.hawkes]\n"])),
        "unknown key `hawkes` in [drivers.eth_usd.process]"
    );
    assert_eq!(
        message(&text(FORWARD, &[&HAWKES.replace("0.7", "1.0")])),
        "drivers.network_exit_queue_eth.process.hawkes.branching_ratio is 1, must be in 0..1"
    );
    assert_eq!(
        message(&text(FORWARD, &[HAWKES, "start_eth_per_day = 100\n"])),
        "drivers.network_exit_queue_eth.process.hawkes.start_eth_per_day is 100, must be base_eth_per_day = 9000 or above: nothing lowers it"
    );
}

#[test]
fn a_process_has_no_effect_where_nothing_is_simulated() {
    let queue = include_str!("files/queue.toml");
    let at = queue.find("[network]").expect("a table");
    let text = format!("{}{HAWKES}\n{}", &queue[..at], &queue[at..]);
    assert_eq!(
        message(&text),
        "[drivers.network_exit_queue_eth.process] has no effect in mode = \"queue_history\": remove it or change the mode"
    );
}

#[test]
fn a_bootstrap_needs_its_record_its_window_and_a_block_that_fits() {
    let alone = "\n[drivers.eth_usd.process.bootstrap]\n";
    assert_eq!(
        message(&text(FORWARD, &[alone])),
        "[drivers.eth_usd.process.bootstrap] needs [drivers.bootstrap] with from, to and mean_block_hours"
    );
    let window = BOOTSTRAP.split("\n[drivers.eth_usd").next().expect("a part");
    assert_eq!(
        message(&text(FORWARD, &[window])),
        "[drivers.bootstrap] has no effect: no driver has a [process.bootstrap]"
    );
    assert_eq!(
        message(&text(FORWARD, &[&BOOTSTRAP.replace("= 36", "= 500")])),
        "drivers.bootstrap.mean_block_hours is 500, must be in 1..=240: from a step to the whole record"
    );
    assert_eq!(
        message(&text(FORWARD, &[&BOOTSTRAP.replace("2024-08-11", "2024-07-11")])),
        "drivers.bootstrap.to is 2024-07-11T00:00:00Z, must be at least a step of 1 hours after from = 2024-08-01T00:00:00Z"
    );
    let constant = text(FORWARD, &[BOOTSTRAP]);
    let from = constant.find("[drivers.eth_usd]").expect("a driver");
    let to = from + constant[from..].find("\n\n").expect("its end");
    let constant = format!("{}[drivers.eth_usd]\nvalue = 3000{}", &constant[..from], &constant[to..]);
    assert_eq!(
        message(&constant),
        "[drivers.eth_usd.process.bootstrap] has no record to resample: give drivers.eth_usd.file"
    );
}

#[test]
fn a_correlation_that_is_none_is_refused() {
    let with = |from: &str, to: &str| {
        assert!(CORRELATION.contains(from), "{from}");
        message(&text(FORWARD, &[PRICE, HAWKES, &CORRELATION.replacen(from, to, 1)]))
    };
    assert_eq!(
        with("[-0.4, 1]]", "[0.4, 1]]"),
        "drivers.correlation.matrix[1][0] is 0.4, must be -0.4 like drivers.correlation.matrix[0][1]"
    );
    assert_eq!(
        with("[[1, -0.4]", "[[0.9, -0.4]"),
        "drivers.correlation.matrix[0][0] is 0.9, must be 1: a driver with itself"
    );
    assert_eq!(
        with("[[1, -0.4], [-0.4, 1]]", "[[1, -0.4]]"),
        "drivers.correlation.matrix has 1 rows, must have 2 like drivers.correlation.drivers"
    );
    assert_eq!(
        with("[[1, -0.4], [-0.4, 1]]", "[[1, -1], [-1, 1]]"),
        "drivers.correlation.matrix is not positive definite: no numbers are correlated like that"
    );
    assert_eq!(with("-0.4, 1]]", "-1.4, 1]]"), "drivers.correlation.matrix[1][0] is -1.4, must be in -1..=1");
    assert_eq!(
        with("degrees_of_freedom = 4\n", ""),
        "drivers.correlation.degrees_of_freedom is missing: copula = \"student_t\" needs it"
    );
    assert_eq!(
        with("copula = \"student_t\"", "copula = \"gaussian\""),
        "drivers.correlation.degrees_of_freedom has no effect without copula = \"student_t\""
    );
    assert_eq!(
        message(&text(FORWARD, &[PRICE, HAWKES, GROWTH, CORRELATION])),
        "drivers.correlation.drivers lacks `redemption_rate`, which has a process: name it, with zeros if it is independent"
    );
    assert_eq!(
        message(&text(FORWARD, &[PRICE, CORRELATION])),
        "drivers.correlation.drivers[0] is `network_exit_queue_eth`, which has no normal score: give it a process other than bootstrap, or leave it out"
    );
}

#[test]
fn a_recorded_market_price_is_not_laid_against_a_drawn_redemption_rate() {
    let at = FORWARD.find("[network]").expect("a table");
    let text = format!("{}{GROWTH}\n{}", &FORWARD[..at], &FORWARD[at..]);
    assert_eq!(
        message(&text),
        "[drivers.market_price] has no recorded redemption rate to be laid against: remove it, or drivers.redemption_rate.process"
    );
}

#[test]
fn a_queue_of_nothing_has_no_logarithm_to_start_from() {
    struct Nothing;
    impl ReadSeries for Nothing {
        fn on_grid(
            &mut self,
            request: &SeriesRequest,
            _: Timestamp,
            _: u32,
            points: usize,
        ) -> Result<Vec<f64>, SeriesFault> {
            let is_queue = request.value_column == "exit_queue_eth";
            Ok(vec![if is_queue { 0.0 } else { 1.0 }; points])
        }

        fn rows(
            &mut self,
            _: &SeriesRequest,
            from: Timestamp,
            _: Timestamp,
        ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
            Ok(vec![(from, 1.0)])
        }
    }
    let level = "\n[drivers.network_exit_queue_eth.process.ornstein_uhlenbeck]\nmedian_eth = 20_000\nreversion_per_day = 0.2\nlog_sd = 1\n";
    let document = Document::parse(Path::new("a.toml"), &text(FORWARD, &[level]), &[]).expect("a right file");
    let error = resolve(&document, &mut Nothing).expect_err("no logarithm");
    assert_eq!(
        error.diagnostics()[0].message,
        "drivers.network_exit_queue_eth: the queue is 0 ETH at 2024-08-04T00:00:00Z, where paths start, and process.ornstein_uhlenbeck moves its logarithm: start elsewhere, or take hawkes, regimes or bootstrap"
    );
}
