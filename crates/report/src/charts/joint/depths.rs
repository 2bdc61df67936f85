//! How much deeper each token falls in the joint run than alone.

use super::super::axis::Axis;
use super::super::figure::draw_figure;
use super::super::questions::rows::{LABEL, Rows, height};
use super::super::sheet::Align;
use super::super::style::{BLUE, LABEL_EM, VERMILLION, tint};
use super::super::{Chart, Labels};
use crate::ReportError;
use crate::joint::Joint;
use crate::number::{grouped, short};

/// `joint_depths.png`: a row per token, its mean deepest discount alone and together.
pub(crate) fn draw(labels: &Labels<'_>, joint: Joint<'_>) -> Result<Option<Chart>, ReportError> {
    let list = &joint.summary.against_alone;
    let ends = list.iter().flat_map(|one| [one.other_bps, one.joint_bps]);
    let Some(tight) = Axis::around(ends, true) else { return Ok(None) };
    // Room for the words at the ends of the bars.
    let (low, high) = tight.ends();
    let x = Axis::span(low, high + 0.2 * (high - low));
    let names: Vec<String> = joint.symbols().into_iter().map(str::to_owned).collect();
    let details = format!(
        "Mean over {} paths of the deepest discount at the end of a step, the same draws in both",
        grouped(joint.paths() as f64, 0)
    );
    let heading = labels.heading(finding(joint), details);
    let legend = [
        (tint(BLUE, 0.45), "each token alone".to_owned()),
        (VERMILLION, "added by what they share".to_owned()),
    ];
    let tall = 230.0 + height(names.len());
    let bytes = draw_figure(&heading, tall as usize, |sheet, frame| {
        let rows = Rows::draw(sheet, frame, &x, "Mean deepest discount, bps", &names, &legend)?;
        for (k, one) in list.iter().enumerate() {
            rows.bar(k, (0.0, one.other_bps), 0.6, tint(BLUE, 0.45))?;
            rows.bar(k, (one.other_bps, one.joint_bps), 0.6, VERMILLION)?;
            let right = rows.place(one.other_bps).max(rows.place(one.joint_bps));
            let sign = if one.deeper_bps < 0.0 { "" } else { "+" };
            let words = format!("{sign}{} ± {}", short(one.deeper_bps), short(one.standard_error_bps));
            let at = (right + 10.0, rows.middle(k) + 0.36 * LABEL_EM);
            sheet.text(at, &words, LABEL, Align::Left)?;
        }
        Ok(())
    })?;
    Ok(Some(Chart::new("joint_depths.png", heading, bytes)))
}

fn finding(joint: Joint<'_>) -> String {
    let list = joint.summary.against_alone.iter().enumerate();
    let most = list.reduce(|best, one| if one.1.deeper_bps > best.1.deeper_bps { one } else { best });
    match most {
        Some((member, one)) if one.deeper_bps > 0.0 => format!(
            "Coupling deepens the fall of {} most: {} bps on average instead of {}",
            joint.symbol(member),
            short(one.joint_bps),
            short(one.other_bps)
        ),
        _ => "Coupling deepens the fall of none of the tokens".to_owned(),
    }
}
