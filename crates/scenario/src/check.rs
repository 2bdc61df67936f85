//! A file against the schema: keys, types, words and ranges.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::diagnostic::Problems;
use crate::key::join;
use crate::nearest::{nearest, suggest};
use crate::schema::Part;
use crate::tree::{Node, Value};

/// Adds every difference between `tree` and `schema` to `problems`.
pub(crate) fn check(tree: &Node, schema: &Json, problems: &mut Problems<'_>) {
    check_node(tree, Part::root(schema), "", problems);
}

fn check_node(node: &Node, part: Part<'_>, path: &str, problems: &mut Problems<'_>) {
    if part.is_anything() {
        return;
    }
    let choices = part.choices();
    if !choices.is_empty() {
        match choices.iter().find(|choice| accepts(node, **choice)) {
            Some(choice) => check_node(node, *choice, path, problems),
            None => {
                let kinds: Vec<_> = choices.iter().map(|choice| expected(*choice)).collect();
                push_type(node, path, &kinds.join(" or "), problems);
            }
        }
    } else if !accepts(node, part) {
        push_type(node, path, expected(part), problems);
    } else {
        match &node.value {
            Value::Table(_) => check_table(node, part, path, problems),
            Value::Array(items) => check_array(node, items, part, path, problems),
            Value::Text(text) => check_text(node, text, part, path, problems),
            Value::Integer(number) => {
                check_number(node, *number as f64, &number.to_string(), part, path, problems)
            }
            Value::Float(number) => check_number(node, *number, &number.to_string(), part, path, problems),
            Value::Flag | Value::Other(_) => {}
        }
    }
}

fn accepts(node: &Node, part: Part<'_>) -> bool {
    match &node.value {
        Value::Table(_) => part.kind() == "object",
        Value::Array(_) => part.kind() == "array",
        Value::Text(_) => part.kind() == "string" || !part.words().is_empty(),
        Value::Integer(_) => matches!(part.kind(), "integer" | "number"),
        Value::Float(_) => part.kind() == "number",
        Value::Flag => part.kind() == "boolean",
        Value::Other(_) => false,
    }
}

fn expected(part: Part<'_>) -> &'static str {
    match part.kind() {
        "object" => "a table",
        "array" => "an array",
        "number" => "a number",
        "integer" => "a whole number",
        "boolean" => "true or false",
        _ => "a string",
    }
}

fn push_type(node: &Node, path: &str, expected: &str, problems: &mut Problems<'_>) {
    let message = format!("{path}: expected {expected}, found {}", node.kind());
    problems.push(path, node.span.clone(), message, None);
}

fn check_table(node: &Node, part: Part<'_>, path: &str, problems: &mut Problems<'_>) {
    let Value::Table(entries) = &node.value else { return };
    let place = if path.is_empty() { "the file".to_owned() } else { format!("[{path}]") };
    for entry in entries {
        let inner = join(path, &entry.key);
        if let Some(property) = part.property(&entry.key) {
            check_node(&entry.node, property, &inner, problems);
            continue;
        }
        if part.is_open() {
            continue;
        }
        let absent = || part.keys().filter(|key| node.child(key).is_none());
        if let Some(meant) = nearest(&entry.key, absent()) {
            problems.suggest(join(path, meant));
        }
        let help = suggest(&entry.key, absent()).unwrap_or_else(|| {
            let keys: Vec<_> = absent().collect();
            format!(
                "other keys of {place}: {}",
                if keys.is_empty() { "none".into() } else { keys.join(", ") }
            )
        });
        let message = format!("unknown key `{}` in {place}", entry.key);
        problems.push(&inner, entry.key_span.clone(), message, Some(help));
    }
    for key in part.required().filter(|key| node.child(key).is_none()) {
        if problems.is_suggested(&join(path, key)) {
            continue;
        }
        let what = part.property(key).and_then(|property| property.attribute("description").as_str());
        let message = format!("{} is missing", join(path, key));
        let span = node.span.clone();
        problems.push(&join(path, key), span, message, what.map(|text| format!("{key}: {text}")));
    }
}

fn check_array(node: &Node, items: &[Node], part: Part<'_>, path: &str, problems: &mut Problems<'_>) {
    if let Some(least) = part.attribute("minItems").as_u64().filter(|least| (items.len() as u64) < *least) {
        let message = match (items.len(), least) {
            (0, 1) => format!("{path} is empty, must have at least one item"),
            (1, _) => format!("{path} has one item, must have at least {least}"),
            (items, _) => format!("{path} has {items} items, must have at least {least}"),
        };
        problems.push(path, node.span.clone(), message, None);
    }
    if let Some(most) = part.attribute("maxItems").as_u64().filter(|most| (items.len() as u64) > *most) {
        let message = format!("{path} has {} items, must have at most {most}", items.len());
        problems.push(path, node.span.clone(), message, None);
    }
    let Some(inner) = part.items() else { return };
    for (index, item) in items.iter().enumerate() {
        check_node(item, inner, &format!("{path}[{index}]"), problems);
    }
}

fn check_text(node: &Node, text: &str, part: Part<'_>, path: &str, problems: &mut Problems<'_>) {
    let words = part.words();
    if !words.is_empty() && !words.contains(&text) {
        let message = format!("{path} is `{text}`, must be one of {}", words.join(", "));
        problems.push(path, node.span.clone(), message, suggest(text, words.iter().copied()));
    }
    if part.attribute("format") == "date-time" && text.parse::<Timestamp>().is_err() {
        let message = format!("{path} is `{text}`, must be a time with offset such as 2024-08-04T00:00:00Z");
        problems.push(path, node.span.clone(), message, None);
    }
    if part.attribute("format") == "integer" && !is_whole_number(text) {
        let message = format!("{path} is `{text}`, must be a whole number in quotes");
        problems.push(path, node.span.clone(), message, None);
    }
}

/// Digits after at most one sign.
fn is_whole_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_number(
    node: &Node,
    number: f64,
    text: &str,
    part: Part<'_>,
    path: &str,
    problems: &mut Problems<'_>,
) {
    let limit = |name: &str| part.attribute(name).as_f64();
    let (from, above) = (limit("minimum"), limit("exclusiveMinimum"));
    let (upto, below) = (limit("maximum"), limit("exclusiveMaximum"));
    let inside = number.is_finite()
        && from.is_none_or(|least| number >= least)
        && above.is_none_or(|least| number > least)
        && upto.is_none_or(|most| number <= most)
        && below.is_none_or(|most| number < most);
    if !inside {
        let message = format!("{path} is {text}, must be {}", range_words(from, above, upto, below));
        problems.push(path, node.span.clone(), message, None);
    }
}

/// `in 0..=10000`, `in 0..1`, `above 0`, ...
fn range_words(from: Option<f64>, above: Option<f64>, upto: Option<f64>, below: Option<f64>) -> String {
    match (from, above, upto, below) {
        (Some(least), _, Some(most), _) => format!("in {least}..={most}"),
        (Some(least), _, _, Some(most)) => format!("in {least}..{most}"),
        (_, Some(least), Some(most), _) => format!("above {least} and at most {most}"),
        (_, Some(least), _, Some(most)) => format!("above {least} and below {most}"),
        (Some(least), ..) => format!("{least} or above"),
        (_, Some(least), ..) => format!("above {least}"),
        (_, _, Some(most), _) => format!("{most} or below"),
        (_, _, _, Some(most)) => format!("below {most}"),
        _ => "finite".to_owned(),
    }
}
