//! `index.html`: one page that needs nothing but itself.

pub(crate) mod joint;
mod sections;
mod warnings;

use crate::charts::Chart;
use crate::{File, Manifest, ReportError, headline};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment};
use pegstress_risk::Summary;
use pegstress_sim::scenario::{self, Provenance, Scenario};
use sections::Section;
use serde::Serialize;

const TEMPLATE: &str = include_str!("../../templates/index.html");

#[derive(Serialize)]
struct Image<'a> {
    finding: &'a str,
    name: &'a str,
    base64: String,
}

#[derive(Serialize)]
struct Assumption<'a> {
    key: &'a str,
    value: &'a str,
    evidence: &'a str,
    unanchored: bool,
    source: &'a str,
}

/// What the template is filled with.
#[derive(Serialize)]
struct Page<'a> {
    name: &'a str,
    title: &'a str,
    story: &'a str,
    about: Vec<(&'static str, String)>,
    headline: Vec<(String, String)>,
    faults: Vec<String>,
    images: Vec<Image<'a>>,
    sections: Vec<Section>,
    assumptions: Vec<Assumption<'a>>,
    unstated: &'static [&'static str],
    manifest: String,
    version: &'a str,
}

/// The page, with every chart inside.
pub(crate) fn fill_in(
    scenario: &Scenario,
    summary: &Summary,
    manifest: &Manifest,
    charts: &[Chart],
) -> Result<File, ReportError> {
    write(&Page {
        name: &scenario.name,
        title: &scenario.title,
        story: &scenario.story,
        about: about(&scenario.provenance),
        headline: headline::summary_rows(scenario, summary),
        faults: warnings::faults(summary),
        images: images(charts),
        sections: sections::of(scenario, summary),
        assumptions: assumptions(&scenario.assumptions),
        unstated: warnings::silence(summary),
        manifest: manifest.repeatable_json()?,
        version: &manifest.program_version,
    })
}

fn images(charts: &[Chart]) -> Vec<Image<'_>> {
    charts
        .iter()
        .map(|c| Image { finding: &c.finding, name: &c.file.name, base64: STANDARD.encode(&c.file.bytes) })
        .collect()
}

fn assumptions(list: &[scenario::Assumption]) -> Vec<Assumption<'_>> {
    list.iter()
        .map(|a| Assumption {
            key: &a.key,
            value: &a.value,
            evidence: a.mark.word(),
            unanchored: a.mark.is_unanchored(),
            source: &a.source,
        })
        .collect()
}

/// The filled template.
fn write(page: &Page<'_>) -> Result<File, ReportError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("index.html", TEMPLATE)?;
    let text = environment.get_template("index.html")?.render(Serde(page))?;
    Ok(File::new("index.html", text.into_bytes()))
}

/// What the scenario says about its own story.
fn about(own: &Provenance) -> Vec<(&'static str, String)> {
    let mut list = Vec::new();
    if let Some(severity) = &own.severity {
        let meaning =
            if severity.meaning.is_empty() { String::new() } else { format!(": {}", severity.meaning) };
        list.push(("Severity", format!("{}{meaning}", severity.name)));
    }
    let anchor = own.severity.as_ref().and_then(|severity| severity.anchor.as_ref()).or(own.anchor.as_ref());
    list.extend(anchor.map(|anchor| ("Anchor", anchor.clone())));
    list.extend(own.falsified_by.as_ref().map(|what| ("What would falsify it", what.clone())));
    list
}
