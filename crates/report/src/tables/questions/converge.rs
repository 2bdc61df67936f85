//! `convergence.csv`: errors by number of paths; the last rows say what a wanted precision needs.

use super::{Table, decimals};
use crate::number::cell_or_empty;
use pegstress_risk::questions::converge::Convergence;

pub(crate) fn convergence(paths: u64, found: &[Convergence]) -> Table {
    let header = [
        "measure",
        "value",
        "kind",
        "paths",
        "batches",
        "half_width_between_batches",
        "half_width_of_interval",
    ];
    let mut table = Table::new("convergence.csv", &header);
    for one in found {
        // Errors are a fraction of the value: two more digits.
        let decimals = decimals(&one.measure) + 2;
        let mut push =
            |kind: &str, paths: String, batches: String, between: Option<f64>, within: Option<f64>| {
                table.push(vec![
                    one.measure.to_string(),
                    cell_or_empty(one.value, decimals),
                    kind.to_owned(),
                    paths,
                    batches,
                    cell_or_empty(between, decimals),
                    cell_or_empty(within, decimals),
                ]);
            };
        for error in &one.errors {
            push("measured", error.paths.to_string(), error.batches.to_string(), error.between, error.within);
        }
        if let Some(wanted) = one.wanted {
            let needed = one.paths_for(wanted, paths).map_or_else(String::new, |needed| needed.to_string());
            push("needed", needed, String::new(), None, Some(wanted));
        }
    }
    table
}
