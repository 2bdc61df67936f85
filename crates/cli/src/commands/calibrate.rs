//! `pegstress calibrate`: the values of keys with which a scenario comes nearest to what was observed.

use crate::experiment::{Experiment, refuse_shared, set};
use crate::failure::Failure;
use crate::question_args::CalibrateArgs;
use crate::targets::TargetSource;
use crate::{output, terminal};
use pegstress_report::{Asked, Fitted, calibration_json, calibration_rows, render_calibration};
use pegstress_risk::questions::calibrate::{Problem, calibrate as search};
use pegstress_risk::questions::design::MAX_KEYS;
use pegstress_risk::questions::{Judged, Purpose, Range, Scale, Target};
use pegstress_scenario::Override;

/// Paths of an evaluation where nothing is said: the median of a thousand is good to some hundredths of a spread.
const PATHS: u64 = 1_000;

pub(crate) fn calibrate(args: &CalibrateArgs) -> Result<(), Failure> {
    let source = TargetSource::open(args.to.as_deref())?;
    let mut experiment = Experiment::open(&args.scenario, &args.run, Some(PATHS))?;
    let targets = source.targets(&experiment)?;
    let problem = problem(args, &source, &experiment, targets)?;
    let folder = args.run.out.join(format!("calibrate-{}", experiment.scenario.name));
    output::prepare(&folder)?;
    experiment.expect(2 + expected_evaluations(&problem))?;
    let before = judge(&mut experiment, &problem.targets, &[])?;
    let (ranges, targets) = (problem.ranges.clone(), problem.targets.clone());
    let mut faults = 0;
    let found = search(problem, |values| {
        let outcome = experiment.run(&overrides(&ranges, values))?;
        faults += u64::from(outcome.table.faults() > 0);
        targets
            .iter()
            .map(|target| Ok(outcome.measure(&target.measure)?.map(|estimate| estimate.value)))
            .collect::<Result<Vec<_>, Failure>>()
    })?;
    let after = judge(&mut experiment, &targets, &overrides(&ranges, &found.fitted.values))?;
    let fitted = Fitted { found, before, after, paths: experiment.study()?.paths, faults };
    let manifest = experiment.manifest(&command(args, &ranges), &args.run)?;
    let asked = Asked { scenario: &experiment.scenario, manifest: &manifest };
    output::write_all(&folder, render_calibration(asked, &fitted), &experiment.scenario.name)?;
    terminal::answer(
        &args.run,
        &format!("{}: calibration", experiment.scenario.name),
        &folder,
        || calibration_rows(asked, &fitted),
        || calibration_json(asked, &fitted),
    );
    Ok(())
}

/// What is asked, once it makes a question.
fn problem(
    args: &CalibrateArgs,
    source: &TargetSource,
    experiment: &Experiment,
    targets: Vec<Target>,
) -> Result<Problem, Failure> {
    if !targets.iter().any(|target| target.purpose == Purpose::Fit) {
        return Err(Failure::Usage(format!(
            "nothing to fit to: of {} targets none has use = \"fit\"; put [[targets]] into the scenario or name a file of them with --to",
            targets.len()
        )));
    }
    let ranges =
        if args.ranges.is_empty() { source.ranges(&experiment.document) } else { args.ranges.clone() };
    if ranges.is_empty() {
        return Err(Failure::Usage(
            "nothing is varied: say --vary KEY=LOW..HIGH, or put [[calibrate]] tables beside the targets"
                .to_owned(),
        ));
    }
    let names: Vec<&str> = ranges.iter().map(|range| range.key.as_str()).collect();
    refuse_shared(&names)?;
    if ranges.len() > MAX_KEYS {
        return Err(Failure::Usage(format!("{} keys are varied, must be at most {MAX_KEYS}", ranges.len())));
    }
    let evaluations = args.evaluations.map_or(60 + 30 * ranges.len(), |number| number as usize);
    let start = names.iter().map(|key| experiment.document.number(key)).collect();
    let seed = experiment.study()?.seed;
    Ok(Problem { ranges, start, targets, evaluations, profile_points: args.profile as usize, seed })
}

fn judge(
    experiment: &mut Experiment,
    targets: &[Target],
    values: &[Override],
) -> Result<Vec<Judged>, Failure> {
    let outcome = experiment.run(values)?;
    targets.iter().map(|target| Ok(target.judge(&outcome.values(&target.measure.metric)?))).collect()
}

fn overrides(ranges: &[Range], values: &[f64]) -> Vec<Override> {
    ranges.iter().zip(values).map(|(range, value)| set(&range.key, *value)).collect()
}

/// The search; of the profiles about half, since most end before the ends of the ranges; and the differences.
fn expected_evaluations(problem: &Problem) -> usize {
    let keys = problem.ranges.len();
    let refit = 1 + 8 * (keys - 1);
    problem.evaluations + keys * problem.profile_points * refit / 2 + 2 * keys
}

fn command(args: &CalibrateArgs, ranges: &[Range]) -> Vec<String> {
    let mut words = vec![format!("pegstress calibrate {}", args.scenario.display())];
    words.extend(args.to.as_ref().map(|to| format!("--to {}", to.display())));
    words.extend(ranges.iter().map(|range| {
        let log = if range.scale == Scale::Logarithmic { ":log" } else { "" };
        format!("--vary '{}={}..{}{log}'", range.key, range.low, range.high)
    }));
    words.extend(args.evaluations.map(|evaluations| format!("--evaluations {evaluations}")));
    words.push(format!("--profile {}", args.profile));
    words
}
