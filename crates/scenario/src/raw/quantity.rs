//! Numbers with a range. The range is part of the type, and through it of the schema and of the messages.

use schemars::JsonSchema;
use serde::Deserialize;

/// A number above 0.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("exclusiveMinimum" = 0))]
pub struct Positive(pub f64);

/// A number, 0 or above.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0))]
pub struct NonNegative(pub f64);

/// A share of 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0, "maximum" = 1))]
pub struct Share(pub f64);

/// A share of 1 that is not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0, "exclusiveMaximum" = 1))]
pub struct ShareBelowOne(pub f64);

/// A share in percent.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0, "maximum" = 100))]
pub struct Percent(pub f64);

/// A share in percent that is not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0, "exclusiveMaximum" = 100))]
pub struct PercentBelowAll(pub f64);

/// A share in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0, "maximum" = 10000))]
pub struct Bps(pub f64);

/// A share in hundredths of a percent that is not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0, "exclusiveMaximum" = 10000))]
pub struct BpsBelowAll(pub f64);

/// A whole number in quotes, of any length.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(extend("format" = "integer", "pattern" = "^-?[0-9]+$"))]
pub struct WholeNumber(pub String);

/// A discount in hundredths of a percent, above 0 and below all of the value.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 10000))]
pub struct DiscountBps(pub f64);

/// A length of time in hours; ten years at most.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0, "maximum" = 87600))]
pub struct Hours(pub f64);

/// A length of time in days; ten years at most.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0, "maximum" = 3650))]
pub struct Days(pub f64);

impl Percent {
    /// As a fraction.
    pub fn fraction(self) -> f64 {
        self.0 / 100.0
    }
}

impl PercentBelowAll {
    /// As a fraction.
    pub fn fraction(self) -> f64 {
        self.0 / 100.0
    }
}

impl Bps {
    /// As a fraction.
    pub fn fraction(self) -> f64 {
        self.0 / 1e4
    }
}

impl BpsBelowAll {
    /// As a fraction.
    pub fn fraction(self) -> f64 {
        self.0 / 1e4
    }
}

impl WholeNumber {
    /// As a number, where the type can hold it.
    pub fn parse<T: std::str::FromStr>(&self) -> Option<T> {
        self.0.parse().ok()
    }
}

impl DiscountBps {
    /// As a fraction.
    pub fn fraction(self) -> f64 {
        self.0 / 1e4
    }
}

impl Hours {
    /// In seconds.
    pub fn secs(self) -> f64 {
        self.0 * 3600.0
    }
}

impl Days {
    /// In seconds.
    pub fn secs(self) -> f64 {
        self.0 * 86_400.0
    }
}
