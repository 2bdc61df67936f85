//! Differences of two runs, relative to the larger of the two, with their intervals: a metric that is near 0 in one of them does not
//! push the others out of sight.

use super::super::Chart;
use super::super::axis::Axis;
use super::super::figure::{Heading, draw_figure};
use super::super::style::{BLUE, FRAME, tint};
use super::rows::{Rows, height};
use crate::ReportError;
use crate::number::{grouped, percent};
use crate::questions::{ComparedRuns, is_significant, name_words, statistic_name};
use pegstress_risk::questions::compare::{Compared, Difference};

/// Differences drawn at most; the table has all.
const MOST_ROWS: usize = 40;

/// `compare.png`: mean and 95 % quantile of metrics that are not 0 in both, the largest differences; nothing without any.
pub(crate) fn draw(runs: &ComparedRuns) -> Result<Option<Chart>, ReportError> {
    let shown = |row: &&Difference| {
        matches!(row.statistic, Compared::Mean | Compared::Quantile(0.95)) && larger(row) > 0.0
    };
    let rows = largest(runs.comparison.rows.iter().filter(shown).collect());
    let share = |row: &Difference, value: f64| 100.0 * value / larger(row);
    let ends = |row: &Difference| {
        let interval = row.interval.unwrap_or((row.difference(), row.difference()));
        [share(row, interval.0), share(row, interval.1), share(row, row.difference())]
    };
    let Some(x) = Axis::around(rows.iter().flat_map(|row| ends(row)), true) else { return Ok(None) };
    let heading = Heading {
        finding: finding(runs),
        details: format!(
            "Second less first, of the larger of the two; whiskers: 95 % intervals; {} · first: {} · second: {}",
            runs.pairing_words(),
            runs.first,
            runs.second
        ),
        footer: format!("{} - compare", runs.program),
    };
    let names: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{}, {}",
                name_words(row).split(" of ").nth(1).unwrap_or(&row.metric),
                statistic_name(row.statistic)
            )
        })
        .collect();
    let legend =
        [(BLUE, "beyond chance (Holm, 5 %)".to_owned()), (tint(BLUE, 0.35), "may be chance".to_owned())];
    let tall = 260.0 + height(names.len());
    let bytes = draw_figure(&heading, tall as usize, |sheet, frame| {
        let panel = Rows::draw(sheet, frame, &x, "Difference, % of the larger", &names, &legend)?;
        for (k, row) in rows.iter().enumerate() {
            let colour = if is_significant(row) { BLUE } else { tint(BLUE, 0.35) };
            panel.bar(k, (0.0, share(row, row.difference())), 0.5, colour)?;
            if let Some((low, high)) = row.interval {
                panel.whisker(k, (share(row, low), share(row, high)), 0.0, FRAME)?;
            }
        }
        panel.upright(0.0, FRAME)
    })?;
    Ok(Some(Chart::new("compare.png", heading, bytes)))
}

/// Those beyond chance before the others, the larger before the smaller, as many as are drawn; in the order of the table.
fn largest(rows: Vec<&Difference>) -> Vec<&Difference> {
    let weight = |row: &Difference| (is_significant(row), row.difference().abs() / larger(row));
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (weight(rows[*a]), weight(rows[*b]));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    order.truncate(MOST_ROWS);
    order.sort_unstable();
    order.into_iter().map(|k| rows[k]).collect()
}

/// The larger size of the two values.
fn larger(row: &Difference) -> f64 {
    row.first.abs().max((row.first + row.difference()).abs())
}

fn finding(runs: &ComparedRuns) -> String {
    let (claims, tests) = (runs.significant().count(), runs.comparison.rows.len());
    let count = format!(
        "{} of {} differences are beyond chance",
        grouped(claims as f64, 0),
        grouped(tests as f64, 0)
    );
    let size = |row: &Difference| row.difference().abs() / larger(row);
    let means = runs.significant().filter(|row| row.statistic == Compared::Mean && larger(row) > 0.0);
    let most = means.reduce(|most, row| if size(row) > size(most) { row } else { most });
    most.map_or(count.clone(), |row| {
        let change = percent(size(row));
        let way = if row.difference() > 0.0 { "more" } else { "less" };
        format!(
            "{count}; the largest of a mean: {} is {way} in the second run, by {change} of the larger value",
            crate::number::spoken(&row.metric)
        )
    })
}
