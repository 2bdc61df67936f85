//! Files of targets: observations of an event apart from any scenario.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Problems, ScenarioError};
use crate::raw::target::RawTargetFile;
use crate::tree::Node;
use crate::typed::{Syntax, typed};
use crate::{rules, schema};

/// A file of targets that is right in itself; whether its metrics exist depends on the scenario.
#[derive(Debug, Clone)]
pub struct TargetFile {
    path: PathBuf,
    text: Arc<str>,
    tree: Node,
    raw: RawTargetFile,
}

/// Reads the file of targets at `path`.
///
/// # Errors
/// A file that cannot be read, or everything that is found wrong with it.
pub fn read_targets(path: &Path) -> Result<TargetFile, ScenarioError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ScenarioError::Read { path: path.to_owned(), source })?;
    TargetFile::parse(path, &text)
}

impl TargetFile {
    /// Reads `text` as the file at `path`, which need not exist.
    ///
    /// # Errors
    /// Everything that is found wrong with the text.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ScenarioError> {
        let text: Arc<str> = text.into();
        let mut problems = Problems::new(path, &text);
        if let Some(tree) = Syntax::Toml.tree(&text, &mut problems) {
            let schema = schema::target_schema();
            let raw = typed::<RawTargetFile>((&text, Syntax::Toml), &tree, &schema, |_| (), &mut problems);
            if let Some(raw) = raw {
                rules::check_targets(&raw, &tree, &mut problems);
                if problems.is_empty() {
                    return Ok(Self { path: path.to_owned(), text: Arc::clone(&text), tree, raw });
                }
            }
        }
        Err(ScenarioError::Invalid(problems.into_list()))
    }

    /// The file as written, typed.
    pub fn raw(&self) -> &RawTargetFile {
        &self.raw
    }

    /// The text: what identifies the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A problem of the value at `key` that only the scenario's run can know.
    pub fn problem(&self, key: &str, message: String) -> ScenarioError {
        let mut problems = Problems::new(&self.path, &self.text);
        problems.at(&self.tree, key, message);
        ScenarioError::Invalid(problems.into_list())
    }
}
