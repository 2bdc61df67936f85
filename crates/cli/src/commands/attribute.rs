//! `pegstress run --attribute`: the run again without each of its channels.

use crate::terminal;
use pegstress_risk::questions::attribution::{Attribution, Label, Sample, attribute as attribute_to};
use pegstress_risk::{OutcomeTable, Outcomes};
use pegstress_sim::channels::{channels, without, without_stress};
use pegstress_sim::scenario::PathStudy;
use pegstress_sim::{Plan, RunOptions};

/// What each channel adds to the outcomes `table` of `plan`.
pub(super) fn attribute(
    name: &str,
    plan: &Plan,
    table: &OutcomeTable,
    options: &RunOptions,
    quiet: bool,
) -> Attribution {
    let found = channels(&plan.study);
    let steps = plan.study.steps as u64;
    let runs = found.len() as u64 + 1;
    let name = format!("{name} without each channel");
    let bar = terminal::progress(&name, runs * (options.paths.end - options.paths.start) * steps, quiet);
    let sample = |study: &PathStudy| {
        let plan = Plan::new(study, &plan.report);
        let progress = |paths| bar.inc(paths * steps);
        let outcomes = pegstress_sim::run(&plan, options, Outcomes::default, progress);
        Sample::new(&plan.metrics, &outcomes.into_table())
    };
    let others: Vec<(Label, Sample)> = found
        .iter()
        .map(|channel| {
            let label = Label { name: channel.name(&plan.study), dampens: channel.dampens() };
            (label, sample(&without(&plan.study, *channel)))
        })
        .collect();
    let calm = sample(&without_stress(&plan.study));
    bar.finish_and_clear();
    attribute_to(&Sample::new(&plan.metrics, table), &calm, &others)
}
