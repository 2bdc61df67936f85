//! A file of several tokens, read and checked with the files of its members.
//!
//! ```text
//! text --read_joint--> JointDocument (checked RawJointScenario, a Document per member)
//!      --resolve_joint(+ series)--> sim::joint::JointScenario
//! ```
//!
//! A member is an ordinary scenario file. What the joint file says of it is applied as overrides: `common`, then the member's
//! `set`, then the command line's `members[i].KEY`, then window, paths and seed.

mod resolve;
mod settings;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Problems, ScenarioError};
use crate::document::{Document, Given, apply, read};
use crate::overrides::{Override, OverrideProblem, check_key, check_key_of};
use crate::raw::Mode;
use crate::raw::joint::RawJointScenario;
use crate::severity::Severity;
use crate::tree::{Node, Value, parse_toml};
use crate::typed::{Syntax, typed};
use crate::{rules, schema};

pub use resolve::resolve_joint;
use settings::{for_members, member_key, overrides_of};

/// A file of several tokens that is right in itself; its series are not read yet.
#[derive(Debug, Clone)]
pub struct JointDocument {
    pub(crate) path: PathBuf,
    pub(crate) text: Arc<str>,
    pub(crate) tree: Node,
    pub(crate) raw: RawJointScenario,
    pub(crate) members: Vec<Document>,
    /// The severity whose values it has.
    pub(crate) severity: Option<Severity>,
    pub(crate) given: Given,
}

/// Whether the file at `path` is one of several tokens. A file with a mistake of syntax is not.
///
/// # Errors
/// A file that cannot be read.
pub fn is_joint(path: &Path) -> Result<bool, ScenarioError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ScenarioError::Read { path: path.to_owned(), source })?;
    Ok(parse_toml(&text).is_ok_and(|tree| says_joint(&tree)))
}

/// Whether a tree names the mode of several tokens.
pub(crate) fn says_joint(tree: &Node) -> bool {
    matches!(tree.child("mode").map(|node| &node.value), Some(Value::Text(word)) if word == "joint")
}

/// Whether a file of several tokens, or of a member where it says so, can hold `key`.
pub(crate) fn check_key_of_joint(key: &str) -> Result<(), OverrideProblem> {
    match member_key(key) {
        Some((_, inner)) => check_key(inner),
        None => check_key_of(key, &schema::joint_schema()),
    }
}

/// Reads the file of several tokens at `path` with its members' files, and applies `overrides`: keys of this file, or
/// `members[i].KEY` for a key of a member's.
///
/// # Errors
/// A file that cannot be read, or everything that is found wrong with it or the first member's file that is wrong.
pub fn read_joint(path: &Path, overrides: &[Override]) -> Result<JointDocument, ScenarioError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ScenarioError::Read { path: path.to_owned(), source })?;
    JointDocument::parse(path, &text, overrides)
}

impl JointDocument {
    /// Reads `text` as the file at `path`, which need not exist; members' files have to.
    ///
    /// # Errors
    /// Everything that is found wrong with the text, or with the first member's file that is wrong.
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
        let given = Given { text: text.into(), overrides: overrides.to_vec() };
        let schema = schema::joint_schema();
        let (own, of_members) = for_members(overrides);
        let text = apply(path, text, &own, &schema)?;
        let mut problems = Problems::new(path, &text);
        let Some(tree) = Syntax::Toml.tree(&text, &mut problems) else {
            return Err(ScenarioError::Invalid(problems.into_list()));
        };
        let raw = typed::<RawJointScenario>((&text, Syntax::Toml), &tree, &schema, |_| (), &mut problems);
        let Some(raw) = raw else { return Err(ScenarioError::Invalid(problems.into_list())) };
        rules::check_joint(&raw, &tree, &mut problems);
        for (key, place) in of_members.iter().map(|(place, one)| (one.key(), *place)) {
            if place >= raw.members.len() {
                let message = format!("override `members[{place}].{key}`: the file has no such item");
                problems.at(&tree, "members", message);
            }
        }
        let members = read_members(path, &raw, &tree, &of_members, &mut problems)?;
        rules::check_members(&raw, &members, &tree, &mut problems);
        if !problems.is_empty() {
            return Err(ScenarioError::Invalid(problems.into_list()));
        }
        Ok(Self { path: path.to_owned(), text: Arc::clone(&text), tree, raw, members, severity, given })
    }

    /// The file as written, typed.
    pub fn raw(&self) -> &RawJointScenario {
        &self.raw
    }

    /// The name of the run: that of the file, with that of its severity behind it.
    pub(crate) fn name(&self) -> String {
        match &self.severity {
            Some(severity) => format!("{}-{}", self.raw.name, severity.name),
            None => self.raw.name.clone(),
        }
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text after overrides of its own keys.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The members' files with everything that this file sets in them.
    pub fn members(&self) -> &[Document] {
        &self.members
    }
}

fn read_members(
    path: &Path,
    raw: &RawJointScenario,
    tree: &Node,
    of_members: &[(usize, Override)],
    problems: &mut Problems<'_>,
) -> Result<Vec<Document>, ScenarioError> {
    let mut members = Vec::new();
    for (place, member) in raw.members.iter().enumerate() {
        let file =
            path.parent().map_or_else(|| PathBuf::from(&member.file), |folder| folder.join(&member.file));
        let mut overrides = overrides_of(&raw.common);
        overrides.extend(overrides_of(&member.set));
        overrides.extend(of_members.iter().filter(|one| one.0 == place).map(|one| one.1.clone()));
        overrides.extend(window(raw));
        if let Some(mode) = other_mode(&file) {
            let key = format!("members[{place}].file");
            let (name, word) = (&member.file, mode.word());
            let message = format!("{key} is `{name}` of mode = \"{word}\", must be of mode = \"forward\"");
            problems.at(tree, &key, message);
            continue;
        }
        match read(&file, &overrides) {
            Ok(document) => members.push(document),
            Err(ScenarioError::Read { path, source }) => {
                let key = format!("members[{place}].file");
                problems.at(tree, &key, format!("{key}: {}: {source}", path.display()));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(members)
}

/// The mode of a file that is no `forward` one: asked before its window is replaced, which other modes have no keys for.
fn other_mode(file: &Path) -> Option<Mode> {
    let text = std::fs::read_to_string(file).ok()?;
    let tree = parse_toml(&text).ok()?;
    Mode::of(&tree).filter(|mode| *mode != Mode::Forward)
}

/// Window, paths and seed, which replace the members' own.
fn window(raw: &RawJointScenario) -> Vec<Override> {
    let quoted = |time: jiff::Timestamp| format!("\"{time}\"");
    let step = raw.time.step_minutes.map(|minutes| Override::new("time.step_minutes", minutes.to_string()));
    let mut list = vec![
        Override::new("time.start", quoted(raw.time.start)),
        Override::new("time.end", quoted(raw.time.end)),
        Override::new("paths.count", raw.paths.count.to_string()),
        Override::new("paths.seed", raw.paths.seed.to_string()),
    ];
    list.extend(step);
    list
}
