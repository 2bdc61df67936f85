//! What a scenario says about its own story, and what its answer is held against.

/// What a scenario says about its own story.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// Name of the scenario without its severity.
    pub scenario: String,
    /// `historical: ...` or `hypothetical`, where the file says.
    pub anchor: Option<String>,
    /// What would show that the story is wrong, where the file says.
    pub falsified_by: Option<String>,
    /// The severity, where the scenario has severities.
    pub severity: Option<Severity>,
}

/// How hard a scenario comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severity {
    /// Name, such as `B`.
    pub name: String,
    /// What it stands for; empty where the file does not say.
    pub meaning: String,
    /// What it follows, where that differs from the scenario's.
    pub anchor: Option<String>,
}

/// A limit on a statistic of a metric over paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Name of the metric.
    pub metric: String,
    /// The statistic, as `METRIC:STATISTIC` spells it.
    pub statistic: String,
    /// Broken above this,
    pub at_most: Option<f64>,
    /// or below this.
    pub at_least: Option<f64>,
}
