//! Reading fixtures: lists of cases in JSON, big integers as decimal strings.

use pegstress_exact::U256;
use serde_json::Value;

/// The text of a file below `fixtures/`.
pub(crate) fn fixture(name: &str) -> String {
    let path = format!("{}/../../fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The cases of a JSON fixture.
#[allow(dead_code, reason = "not every test binary reads JSON")]
pub(crate) fn cases(name: &str) -> Vec<Value> {
    serde_json::from_str(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// An integer, written as a decimal string or as a JSON number.
pub(crate) fn word(value: &Value) -> U256 {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().unwrap_or_else(|error| panic!("{value} is not an integer: {error}"))
}

/// A list of integers.
#[allow(dead_code, reason = "not every test binary reads lists")]
pub(crate) fn words(value: &Value) -> Vec<U256> {
    value.as_array().expect("a list").iter().map(word).collect()
}

/// An integer of at most 64 bits.
#[allow(dead_code, reason = "not every test binary reads small integers")]
pub(crate) fn small(value: &Value) -> u64 {
    word(value).try_into().expect("at most 64 bits")
}
