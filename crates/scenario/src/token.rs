//! Token files: what a protocol's contracts and documents say, to be inherited by scenarios.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Problems, ScenarioError};
use crate::raw::token::RawTokenFile;
use crate::tree::Node;
use crate::typed::{Syntax, typed};
use crate::{rules, schema};

/// A token file that is right in itself.
#[derive(Debug, Clone)]
pub struct TokenFile {
    pub(crate) path: PathBuf,
    pub(crate) text: Arc<str>,
    pub(crate) tree: Node,
    raw: RawTokenFile,
}

/// Reads the token file at `path`.
///
/// # Errors
/// A file that cannot be read, or everything that is found wrong with it.
pub fn read_token(path: &Path) -> Result<TokenFile, ScenarioError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ScenarioError::Read { path: path.to_owned(), source })?;
    TokenFile::parse(path, &text)
}

impl TokenFile {
    /// Reads `text` as the file at `path`, which need not exist.
    ///
    /// # Errors
    /// Everything that is found wrong with the text.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ScenarioError> {
        let source: Arc<str> = text.into();
        let mut problems = Problems::new(path, &source);
        if let Some(tree) = Syntax::Toml.tree(text, &mut problems) {
            let schema = schema::token_schema();
            let raw = typed::<RawTokenFile>((text, Syntax::Toml), &tree, &schema, |_| (), &mut problems);
            if let Some(raw) = raw {
                rules::check_token(&raw, &tree, &mut problems);
                if problems.is_empty() {
                    return Ok(Self { path: path.to_owned(), text: source, tree, raw });
                }
            }
        }
        Err(ScenarioError::Invalid(problems.into_list()))
    }

    /// The file as written, typed.
    pub fn raw(&self) -> &RawTokenFile {
        &self.raw
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text as read.
    pub fn text(&self) -> &str {
        &self.text
    }
}
