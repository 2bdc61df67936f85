//! The JSON schemas of scenario, pool, token and target files, made from the raw types, and look-ups in them.

use std::sync::OnceLock;

use serde_json::Value;

use crate::RawScenario;
use crate::raw::joint::RawJointScenario;
use crate::raw::pools::RawPoolFile;
use crate::raw::target::RawTargetFile;
use crate::raw::token::RawTokenFile;

/// The JSON schema of a scenario file.
pub fn schema() -> Value {
    shared_schema().clone()
}

/// The schema of a scenario file, made once: a study of a thousand points reads a thousand files.
pub(crate) fn shared_schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| without_null(schemars::schema_for!(RawScenario).to_value()))
}

/// The JSON schema of a pool file.
pub fn pool_schema() -> Value {
    without_null(schemars::schema_for!(RawPoolFile).to_value())
}

/// The JSON schema of a file of several tokens.
pub fn joint_schema() -> Value {
    without_null(schemars::schema_for!(RawJointScenario).to_value())
}

/// The JSON schema of a token file.
pub fn token_schema() -> Value {
    without_null(schemars::schema_for!(RawTokenFile).to_value())
}

/// The JSON schema of a file of targets.
pub fn target_schema() -> Value {
    without_null(schemars::schema_for!(RawTargetFile).to_value())
}

fn without_null(mut schema: Value) -> Value {
    drop_null(&mut schema);
    schema
}

/// TOML has no null: an optional key is absent.
fn drop_null(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(drop_null),
        Value::Object(object) => {
            if let Some(Value::Array(kinds)) = object.get_mut("type") {
                kinds.retain(|kind| kind != "null");
                if let [kind] = kinds.as_slice() {
                    let kind = kind.clone();
                    object.insert("type".into(), kind);
                }
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| choice["type"] != "null");
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    object.remove("anyOf");
                    object.extend(only);
                }
            }
            object.retain(|key, value| !(key == "default" && value.is_null()));
            object.values_mut().for_each(drop_null);
        }
        _ => {}
    }
}

/// A part of the schema, references followed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    root: &'a Value,
    outer: &'a Value,
    inner: &'a Value,
}

impl<'a> Part<'a> {
    /// The whole schema.
    pub(crate) fn root(root: &'a Value) -> Self {
        Self { root, outer: root, inner: root }
    }

    fn follow(self, outer: &'a Value) -> Self {
        let mut inner = outer;
        while let Some(target) =
            inner["$ref"].as_str().and_then(|at| self.root.pointer(at.trim_start_matches('#')))
        {
            inner = target;
        }
        Self { root: self.root, outer, inner }
    }

    /// An attribute, of the key before that of its type.
    pub(crate) fn attribute(self, name: &str) -> &'a Value {
        match &self.outer[name] {
            Value::Null => &self.inner[name],
            found => found,
        }
    }

    /// `object`, `array`, `string`, `number`, `integer`, or empty where there is a choice.
    pub(crate) fn kind(self) -> &'a str {
        self.attribute("type").as_str().unwrap_or("")
    }

    /// The key of an object: one with a name of its own, or what any other key holds.
    pub(crate) fn property(self, key: &str) -> Option<Self> {
        let named = self.attribute("properties").get(key);
        let any = Some(self.attribute("additionalProperties"));
        let part = named.or(any.filter(|part| part.is_object() || **part == Value::Bool(true)))?;
        Some(self.follow(part))
    }

    /// Whether it may be any value.
    pub(crate) fn is_anything(self) -> bool {
        *self.inner == Value::Bool(true)
    }

    /// Whether an object takes any key.
    pub(crate) fn is_open(self) -> bool {
        self.attribute("additionalProperties").as_bool() == Some(true)
    }

    /// Names of the keys of an object.
    pub(crate) fn keys(self) -> impl Iterator<Item = &'a str> {
        self.attribute("properties").as_object().into_iter().flat_map(|keys| keys.keys().map(String::as_str))
    }

    /// Keys that must be there.
    pub(crate) fn required(self) -> impl Iterator<Item = &'a str> {
        strings(self.attribute("required"))
    }

    /// What the items of an array are.
    pub(crate) fn items(self) -> Option<Self> {
        self.attribute("items").as_object().map(|_| self.follow(self.attribute("items")))
    }

    /// The alternatives, if there are any.
    pub(crate) fn choices(self) -> Vec<Self> {
        let list = self.attribute("anyOf").as_array();
        list.into_iter().flatten().map(|part| self.follow(part)).collect()
    }

    /// The words of an enumeration; empty for other types.
    pub(crate) fn words(self) -> Vec<&'a str> {
        let constants = self.attribute("oneOf").as_array().into_iter().flatten();
        strings(self.attribute("enum"))
            .chain(constants.flat_map(|one| one["const"].as_str().into_iter().chain(strings(&one["enum"]))))
            .collect()
    }

    /// The object among the alternatives, or this.
    pub(crate) fn object(self) -> Self {
        self.choices().into_iter().find(|part| part.kind() == "object").unwrap_or(self)
    }
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
