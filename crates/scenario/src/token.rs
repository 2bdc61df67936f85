//! Token files: what a protocol's contracts and documents say, to be inherited by scenarios.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pegstress_sim::scenario::{Assumption, Redemption};

use crate::diagnostic::{Problems, ScenarioError};
use crate::document::apply;
use crate::overrides::Override;
use crate::raw::token::RawTokenFile;
use crate::resolve::{assumptions_of_token, redemption};
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

/// Reads the token file at `path` and applies `overrides`.
///
/// # Errors
/// A file that cannot be read, or everything that is found wrong with it.
pub fn read_token(path: &Path, overrides: &[Override]) -> Result<TokenFile, ScenarioError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ScenarioError::Read { path: path.to_owned(), source })?;
    TokenFile::parse(path, &text, overrides)
}

impl TokenFile {
    /// Reads `text` as the file at `path`, which need not exist.
    ///
    /// # Errors
    /// Everything that is found wrong with the text.
    pub fn parse(path: &Path, text: &str, overrides: &[Override]) -> Result<Self, ScenarioError> {
        let schema = schema::token_schema();
        let source = apply(path, text, overrides, &schema)?;
        let mut problems = Problems::new(path, &source);
        if let Some(tree) = Syntax::Toml.tree(&source, &mut problems) {
            let raw = typed::<RawTokenFile>((&source, Syntax::Toml), &tree, &schema, |_| (), &mut problems);
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

    /// How it redeems when a share of slots has no block.
    ///
    /// # Errors
    /// Keys that a redemption needs and the file does not give.
    pub fn redemption(&self, missed_share: f64) -> Result<Redemption, ScenarioError> {
        let mut problems = Problems::new(&self.path, &self.text);
        rules::check_complete(&self.raw.redemption, &self.tree, &mut problems);
        match redemption(&self.raw.redemption, missed_share) {
            Some(redemption) if problems.is_empty() => Ok(redemption),
            _ => Err(ScenarioError::Invalid(problems.into_list())),
        }
    }

    /// Every value of its redemption with the evidence behind it.
    pub fn assumptions(&self) -> Vec<Assumption> {
        assumptions_of_token(self, |_| false)
    }

    /// The text after overrides.
    pub fn text(&self) -> &str {
        &self.text
    }
}
