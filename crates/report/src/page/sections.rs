//! Tables of the page.

mod catalogue;

use crate::finding::deepest_quote;
use crate::headline::probability_words;
use crate::honesty::{dagger, dagger_note};
use crate::number::{date_and_time, discount, grouped, level, percent, short, with_unit};
use pegstress_risk::Summary;
use pegstress_risk::summary::{
    Backtest, LendingSnapshot, MetricSummary, PathSummary, PoolSummary, Quantile, RestakingSnapshot,
};
use pegstress_sim::scenario::Scenario;
use serde::Serialize;

/// A heading, a sentence, and a table.
#[derive(Serialize)]
pub(super) struct Section {
    title: &'static str,
    note: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Section {
    pub(super) fn new(title: &'static str, note: &str, header: &[&str]) -> Self {
        let header = header.iter().map(|h| (*h).to_owned()).collect();
        Self { title, note: note.into(), header, rows: Vec::new() }
    }

    pub(super) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The tables of a study that have rows.
pub(super) fn of(scenario: &Scenario, summary: &Summary) -> Vec<Section> {
    let symbol = scenario.token.symbol.as_str();
    let sections = match summary {
        Summary::Pool(pool) => vec![pool_depth(pool, symbol), scores(pool.backtest.as_ref())],
        Summary::Queue(queue) => vec![scores(queue.backtest.as_ref())],
        Summary::Paths(paths) => {
            let mut list = vec![catalogue::limits(paths, symbol)];
            list.extend(paths.channels.iter().map(|found| catalogue::attribution(found, symbol)));
            list.extend([
                metrics(scenario, paths),
                probabilities(scenario, paths),
                risk_measures(paths, symbol),
                who_pays(paths),
                tail_fits(paths, symbol),
                venues(paths, symbol),
            ]);
            list.extend(paths.lending.as_ref().map(|snapshot| loans(snapshot, symbol)));
            list.extend(paths.restaking.as_ref().map(culprits));
            list
        }
    };
    sections.into_iter().filter(|s| !s.rows.is_empty()).collect()
}

fn metrics(scenario: &Scenario, paths: &PathSummary) -> Section {
    let symbol = scenario.token.symbol.as_str();
    let mut section = Section::new(
        "Metrics over paths",
        "Quantiles with 95 % order-statistic intervals; mean with its standard error; ES: mean of the worst paths. \
         A dash stands for a number that is not defined.",
        &["metric", "mean ± standard error"],
    );
    if let Some(note) = dagger_note(scenario) {
        section.note += &format!(" †: {note}.");
    }
    let levels: Vec<f64> = paths
        .metrics
        .iter()
        .max_by_key(|m| m.quantiles.len())
        .map_or_else(Vec::new, |m| m.quantiles.iter().map(|q| q.level).collect());
    let tails: Vec<f64> = paths
        .metrics
        .iter()
        .max_by_key(|m| m.expected_shortfall.len())
        .map_or_else(Vec::new, |m| m.expected_shortfall.iter().map(|e| e.0).collect());
    section.header.extend(levels.iter().map(|l| level(*l)));
    section.header.extend(tails.iter().map(|l| format!("ES {}", level(*l))));
    section.header.extend(["paths".into(), "undefined".into()]);
    for m in &paths.metrics {
        let mean = m.mean.filter(|v| v.0.is_finite()).map(|(mean, error)| {
            format!("{} ± {}{}", short(mean), short(error), dagger(scenario, m.rests_on))
        });
        let mut row = vec![format!("{}: {}", m.name, m.meaning), dash(mean)];
        row.extend(levels.iter().map(|l| dash(quantile_words(m, *l, symbol))));
        row.extend(tails.iter().map(|l| {
            let found = m.expected_shortfall.iter().find(|e| e.0 == *l && e.1.is_finite());
            dash(found.map(|e| with_unit(&m.name, e.1, symbol)))
        }));
        row.extend([grouped(m.count as f64, 0), grouped(m.undefined as f64, 0)]);
        section.rows.push(row);
    }
    section
}

fn quantile_words(metric: &MetricSummary, at: f64, symbol: &str) -> Option<String> {
    let Quantile { value, low, high, .. } = metric.quantiles.iter().find(|q| q.level == at)?;
    let end = |v: &Option<f64>| v.filter(|v| v.is_finite()).map_or_else(|| "?".into(), short);
    value
        .is_finite()
        .then(|| format!("{} [{} to {}]", with_unit(&metric.name, *value, symbol), end(low), end(high)))
}

fn probabilities(scenario: &Scenario, paths: &PathSummary) -> Section {
    let note = "With 95 % intervals; for an event that was never seen, the upper bound.";
    let mut section = Section::new("Probabilities", note, &["event", "meaning", "probability", "paths"]);
    for p in &paths.probabilities {
        let count = format!("{} of {}", grouped(p.events as f64, 0), grouped(p.count as f64, 0));
        let words = probability_words(p) + dagger(scenario, p.rests_on);
        section.rows.push(vec![p.name.clone(), p.meaning.clone(), words, count]);
    }
    section
}

fn risk_measures(paths: &PathSummary, symbol: &str) -> Section {
    let note = "LaR: collateral liquidated. VaR and ES of bad debt: what lenders are not paid, realised or missing at the true \
                redemption rate at the end. PSL: probability of bad debt above 1 % of the principal.";
    let header = ["measure", "level", "value", "95 % interval"];
    let mut section = Section::new("Liquidations at risk and bad debt", note, &header);
    for one in &paths.tails.risk_measures {
        let is_probability = one.level.is_none();
        let words = |value: f64| {
            if is_probability { percent(value) } else { with_unit(&one.metric, value, symbol) }
        };
        let value = match (one.value.is_finite(), one.high) {
            (false, Some(high)) => format!("< {}", words(high)),
            (false, None) => "–".into(),
            (true, _) => words(one.value),
        };
        let interval = match (one.low, one.high) {
            (None, None) => "–".into(),
            (low, high) => format!(
                "{} to {}",
                low.map_or_else(|| "?".into(), words),
                high.map_or_else(|| "?".into(), words)
            ),
        };
        section.rows.push(vec![one.name.to_owned(), dash(one.level.map(level)), value, interval]);
    }
    section
}

fn who_pays(paths: &PathSummary) -> Section {
    let note = "What each has at the end less what it would have if it had done nothing, ETH; tokens at the true redemption rate of \
                the end. The residual is the sum of all. Rewards and slashes fall on whoever holds tokens and are in no gain.";
    let header = ["party", "mean ± standard error", "5 %", "50 %", "95 %"];
    let mut section = Section::new("Who pays", note, &header);
    for row in &paths.attribution.who_pays {
        let is_residual = row.party == "residual";
        let words = |value: f64| if is_residual { format!("{value:.1e}") } else { short(value) };
        let mut cells =
            vec![row.party.replace('_', " "), format!("{} ± {}", words(row.mean.0), words(row.mean.1))];
        cells.extend(row.quantiles.iter().map(|value| words(*value)));
        section.rows.push(cells);
    }
    section
}

fn tail_fits(paths: &PathSummary, symbol: &str) -> Section {
    let note = "Generalised Pareto law of the worst 5 % by probability-weighted moments; interval and p-value by a parametric \
                bootstrap. A p-value below 0.05 says that the law does not fit: the empirical quantile is what counts then.";
    let header = [
        "metric",
        "threshold",
        "exceedances",
        "xi",
        "sigma",
        "99.9 % by the law",
        "99.9 % of the paths",
        "p-value",
    ];
    let mut section = Section::new("Far tail", note, &header);
    for (name, fit) in &paths.tails.fits {
        let words = |value: f64| with_unit(name, value, symbol);
        let metric = paths.metrics.iter().find(|one| one.name == *name);
        section.rows.push(vec![
            name.clone(),
            words(fit.threshold),
            grouped(fit.exceedances as f64, 0),
            format!("{:.2}", fit.law.xi),
            short(fit.law.sigma),
            format!("{} [{} to {}]", words(fit.quantile), short(fit.interval.0), short(fit.interval.1)),
            dash(metric.and_then(|one| quantile_words(one, fit.level, symbol))),
            format!("{:.2}", fit.p_value),
        ]);
    }
    section
}

fn venues(paths: &PathSummary, symbol: &str) -> Section {
    let note =
        "Tokens that sell before the price falls by the stated discount: average of the sale / marginal.";
    let mut section = Section::new("Depth at the start", note, &["venue", "model", "reserves", "price, ETH"]);
    let discounts = paths.venues.first().map_or(&[][..], |v| &v.discounts);
    section.header.extend(discounts.iter().map(|d| level(*d)));
    for v in &paths.venues {
        let reserves = format!("{} ETH, {} {symbol}", short(v.reserve_eth), short(v.reserve_lrt));
        let mut row = vec![v.venue.clone(), v.model.clone(), reserves, grouped(v.marginal, 4)];
        row.extend((0..discounts.len()).map(|i| pair(&v.depth_average_lrt, &v.depth_marginal_lrt, i)));
        section.rows.push(row);
    }
    section
}

fn loans(snapshot: &LendingSnapshot, symbol: &str) -> Section {
    let note = "Each row is a bucket of like positions. Falls of the oracle's price; days until interest alone makes it due, at the \
                rates of the start; liquidation_ladder.csv has what becomes due by fall.";
    let header = [
        "market",
        "positions",
        "collateral",
        "loan-to-value",
        "leverage",
        "due after a fall of",
        "loss to lenders after",
        "liquidators lose beyond a discount of",
        "borrow rate",
        "days to liquidation",
    ];
    let mut section = Section::new("Loans at the start", note, &header);
    for row in &snapshot.loans {
        let t = &row.thresholds;
        section.rows.push(vec![
            row.market.clone(),
            short(row.positions),
            format!("{} {symbol}", short(row.collateral_lrt)),
            level(row.ltv),
            short(t.leverage),
            discount(t.fall_to_liquidation),
            discount(t.fall_to_bad_debt),
            discount(t.breakeven_discount),
            level(row.borrow_rate_per_year),
            dash(row.days_to_liquidation.map(short)),
        ]);
    }
    section
}

fn culprits(snapshot: &RestakingSnapshot) -> Section {
    let mut words: Vec<String> = Vec::new();
    for row in &snapshot.concentration {
        words.push(format!(
            "{}: {} effective, the largest {}",
            row.kind,
            short(row.effective_number),
            percent(row.top[0])
        ));
    }
    let note = format!(
        "Largest loss: everything that can be slashed is, with what an operator loses on the beacon chain. {}.",
        words.join("; ")
    );
    let mut section =
        Section::new("Who can cost how much", &note, &["kind", "name", "stake", "largest loss"]);
    for row in &snapshot.culprits {
        section.rows.push(vec![
            row.kind.to_owned(),
            row.name.clone(),
            percent(row.stake_share),
            percent(row.largest_loss),
        ]);
    }
    section
}

fn pool_depth(pool: &PoolSummary, symbol: &str) -> Section {
    let note = "Tokens that sell before the price falls by the stated discount below the marginal price of that time: \
                average of the sale / marginal.";
    let mut section = Section::new("Depth", note, &["state", "time", "reserves", "price, ETH"]);
    section.header.extend(pool.depth_discounts.iter().map(|d| level(*d)));
    let states = [
        ("first", pool.quotes.first()),
        ("deepest discount", deepest_quote(&pool.quotes)),
        ("last", pool.quotes.last()),
    ];
    for (state, q) in states {
        let Some(q) = q else { continue };
        let reserves = format!("{} ETH, {} {symbol}", short(q.reserve_eth), short(q.reserve_lrt));
        let mut row = vec![state.to_owned(), date_and_time(q.at), reserves, grouped(q.marginal, 4)];
        let depth = |i| pair(&q.depth_average_lrt, &q.depth_marginal_lrt, i);
        row.extend((0..pool.depth_discounts.len()).map(depth));
        section.rows.push(row);
    }
    section
}

fn scores(score: Option<&Backtest>) -> Section {
    let header = ["what", "pairs", "not scored", "mean error", "mean absolute error", "largest", "on"];
    let mut section = Section::new("Back-test", "Errors are model less reference.", &header);
    if let Some(s) = score {
        let words = |value: f64| format!("{} {}", short(value), s.unit);
        section.rows.push(vec![
            s.what.clone(),
            grouped(s.scored as f64, 0),
            grouped(s.unscored as f64, 0),
            words(s.bias),
            words(s.mean_absolute),
            words(s.max_absolute),
            date_and_time(s.max_at),
        ]);
    }
    section
}

fn pair(average: &[f64], marginal: &[f64], i: usize) -> String {
    let one = |list: &[f64]| dash(list.get(i).filter(|v| v.is_finite()).map(|v| short(*v)));
    format!("{} / {}", one(average), one(marginal))
}

fn dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".into())
}
