//! What is wrong with a scenario file, and where.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::layers::Layer;
use crate::tree::Node;

/// One problem of a scenario file. `Display` shows the place, the message, the line and a caret under the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as it was named to [`read`](crate::read).
    pub file: PathBuf,
    /// Its text after overrides.
    pub source: Arc<str>,
    /// Bytes of `source` that are meant; `None` where there is no place.
    pub span: Option<Range<usize>>,
    /// The key that is meant; empty for a problem of syntax.
    pub key_path: String,
    /// What is wrong; names the key, the value and what is allowed.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Line and column of the place, both from 1; columns count characters.
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        let before = self.source.get(..self.span.as_ref()?.start)?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Some((before.matches('\n').count() + 1, before[line_start..].chars().count() + 1))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:", self.file.display())?;
        let place = self.line_and_column().zip(self.span.as_ref());
        if let Some(((line, column), _)) = place {
            write!(out, "{line}:{column}:")?;
        }
        write!(out, " {}", self.message)?;
        if let Some(((line, column), span)) = place {
            let text = self.source.lines().nth(line - 1).unwrap_or("");
            let number = line.to_string();
            let gutter = " ".repeat(number.len());
            // A tab keeps its width under a tab.
            let indent: String =
                text.chars().take(column - 1).map(|c| if c == '\t' { c } else { ' ' }).collect();
            let meant = self.source.get(span.clone()).and_then(|meant| meant.lines().next()).unwrap_or("");
            let carets = "^".repeat(meant.chars().count().max(1));
            write!(out, "\n{gutter} |\n{number} | {text}\n{gutter} | {indent}{carets}")?;
        }
        match &self.help {
            Some(help) => write!(out, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// Why there is no scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The scenario file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The scenario file, or an override of it, is wrong.
    #[error("{}", join_lines(.0))]
    Invalid(Vec<Diagnostic>),
    /// A series that the scenario names cannot be read as the scenario says.
    #[error("{}", join_lines(.0))]
    Series(Vec<Diagnostic>),
}

impl ScenarioError {
    /// The problems, in the order of the file.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Read { .. } => &[],
            Self::Invalid(list) | Self::Series(list) => list,
        }
    }
}

fn join_lines(list: &[Diagnostic]) -> String {
    list.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n\n")
}

/// Collects the problems of a file, or of several whose texts are laid one after another.
#[derive(Debug)]
pub(crate) struct Problems<'a> {
    /// Files with the place at which each begins, ascending; the first is meant where there is no place.
    files: Vec<(&'a Path, &'a Arc<str>, usize)>,
    list: Vec<Diagnostic>,
    /// Absent keys that a misspelt key stands for: they are not reported as missing too.
    suggested: Vec<String>,
}

impl<'a> Problems<'a> {
    /// No problem so far.
    pub(crate) fn new(file: &'a Path, source: &'a Arc<str>) -> Self {
        Self { files: vec![(file, source, 0)], list: Vec::new(), suggested: Vec::new() }
    }

    /// No problem of the files of a scenario so far; there is at least one.
    pub(crate) fn of_layers(layers: &'a [Layer]) -> Self {
        let files = layers.iter().map(|layer| (layer.path.as_path(), &layer.text, layer.begin)).collect();
        Self { files, list: Vec::new(), suggested: Vec::new() }
    }

    /// Adds a problem at a place.
    pub(crate) fn push(
        &mut self,
        key: &str,
        span: Option<Range<usize>>,
        message: String,
        help: Option<String>,
    ) {
        let begin = span.as_ref().map_or(0, |span| span.start);
        let place = self.files.iter().rposition(|file| file.2 <= begin).unwrap_or(0);
        let (file, source, first) = self.files[place];
        let span = span.map(|span| span.start - first..span.end - first);
        let (file, source) = (file.to_owned(), Arc::clone(source));
        self.list.push(Diagnostic { file, source, span, key_path: key.to_owned(), message, help });
    }

    /// Adds a problem of the value at `key`, or of the innermost table around it where the key is absent.
    pub(crate) fn at(&mut self, tree: &Node, key: &str, message: String) {
        self.push(key, tree.span_near(key), message, None);
    }

    /// Notes that a misspelt key stands for the absent `key`.
    pub(crate) fn suggest(&mut self, key: String) {
        self.suggested.push(key);
    }

    /// Whether a misspelt key stands for the absent `key`.
    pub(crate) fn is_suggested(&self, key: &str) -> bool {
        self.suggested.iter().any(|one| one == key)
    }

    /// How many problems there are so far.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    /// Whether there is no problem so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The problems in the order of the file.
    pub(crate) fn into_list(mut self) -> Vec<Diagnostic> {
        let order = |one: &Diagnostic| {
            let file = self.files.iter().position(|file| file.0 == one.file);
            (file, one.span.as_ref().map_or(0, |span| span.start))
        };
        let mut list = std::mem::take(&mut self.list);
        list.sort_by_key(order);
        list
    }
}
