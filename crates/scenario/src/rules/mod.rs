//! What no type can say: rules between keys.

mod agents;
mod catalogue;
mod concentrated;
mod crypto;
mod drivers;
mod joint;
mod lending;
mod network;
mod processes;
mod redemption;
mod report;
mod restaking;
mod shocks;
mod stable;
mod sweep;
mod targets;
mod time;
mod triggers;
mod venues;
mod weighted;

use crate::diagnostic::Problems;
use crate::layers::Layers;
use crate::raw::RawScenario;
use crate::raw::pools::RawPoolFile;
use crate::raw::redemption::RawRedemption;
use crate::raw::target::RawTargetFile;
use crate::raw::token::RawTokenFile;
use crate::tree::Node;

pub(crate) use joint::{check_joint, check_members};

/// A scenario and where to complain about it.
struct Rules<'a, 'p> {
    raw: &'a RawScenario,
    site: Site<'a, 'p>,
}

/// The places of a file, and the problems found there.
struct Site<'a, 'p> {
    tree: &'a Node,
    problems: &'a mut Problems<'p>,
}

/// Adds every broken rule to `problems`.
pub(crate) fn check(raw: &RawScenario, tree: &Node, layers: &Layers, problems: &mut Problems<'_>) {
    let mut rules = Rules { raw, site: Site { tree, problems } };
    rules.check_name();
    rules.check_markets();
    rules.check_severities();
    rules.check_limits();
    rules.check_time();
    rules.check_rolling();
    rules.check_venues();
    rules.check_drivers();
    rules.check_network();
    rules.check_redemption();
    rules.check_restaking();
    rules.check_lending();
    rules.check_agents();
    rules.check_shocks();
    rules.check_report();
    rules.check_varied_keys();
    rules.check_targets();
    rules.check_evidence(layers);
}

/// Adds every broken rule of a pool file to `problems`.
pub(crate) fn check_pools(raw: &RawPoolFile, tree: &Node, problems: &mut Problems<'_>) {
    Site { tree, problems }.check_snapshot(&raw.venues);
}

/// Adds every broken rule of a token file to `problems`.
pub(crate) fn check_token(raw: &RawTokenFile, tree: &Node, problems: &mut Problems<'_>) {
    Site { tree, problems }.check_token(raw);
}

/// Adds every broken rule of a file of targets to `problems`.
pub(crate) fn check_targets(raw: &RawTargetFile, tree: &Node, problems: &mut Problems<'_>) {
    let mut site = Site { tree, problems };
    site.check_targets(&raw.targets);
    site.check_calibrate(&raw.calibrate);
}

/// Adds every key to `problems` that a redemption needs and a token file does not give.
pub(crate) fn check_complete(raw: &RawRedemption, tree: &Node, problems: &mut Problems<'_>) {
    redemption::check_complete(raw, &mut Site { tree, problems });
}

impl Rules<'_, '_> {
    fn refuse(&mut self, key: &str, message: String) {
        self.site.refuse(key, message);
    }

    fn check_name(&mut self) {
        let name = &self.raw.name;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            self.refuse("name", format!("name is `{name}`, must be letters, digits and hyphens"));
        }
    }
}

impl Site<'_, '_> {
    fn refuse(&mut self, key: &str, message: String) {
        self.problems.at(self.tree, key, message);
    }

    fn refuse_with_help(&mut self, key: &str, message: String, help: String) {
        self.problems.push(key, self.tree.span_near(key), message, Some(help));
    }
}
