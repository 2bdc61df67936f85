//! A text becomes a typed file: syntax, then the schema, then the types.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::check;
use crate::diagnostic::Problems;
use crate::json::{self, parse_json};
use crate::layers::Layers;
use crate::tree::{Node, parse_toml};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

impl Syntax {
    /// An object in braces is JSON; no TOML file starts with one.
    pub(crate) fn of(text: &str) -> Self {
        if text.trim_start().starts_with('{') { Self::Json } else { Self::Toml }
    }

    /// The tree of `text`; its problems go to `problems`.
    pub(crate) fn tree(self, text: &str, problems: &mut Problems<'_>) -> Option<Node> {
        let read = match self {
            Self::Toml => parse_toml(text),
            Self::Json => parse_json(text),
        };
        let told = |list: Vec<_>| {
            list.into_iter().for_each(|(span, message)| problems.push("", span, message, None))
        };
        read.map_err(told).ok()
    }

    fn typed<T: DeserializeOwned>(self, text: &str, problems: &mut Problems<'_>) -> Option<T> {
        let read = match self {
            Self::Toml => toml::from_str(text).map_err(|error| (error.span(), error.message().to_owned())),
            Self::Json => serde_json::from_str(text).map_err(|error| json::problem(text, &error)),
        };
        read.map_err(|(span, message)| problems.push("", span, message, None)).ok()
    }
}

/// The typed scenario of several files, once their tree is what `schema` says and what `also` says.
pub(crate) fn typed_layers<T: DeserializeOwned>(
    layers: &Layers,
    tree: &Node,
    schema: &Json,
    also: impl FnOnce(&mut Problems<'_>),
    problems: &mut Problems<'_>,
) -> Option<T> {
    if let Some(only) = layers.only() {
        return typed((&only.text, Syntax::Toml), tree, schema, also, problems);
    }
    check::check(tree, schema, problems);
    also(problems);
    if !problems.is_empty() {
        return None;
    }
    let read = layers.table().and_then(|table| {
        T::deserialize(toml::Value::Table(table)).map_err(|error| error.message().to_owned())
    });
    read.map_err(|message| problems.push("", None, message, None)).ok()
}

/// The typed file, once `tree` is what `schema` says and what `also` says.
pub(crate) fn typed<T: DeserializeOwned>(
    (text, syntax): (&str, Syntax),
    tree: &Node,
    schema: &Json,
    also: impl FnOnce(&mut Problems<'_>),
    problems: &mut Problems<'_>,
) -> Option<T> {
    check::check(tree, schema, problems);
    also(problems);
    problems.is_empty().then(|| syntax.typed(text, problems)).flatten()
}
