//! A scenario file, read and checked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml_edit::DocumentMut;

use crate::diagnostic::{Problems, ScenarioError};
use crate::joint::says_joint;
use crate::layers::Layers;
use crate::mode::check_key_uses;
use crate::overrides::Override;
use crate::raw::{Mode, RawScenario};
use crate::severity::Severity;
use crate::token::{TokenFile, read_token};
use crate::tree::{Node, Value};
use crate::typed::typed_layers;
use crate::{rules, schema};

/// A scenario file that is right in itself; its series are not read yet.
#[derive(Debug, Clone)]
pub struct Document {
    pub(crate) path: PathBuf,
    /// The file and those it builds upon.
    pub(crate) layers: Layers,
    pub(crate) tree: Node,
    /// The file that `token.file` names.
    pub(crate) token: Option<TokenFile>,
    /// The severity whose values it has.
    pub(crate) severity: Option<Severity>,
    pub(crate) given: Given,
    raw: RawScenario,
}

/// What a document was read from.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) text: Arc<str>,
    pub(crate) overrides: Vec<Override>,
}

/// Reads the scenario file at `path` and applies `overrides`.
///
/// # Errors
/// A file that cannot be read, or everything that is found wrong with it.
pub fn read(path: &Path, overrides: &[Override]) -> Result<Document, ScenarioError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ScenarioError::Read { path: path.to_owned(), source })?;
    Document::parse(path, &text, overrides)
}

impl Document {
    /// Reads `text` as the file at `path`, which need not exist.
    ///
    /// # Errors
    /// Everything that is found wrong with the text.
    pub fn parse(path: &Path, text: &str, overrides: &[Override]) -> Result<Self, ScenarioError> {
        Self::parse_at(path, text, overrides, None)
    }

    /// [`Self::parse`] where `overrides` hold the values of a severity.
    pub(crate) fn parse_at(
        path: &Path,
        text: &str,
        overrides: &[Override],
        severity: Option<Severity>,
    ) -> Result<Self, ScenarioError> {
        let schema = schema::shared_schema();
        let (layers, tree) = Layers::open(path, text, overrides, schema)?;
        let mut problems = layers.problems();
        if says_joint(&tree) {
            refuse_joint(&tree, &mut problems);
            return Err(ScenarioError::Invalid(problems.into_list()));
        }
        let uses = |problems: &mut Problems<'_>| {
            if let Some(mode) = Mode::of(&tree) {
                check_key_uses(&tree, mode, problems);
            }
        };
        let raw = typed_layers::<RawScenario>(&layers, &tree, schema, uses, &mut problems);
        if let Some(mut raw) = raw {
            let token = inherit(&layers, &mut raw, &tree, &mut problems)?;
            rules::check(&raw, &tree, &layers, &mut problems);
            if problems.is_empty() {
                let given = Given { text: text.into(), overrides: overrides.to_vec() };
                return Ok(Self { path: path.to_owned(), layers, tree, token, severity, given, raw });
            }
        }
        Err(ScenarioError::Invalid(problems.into_list()))
    }

    /// The file as written, typed.
    pub fn raw(&self) -> &RawScenario {
        &self.raw
    }

    /// The text after overrides, with those of the files it builds upon after it: what identifies the scenario.
    pub fn text(&self) -> &str {
        &self.layers.text
    }

    /// The files that it builds upon, with their texts.
    pub fn bases(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.layers.bases().map(|layer| (layer.path.as_path(), &*layer.text))
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number that the file has at `key`.
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.tree.find(key)?.value {
            Value::Integer(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            _ => None,
        }
    }

    /// A problem of the value at `key` that only the scenario's run can know.
    pub fn problem(&self, key: &str, message: String) -> ScenarioError {
        let mut problems = self.layers.problems();
        problems.at(&self.tree, key, message);
        ScenarioError::Invalid(problems.into_list())
    }

    /// The token file whose keys it inherits.
    pub fn token(&self) -> Option<&TokenFile> {
        self.token.as_ref()
    }
}

/// A file of several tokens is no scenario of one.
fn refuse_joint(tree: &Node, problems: &mut Problems<'_>) {
    let message = "mode = \"joint\" holds several tokens; this takes a scenario of one".to_owned();
    let help = "name the file of one of its members; `pegstress run` and `pegstress check` take the whole";
    problems.push("mode", tree.span_near("mode"), message, Some(help.into()));
}

/// Reads the token file that the scenario names, if it names one, and takes over what the scenario leaves
/// out.
fn inherit(
    layers: &Layers,
    raw: &mut RawScenario,
    tree: &Node,
    problems: &mut Problems<'_>,
) -> Result<Option<TokenFile>, ScenarioError> {
    let Some(name) = &raw.token.file else { return Ok(None) };
    let file = layers.folder_of(tree, "token.file").join(name);
    let token = match read_token(&file, &[]) {
        Ok(token) => token,
        Err(ScenarioError::Read { path, source }) => {
            problems.at(tree, "token.file", format!("token.file: {}: {source}", path.display()));
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    if token.raw().symbol != raw.token.symbol {
        let (own, other) = (&raw.token.symbol, &token.raw().symbol);
        problems.at(tree, "token.symbol", format!("token.symbol is `{own}`, but {name} is of `{other}`"));
    }
    raw.redemption = Some(raw.redemption.unwrap_or_default().or(token.raw().redemption));
    Ok(Some(token))
}

/// The text after overrides; without any, the text itself.
pub(crate) fn apply(
    path: &Path,
    text: &str,
    overrides: &[Override],
    schema: &serde_json::Value,
) -> Result<Arc<str>, ScenarioError> {
    let source: Arc<str> = text.into();
    if overrides.is_empty() {
        return Ok(source);
    }
    let mut problems = Problems::new(path, &source);
    match text.parse::<DocumentMut>() {
        Ok(mut document) => {
            for one in overrides {
                if let Err((message, help)) = one.apply(&mut document, schema) {
                    problems.push(one.key(), None, message, help);
                }
            }
            if problems.is_empty() {
                return Ok(document.to_string().into());
            }
        }
        Err(error) => problems.push("", error.span(), error.message().to_owned(), None),
    }
    Err(ScenarioError::Invalid(problems.into_list()))
}
