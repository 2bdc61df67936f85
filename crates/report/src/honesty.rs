//! Whether a number rests on a parameter without an anchor, and on which.
//!
//! A metric names the tables of a scenario that it rests on; what is assumed in them is listed. This is coarse, and errs to
//! the side of saying so.

use pegstress_sim::scenario::Scenario;

/// Stands at every number that rests on a parameter without an anchor.
pub(crate) const DAGGER: &str = " †";

/// Of these tables, those with a parameter without an anchor.
pub(crate) fn assumed_tables(scenario: &Scenario, rests_on: &[&'static str]) -> Vec<&'static str> {
    let has_one = |table: &&str| assumed_keys(scenario, &[table]).next().is_some();
    rests_on.iter().copied().filter(|table| has_one(table)).collect()
}

/// Keys without an anchor in these tables.
pub(crate) fn assumed_keys<'a>(
    scenario: &'a Scenario,
    tables: &'a [&str],
) -> impl Iterator<Item = &'a str> + use<'a> {
    let is_in = |key: &str, table: &str| {
        key.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let unanchored = scenario.assumptions.iter().filter(|one| one.mark.is_unanchored());
    unanchored.map(|one| one.key.as_str()).filter(move |key| tables.iter().any(|table| is_in(key, table)))
}

/// The dagger, or nothing.
pub(crate) fn dagger(scenario: &Scenario, rests_on: &[&'static str]) -> &'static str {
    if assumed_tables(scenario, rests_on).is_empty() { "" } else { DAGGER }
}

/// What the dagger means; nothing if no number carries one. The page lists the keys on top, assumptions.csv all of them.
pub(crate) fn dagger_note(scenario: &Scenario) -> Option<String> {
    let count = scenario.assumptions.iter().filter(|one| one.mark.is_unanchored()).count();
    (count > 0)
        .then(|| format!("rests on parameters without an anchor, of {count} that assumptions.csv names"))
}
