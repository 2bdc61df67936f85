//! `pegstress converge`: how many paths a number needs.

use crate::experiment::Experiment;
use crate::failure::Failure;
use crate::question_args::ConvergeArgs;
use crate::{output, terminal};
use pegstress_report::{Asked, converge_json, converge_rows, render_converge};
use pegstress_risk::questions::Measure;
use pegstress_risk::questions::converge::convergence;

/// What is followed where nothing is said, as far as a run has it.
const MAIN: [&str; 5] = [
    "deepest_discount_close_bps:mean",
    "deepest_discount_close_bps:p95",
    "deepest_discount_close_bps:es95",
    "longest_pipeline_delay_days:p95",
    "sellers_loss_eth:mean",
];

pub(crate) fn converge(args: &ConvergeArgs) -> Result<(), Failure> {
    let mut experiment = Experiment::open(&args.scenario, &args.run, None)?;
    let measures = measures(args, &experiment)?;
    let folder = args.run.out.join(format!("converge-{}", experiment.scenario.name));
    output::prepare(&folder)?;
    experiment.expect(1)?;
    let outcome = experiment.run(&[])?;
    let mut found = Vec::new();
    for (measure, wanted) in &measures {
        found.push(convergence(measure, &outcome.values(&measure.metric)?, *wanted));
    }
    let paths = outcome.table.rows.len() as u64 - outcome.table.faults();
    let manifest = experiment.manifest(&command(args), &args.run)?;
    let asked = Asked { scenario: &experiment.scenario, manifest: &manifest };
    output::write_all(&folder, render_converge(asked, paths, &found), &experiment.scenario.name)?;
    terminal::answer(
        &args.run,
        &format!("{}: convergence", experiment.scenario.name),
        &folder,
        || converge_rows(asked, paths, &found),
        || converge_json(asked, paths, &found),
    );
    Ok(())
}

/// The numbers to follow, each once, with the precision that is wanted of it.
fn measures(args: &ConvergeArgs, experiment: &Experiment) -> Result<Vec<(Measure, Option<f64>)>, Failure> {
    let mut list: Vec<(Measure, Option<f64>)> =
        args.precision.iter().map(|(measure, half)| (measure.clone(), Some(*half))).collect();
    list.extend(args.metric.iter().map(|measure| (measure.clone(), None)));
    for (measure, _) in &list {
        experiment.check_metric(&measure.metric)?;
    }
    if args.metric.is_empty() {
        let main = MAIN.iter().filter_map(|text| text.parse::<Measure>().ok());
        let known = main.filter(|measure| experiment.check_metric(&measure.metric).is_ok());
        list.extend(known.map(|measure| (measure, None)));
    }
    let mut once: Vec<(Measure, Option<f64>)> = Vec::new();
    for one in list {
        if !once.iter().any(|(measure, _)| *measure == one.0) {
            once.push(one);
        }
    }
    Ok(once)
}

fn command(args: &ConvergeArgs) -> Vec<String> {
    let mut words = vec![format!("pegstress converge {}", args.scenario.display())];
    words.extend(args.precision.iter().map(|(measure, half)| format!("--precision '{measure}={half}'")));
    words.extend(args.metric.iter().map(|measure| format!("--metric '{measure}'")));
    words
}
