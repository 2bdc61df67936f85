//! Charts as PNG bytes: one file per chart, each with its finding as title.

mod axis;
mod colours;
mod figure;
mod panel;
mod sheet;
mod style;

mod backtest;
mod composition;
mod deepest;
mod exit;
mod fan;
mod flows;
pub(crate) mod joint;
mod ladder;
mod losses;
mod price;
pub(crate) mod questions;
mod queue;
mod recovery;
mod rolling;
pub(crate) mod scoreboard;
mod slippage;
pub(crate) mod who_pays;

pub(crate) use exit::draw as draw_exit;
pub(crate) use slippage::draw as draw_slippage;

use crate::depth::DepthTitle;
use crate::{File, Manifest, ReportError};
use figure::Heading;
use pegstress_risk::Summary;
use pegstress_sim::joint::JointScenario;
use pegstress_sim::scenario::Scenario;
use rayon::prelude::*;

/// A drawn chart with the text that stands for it.
pub(crate) struct Chart {
    pub file: File,
    pub finding: String,
}

impl Chart {
    fn new(name: &str, heading: Heading, bytes: Vec<u8>) -> Self {
        Self { file: File::new(name, bytes), finding: heading.finding }
    }
}

/// What the headings of all charts of a run share.
pub(crate) struct Labels<'a> {
    /// Ticker of the token.
    pub symbol: &'a str,
    /// Sizes that slippage is spoken of, tokens.
    pub sizes_lrt: &'a [f64],
    source: String,
    footer: String,
}

impl<'a> Labels<'a> {
    pub(crate) fn new(scenario: &'a Scenario, manifest: &Manifest) -> Self {
        let source = source_words(manifest.inputs.keys().map(String::as_str));
        let footer = format!("pegstress {} - {}", manifest.program_version, scenario.name);
        Self { symbol: &scenario.token.symbol, sizes_lrt: &scenario.report.sizes_lrt, source, footer }
    }

    /// Labels of several tokens together.
    pub(crate) fn of_joint(scenario: &JointScenario, manifest: &Manifest) -> Self {
        let footer = format!("pegstress {} - {}", manifest.program_version, scenario.name);
        // Members' and tokens' files are the scenario, not data.
        let data = manifest.inputs.keys().map(String::as_str).filter(|name| !name.ends_with(".toml"));
        Self { symbol: "", sizes_lrt: &[], source: source_words(data), footer }
    }

    /// Labels of pools at one moment.
    pub(crate) fn of_pools(title: &'a DepthTitle, sizes_lrt: &'a [f64]) -> Self {
        let footer = format!("{} - {}", title.program, title.symbol);
        Self { symbol: &title.symbol, sizes_lrt, source: format!(" · {}", title.source), footer }
    }

    /// A heading whose details end with the source of the data.
    fn heading(&self, finding: String, details: String) -> Heading {
        Heading { finding, details: format!("{details}{}", self.source), footer: self.footer.clone() }
    }
}

/// The files that a run was read from, as the end of a line.
fn source_words<'a>(files: impl Iterator<Item = &'a str>) -> String {
    let files: Vec<&str> = files.collect();
    if files.is_empty() { String::new() } else { format!(" · Data: {}", files.join(", ")) }
}

/// A chart that is still to be drawn.
type Draw<'a> = Box<dyn Fn() -> Result<Option<Chart>, ReportError> + Send + Sync + 'a>;

/// Draws every chart that has something to show, several at a time: half of a short run is drawing.
pub(crate) fn draw_charts(labels: &Labels<'_>, summary: &Summary) -> Result<Vec<Chart>, ReportError> {
    let mut list: Vec<Draw<'_>> = Vec::new();
    match summary {
        Summary::Pool(pool) => {
            list.push(Box::new(|| price::draw(labels, pool)));
            list.push(Box::new(|| composition::draw(labels, pool)));
            list.push(Box::new(|| slippage::draw(labels, &pool.slippage)));
            list.push(Box::new(|| backtest::draw_pool(labels, pool)));
        }
        Summary::Queue(queue) => {
            list.push(Box::new(|| queue::draw(labels, queue)));
            list.push(Box::new(|| backtest::draw_queue(labels, queue)));
        }
        Summary::Paths(paths) => {
            for fan in &paths.fans {
                list.push(Box::new(|| fan::draw(labels, paths, fan)));
            }
            list.push(Box::new(|| deepest::draw(labels, paths)));
            list.push(Box::new(|| losses::draw(labels, paths)));
            list.push(Box::new(|| recovery::draw(labels, paths)));
            list.push(Box::new(|| who_pays::draw(labels, paths)));
            list.push(Box::new(|| flows::draw(labels, paths)));
            list.push(Box::new(|| rolling::draw(labels, paths)));
            list.push(Box::new(|| slippage::draw(labels, &paths.slippage)));
            if let Some(snapshot) = &paths.lending {
                list.push(Box::new(|| ladder::draw(labels, snapshot)));
            }
            if let Some(attribution) = &paths.channels {
                list.push(Box::new(|| questions::draw_attribution(labels, attribution)));
            }
        }
    }
    let drawn: Result<Vec<Option<Chart>>, ReportError> = list.par_iter().map(|draw| draw()).collect();
    Ok(drawn?.into_iter().flatten().collect())
}
