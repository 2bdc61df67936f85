//! Empty summaries and numbers that are not: no panic, no invented value, no empty chart.

#[allow(dead_code)]
mod common;

use common::{manifest, paths, pool, queue, scenario};
use pegstress_report::{File, render, summary_rows};
use pegstress_risk::Summary;

const NAN: f64 = f64::NAN;

fn files(summary: &Summary) -> Vec<File> {
    let scenario = scenario("odd", "ezETH");
    summary_rows(&scenario, summary);
    render(&scenario, summary, &manifest("odd")).expect("a report")
}

fn charts(files: &[File]) -> Vec<&str> {
    files.iter().map(|f| f.name.as_str()).filter(|n| n.ends_with(".png")).collect()
}

/// No cell of any table may hold a value that is not a number.
fn assert_no_invented_cells(files: &[File]) {
    for file in files.iter().filter(|f| f.name.ends_with(".csv")) {
        let text = String::from_utf8_lossy(&file.bytes);
        for cell in text.split([',', '\n']) {
            assert!(!["NaN", "inf", "-inf", "-0"].contains(&cell), "{} holds {cell}", file.name);
        }
    }
}

#[test]
fn empty_histories_draw_nothing() {
    let (mut empty_pool, mut empty_queue) = (pool(), queue());
    (empty_pool.quotes, empty_pool.slippage, empty_pool.backtest) = (Vec::new(), Vec::new(), None);
    (empty_queue.quotes, empty_queue.backtest) = (Vec::new(), None);
    for summary in [Summary::Pool(empty_pool), Summary::Queue(empty_queue)] {
        let files = files(&summary);
        assert_eq!(charts(&files), Vec::<&str>::new());
        assert!(files.iter().any(|f| f.name == "index.html"));
    }
}

#[test]
fn an_empty_simulation_draws_nothing() {
    let mut empty = paths(false);
    (empty.metrics, empty.probabilities, empty.fans) = (Vec::new(), Vec::new(), Vec::new());
    (empty.deepest_bins, empty.observed, empty.venues, empty.slippage) =
        (Vec::new(), None, Vec::new(), Vec::new());
    assert_eq!(charts(&files(&Summary::Paths(Box::new(empty)))), Vec::<&str>::new());
}

#[test]
fn values_that_are_not_numbers_become_empty_cells() {
    let mut broken_pool = pool();
    for (i, quote) in broken_pool.quotes.iter_mut().enumerate() {
        (quote.marginal, quote.discount) = (NAN, NAN);
        (quote.executable, quote.depth_average_lrt) = (vec![f64::INFINITY], Vec::new());
        (quote.reserve_eth, quote.reserve_lrt) = if i % 2 == 0 { (0.0, 0.0) } else { (NAN, -0.0) };
    }
    assert_no_invented_cells(&files(&Summary::Pool(broken_pool)));

    let mut broken_queue = queue();
    broken_queue.quotes.iter_mut().step_by(7).for_each(|q| {
        (q.queue_eth, q.delay_days, q.fair_discount) = (NAN, f64::INFINITY, vec![NAN]);
    });
    assert_no_invented_cells(&files(&Summary::Queue(broken_queue)));

    let mut broken = paths(false);
    broken.fans.iter_mut().for_each(|f| f.values[2].iter_mut().for_each(|v| *v = NAN));
    broken.metrics.iter_mut().for_each(|m| m.quantiles.iter_mut().for_each(|q| q.value = NAN));
    broken.probabilities.iter_mut().for_each(|p| p.estimate = NAN);
    broken.deepest_bins = vec![(0.0, 0.0, 5), (NAN, 0.1, 2), (0.1, 0.2, 0)];
    broken.slippage.iter_mut().for_each(|c| c.slippage.truncate(3));
    assert_no_invented_cells(&files(&Summary::Paths(Box::new(broken))));
}

#[test]
fn one_state_is_enough_for_a_chart() {
    let (mut one_pool, mut one_queue) = (pool(), queue());
    one_pool.quotes.truncate(1);
    one_queue.quotes.truncate(1);
    assert!(charts(&files(&Summary::Pool(one_pool))).contains(&"price.png"));
    assert!(charts(&files(&Summary::Queue(one_queue))).contains(&"queue.png"));
}

#[test]
fn very_long_names_do_not_break_the_layout() {
    let mut long = pool();
    long.venue = "pool-with-a-name-of-no-spaces".repeat(20);
    long.reference_name = Some("reference ".repeat(60));
    assert!(charts(&files(&Summary::Pool(long))).contains(&"price.png"));
}

#[test]
fn extreme_values_are_drawn_in_finite_time() {
    let mut extreme = pool();
    extreme.quotes[3].marginal = 1e300;
    extreme.quotes[4].discount = -1e300;
    let tiny = [1e-320, 1e-300, 1.0, 1e300];
    extreme.slippage[0].size_lrt = tiny.to_vec();
    extreme.slippage[0].slippage = tiny.to_vec();
    assert!(charts(&files(&Summary::Pool(extreme))).contains(&"price.png"));
}
