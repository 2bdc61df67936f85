//! JSON as the same tree as TOML; its values have a key path and no place.

use std::ops::Range;

use serde_json::Value as Json;

use crate::tree::{Entry, Node, SyntaxProblem, Value};

/// Reads JSON, or says where its syntax ends.
pub(crate) fn parse_json(text: &str) -> Result<Node, Vec<SyntaxProblem>> {
    match serde_json::from_str::<Json>(text) {
        Ok(json) => Ok(read_json(&json)),
        Err(error) => Err(vec![problem(text, &error)]),
    }
}

/// The character of `text` at which `error` was noticed, and what it says.
pub(crate) fn problem(text: &str, error: &serde_json::Error) -> SyntaxProblem {
    let lines_before = error.line().saturating_sub(1);
    let line_start = text.split_inclusive('\n').take(lines_before).map(str::len).sum();
    let mut message = error.to_string();
    if let Some((words, _)) = message.rsplit_once(" at line ") {
        message.truncate(words.len());
    }
    (span_of(text, line_start, error.column()), message)
}

/// The character that ends at byte `column`, from 1, of the line that starts at `line_start`.
fn span_of(text: &str, line_start: usize, column: usize) -> Option<Range<usize>> {
    let at = line_start + column.saturating_sub(1);
    let length = text.get(at..)?.chars().next()?.len_utf8();
    Some(at..at + length)
}

fn read_json(json: &Json) -> Node {
    let value = match json {
        Json::Null => Value::Other("null"),
        Json::Bool(_) => Value::Flag,
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, _) if number.is_u64() => Value::Other("a whole number of more than 64 bits"),
            (None, Some(float)) => Value::Float(float),
            (None, None) => Value::Other("a number that cannot be read"),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(read_json).collect()),
        Json::Object(object) => {
            let entry = |(key, value): (&String, &Json)| Entry {
                key_span: None,
                key: key.clone(),
                node: read_json(value),
            };
            Value::Table(object.iter().map(entry).collect())
        }
    };
    Node { span: None, value }
}
