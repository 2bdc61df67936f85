//! The stages of one exit beside each other, and the ETH as it comes.

use super::axis::{Axis, seconds};
use super::figure::{Frame, Heading, draw_figure};
use super::panel::{Panel, PanelSpec};
use super::sheet::{Align, Font, Sheet};
use super::style::{BLUE, FAINT_TEXT, FRAME, GREEN, GRID, LABEL_EM, ORANGE, TEXT, tint};
use crate::number::{date, grouped, short};
use crate::{File, ReportError};
use pegstress_sim::exit_study::ExitStudy;
use pegstress_sim::scenario::EvidenceMark;
use pegstress_unlock::{DAY_SECS, Stage, StageKind};
use plotters::style::RGBColor;

/// Height of one stage, pixels.
const ROW: f64 = 62.0;
/// Width of the names of the stages.
const NAMES: f64 = 470.0;
const LABEL: Font = Font { em: LABEL_EM, bold: false, colour: TEXT };
const FAINT: Font = Font { em: LABEL_EM, bold: false, colour: FAINT_TEXT };

/// `exit.png`.
pub(crate) fn draw(study: &ExitStudy, program: &str) -> Result<File, ReportError> {
    let timeline = &study.timeline;
    let stages = &timeline.stages;
    let ends = stages.iter().map(|stage| stage.last_secs).chain(timeline.last_secs());
    let last = ends.filter(|secs| secs.is_finite()).fold(DAY_SECS, f64::max);
    // Some room on the right for the words behind the last bar.
    let until = study.at(1.08 * last);
    let x = Axis::time([study.asked_at, until]).unwrap_or_else(|| Axis::span(0.0, 1.0));
    let heading = Heading {
        finding: finding(study),
        details: details(study),
        footer: format!("{program} - {} exit", study.symbol),
    };
    let rows = ROW * stages.len() as f64 + 60.0;
    let paid = Axis::around([timeline.paid_eth()], true);
    let height = 330.0 + rows + if paid.is_some() { 330.0 } else { 0.0 };
    let bytes = draw_figure(&heading, height as usize, |sheet, frame| {
        let split = frame.top + rows;
        bars(sheet, Frame { bottom: split, ..frame }, study, &x)?;
        let Some(paid) = &paid else { return Ok(()) };
        let left = frame.left + NAMES - 132.0;
        let below = Frame { top: split + 26.0, left, ..frame };
        let spec = PanelSpec { x: &x, y: paid, y_name: "ETH in hand", x_name: Some("UTC"), legend: &[] };
        let panel = Panel::draw(sheet, below, &spec)?;
        panel.line(steps(study, seconds(until)), BLUE)
    })?;
    Ok(File::new("exit.png", bytes))
}

/// The sum of payments as a staircase.
fn steps(study: &ExitStudy, until: f64) -> Vec<(f64, f64)> {
    let (mut sum, mut points) = (0.0, vec![(seconds(study.asked_at), 0.0)]);
    for payment in &study.timeline.payments {
        let at = seconds(study.at(payment.secs));
        points.push((at, sum));
        sum += payment.eth;
        points.push((at, sum));
    }
    points.push((until, sum));
    points
}

fn bars(sheet: &Sheet<'_>, frame: Frame, study: &ExitStudy, x: &Axis) -> Result<(), ReportError> {
    let left = frame.left + NAMES;
    let right = frame.right - 14.0;
    let place = |secs: f64| left + x.position(seconds(study.at(secs))) * (right - left);
    for (value, _) in &x.ticks {
        let at = left + x.position(*value) * (right - left);
        sheet.line(&[(at, frame.top), (at, frame.bottom)], GRID, 1.0)?;
    }
    sheet.line(&[(left, frame.top), (left, frame.bottom)], FRAME, 1.5)?;
    for (k, stage) in study.timeline.stages.iter().enumerate() {
        let top = frame.top + 14.0 + ROW * k as f64;
        let middle = top + 0.36 * ROW;
        let name = sheet.shorten(stage.kind.words(), LABEL, NAMES - 20.0)?;
        sheet.text((left - 16.0, middle), &name, LABEL, Align::Right)?;
        if let Some(mark) = crate::exit::mark_of(study, stage.kind) {
            sheet.text((left - 16.0, middle + 1.15 * LABEL_EM), mark, FAINT, Align::Right)?;
        }
        let colour = colour(stage.kind);
        let (from, first, last) = (place(stage.start_secs), place(stage.first_secs), place(stage.last_secs));
        let (low, high) = (top + 6.0, top + ROW - 20.0);
        if stage.first_secs.is_finite() {
            sheet.fill((from, low), (first.max(from + 3.0), high), tint(colour, 0.4))?;
        }
        if stage.last_secs.is_finite() && stage.first_secs.is_finite() && last > first {
            sheet.fill((first, low), (last, high), colour)?;
        }
        let words = words(stage);
        let (end, width) = (last.max(first).max(from) + 12.0, sheet.text_width(&words, LABEL)?);
        let at = if end + width > right + 10.0 {
            ((from - width - 12.0).max(left + 6.0), middle + 2.0)
        } else {
            (end, middle + 2.0)
        };
        sheet.text(at, &words, LABEL, Align::Left)?;
    }
    Ok(())
}

/// Days that the first and the last unit spend, and how much it is.
fn words(stage: &Stage) -> String {
    let first = (stage.first_secs - stage.start_secs) / DAY_SECS;
    let last = (stage.last_secs - stage.start_secs) / DAY_SECS;
    let amount = format!("{} ETH", short(stage.amount_eth));
    if !first.is_finite() {
        return amount;
    }
    if stage.kind == StageKind::Instant {
        return format!("{amount} at once");
    }
    if last > first + 0.01 {
        format!("{} to {} days, {amount}", grouped(first, 1), grouped(last, 1))
    } else {
        format!("{} days, {amount}", grouped(first, 1))
    }
}

fn colour(kind: StageKind) -> RGBColor {
    match kind {
        StageKind::Instant | StageKind::AtHand => GREEN,
        kind if kind.is_parallel() => ORANGE,
        _ => BLUE,
    }
}

fn finding(study: &ExitStudy) -> String {
    let timeline = &study.timeline;
    let amount = short(study.case.amount_eth);
    let days = |secs: f64| short(secs / DAY_SECS);
    match (timeline.mean_secs(), timeline.last_secs()) {
        (Some(mean), Some(last)) => format!(
            "{amount} ETH of {} asked for on {}: the mean ETH is in hand after {} days, the last after {}",
            study.symbol,
            date(study.asked_at),
            days(mean),
            days(last)
        ),
        _ => {
            format!("{amount} ETH of {} asked for on {}: nothing is paid", study.symbol, date(study.asked_at))
        }
    }
}

fn details(study: &ExitStudy) -> String {
    let case = &study.case;
    let unanchored: Vec<_> = study
        .assumptions
        .iter()
        .filter(|one| one.mark.is_unanchored())
        .map(|one| one.key.trim_start_matches("redemption.").replace('_', " "))
        .collect();
    let rests = if unanchored.is_empty() {
        String::new()
    } else {
        format!(" Rests on assumptions: {}.", unanchored.join(", "))
    };
    let weak = study.assumptions.iter().filter(|one| one.mark == EvidenceMark::Web).count();
    let web = if weak > 0 { format!(" {weak} values are from web pages.") } else { String::new() };
    format!(
        "{}; {} ETH on the exit clock at {} ETH per epoch. Light: first unit, full: from the first to the last.{rests}{web}",
        study.protocol,
        grouped(case.queue_eth, 0),
        short(case.churn_eth_per_epoch),
    )
}
