//! Reading fields of a case. A field that is missing or malformed is an error that names it.

use pegstress_exact::U256;
use serde_json::Value;

/// Why a field cannot be read: what was wanted and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {found}, must be {wanted}")]
pub(crate) struct FieldError {
    pub(crate) key: String,
    pub(crate) wanted: &'static str,
    pub(crate) found: String,
}

impl FieldError {
    pub(crate) fn new(key: &str, wanted: &'static str, found: impl ToString) -> Self {
        Self { key: key.to_owned(), wanted, found: found.to_string() }
    }

    /// The same field, seen from one level up.
    pub(crate) fn below(self, part: &str) -> Self {
        Self { key: format!("{part}.{}", self.key), ..self }
    }
}

fn wrong(value: &Value, key: &str, wanted: &'static str) -> FieldError {
    let found = value.get(key).map_or_else(|| "missing".to_owned(), Value::to_string);
    FieldError::new(key, wanted, found)
}

/// An unsigned integer given as a decimal string or a JSON number.
fn parse_word(value: &Value) -> Option<U256> {
    match value {
        Value::String(text) => parse_digits(text),
        Value::Number(number) => number.as_u64().map(U256::from),
        _ => None,
    }
}

/// A decimal number below 2^256. The integers' own parser takes an empty text for zero and passes over underscores.
pub(crate) fn parse_digits(text: &str) -> Option<U256> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| U256::from_str_radix(text, 10).ok()).flatten()
}

/// `value[key]` as a 256-bit integer.
pub(crate) fn word(value: &Value, key: &str) -> Result<U256, FieldError> {
    value.get(key).and_then(parse_word).ok_or_else(|| wrong(value, key, "an integer below 2^256"))
}

/// `value[key]` as a 256-bit integer, `None` where it is null: a revert.
pub(crate) fn word_or_revert(value: &Value, key: &str) -> Result<Option<U256>, FieldError> {
    if value.get(key).is_some_and(Value::is_null) { Ok(None) } else { word(value, key).map(Some) }
}

/// `value[key]` as a list of 256-bit integers.
pub(crate) fn words(value: &Value, key: &str) -> Result<Vec<U256>, FieldError> {
    let list = value.get(key).and_then(Value::as_array);
    list.and_then(|list| list.iter().map(parse_word).collect())
        .ok_or_else(|| wrong(value, key, "a list of integers below 2^256"))
}

/// `value[key]` as a small integer.
pub(crate) fn small(value: &Value, key: &str) -> Result<u64, FieldError> {
    word(value, key)?.try_into().map_err(|_| wrong(value, key, "an integer below 2^64"))
}

/// `value[key]` as a signed integer.
pub(crate) fn signed(value: &Value, key: &str) -> Result<i128, FieldError> {
    let read = match value.get(key) {
        Some(Value::Number(number)) => {
            number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
        }
        Some(Value::String(text)) => {
            parse_digits(text.strip_prefix('-').unwrap_or(text)).and_then(|_| text.parse().ok())
        }
        _ => None,
    };
    read.ok_or_else(|| wrong(value, key, "an integer of 127 bits and a sign"))
}

/// `value[key]` as a list of small integers.
pub(crate) fn smalls(value: &Value, key: &str) -> Result<Vec<u64>, FieldError> {
    let small = |word: U256| word.try_into().map_err(|_| wrong(value, key, "a list of integers below 2^64"));
    words(value, key)?.into_iter().map(small).collect()
}

/// `value[key]` as the index of a coin.
pub(crate) fn index(value: &Value, key: &str) -> Result<usize, FieldError> {
    word(value, key)?.try_into().map_err(|_| wrong(value, key, "an index"))
}

/// `value[key]` as true or false.
pub(crate) fn flag(value: &Value, key: &str) -> Result<bool, FieldError> {
    value.get(key).and_then(Value::as_bool).ok_or_else(|| wrong(value, key, "true or false"))
}

/// `value[key]` as true or false where it stands, else `absent`.
pub(crate) fn flag_or(value: &Value, key: &str, absent: bool) -> Result<bool, FieldError> {
    if value.get(key).is_some() { flag(value, key) } else { Ok(absent) }
}

/// `value[key]` as text.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str, FieldError> {
    value.get(key).and_then(Value::as_str).ok_or_else(|| wrong(value, key, "text"))
}

/// `value[key]` as a list.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value], FieldError> {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| wrong(value, key, "a list"))
}

/// `value[key]` as an object.
pub(crate) fn object<'a>(value: &'a Value, key: &str) -> Result<&'a Value, FieldError> {
    value.get(key).filter(|inner| inner.is_object()).ok_or_else(|| wrong(value, key, "an object"))
}
