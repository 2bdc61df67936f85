//! A scenario at one of its severities: the file with the severity's values, and the same seed.

use crate::diagnostic::ScenarioError;
use crate::document::Document;
use crate::key::join;
use crate::overrides::Override;

/// Keys that a severity cannot replace: they say which scenario it is and which random numbers it draws.
pub(crate) const FIXED: [&str; 6] = ["name", "base", "mode", "markets", "severities", "paths.seed"];

/// The severity of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Severity {
    pub(crate) name: String,
    /// Keys that it replaces.
    pub(crate) keys: Vec<String>,
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
        let Some(severity) = self.raw().severities.get(name) else {
            let known: Vec<&str> = self.severities().collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let mut problems = self.layers.problems();
            problems.push("severities", None, format!("there is no severity `{name}`, only {known}"), None);
            return Err(ScenarioError::Invalid(problems.into_list()));
        };
        let table = join("severities", name);
        let mut overrides = Vec::new();
        for key in severity.values.keys() {
            let span = self.tree.find(&join(&table, key)).and_then(|node| node.span.clone());
            let value = span.and_then(|span| self.layers.text.get(span)).unwrap_or_default();
            overrides.push(Override::new(key.clone(), value));
        }
        overrides.extend(self.given.overrides.iter().cloned());
        let severity = Severity { name: name.to_owned(), keys: severity.values.keys().cloned().collect() };
        let read = Self::parse_at(&self.path, &self.given.text, &overrides, Some(severity));
        read.map_err(|error| told_of(&table, error))
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
