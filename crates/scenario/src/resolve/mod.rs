//! A checked file and its series become a scenario.

mod agents;
mod assumptions;
mod concentrated;
mod drivers;
mod histories;
mod lending;
mod limits;
mod network;
mod path_study;
mod pools;
mod processes;
mod reader;
mod redemption;
mod restaking;
mod shocks;
mod venue;

use pegstress_sim::scenario::{Provenance, ReportSpec, Scenario, Study, Token};

use crate::diagnostic::{Diagnostic, ScenarioError};
use crate::document::Document;
use crate::raw::Mode;
use crate::raw::study::RawReport;
use crate::series::ReadSeries;
use crate::severity::described;
use reader::Reader;

pub(crate) use agents::holding_lrt;
pub(crate) use assumptions::assumption as assumption_of;
pub(crate) use assumptions::of_token as assumptions_of_token;
pub(crate) use concentrated::concentrated;
pub(crate) use pools::{pools_of_scenario, pools_of_snapshot};
pub(crate) use processes::dependence;
pub(crate) use redemption::redemption;
pub(crate) use restaking::operators_of;

/// Makes the scenario that `document` describes, with the series it names.
///
/// # Errors
/// Series that cannot be read as the document says, each at its key.
pub fn resolve(document: &Document, series: &mut dyn ReadSeries) -> Result<Scenario, ScenarioError> {
    let raw = document.raw();
    let mut reader = Reader::new(document, series);
    let study = match raw.mode {
        Mode::PoolHistory => histories::pool_history(raw, &mut reader).map(Study::PoolHistory),
        Mode::QueueHistory => histories::queue_history(raw, &mut reader).map(Study::QueueHistory),
        Mode::Forward | Mode::Rolling => {
            path_study::path_study(raw, &mut reader).map(|study| Study::Paths(Box::new(study)))
        }
    };
    let problems = reader.into_problems();
    let Some(study) = study.filter(|_| problems.is_empty()) else {
        return Err(ScenarioError::Series(or_incomplete(document, problems)));
    };
    let report = raw.report.as_ref().map_or_else(no_report, report);
    let limits = limits::limits(document, &study, &report)?;
    Ok(Scenario {
        name: document.name(),
        title: raw.title.clone(),
        story: one_line(&raw.story),
        provenance: provenance(document),
        limits,
        token: Token { symbol: raw.token.symbol.clone() },
        study,
        report,
        assumptions: assumptions::assumptions(document),
    })
}

pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the file says about itself.
fn provenance(document: &Document) -> Provenance {
    let raw = document.raw();
    let severity = document.severity.as_ref().map(|one| described(&raw.severities, &one.name));
    Provenance {
        scenario: raw.name.clone(),
        anchor: raw.anchor.as_deref().map(one_line),
        falsified_by: raw.falsified_by.as_deref().map(one_line),
        severity,
    }
}

/// A document that was checked lacks nothing; if it does, that is said and not hidden.
fn or_incomplete(document: &Document, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if !problems.is_empty() {
        return problems;
    }
    vec![Diagnostic {
        file: document.path.clone(),
        source: document.layers.text.clone(),
        span: None,
        key_path: "mode".to_owned(),
        message: format!("mode = \"{}\" lacks a table that it needs", document.raw().mode.word()),
        help: None,
    }]
}

/// Share of faulty paths that a run survives unless the scenario says otherwise.
const MOST_FAULTS: f64 = 0.001;

fn report(raw: &RawReport) -> ReportSpec {
    ReportSpec {
        sizes_lrt: raw.sizes_lrt.iter().map(|size| size.0).collect(),
        depth_discounts: raw.depth_discounts_bps.iter().map(|bps| bps.fraction()).collect(),
        thresholds: raw.thresholds_bps.iter().flatten().map(|bps| bps.fraction()).collect(),
        recovery_discount: raw.recovery_bps.map_or(0.0, |bps| bps.fraction()),
        recovery_hold_secs: raw.recovery_hold_hours.map_or(0.0, |hours| hours.secs()),
        most_faults: raw.most_faults_pct.map_or(MOST_FAULTS, |share| share.fraction()),
    }
}

/// A recorded queue quotes no price.
fn no_report() -> ReportSpec {
    ReportSpec {
        sizes_lrt: Vec::new(),
        depth_discounts: Vec::new(),
        thresholds: Vec::new(),
        recovery_discount: 0.0,
        recovery_hold_secs: 0.0,
        most_faults: MOST_FAULTS,
    }
}
