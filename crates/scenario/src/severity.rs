//! A scenario at one of its severities: the file with the severity's values, and the same seed.

use std::collections::BTreeMap;

use pegstress_sim::scenario as sim;

use crate::diagnostic::{Problems, ScenarioError};
use crate::document::Document;
use crate::joint::JointDocument;
use crate::key::join;
use crate::overrides::{Override, OverrideProblem};
use crate::raw::catalogue::RawSeverity;
use crate::tree::Node;

/// Keys that a severity cannot replace: they say which scenario it is and which random numbers it draws.
pub(crate) const FIXED: [&str; 6] = ["name", "base", "mode", "markets", "severities", "paths.seed"];

/// The severity of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Severity {
    pub(crate) name: String,
    /// Keys that it replaces.
    pub(crate) keys: Vec<String>,
}

/// Severities by name, as a file has them.
pub(crate) type Severities = BTreeMap<String, RawSeverity>;

/// A severity of a file with what its values replace, before what the command line does.
pub(crate) struct Chosen {
    pub(crate) severity: Severity,
    pub(crate) overrides: Vec<Override>,
}

/// The severity of that name of the file with this tree and text.
pub(crate) fn choose(
    severities: &Severities,
    name: &str,
    (tree, text): (&Node, &str),
    mut problems: Problems<'_>,
) -> Result<Chosen, ScenarioError> {
    let Some(severity) = severities.get(name) else {
        let known: Vec<&str> = severities.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        problems.push("severities", None, format!("there is no severity `{name}`, only {known}"), None);
        return Err(ScenarioError::Invalid(problems.into_list()));
    };
    let table = join("severities", name);
    let value = |key: &String| {
        let span = tree.find(&join(&table, key)).and_then(|node| node.span.clone());
        span.and_then(|span| text.get(span)).unwrap_or_default()
    };
    Ok(Chosen {
        overrides: severity.values.keys().map(|key| Override::new(key.clone(), value(key))).collect(),
        severity: Severity { name: name.to_owned(), keys: severity.values.keys().cloned().collect() },
    })
}

/// What a file's severity is to readers.
pub(crate) fn described(severities: &Severities, name: &str) -> sim::Severity {
    let words = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let table = severities.get(name);
    sim::Severity {
        name: name.to_owned(),
        meaning: table.and_then(|table| table.meaning.as_ref()).map(words).unwrap_or_default(),
        anchor: table.and_then(|table| table.anchor.as_ref()).map(words),
    }
}

/// Adds what is wrong with the names and keys of a file's severities to `problems`; `known` says whether a file has a key.
pub(crate) fn check_severities(
    severities: &Severities,
    tree: &Node,
    problems: &mut Problems<'_>,
    known: impl Fn(&str) -> Result<(), OverrideProblem>,
) {
    for (name, severity) in severities {
        let table = join("severities", name);
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            problems.at(tree, &table, format!("{table}: the name must be letters, digits and hyphens"));
        }
        for key in severity.values.keys() {
            let place = join(&table, key);
            let is_fixed = FIXED.iter().any(|fixed| key == fixed) || key.starts_with("severities");
            if let Err((message, help)) = known(key) {
                let span = tree.span_near(&place);
                problems.push(&place, span, format!("{place}: {message}"), help);
            } else if is_fixed {
                problems.at(tree, &place, format!("{place}: a severity cannot replace {key}"));
            }
        }
    }
}

impl Document {
    /// Names of its severities, in order.
    pub fn severities(&self) -> impl Iterator<Item = &str> {
        self.raw().severities.keys().map(String::as_str)
    }

    /// The name of the run: that of the file, with that of its severity behind it.
    pub(crate) fn name(&self) -> String {
        match &self.severity {
            Some(severity) => format!("{}-{}", self.raw().name, severity.name),
            None => self.raw().name.clone(),
        }
    }

    /// The document with the values of a severity; what the command line replaced stays replaced.
    ///
    /// # Errors
    /// Values that do not fit where they go; a severity that the file does not have.
    pub fn at_severity(&self, name: &str) -> Result<Self, ScenarioError> {
        let here = (&self.tree, &*self.layers.text);
        let Chosen { severity, mut overrides } =
            choose(&self.raw().severities, name, here, self.layers.problems())?;
        overrides.extend(self.given.overrides.iter().cloned());
        let read = Self::parse_at(&self.path, &self.given.text, &overrides, Some(severity));
        read.map_err(|error| told_of(&join("severities", name), error))
    }
}

impl JointDocument {
    /// Names of its severities, in order.
    pub fn severities(&self) -> impl Iterator<Item = &str> {
        self.raw().severities.keys().map(String::as_str)
    }

    /// The file with the values of a severity, keys of this file or `members[i].KEY`; what the command line replaced stays
    /// replaced.
    ///
    /// # Errors
    /// Values that do not fit where they go; a severity that the file does not have.
    pub fn at_severity(&self, name: &str) -> Result<Self, ScenarioError> {
        let problems = Problems::new(&self.path, &self.text);
        let Chosen { severity, mut overrides } =
            choose(&self.raw().severities, name, (&self.tree, &self.text), problems)?;
        overrides.extend(self.given.overrides.iter().cloned());
        let read = Self::parse_at(&self.path, &self.given.text, &overrides, Some(severity));
        read.map_err(|error| told_of(&join("severities", name), error))
    }
}

/// The same problems, each with the severity in which it stands.
fn told_of(table: &str, error: ScenarioError) -> ScenarioError {
    match error {
        ScenarioError::Invalid(mut list) => {
            for one in &mut list {
                one.message = format!("with {table}: {}", one.message);
            }
            ScenarioError::Invalid(list)
        }
        other => other,
    }
}
