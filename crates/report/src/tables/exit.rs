//! Tables of `pegstress exit`.

use super::{Table, assumptions, level_name};
use crate::number::{cell, cell_or_empty, utc_cell};
use crate::{File, ReportError};
use pegstress_risk::exit_delays::delay_quantiles;
use pegstress_sim::exit_study::ExitStudy;
use pegstress_unlock::{DAY_SECS, Delays};

/// Every table that has content.
pub(crate) fn write_exit(study: &ExitStudy) -> Result<Vec<File>, ReportError> {
    let tables = [stages(study), payments(study), delays(study), assumptions::table_of(&study.assumptions)];
    tables.iter().filter_map(|table| table.file().transpose()).collect()
}

/// `exit_timeline.csv`: one row per stage in the order of their begin.
fn stages(study: &ExitStudy) -> Table {
    let header = [
        "stage",
        "parallel",
        "amount_eth",
        "start_utc",
        "first_unit_utc",
        "last_unit_utc",
        "start_days",
        "first_unit_days",
        "last_unit_days",
        "wait_first_unit_days",
        "evidence",
    ];
    let mut table = Table::new("exit_timeline.csv", &header);
    let days = |secs: f64| cell(secs / DAY_SECS, 6);
    let utc = |secs: f64| if secs.is_finite() { utc_cell(study.at(secs)) } else { String::new() };
    for stage in &study.timeline.stages {
        table.push(vec![
            stage.kind.words().to_owned(),
            stage.kind.is_parallel().to_string(),
            cell(stage.amount_eth, 6),
            utc(stage.start_secs),
            utc(stage.first_secs),
            utc(stage.last_secs),
            days(stage.start_secs),
            days(stage.first_secs),
            days(stage.last_secs),
            days(stage.first_secs - stage.start_secs),
            crate::exit::mark_of(study, stage.kind).unwrap_or_default().to_owned(),
        ]);
    }
    table
}

/// `exit_payments.csv`: ETH as it comes.
fn payments(study: &ExitStudy) -> Table {
    let mut table = Table::new("exit_payments.csv", &["time_utc", "days", "paid_eth", "paid_so_far_eth"]);
    let mut sum = 0.0;
    for payment in &study.timeline.payments {
        sum += payment.eth;
        let at = utc_cell(study.at(payment.secs));
        table.push(vec![at, cell(payment.secs / DAY_SECS, 6), cell(payment.eth, 6), cell(sum, 6)]);
    }
    table
}

/// A delay and its name.
type Kind = (&'static str, fn(&Delays) -> f64);

const KINDS: [Kind; 3] = [
    ("first payment", |one| one.first_secs),
    ("mean unit", |one| one.mean_secs),
    ("last payment", |one| one.last_secs),
];

/// `exit_delays.csv`: quantiles of random paths.
fn delays(study: &ExitStudy) -> Table {
    let header = ["delay", "statistic", "value_days", "interval_low_days", "interval_high_days"];
    let mut table = Table::new("exit_delays.csv", &header);
    for (name, of) in KINDS {
        for one in delay_quantiles(&study.delays, of) {
            table.push(vec![
                name.to_owned(),
                level_name(one.level),
                cell(one.days, 6),
                cell_or_empty(one.low_days, 6),
                cell_or_empty(one.high_days, 6),
            ]);
        }
    }
    table
}
