//! `assumptions.csv`: every parameter and where it comes from.

use super::Table;
use pegstress_sim::scenario::{Assumption, Scenario};

pub(super) fn table(scenario: &Scenario) -> Table {
    table_of(&scenario.assumptions)
}

pub(super) fn table_of(assumptions: &[Assumption]) -> Table {
    let mut table = Table::new("assumptions.csv", &["key", "value", "evidence", "unanchored", "source"]);
    for a in assumptions {
        let mark = [a.mark.word().to_owned(), a.mark.is_unanchored().to_string()];
        let [word, unanchored] = mark;
        table.push(vec![a.key.clone(), a.value.clone(), word, unanchored, a.source.clone()]);
    }
    table
}
