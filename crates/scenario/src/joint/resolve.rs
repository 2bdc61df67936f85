//! Members' scenarios and what binds them.

use pegstress_sim::joint::{Contagion, Coupling, JointScenario, JointStudy, Member, SharedLender};
use pegstress_sim::scenario::{Assumption, PathStudy, Provenance, Scenario, Study};

use super::JointDocument;
use super::settings::{member_key, overrides_of};
use crate::diagnostic::{Problems, ScenarioError};
use crate::key::{covers, join};
use crate::raw::joint::RawContagion;
use crate::resolve::{assumption_of, one_line, resolve};
use crate::series::ReadSeries;
use crate::severity::described;
use crate::tree::{Node, Value};

/// Tables of the joint file whose numbers are parameters of the model.
const MODEL_TABLES: [&str; 2] = ["contagion", "shared"];
const MATRIX: &str = "contagion.matrix_pct_per_day_per_bps";

/// Makes the scenario that `document` describes, with the series its members name.
///
/// # Errors
/// Series that cannot be read as a member says; members that do not live in the same world.
pub fn resolve_joint(
    document: &JointDocument,
    series: &mut dyn ReadSeries,
) -> Result<JointScenario, ScenarioError> {
    let mut members: Vec<Scenario> =
        document.members.iter().map(|member| resolve(member, series)).collect::<Result<_, _>>()?;
    let studies: Vec<&PathStudy> = members.iter().filter_map(path_study).collect();
    let mut problems = Problems::new(&document.path, &document.text);
    for (place, study) in studies.iter().enumerate().skip(1) {
        if let Some(what) = other_world(studies[0], study) {
            let key = format!("members[{place}]");
            let message = format!(
                "{key}: {what} differs from that of members[0]; tokens of one run live in one world: set it in [common]"
            );
            problems.at(&document.tree, &key, message);
        }
    }
    let raw = &document.raw;
    let lenders = shared_lenders(document, &studies, &mut problems);
    if !problems.is_empty() {
        return Err(ScenarioError::Invalid(problems.into_list()));
    }
    let study = JointStudy {
        members: members.iter().zip(&studies).map(|(one, study)| member(one, study)).collect(),
        coupling: Coupling {
            contagion: raw.contagion.as_ref().map(contagion),
            arbitrage_capital_eth: raw.shared.arbitrage_capital_eth.map(|capital| capital.0),
            exit_clock: raw.shared.exit_clock,
            lenders,
        },
        thresholds: raw.report.thresholds_bps.iter().map(|bps| bps.fraction()).collect(),
    };
    for (place, one) in members.iter_mut().enumerate() {
        mark_what_is_set(document, place, &mut one.assumptions);
    }
    Ok(JointScenario {
        name: document.name(),
        title: raw.title.clone(),
        story: one_line(&raw.story),
        provenance: provenance(document),
        assumptions: assumptions(document, &members),
        members,
        study,
    })
}

/// What the file says about itself.
fn provenance(document: &JointDocument) -> Provenance {
    let raw = &document.raw;
    Provenance {
        scenario: raw.name.clone(),
        anchor: raw.anchor.as_deref().map(one_line),
        falsified_by: raw.falsified_by.as_deref().map(one_line),
        severity: document.severity.as_ref().map(|one| described(&raw.severities, &one.name)),
    }
}

fn path_study(scenario: &Scenario) -> Option<&PathStudy> {
    match &scenario.study {
        Study::Paths(study) => Some(study),
        Study::PoolHistory(_) | Study::QueueHistory(_) => None,
    }
}

fn member(scenario: &Scenario, study: &PathStudy) -> Member {
    Member { study: study.clone(), report: scenario.report.clone() }
}

fn contagion(raw: &RawContagion) -> Contagion {
    // Per cent per bp: a hundredth per ten-thousandth.
    let row = |row: &Vec<crate::raw::quantity::NonNegative>| row.iter().map(|cell| cell.0 * 1e2).collect();
    Contagion {
        per_discount_per_day: raw.matrix_pct_per_day_per_bps.iter().map(row).collect(),
        threshold: raw.threshold_bps.fraction(),
    }
}

/// What two members say differently of the world that they share.
fn other_world(first: &PathStudy, second: &PathStudy) -> Option<&'static str> {
    let (a, b) = (&first.drivers, &second.drivers);
    let drawn = |study: &PathStudy| {
        let synthetic = study.drivers.synthetic.clone().unwrap_or_default();
        (synthetic.eth_usd, synthetic.network_queue, synthetic.blocks)
    };
    if a.eth_usd != b.eth_usd || a.eth_drawdown != b.eth_drawdown || drawn(first).0 != drawn(second).0 {
        Some("drivers.eth_usd")
    } else if a.network_queue_eth != b.network_queue_eth || drawn(first).1 != drawn(second).1 {
        Some("drivers.network_exit_queue_eth")
    } else if drawn(first).2 != drawn(second).2 {
        Some("drivers.bootstrap")
    } else if first.network != second.network {
        Some("network")
    } else {
        None
    }
}

/// Markets of each shared lender's name; they have to pay by one curve.
fn shared_lenders(
    document: &JointDocument,
    studies: &[&PathStudy],
    problems: &mut Problems<'_>,
) -> Vec<SharedLender> {
    let mut list = Vec::new();
    for (place, lender) in document.raw.shared.lenders.iter().enumerate() {
        let market = |study: &&PathStudy| study.lending.iter().position(|one| one.spec.name == lender.name);
        let markets: Vec<Option<usize>> = studies.iter().map(market).collect();
        let specs: Vec<_> = studies
            .iter()
            .zip(&markets)
            .filter_map(|(study, at)| Some(&study.lending[(*at)?].spec))
            .collect();
        let key = format!("shared.lenders[{place}].name");
        if specs.iter().any(|spec| spec.interest.curve != specs[0].interest.curve) {
            let name = &lender.name;
            let message =
                format!("{key} is `{name}`, whose markets have different rate curves: one lender has one");
            problems.at(&document.tree, &key, message);
        }
        list.push(SharedLender { name: lender.name.clone(), markets });
    }
    list
}

/// A value that this file sets in a member's has the evidence of this file, not that of the value it replaces.
fn mark_what_is_set(document: &JointDocument, place: usize, assumptions: &mut [Assumption]) {
    let raw = &document.raw;
    let named = |table: &str, settings| {
        let list = overrides_of(settings).into_iter();
        list.map(|one| (one.key().to_owned(), format!("{table}.{}", one.key()))).collect::<Vec<_>>()
    };
    let mut sets = named("common", &raw.common);
    sets.extend(named(&format!("members[{place}].set"), &raw.members[place].set));
    sets.extend(of_severity(document).filter_map(|(key, set)| match member_key(&key) {
        Some((member, inner)) if member == place => Some((inner.to_owned(), set)),
        _ => None,
    }));
    for (key, set) in sets {
        for assumption in assumptions.iter_mut().filter(|found| covers(&key, &found.key)) {
            let found = assumption_of(set.clone(), String::new(), &raw.evidence);
            (assumption.mark, assumption.source) = (found.mark, found.source);
        }
    }
}

/// Keys that the severity replaces, and their own places in the file.
fn of_severity(document: &JointDocument) -> impl Iterator<Item = (String, String)> {
    document.severity.iter().flat_map(|severity| {
        let table = join("severities", &severity.name);
        severity.keys.iter().map(move |key| (key.clone(), join(&table, key)))
    })
}

/// Every number of what is shared, then every member's parameters under its symbol.
fn assumptions(document: &JointDocument, members: &[Scenario]) -> Vec<Assumption> {
    let words = |node: &Node| {
        let text = node.span.clone().and_then(|span| document.text.get(span))?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let mut list = Vec::new();
    for (path, node) in document.tree.paths() {
        let is_number = matches!(node.value, Value::Integer(_) | Value::Float(_));
        let is_model = MODEL_TABLES.iter().any(|table| covers(table, &path));
        let is_part = path != MATRIX && covers(MATRIX, &path);
        if is_model && !is_part && (is_number || path == MATRIX) {
            let value = words(node).unwrap_or_default();
            let set = of_severity(document).find(|(key, _)| covers(key, &path));
            let evidence = &document.raw.evidence;
            list.push(match set {
                Some((_, place)) => {
                    Assumption { key: path, value, ..assumption_of(place, String::new(), evidence) }
                }
                None => assumption_of(path, value, evidence),
            });
        }
    }
    for member in members {
        let symbol = &member.token.symbol;
        let named = |one: &Assumption| Assumption { key: format!("{symbol}: {}", one.key), ..one.clone() };
        list.extend(member.assumptions.iter().map(named));
    }
    list
}
