//! What no type can say: rules between keys.

mod drivers;
mod report;
mod shocks;
mod time;
mod venues;

use crate::diagnostic::Problems;
use crate::raw::RawScenario;
use crate::tree::Node;

/// The file and where to complain.
struct Rules<'a, 'p> {
    raw: &'a RawScenario,
    tree: &'a Node,
    problems: &'a mut Problems<'p>,
}

/// Adds every broken rule to `problems`.
pub(crate) fn check(raw: &RawScenario, tree: &Node, problems: &mut Problems<'_>) {
    let mut rules = Rules { raw, tree, problems };
    rules.check_name();
    rules.check_time();
    rules.check_rolling();
    rules.check_venues();
    rules.check_drivers();
    rules.check_shocks();
    rules.check_report();
    rules.check_evidence();
}

impl Rules<'_, '_> {
    fn refuse(&mut self, key: &str, message: String) {
        self.problems.at(self.tree, key, message);
    }

    fn check_name(&mut self) {
        let name = &self.raw.name;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            self.refuse("name", format!("name is `{name}`, must be letters, digits and hyphens"));
        }
    }
}
