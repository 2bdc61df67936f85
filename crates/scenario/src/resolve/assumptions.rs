//! Every parameter with the evidence behind it.

use pegstress_sim::scenario::{Assumption, EvidenceMark};

use super::venue::defaults;
use crate::document::Document;
use crate::key::{covers, join};
use crate::raw::{Mark, RawEvidence};
use crate::token::TokenFile;
use crate::tree::{Node, Value};

/// Tables whose numbers are parameters of the model; the others say what is run and reported.
const MODEL_TABLES: [&str; 10] = [
    "token",
    "venues",
    "drivers",
    "network",
    "queue",
    "redemption",
    "restaking",
    "lending",
    "agents",
    "shocks",
];

/// Lists that are one parameter, however long they are.
const LISTS: [&str; 2] = [".concentrated_liquidity.segments", ".concentrated_liquidity.ticks"];

/// A list that is one parameter and short enough to show.
const MATRIX: &str = "drivers.correlation.matrix";

/// Every number of the model's tables in the order of the file, as written; a series as one entry.
pub(super) fn assumptions(document: &Document) -> Vec<Assumption> {
    let raw = document.raw();
    let paths = document.tree.paths();
    let mut series: Vec<&str> = Vec::new();
    let sources = Sources::new(document);
    let mut found = Vec::new();
    for (path, node) in &paths {
        let is_model = MODEL_TABLES.iter().any(|table| covers(table, path));
        let is_of_series = |table: &&str| covers(table, path) && !covers(&format!("{table}.process"), path);
        if !is_model || series.iter().any(is_of_series) {
            continue;
        }
        let value = match &node.value {
            Value::Integer(_) | Value::Float(_) => {
                node.span.clone().and_then(|span| document.layers.text.get(span)).map(str::to_owned)
            }
            Value::Table(_) => series_words(node).inspect(|_| series.push(path)),
            Value::Array(items) if LISTS.iter().any(|list| path.ends_with(list)) => {
                series.push(path);
                Some(format!("{} items", items.len()))
            }
            Value::Array(_) if *path == MATRIX => {
                series.push(path);
                let text = node.span.clone().and_then(|span| document.layers.text.get(span));
                text.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            _ => None,
        };
        if let Some(value) = value {
            found.push(sources.assumption(path, node, value));
        }
    }
    if let Some(token) = &document.token {
        found.extend(inherited(document, token));
    }
    for (index, venue) in raw.venues.iter().enumerate() {
        let Some(pool) = venue.pool() else { continue };
        for (key, default) in defaults(pool) {
            let key = format!("venues[{index}].{}.{key}", pool.word());
            let node = document.tree.find(&format!("venues[{index}]"));
            let value = format!("{default} (default)");
            found.extend(node.map(|node| sources.assumption(&key, node, value)));
        }
    }
    found
}

/// What the scenario inherits.
fn inherited(document: &Document, token: &TokenFile) -> Vec<Assumption> {
    let own = document.tree.paths();
    // A table such as the breaker is taken as a whole, or not at all.
    of_token(token, |path| {
        own.iter().any(|(key, _)| key != "redemption" && covers("redemption", key) && covers(key, path))
    })
}

/// Values of a token file's redemption but those that are replaced, with the file's own evidence.
pub(crate) fn of_token(token: &TokenFile, is_replaced: impl Fn(&str) -> bool) -> Vec<Assumption> {
    let is_value = |node: &Node| {
        matches!(node.value, Value::Integer(_) | Value::Float(_) | Value::Text(_) | Value::Flag)
    };
    let paths = token.tree.paths();
    let values = paths
        .iter()
        .filter(|(path, node)| covers("redemption", path) && is_value(node) && !is_replaced(path));
    let text = |node: &Node| node.span.clone().and_then(|span| token.text.get(span)).map(str::to_owned);
    values
        .filter_map(|(path, node)| Some(assumption(path.clone(), text(node)?, &token.raw().evidence)))
        .collect()
}

/// `file: column` of a series.
fn series_words(node: &Node) -> Option<String> {
    let word = |key: &str| match &node.child(key)?.value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    };
    Some(format!("{}: {}", word("file")?, word("value_column")?))
}

/// Evidence with the file in which it stands.
struct Sources<'a> {
    document: &'a Document,
    layers: Vec<usize>,
}

impl<'a> Sources<'a> {
    fn new(document: &'a Document) -> Self {
        let place = |k: usize| document.tree.find(&format!("evidence[{k}]"));
        let layer = |k| place(k).map_or(0, |node| document.layers.of(node));
        Self { document, layers: (0..document.raw().evidence.len()).map(layer).collect() }
    }

    /// The value at `path`: what a severity sets by the evidence of the severity, else by that of the key. A file's
    /// evidence covers what stands in it or in a file further down.
    fn assumption(&self, path: &str, node: &Node, value: String) -> Assumption {
        let (layer, evidence) = (self.document.layers.of(node), &self.document.raw().evidence);
        let counting = || {
            let pairs = evidence.iter().zip(&self.layers);
            pairs.filter(|(_, from)| **from <= layer).map(|(one, _)| one)
        };
        if let Some(severity) = &self.document.severity
            && let Some(key) = severity.keys.iter().find(|key| covers(key, path))
        {
            let set = join(&join("severities", &severity.name), key);
            if let Some(best) = longest(counting(), &set) {
                return stated(path.to_owned(), value, Some(best));
            }
        }
        stated(path.to_owned(), value, longest(counting(), path))
    }
}

/// The longest entry that covers `path`.
fn longest<'a>(evidence: impl Iterator<Item = &'a RawEvidence>, path: &str) -> Option<&'a RawEvidence> {
    evidence.filter(|one| covers(&one.key, path)).max_by_key(|one| one.key.len())
}

/// The parameter with the longest entry that covers it.
pub(crate) fn assumption(key: String, value: String, evidence: &[RawEvidence]) -> Assumption {
    let best = longest(evidence.iter(), &key);
    stated(key, value, best)
}

fn stated(key: String, value: String, best: Option<&RawEvidence>) -> Assumption {
    let (mark, source) = best.map_or((EvidenceMark::Unstated, String::new()), |one| {
        let mark = match one.mark {
            Mark::Source => EvidenceMark::Source,
            Mark::Derived => EvidenceMark::Derived,
            Mark::Web => EvidenceMark::Web,
            Mark::Calibrated => EvidenceMark::Calibrated,
            Mark::Assumed => EvidenceMark::Assumed,
        };
        (mark, one.source.clone())
    });
    Assumption { key, value, mark, source }
}
