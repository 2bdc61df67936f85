//! The report of several tokens in one run: a page, charts and tables of the tokens together. Each token also has the report of
//! a run of its own, by [`crate::render`].

use crate::number::{grouped, percent, short};
use crate::{File, Manifest, ReportError, charts, headline, page, tables};
use pegstress_risk::JointSummary;
use pegstress_risk::summary::MetricSummary;
use pegstress_sim::joint::JointScenario;

/// What a joint report is made of.
#[derive(Clone, Copy)]
pub(crate) struct Joint<'a> {
    pub scenario: &'a JointScenario,
    pub summary: &'a JointSummary,
    pub manifest: &'a Manifest,
}

impl<'a> Joint<'a> {
    /// Ticker of a member.
    pub(crate) fn symbol(&self, member: usize) -> &'a str {
        self.scenario.members.get(member).map_or("", |one| one.token.symbol.as_str())
    }

    /// Tickers of all members, in their order.
    pub(crate) fn symbols(&self) -> Vec<&'a str> {
        (0..self.scenario.members.len()).map(|member| self.symbol(member)).collect()
    }

    /// Paths that count.
    pub(crate) fn paths(&self) -> u64 {
        let counted = |paths: &pegstress_risk::summary::PathSummary| {
            paths.paths - paths.faults.iter().map(|fault| fault.1).sum::<u64>()
        };
        self.summary.members.first().map_or(0, counted)
    }
}

/// Page, charts, tables and manifest of the tokens together.
///
/// # Errors
/// When a chart, a table or the page cannot be made.
pub fn render_joint(
    scenario: &JointScenario,
    summary: &JointSummary,
    manifest: &Manifest,
) -> Result<Vec<File>, ReportError> {
    let joint = Joint { scenario, summary, manifest };
    let drawn = charts::joint::draw(joint)?;
    let mut files = vec![page::joint::fill_in(joint, &drawn)?];
    files.extend(drawn.into_iter().map(|chart| chart.file));
    for table in tables::joint::all(joint) {
        files.extend(table.file()?);
    }
    files.push(manifest.file()?);
    Ok(files)
}

/// The figures to read first: each token's depth and what coupling added to it, then the tokens together.
pub fn joint_rows(scenario: &JointScenario, summary: &JointSummary) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    if let Some(first) = summary.members.first() {
        let size = format!("{} of {} steps", grouped(first.paths as f64, 0), grouped(first.steps as f64, 0));
        let step = crate::number::duration(f64::from(first.step_secs));
        rows.push(("Paths".to_owned(), format!("{size} of {step}, each with every token")));
        for (kind, count) in first.faults.iter().filter(|fault| fault.1 > 0) {
            rows.push((format!("Left out: {kind}"), format!("{} paths", grouped(*count as f64, 0))));
        }
    }
    for ((scenario, paths), alone) in
        scenario.members.iter().zip(&summary.members).zip(&summary.against_alone)
    {
        let symbol = &scenario.token.symbol;
        if let Some(depth) = crate::finding::metric(paths, crate::finding::DEEPEST_CLOSE) {
            rows.push((format!("Deepest discount of {symbol}"), depth_words(depth)));
        }
        let error = if alone.standard_error_bps.is_finite() {
            format!(" ± {}", short(alone.standard_error_bps))
        } else {
            String::new()
        };
        let words = format!(
            "{} bps{error} on average ({} instead of {}), in {} of the paths",
            short(alone.deeper_bps),
            short(alone.joint_bps),
            short(alone.other_bps),
            percent(alone.share_deeper)
        );
        rows.push((format!("{symbol} deeper than alone by"), words));
    }
    for effect in &summary.channels {
        let symbols = scenario.members.iter().map(|one| one.token.symbol.as_str());
        let parts: Vec<String> = symbols
            .zip(&effect.tokens)
            .map(|(symbol, one)| format!("{symbol} {} bps", short(one.deeper_bps)))
            .collect();
        let channel = effect.channel.word().replace('_', " ");
        rows.push((format!("Shallower without {channel}, by"), parts.join(", ")));
    }
    for together in &summary.together {
        let bps = grouped(1e4 * together.threshold, 0);
        for (k, probability) in together.at_least.iter().enumerate().skip(1) {
            let what = format!("P({} or more beyond {bps} bps at once)", k + 1);
            rows.push((what, headline::probability_words(probability)));
        }
    }
    for (i, row) in summary.correlations.iter().enumerate() {
        for (j, cell) in row.iter().enumerate().skip(i + 1) {
            let Some(spearman) = cell.spearman else { continue };
            let symbol = |member: usize| scenario.members.get(member).map_or("", |one| &one.token.symbol);
            let pearson = cell.pearson.map_or_else(|| "n/a".to_owned(), |r| grouped(r, 2));
            let what = format!("Correlation of the depths of {} and {}", symbol(i), symbol(j));
            rows.push((what, format!("{} of ranks, {pearson} of values", grouped(spearman, 2))));
        }
    }
    rows
}

fn depth_words(depth: &MetricSummary) -> String {
    let parts = [("median", 0.5), ("95 %", 0.95), ("99 %", 0.99)].into_iter().filter_map(|(name, level)| {
        crate::finding::quantile(depth, level).map(|value| format!("{name} {} bps", short(value)))
    });
    parts.collect::<Vec<_>>().join(", ")
}
