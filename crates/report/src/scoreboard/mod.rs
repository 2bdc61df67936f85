//! The scoreboard of several runs: one table, one heat map, one page with links to the reports.

mod page;

use crate::charts::scoreboard as chart;
use crate::finding::{DEEPEST_CLOSE, metric, quantile};
use crate::tables::{Table, summary_columns};
use crate::{File, Manifest, ReportError};
use pegstress_risk::Summary;
use pegstress_sim::scenario::Scenario;

/// What a scoreboard keeps of a run.
#[derive(Debug, Clone)]
pub struct Score {
    /// Scenario without its severity.
    pub(crate) scenario: String,
    pub(crate) title: String,
    /// Name and meaning of the severity, where there is one.
    pub(crate) severity: Option<(String, String)>,
    pub(crate) token: String,
    /// Folder of the report, relative to the scoreboard.
    pub(crate) folder: String,
    /// Deepest discount at close, bps: median and 95 % quantile; `None` where nothing was simulated.
    pub(crate) depth_bps: Option<[f64; 2]>,
    /// Whether a limit is broken, where the scenario has limits.
    pub(crate) is_broken: Option<bool>,
    /// Parameters without an anchor.
    pub(crate) unanchored: usize,
    /// Columns of `scenario_summary.csv`.
    pub(crate) columns: Vec<(&'static str, String)>,
}

/// Keeps a run whose report is in `folder`.
pub fn score(scenario: &Scenario, summary: &Summary, manifest: &Manifest, folder: &str) -> Score {
    let own = &scenario.provenance;
    let paths = match summary {
        Summary::Paths(paths) => Some(paths),
        Summary::Pool(_) | Summary::Queue(_) => None,
    };
    let depth = |level| quantile(metric(paths?, DEEPEST_CLOSE)?, level);
    let known: Vec<bool> =
        paths.iter().flat_map(|paths| &paths.limits).filter_map(|verdict| verdict.is_broken).collect();
    Score {
        scenario: if own.scenario.is_empty() { scenario.name.clone() } else { own.scenario.clone() },
        title: scenario.title.clone(),
        severity: own.severity.as_ref().map(|one| (one.name.clone(), one.meaning.clone())),
        token: scenario.token.symbol.clone(),
        folder: folder.to_owned(),
        depth_bps: depth(0.5).zip(depth(0.95)).map(|(median, tail)| [median, tail]),
        is_broken: (!known.is_empty()).then(|| known.contains(&true)),
        unanchored: scenario.assumptions.iter().filter(|one| one.mark.is_unanchored()).count(),
        columns: summary_columns(scenario, summary, manifest),
    }
}

impl Score {
    /// Whether a limit of the scenario is broken.
    pub fn is_broken(&self) -> bool {
        self.is_broken == Some(true)
    }

    fn column(&self, name: &str) -> &str {
        self.columns.iter().find(|column| column.0 == name).map_or("", |column| &column.1)
    }
}

/// `scoreboard.html`, `scoreboard.png` and `scoreboard.csv` of `runs` runs, in their order; one of several tokens has a score for
/// each.
///
/// # Errors
/// When the chart, the page or the table cannot be written.
pub fn render_scoreboard(scores: &[Score], runs: usize, program: &str) -> Result<Vec<File>, ReportError> {
    let chart = chart::draw(scores, runs, program)?;
    let mut files = vec![page::fill_in(scores, program, chart.as_ref())?];
    files.extend(chart.map(|chart| chart.file));
    files.extend(table(scores).file()?);
    Ok(files)
}

/// The columns that some run fills, with the report's folder behind them.
fn table(scores: &[Score]) -> Table {
    let mut names: Vec<&'static str> = Vec::new();
    for score in scores {
        for (name, value) in &score.columns {
            if !value.is_empty() && !names.contains(name) {
                names.push(name);
            }
        }
    }
    // In the order in which a run lists them, not in that of their first value.
    let order = |name: &&str| scores[0].columns.iter().position(|column| column.0 == *name);
    names.sort_by_key(|name| order(name));
    let header: Vec<&str> = names.iter().copied().chain(["report"]).collect();
    let mut table = Table::new("scoreboard.csv", &header);
    for score in scores {
        let mut row: Vec<String> = names.iter().map(|name| score.column(name).to_owned()).collect();
        row.push(score.folder.clone());
        table.push(row);
    }
    table
}
