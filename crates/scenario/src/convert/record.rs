//! A part of a record that knows where it stands.

use serde_json::Value as Json;

use super::ConvertError;

/// A value of a record and its path.
#[derive(Debug, Clone)]
pub(super) struct Record<'a> {
    json: &'a Json,
    path: String,
}

impl<'a> Record<'a> {
    pub(super) fn root(json: &'a Json) -> Self {
        Self { json, path: String::new() }
    }

    /// Where it stands.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The value below this one by its keys, if it is there and not null.
    pub(super) fn at(&self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self.clone(), |record, key| {
            let json = record.json.get(key).filter(|json| !json.is_null())?;
            Some(Record { json, path: crate::key::join(&record.path, key) })
        })
    }

    /// The value of a key that must be there.
    pub(super) fn field(&self, key: &str) -> Result<Self, ConvertError> {
        self.at(&[key]).ok_or_else(|| ConvertError::Field {
            path: crate::key::join(&self.path, key),
            problem: "is missing".to_owned(),
        })
    }

    /// The items of a list.
    pub(super) fn items(&self) -> Result<Vec<Self>, ConvertError> {
        let list = self.json.as_array().ok_or_else(|| self.must_be("a list"))?;
        let item = |(index, json)| Record { json, path: format!("{}[{index}]", self.path) };
        Ok(list.iter().enumerate().map(item).collect())
    }

    /// A text.
    pub(super) fn text(&self) -> Result<&'a str, ConvertError> {
        self.json.as_str().ok_or_else(|| self.must_be("a text"))
    }

    /// True or false.
    pub(super) fn flag(&self) -> Result<bool, ConvertError> {
        self.json.as_bool().ok_or_else(|| self.must_be("true or false"))
    }

    /// A whole number, 0 or above, as its digits; records write large ones as texts.
    pub(super) fn digits(&self) -> Result<String, ConvertError> {
        let digits = match self.json {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            _ => String::new(),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.must_be("a whole number"));
        }
        Ok(digits)
    }

    /// A whole number of a type.
    pub(super) fn whole<T: std::str::FromStr>(&self, range: &str) -> Result<T, ConvertError> {
        let text = match self.json {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            _ => String::new(),
        };
        text.parse().map_err(|_| self.must_be(&format!("a whole number {range}")))
    }

    /// The value is not what it must be.
    pub(super) fn must_be(&self, what: &str) -> ConvertError {
        self.wrong(format!("is {}, must be {what}", self.shown()))
    }

    /// Something is wrong with the value.
    pub(super) fn wrong(&self, problem: String) -> ConvertError {
        ConvertError::Field { path: self.path.clone(), problem }
    }

    /// The value for messages.
    fn shown(&self) -> String {
        match self.json {
            Json::Array(_) => "a list".to_owned(),
            Json::Object(_) => "an object".to_owned(),
            Json::String(text) => format!("`{text}`"),
            other => other.to_string(),
        }
    }
}
