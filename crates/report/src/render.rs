//! All files of a run, in a fixed order: page, charts, tables, manifest.

use crate::charts::{Labels, draw_charts};
use crate::{File, Manifest, ReportError, page, tables};
use pegstress_risk::Summary;
use pegstress_sim::scenario::Scenario;

/// Draws and writes everything there is to say about a run, to memory.
///
/// Charts and tables without content are left out. The bytes depend on the arguments only.
pub fn render(scenario: &Scenario, summary: &Summary, manifest: &Manifest) -> Result<Vec<File>, ReportError> {
    let charts = draw_charts(&Labels::new(scenario, manifest), summary)?;
    let mut files = vec![page::fill_in(scenario, summary, manifest, &charts)?];
    files.extend(charts.into_iter().map(|chart| chart.file));
    files.extend(tables::write_tables(scenario, summary, manifest)?);
    files.push(manifest.file()?);
    Ok(files)
}
