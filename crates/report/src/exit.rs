//! The answer of `pegstress exit`: a chart of the stages and the tables behind it.

use crate::charts::draw_exit;
use crate::number::{date_and_time, grouped, level, short};
use crate::{File, ReportError, tables};
use pegstress_risk::exit_delays::{DelayQuantile, delay_quantiles};
use pegstress_sim::exit_study::ExitStudy;
use pegstress_unlock::{DAY_SECS, StageKind};
use serde_json::{Value, json};

/// `exit.png`, `exit_timeline.csv`, `exit_payments.csv`, `exit_delays.csv` (where paths were drawn) and `assumptions.csv`.
/// `program` is its name and version.
///
/// # Errors
/// When a table or the chart cannot be written.
pub fn render_exit(study: &ExitStudy, program: &str) -> Result<Vec<File>, ReportError> {
    let mut files = vec![draw_exit(study, program)?];
    files.extend(tables::write_exit(study)?);
    Ok(files)
}

/// The figures as text for a terminal: name and value.
pub fn exit_rows(study: &ExitStudy) -> Vec<(String, String)> {
    let timeline = &study.timeline;
    let days = |secs: f64| format!("{} days", grouped(secs / DAY_SECS, 2));
    let mut rows = vec![("asked for".to_owned(), date_and_time(study.asked_at))];
    for stage in &timeline.stages {
        let mark = mark_of(study, stage.kind).map_or_else(String::new, |mark| format!(" ({mark})"));
        let beside = if stage.kind.is_parallel() { ", beside the others" } else { "" };
        let until = if stage.last_secs > stage.first_secs {
            format!(
                "day {} to {}",
                grouped(stage.first_secs / DAY_SECS, 2),
                grouped(stage.last_secs / DAY_SECS, 2)
            )
        } else {
            format!("day {}", grouped(stage.first_secs / DAY_SECS, 2))
        };
        let words = format!("{} ETH, through on {until}{beside}{mark}", short(stage.amount_eth));
        rows.push((stage.kind.words().to_owned(), words));
    }
    if let (Some(first), Some(mean), Some(last)) =
        (timeline.first_secs(), timeline.mean_secs(), timeline.last_secs())
    {
        let words = format!("first after {}, mean {}, last {}", days(first), days(mean), days(last));
        rows.push(("ETH in hand".to_owned(), words));
    }
    rows.push((
        "paid".to_owned(),
        format!("{} ETH of {}", grouped(timeline.paid_eth(), 2), grouped(study.case.amount_eth, 2)),
    ));
    rows.push(("instant fee".to_owned(), format!("{} ETH", grouped(timeline.fee_eth, 2))));
    if let Some(forgone) = study.forgone_eth() {
        rows.push(("yield given up".to_owned(), format!("{} ETH", grouped(forgone, 2))));
    }
    if timeline.left_waiting_eth > 1e-6 {
        let words = format!("{} ETH, until others fill a batch", grouped(timeline.left_waiting_eth, 2));
        rows.push(("left waiting".to_owned(), words));
    }
    if let Some(queue) = timeline.stages.iter().find(|stage| stage.kind == StageKind::ExitQueue) {
        let words = format!(
            "{} for the next unit ahead of it, {} behind it: {} more",
            days(queue.first_secs - queue.start_secs),
            days(queue.last_secs - queue.start_secs),
            days(queue.last_secs - queue.first_secs)
        );
        rows.push(("exit queue alone".to_owned(), words));
    }
    let marginal = format!(
        "{} for the next unit behind it, {} without it",
        days(timeline.marginal_secs),
        days(timeline.marginal_without_secs)
    );
    rows.push(("marginal delay".to_owned(), marginal));
    for one in delay_quantiles(&study.delays, |delays| delays.last_secs) {
        rows.push((format!("last payment, {} of paths", level(one.level)), interval_words(&one)));
    }
    rows
}

fn interval_words(one: &DelayQuantile) -> String {
    let end = |days: Option<f64>| days.map_or_else(|| "n/a".to_owned(), |days| grouped(days, 2));
    format!("{} days ({} to {})", grouped(one.days, 2), end(one.low_days), end(one.high_days))
}

/// The same as JSON for notebooks.
pub fn exit_json(study: &ExitStudy) -> Value {
    let timeline = &study.timeline;
    let number = |value: f64| if value.is_finite() { json!(value) } else { Value::Null };
    let days = |secs: f64| number(secs / DAY_SECS);
    let stages: Vec<_> = timeline
        .stages
        .iter()
        .map(|stage| {
            json!({
                "stage": stage.kind.words(),
                "parallel": stage.kind.is_parallel(),
                "amount_eth": number(stage.amount_eth),
                "start_days": days(stage.start_secs),
                "first_unit_days": days(stage.first_secs),
                "last_unit_days": days(stage.last_secs),
                "evidence": mark_of(study, stage.kind),
            })
        })
        .collect();
    let delays: Vec<_> = delay_quantiles(&study.delays, |one| one.last_secs)
        .iter()
        .map(|one| json!({ "level": one.level, "last_days": one.days, "low_days": one.low_days, "high_days": one.high_days }))
        .collect();
    json!({
        "symbol": study.symbol,
        "protocol": study.protocol,
        "asked_at": study.asked_at.to_string(),
        "amount_eth": study.case.amount_eth,
        "network_queue_eth": study.case.queue_eth,
        "stages": stages,
        "paid_eth": timeline.paid_eth(),
        "fee_eth": timeline.fee_eth,
        "left_waiting_eth": timeline.left_waiting_eth,
        "yield_given_up_eth": study.forgone_eth(),
        "first_days": timeline.first_secs().map(days),
        "mean_days": timeline.mean_secs().map(days),
        "last_days": timeline.last_secs().map(days),
        "marginal_days": days(timeline.marginal_secs),
        "marginal_without_days": days(timeline.marginal_without_secs),
        "random_delays": delays,
    })
}

/// Strength of the evidence behind the parameter that rules a stage.
pub(crate) fn mark_of(study: &ExitStudy, stage: StageKind) -> Option<&'static str> {
    let keys: &[&str] = match stage {
        StageKind::Instant => &["redemption.instant_bucket.capacity_eth", "redemption.buffer_eth"],
        StageKind::AtHand => &["redemption.buffer_eth"],
        StageKind::Order => &["redemption.exits_ordered_every_hours"],
        StageKind::ExitQueue => &["network.exit_queue_eth"],
        StageKind::Withdrawability => return Some("source"),
        StageKind::Sweep => &["network.sweep_days"],
        StageKind::Escrow => &["redemption.escrow_blocks", "redemption.escrow_days"],
        StageKind::Processing => &["redemption.processing_days"],
        StageKind::Age => &["redemption.minimum_age_days"],
        StageKind::Finalisation => &[
            "redemption.finalised_eth_per_day",
            "redemption.finalised_every_hours",
            "redemption.minimum_age_days",
        ],
        StageKind::ClaimDelay => &["redemption.claim_delay_days"],
        StageKind::Redeposit => &["network.entry_queue_eth"],
    };
    keys.iter()
        .find_map(|key| study.assumptions.iter().find(|one| one.key == *key))
        .map(|one| one.mark.word())
}
