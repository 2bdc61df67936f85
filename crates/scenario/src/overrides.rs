//! `key.path=value`: changes to a scenario file from the command line.

use std::str::FromStr;

use serde_json::Value as Json;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use crate::key::{Segment, join, segments};
use crate::nearest::suggest;
use crate::schema::{Part, shared_schema};

/// A change of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    key: String,
    value: String,
}

/// A text that is no override.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no override: write key.path=value, such as paths.count=2000 or venues[0].stableswap.fee_bps=5"
)]
pub struct OverrideSyntax(
    /// The text as given.
    pub String,
);

impl FromStr for Override {
    type Err = OverrideSyntax;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = text.split_once('=').ok_or_else(|| OverrideSyntax(text.to_owned()))?;
        match segments(key.trim()) {
            Some(_) => Ok(Self::new(key.trim(), value.trim())),
            None => Err(OverrideSyntax(text.to_owned())),
        }
    }
}

/// Why an override cannot be applied: message and help.
pub(crate) type OverrideProblem = (String, Option<String>);

impl Override {
    /// Sets `key` to `value`: a TOML value, or else a string.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }

    /// The key path.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value as given.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Writes the value into `document`, where `schema` knows the key.
    pub(crate) fn apply(&self, document: &mut DocumentMut, schema: &Json) -> Result<(), OverrideProblem> {
        let unknown = || (format!("override `{}`: there is no such key", self.key), None);
        let steps = segments(&self.key).ok_or_else(unknown)?;
        check_known(&steps, Part::root(schema))
            .map_err(|(message, help)| (format!("override `{}`: {message}", self.key), help))?;
        let mut item = document.as_item_mut();
        for (at, step) in steps.iter().enumerate() {
            let opens_table = matches!(steps.get(at + 1), Some(Segment::Key(_)));
            item = descend(item, step, opens_table).ok_or_else(|| {
                let help = "an override changes items that the file has; it adds none".to_owned();
                (format!("override `{}`: the file has no such item", self.key), Some(help))
            })?;
        }
        let mut value = self.value.parse::<Value>().unwrap_or_else(|_| Value::from(self.value.as_str()));
        if let Some(old) = item.as_value() {
            *value.decor_mut() = old.decor().clone();
        }
        *item = Item::Value(value);
        Ok(())
    }
}

/// Whether a scenario file can hold `key`, whatever stands in the file at hand.
pub(crate) fn check_key(key: &str) -> Result<(), OverrideProblem> {
    check_key_of(key, shared_schema())
}

/// Whether a file of this schema can hold `key`.
pub(crate) fn check_key_of(key: &str, schema: &serde_json::Value) -> Result<(), OverrideProblem> {
    let steps = segments(key).ok_or_else(|| (format!("`{key}` is no key path"), None))?;
    check_known(&steps, Part::root(schema))
}

fn check_known(steps: &[Segment], mut part: Part<'_>) -> Result<(), OverrideProblem> {
    let mut path = String::new();
    for step in steps {
        let inner = match step {
            Segment::Key(key) => part.object().property(key).ok_or_else(|| {
                let place = if path.is_empty() { "the file".to_owned() } else { format!("[{path}]") };
                let message = format!("unknown key `{key}` in {place}");
                (message, suggest(key, part.object().keys()).map(|help| help.to_owned()))
            })?,
            Segment::Index(_) => part.items().ok_or_else(|| (format!("{path} is no array"), None))?,
        };
        path = match step {
            Segment::Key(key) => join(&path, key),
            Segment::Index(index) => format!("{path}[{index}]"),
        };
        part = inner;
    }
    Ok(())
}

fn descend<'a>(item: &'a mut Item, step: &Segment, opens_table: bool) -> Option<&'a mut Item> {
    match step {
        Segment::Key(key) => {
            let is_inline = item.is_inline_table();
            let table = item.as_table_like_mut()?;
            if !table.contains_key(key) {
                let fresh = match (opens_table, is_inline) {
                    (true, true) => Item::Value(Value::InlineTable(Default::default())),
                    (true, false) => Item::Table(Table::new()),
                    (false, _) => Item::Value(Value::from(0)),
                };
                table.insert(key, fresh);
            }
            table.get_mut(key)
        }
        Segment::Index(index) => {
            let is_there = match &*item {
                Item::ArrayOfTables(tables) => *index < ArrayOfTables::len(tables),
                Item::Value(Value::Array(values)) => *index < values.len(),
                _ => false,
            };
            if is_there { item.get_mut(*index) } else { None }
        }
    }
}
