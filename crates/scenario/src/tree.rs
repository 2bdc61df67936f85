//! The file as a tree of values that know their place, where its syntax has places.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::key::{Segment, join, segments};

/// A value and its place in the text.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Bytes of the value; of a table its header; `None` where the place is not known.
    pub(crate) span: Option<Range<usize>>,
    /// The value.
    pub(crate) value: Value,
}

/// A value of TOML or JSON.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or exponent; may be infinite or not a number.
    Float(f64),
    /// True or false.
    Flag,
    /// A whole number that does not fit 64 bits, or another that cannot be read; and dates and null, which no key
    /// takes. Named for the message.
    Other(&'static str),
    /// An array.
    Array(Vec<Node>),
    /// A table in the order of the file.
    Table(Vec<Entry>),
}

/// A key of a table.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Bytes of the key; `None` where the place is not known.
    pub(crate) key_span: Option<Range<usize>>,
    /// The key.
    pub(crate) key: String,
    /// What it holds.
    pub(crate) node: Node,
}

/// A problem of syntax: place and message.
pub(crate) type SyntaxProblem = (Option<Range<usize>>, String);

/// Reads TOML, or says everything that is wrong with its syntax.
pub(crate) fn parse_toml(text: &str) -> Result<Node, Vec<SyntaxProblem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(Node { span: None, value: read_table(table.get_ref()) });
    }
    Err(errors.iter().map(|error| (error.span(), error.message().to_owned())).collect())
}

fn read_table(table: &DeTable<'_>) -> Value {
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        Entry { key_span: Some(key.span()), key: name.to_string(), node: read_node(value) }
    };
    let mut entries: Vec<Entry> = table.iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.key_span.as_ref().map_or(0, |span| span.start));
    Value::Table(entries)
}

fn read_node(value: &Spanned<DeValue<'_>>) -> Node {
    let read = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a whole number of more than 64 bits"), Value::Integer),
        DeValue::Float(number) => {
            number.as_str().parse().map_or(Value::Other("a number that cannot be read"), Value::Float)
        }
        DeValue::Boolean(_) => Value::Flag,
        DeValue::Datetime(_) => Value::Other("a date without quotes"),
        DeValue::Array(items) => Value::Array(items.iter().map(read_node).collect()),
        DeValue::Table(table) => read_table(table),
    };
    Node { span: Some(value.span()), value: read }
}

impl Node {
    /// What the value is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a decimal number",
            Value::Flag => "true or false",
            Value::Other(kind) => kind,
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }

    /// Moves every place by `by` bytes.
    pub(crate) fn shift(&mut self, by: usize) {
        let moved = |span: &mut Option<Range<usize>>| {
            if let Some(span) = span {
                *span = span.start + by..span.end + by;
            }
        };
        moved(&mut self.span);
        match &mut self.value {
            Value::Array(items) => items.iter_mut().for_each(|item| item.shift(by)),
            Value::Table(entries) => {
                for entry in entries {
                    moved(&mut entry.key_span);
                    entry.node.shift(by);
                }
            }
            _ => {}
        }
    }

    /// The value of a key of this table.
    pub(crate) fn child(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.node)
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Table(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The value at a key path.
    pub(crate) fn find(&self, path: &str) -> Option<&Self> {
        segments(path)?.iter().try_fold(self, |node, step| match (step, &node.value) {
            (Segment::Key(key), _) => node.child(key),
            (Segment::Index(index), Value::Array(items)) => items.get(*index),
            (Segment::Index(_), _) => None,
        })
    }

    /// Bytes of the value at `path`; of its key where it is a table; of the table around it where it is absent.
    pub(crate) fn span_near(&self, path: &str) -> Option<Range<usize>> {
        let mut node = self;
        let mut span = None;
        for step in segments(path)? {
            let next = match &step {
                Segment::Key(key) => node.entry(key).map(|entry| {
                    let is_table = matches!(entry.node.value, Value::Table(_));
                    (&entry.node, if is_table { &entry.key_span } else { &entry.node.span })
                }),
                Segment::Index(index) => match &node.value {
                    Value::Array(items) => items.get(*index).map(|item| (item, &item.span)),
                    _ => None,
                },
            };
            let Some((inner, place)) = next else { break };
            node = inner;
            span = place.clone();
        }
        span
    }

    /// Every key path below this value with its value, tables before their keys.
    pub(crate) fn paths(&self) -> Vec<(String, &Self)> {
        let mut found = Vec::new();
        self.collect_paths("", &mut found);
        found
    }

    fn collect_paths<'a>(&'a self, at: &str, found: &mut Vec<(String, &'a Self)>) {
        let children: Vec<(String, &Self)> = match &self.value {
            Value::Table(entries) => entries.iter().map(|one| (join(at, &one.key), &one.node)).collect(),
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| (format!("{at}[{index}]"), item)).collect()
            }
            _ => Vec::new(),
        };
        for (path, node) in children {
            found.push((path.clone(), node));
            node.collect_paths(&path, found);
        }
    }
}
