//! `restaking.csv`, `restaking_concentration.csv` and `concentration.csv`: who can cost how much at the start, and how few hold
//! how much.

use super::Table;
use crate::number::cell;
use pegstress_risk::summary::ConcentrationRow;
use pegstress_sim::restaking_snapshot::RestakingSnapshot;

pub(super) fn culprits(snapshot: &RestakingSnapshot) -> Table {
    let mut table = Table::new("restaking.csv", &["kind", "name", "stake_share", "largest_loss_share"]);
    for row in &snapshot.culprits {
        let shares = [row.stake_share, row.largest_loss].map(|share| cell(share, 6));
        table.push([vec![row.kind.to_owned(), row.name.clone()], shares.to_vec()].concat());
    }
    table
}

pub(super) fn concentration(snapshot: &RestakingSnapshot) -> Table {
    let header = ["kind", "hhi", "effective_number", "top_1_share", "top_3_share"];
    let mut table = Table::new("restaking_concentration.csv", &header);
    for row in &snapshot.concentration {
        let figures = [row.hhi, row.effective_number, row.top[0], row.top[1]].map(|figure| cell(figure, 6));
        table.push([vec![row.kind.to_owned()], figures.to_vec()].concat());
    }
    table
}

/// Pools by depth, borrowers by debt.
pub(super) fn holders(rows: &[ConcentrationRow]) -> Table {
    let header = ["of", "hhi", "effective_number", "top_1_share", "top_5_share"];
    let mut table = Table::new("concentration.csv", &header);
    for row in rows {
        let figures = [row.hhi, row.effective_number, row.top[0], row.top[1]].map(|figure| cell(figure, 6));
        table.push([vec![row.of.clone()], figures.to_vec()].concat());
    }
    table
}
