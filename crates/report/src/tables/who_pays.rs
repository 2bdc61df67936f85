//! `who_pays.csv` and `flows.csv`: what every party gained, and who moved how many tokens when.

use super::Table;
use crate::number::cell;
use pegstress_risk::summary::Attribution;

/// One row per party and the residual, which is the sum of all.
pub(super) fn gains(attribution: &Attribution) -> Table {
    let header = ["party", "mean_eth", "standard_error_eth", "p5_eth", "p50_eth", "p95_eth", "meaning"];
    let mut table = Table::new("who_pays.csv", &header);
    for row in &attribution.who_pays {
        // The residual is rounding: more digits show that it is.
        let decimals = if row.party == "residual" { 9 } else { 4 };
        let numbers = [row.mean.0, row.mean.1, row.quantiles[0], row.quantiles[1], row.quantiles[2]];
        let mut cells = vec![row.party.clone()];
        cells.extend(numbers.iter().map(|number| cell(*number, decimals)));
        cells.push(row.meaning.clone());
        table.push(cells);
    }
    table
}

/// Long form: one row per interval and channel; purchases are negative.
pub(super) fn flows(attribution: &Attribution) -> Table {
    let mut table = Table::new("flows.csv", &["hours_from", "hours_to", "channel", "mean_lrt"]);
    let mut from = 0.0;
    for (k, to) in attribution.hours.iter().enumerate() {
        for flow in &attribution.flows {
            let tokens = flow.mean_lrt.get(k).copied().unwrap_or(f64::NAN);
            table.push(vec![cell(from, 4), cell(*to, 4), flow.channel.to_owned(), cell(tokens, 6)]);
        }
        from = *to;
    }
    table
}
