//! Charts of several tokens in one run.

mod conditional;
mod depths;

use super::{Chart, Labels};
use crate::ReportError;
use crate::joint::Joint;

/// Every chart that has something to show.
pub(crate) fn draw(joint: Joint<'_>) -> Result<Vec<Chart>, ReportError> {
    let labels = Labels::of_joint(joint.scenario, joint.manifest);
    let mut charts = Vec::new();
    charts.extend(conditional::draw(&labels, joint)?);
    charts.extend(depths::draw(&labels, joint)?);
    Ok(charts)
}
