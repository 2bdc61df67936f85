//! A scenario file and those it builds upon with `base`, as one text and one tree.
//!
//! ```text
//! file: base = "markets/weeth.toml" --read--> layer 0, layer 1, ... --merge--> tree of the whole
//! ```
//!
//! Tables are merged key by key, the nearer file's value wins; lists are replaced as a whole. Evidence is added up, but covers
//! only what stands in its own file or in one further down: what a file replaces is no longer what its base had a
//! source for. Texts are laid one after another, so that a place in the whole text tells its file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;
use toml::{Table, Value as Toml};
use toml_edit::{DocumentMut, Item};

use crate::diagnostic::{Problems, ScenarioError};
use crate::key::{Segment, segments};
use crate::overrides::Override;
use crate::tree::{Entry, Node, Value, parse_toml};

/// Files in a row at most.
const MOST_LAYERS: usize = 8;

/// Keys at the root that belong to one file alone.
const NOT_INHERITED: [&str; 8] =
    ["base", "markets", "name", "title", "story", "anchor", "falsified_by", "severities"];

/// The list that is added up.
const EVIDENCE: &str = "evidence";

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) path: PathBuf,
    /// After overrides.
    pub(crate) text: Arc<str>,
    /// Byte of the whole text at which it begins.
    pub(crate) begin: usize,
}

/// A scenario's files, the scenario file first.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    list: Vec<Layer>,
    /// All texts, one after another.
    pub(crate) text: Arc<str>,
}

impl Layers {
    /// Reads what `text`, the file at `path`, builds upon, applies `overrides` where their keys stand, and merges.
    pub(crate) fn open(
        path: &Path,
        text: &str,
        overrides: &[Override],
        schema: &Json,
    ) -> Result<(Self, Node), ScenarioError> {
        let (of_base, others): (Vec<_>, Vec<_>) =
            overrides.iter().cloned().partition(|one| one.key() == "base");
        let first = crate::document::apply(path, text, &of_base, schema)?;
        let mut files = vec![(path.to_owned(), first)];
        while let Some(next) = base_of(&files)? {
            files.push(next);
        }
        let files = apply_where_keys_stand(files, &others, schema)?;
        let mut list = Vec::with_capacity(files.len());
        let mut whole = String::new();
        for (path, text) in files {
            if !list.is_empty() {
                whole.push('\n');
            }
            list.push(Layer { path, text: Arc::clone(&text), begin: whole.len() });
            whole.push_str(&text);
        }
        let layers = Self { list, text: whole.into() };
        let mut problems = layers.problems();
        let mut trees = Vec::new();
        for layer in &layers.list {
            trees.push(parse_toml(&layer.text).unwrap_or_else(|list| {
                for (span, message) in list {
                    problems.push("", span.map(|span| moved(span, layer.begin)), message, None);
                }
                Node { span: None, value: Value::Table(Vec::new()) }
            }));
        }
        if !problems.is_empty() {
            return Err(ScenarioError::Invalid(problems.into_list()));
        }
        let mut tree: Option<Node> = None;
        for (layer, mut next) in layers.list.iter().zip(trees) {
            next.shift(layer.begin);
            tree = Some(match tree {
                None => next,
                Some(nearer) => merge_roots(nearer, next),
            });
        }
        let tree = tree.unwrap_or(Node { span: None, value: Value::Table(Vec::new()) });
        Ok((layers, tree))
    }

    /// The problems of all files, none so far.
    pub(crate) fn problems(&self) -> Problems<'_> {
        Problems::of_layers(&self.list)
    }

    /// The only file, or nothing where there are several.
    pub(crate) fn only(&self) -> Option<&Layer> {
        if let [only] = self.list.as_slice() { Some(only) } else { None }
    }

    /// Number of the file in which a value stands, 0 for the scenario file.
    pub(crate) fn of(&self, node: &Node) -> usize {
        let begin = node.span.as_ref().map_or(0, |span| span.start);
        self.list.iter().rposition(|layer| layer.begin <= begin).unwrap_or(0)
    }

    /// Folder of the file in which the value at `key` stands: what relative names in it are relative to.
    pub(crate) fn folder_of(&self, tree: &Node, key: &str) -> &Path {
        let layer = tree.find(key).map_or(0, |node| self.of(node));
        self.list[layer].path.parent().unwrap_or(Path::new(""))
    }

    /// The files that the scenario file builds upon.
    pub(crate) fn bases(&self) -> impl Iterator<Item = &Layer> {
        self.list.iter().skip(1)
    }

    /// All files as one table of values, for the types.
    pub(crate) fn table(&self) -> Result<Table, String> {
        let mut whole: Option<Table> = None;
        for layer in &self.list {
            let next: Table =
                layer.text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
            whole = Some(match whole {
                None => next,
                Some(nearer) => merge_root_tables(nearer, next),
            });
        }
        Ok(whole.unwrap_or_default())
    }
}

/// The file that the last of `files` builds upon.
fn base_of(files: &[(PathBuf, Arc<str>)]) -> Result<Option<(PathBuf, Arc<str>)>, ScenarioError> {
    let Some((path, text)) = files.last() else { return Ok(None) };
    // A text that cannot be read is told of when all are.
    let Ok(tree) = parse_toml(text) else { return Ok(None) };
    let Some(Value::Text(name)) = tree.child("base").map(|node| &node.value) else { return Ok(None) };
    let file = path.parent().map_or_else(|| name.into(), |folder| folder.join(name));
    let refused = |message: String| {
        let mut problems = Problems::new(path, text);
        problems.at(&tree, "base", message);
        ScenarioError::Invalid(problems.into_list())
    };
    let same = |one: &Path| match (one.canonicalize(), file.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => one == file,
    };
    if files.iter().any(|(one, _)| same(one)) {
        return Err(refused(format!("base is `{name}`, which builds upon this file: a circle")));
    }
    if files.len() == MOST_LAYERS {
        return Err(refused(format!(
            "base is `{name}`: more than {MOST_LAYERS} files build upon each other"
        )));
    }
    match std::fs::read_to_string(&file) {
        Ok(text) => Ok(Some((file, text.into()))),
        Err(source) => Err(refused(format!("base: {}: {source}", file.display()))),
    }
}

/// Applies each override to the file whose value counts: items of a list to the nearest file that has the list, all else
/// to the scenario file.
fn apply_where_keys_stand(
    files: Vec<(PathBuf, Arc<str>)>,
    overrides: &[Override],
    schema: &Json,
) -> Result<Vec<(PathBuf, Arc<str>)>, ScenarioError> {
    if overrides.is_empty() {
        return Ok(files);
    }
    let mut documents = Vec::with_capacity(files.len());
    for (path, text) in &files {
        match text.parse::<DocumentMut>() {
            Ok(document) => documents.push(document),
            Err(error) => {
                let mut problems = Problems::new(path, text);
                problems.push("", error.span(), error.message().to_owned(), None);
                return Err(ScenarioError::Invalid(problems.into_list()));
            }
        }
    }
    let (path, text) = &files[0];
    let mut problems = Problems::new(path, text);
    let mut changed = vec![false; documents.len()];
    for one in overrides {
        let place = place_of(one.key(), &documents);
        match one.apply(&mut documents[place], schema) {
            Ok(()) => changed[place] = true,
            Err((message, help)) => problems.push(one.key(), None, message, help),
        }
    }
    if !problems.is_empty() {
        return Err(ScenarioError::Invalid(problems.into_list()));
    }
    let texts = files.into_iter().zip(documents).zip(changed);
    Ok(texts
        .map(|(((path, text), document), changed)| {
            (path, if changed { document.to_string().into() } else { text })
        })
        .collect())
}

fn place_of(key: &str, documents: &[DocumentMut]) -> usize {
    let steps = segments(key).unwrap_or_default();
    let Some(index) = steps.iter().position(|step| matches!(step, Segment::Index(_))) else { return 0 };
    let holds = |document: &DocumentMut| {
        let found = steps[..index].iter().try_fold(document.as_item(), |item: &Item, step| match step {
            Segment::Key(key) => item.as_table_like()?.get(key),
            Segment::Index(_) => None,
        });
        found.is_some()
    };
    documents.iter().position(holds).unwrap_or(0)
}

fn moved(span: std::ops::Range<usize>, by: usize) -> std::ops::Range<usize> {
    span.start + by..span.end + by
}

fn merge_roots(nearer: Node, further: Node) -> Node {
    let (Value::Table(mut own), Value::Table(inherited)) = (nearer.value, further.value) else {
        return Node { span: None, value: Value::Table(Vec::new()) };
    };
    let mut kept: Vec<Entry> = Vec::new();
    for entry in inherited {
        if entry.key != EVIDENCE {
            if !NOT_INHERITED.contains(&entry.key.as_str()) {
                kept.push(entry);
            }
            continue;
        }
        match (
            own.iter_mut().find(|one| one.key == EVIDENCE).map(|one| &mut one.node.value),
            entry.node.value,
        ) {
            (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
            (None, value) => kept.push(Entry { node: Node { span: entry.node.span, value }, ..entry }),
            // Not a list: told when it is checked.
            (Some(_), _) => {}
        }
    }
    Node { span: nearer.span, value: merge(Value::Table(own), Value::Table(kept)) }
}

fn merge(nearer: Value, further: Value) -> Value {
    let (mut own, inherited) = match (nearer, further) {
        (Value::Table(own), Value::Table(inherited)) => (own, inherited),
        (other, _) => return other,
    };
    for entry in inherited {
        match own.iter_mut().find(|one| one.key == entry.key) {
            Some(one) => {
                let value = std::mem::replace(&mut one.node.value, Value::Flag);
                one.node.value = merge(value, entry.node.value);
            }
            None => own.push(entry),
        }
    }
    Value::Table(own)
}

fn merge_root_tables(nearer: Table, mut further: Table) -> Table {
    NOT_INHERITED.iter().for_each(|key| {
        further.remove(*key);
    });
    if let (Some(Toml::Array(own)), Some(Toml::Array(more))) =
        (nearer.get(EVIDENCE), further.get_mut(EVIDENCE))
    {
        let list = own.iter().chain(more.iter()).cloned().collect();
        let mut whole = merge_tables(nearer, further);
        whole.insert(EVIDENCE.to_owned(), Toml::Array(list));
        return whole;
    }
    merge_tables(nearer, further)
}

fn merge_tables(mut nearer: Table, further: Table) -> Table {
    for (key, value) in further {
        match (nearer.remove(&key), value) {
            (Some(Toml::Table(own)), Toml::Table(inherited)) => {
                nearer.insert(key, Toml::Table(merge_tables(own, inherited)));
            }
            (Some(own), _) => {
                nearer.insert(key, own);
            }
            (None, value) => {
                nearer.insert(key, value);
            }
        }
    }
    nearer
}
