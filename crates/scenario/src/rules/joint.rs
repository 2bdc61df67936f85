//! Rules of a file of several tokens.

use std::collections::BTreeMap;

use super::Site;
use crate::diagnostic::Problems;
use crate::document::Document;
use crate::joint::check_key_of_joint;
use crate::raw::joint::RawJointScenario;
use crate::severity::check_severities;
use crate::tree::Node;

/// Adds every broken rule of the file itself to `problems`.
pub(crate) fn check_joint(raw: &RawJointScenario, tree: &Node, problems: &mut Problems<'_>) {
    let mut site = Site { tree, problems };
    let name = &raw.name;
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        site.refuse("name", format!("name is `{name}`, must be letters, digits and hyphens"));
    }
    if raw.time.step_minutes.is_none() {
        site.refuse("time", "time.step_minutes is missing: the grid of all tokens".into());
    }
    check_matrix(raw, &mut site);
    let thresholds = &raw.report.thresholds_bps;
    if let Some(at) = thresholds.windows(2).position(|pair| pair[0].0 >= pair[1].0) {
        let (key, before) = (format!("report.thresholds_bps[{}]", at + 1), thresholds[at].0);
        let message = format!("{key} is {}, must be above {before} before it", thresholds[at + 1].0);
        site.refuse(&key, message);
    }
    for (place, lender) in raw.shared.lenders.iter().enumerate() {
        if raw.shared.lenders[..place].contains(lender) {
            let key = format!("shared.lenders[{place}].name");
            site.refuse(&key, format!("{key} is `{}`, which is named already", lender.name));
        }
    }
    site.check_evidence_keys(&raw.evidence);
    check_severities(&raw.severities, tree, problems, check_key_of_joint);
}

/// As many rows and columns as members, and nothing on the diagonal.
fn check_matrix(raw: &RawJointScenario, site: &mut Site<'_, '_>) {
    const KEY: &str = "contagion.matrix_pct_per_day_per_bps";
    let Some(contagion) = &raw.contagion else { return };
    let (rows, members) = (&contagion.matrix_pct_per_day_per_bps, raw.members.len());
    if rows.len() != members {
        site.refuse(KEY, format!("{KEY} has {} rows, must have one per member: {members}", rows.len()));
    }
    for (i, row) in rows.iter().enumerate() {
        let key = format!("{KEY}[{i}]");
        if row.len() != members {
            site.refuse(
                &key,
                format!("{key} has {} columns, must have one per member: {members}", row.len()),
            );
        }
        if let Some(own) = row.get(i).filter(|own| own.0 != 0.0) {
            let key = format!("{key}[{i}]");
            let message = format!("{key} is {}, must be 0", own.0);
            let help =
                "a token's own discount is agents.exit_demand.pct_per_day_per_bps_discount of its file";
            site.refuse_with_help(&key, message, help.into());
        }
    }
}

/// Adds what is wrong between the file and its members' to `problems`.
pub(crate) fn check_members(
    raw: &RawJointScenario,
    members: &[Document],
    tree: &Node,
    problems: &mut Problems<'_>,
) {
    if members.len() != raw.members.len() {
        return;
    }
    let mut site = Site { tree, problems };
    let mut seen = BTreeMap::new();
    for (place, member) in members.iter().enumerate() {
        let symbol = &member.raw().token.symbol;
        if let Some(other) = seen.insert(symbol.clone(), place) {
            let key = format!("members[{place}].file");
            let message = format!("{key} is of {symbol}, as members[{other}] is: a token is in a run once");
            site.refuse(&key, message);
        }
        if symbol.is_empty() || !symbol.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            let key = format!("members[{place}].file");
            let message = format!(
                "{key}: token.symbol is `{symbol}`, must be letters, digits and hyphens: it names a folder"
            );
            site.refuse(&key, message);
        }
    }
    for (place, lender) in raw.shared.lenders.iter().enumerate() {
        let has = |member: &&Document| member.raw().lending.iter().any(|market| market.name == lender.name);
        let found = members.iter().filter(has).count();
        if found < 2 {
            let key = format!("shared.lenders[{place}].name");
            let name = &lender.name;
            let message =
                format!("{key} is `{name}`, a market of {found} members; two or more can share a lender");
            site.refuse(&key, message);
        }
    }
}
