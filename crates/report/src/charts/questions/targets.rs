//! Every target in its own tolerance: where the observation stands in the middle, how far off is the model?

use super::super::Chart;
use super::super::axis::Axis;
use super::super::figure::{Heading, draw_figure};
use super::super::style::{BLACK, BLUE, GREEN, ORANGE, tint};
use super::rows::{Rows, height};
use crate::ReportError;
use crate::number::grouped;
use crate::questions::{Event, backtest_words};
use pegstress_risk::questions::{Judged, Purpose};

/// Tolerances that the axis shows on either side; what is farther stands at the end.
const SHOWN: f64 = 3.0;

/// `backtest.png`; nothing without a target.
pub(crate) fn draw(events: &[Event<'_>]) -> Result<Option<Chart>, ReportError> {
    let rows: Vec<(&Event<'_>, &Judged)> =
        events.iter().flat_map(|event| event.judged.iter().map(move |judged| (event, judged))).collect();
    let Some((first, _)) = rows.first() else { return Ok(None) };
    let scenario = if events.len() == 1 { format!(" - {}", first.scenario.name) } else { String::new() };
    let heading = Heading {
        finding: backtest_words(events),
        details: format!(
            "Distance of the model from the observation, in tolerances of the target (of a factor: logarithmic); whiskers: nine of ten \
             paths; {} tolerances and more stand at the end{}",
            grouped(SHOWN, 0),
            paths_words(events)
        ),
        footer: format!("pegstress {}{scenario}", first.manifest.program_version),
    };
    let names: Vec<String> =
        rows.iter().map(|(event, judged)| name(event, judged, events.len() > 1)).collect();
    let legend = [
        (BLUE, "judged".to_owned()),
        (ORANGE, "fitted to".to_owned()),
        (tint(GREEN, 0.25), "within the tolerance".to_owned()),
    ];
    let x = Axis::span_with_step(-SHOWN, SHOWN, 1.0);
    let bytes = draw_figure(&heading, (230.0 + height(names.len())) as usize, |sheet, frame| {
        let panel = Rows::draw(sheet, frame, &x, "Model less observation, in tolerances", &names, &legend)?;
        for row in 0..names.len() {
            panel.bar(row, (-1.0, 1.0), 1.0, tint(GREEN, 0.13))?;
        }
        panel.upright(0.0, BLACK)?;
        for (row, (_, judged)) in rows.iter().enumerate() {
            let colour = if judged.target.purpose == Purpose::Judge { BLUE } else { ORANGE };
            let miss = |value: f64| judged.target.miss(value).clamp(-SHOWN, SHOWN);
            if let Some([low, _, high]) = judged.paths {
                panel.whisker(row, (miss(low), miss(high)), 0.0, colour)?;
            }
            if let Some(model) = judged.model {
                let at = (panel.place(miss(model.value)), panel.middle(row));
                sheet.dot(at, 8.0, colour, !judged.is_met())?;
            }
        }
        Ok(())
    })?;
    Ok(Some(Chart::new("backtest.png", heading, bytes)))
}

fn name(event: &Event<'_>, judged: &Judged, with_event: bool) -> String {
    let name = &judged.target.name;
    if with_event { format!("{} · {name}", event.scenario.name) } else { name.clone() }
}

/// How many paths each run has, where all have as many.
fn paths_words(events: &[Event<'_>]) -> String {
    let mut counts: Vec<_> = events.iter().filter_map(|event| event.manifest.paths).collect();
    counts.dedup();
    match counts.as_slice() {
        [paths] => format!(" · {} paths", grouped(*paths as f64, 0)),
        _ => String::new(),
    }
}
