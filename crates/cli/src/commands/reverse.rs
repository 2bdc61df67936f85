//! `pegstress reverse`: what it takes to break a limit.

use crate::experiment::{Experiment, refuse_shared, set};
use crate::failure::Failure;
use crate::question_args::ReverseArgs;
use crate::{output, terminal};
use pegstress_report::{Asked, render_reverse, reverse_json, reverse_rows};
use pegstress_risk::questions::reverse::{Answer, Reverse, Row, Search, Trial, find};
use pegstress_risk::questions::{Range, Scale};
use pegstress_scenario::Override;

/// Paths of an evaluation where nothing is said: an interval of 1.5 points on either side of one half,
const PATHS: u64 = 4_000;
/// and of 2.2 points on a frontier, which takes ten times the evaluations.
const FRONTIER_PATHS: u64 = 2_000;

pub(crate) fn reverse(args: &ReverseArgs) -> Result<(), Failure> {
    let (range, second) = match args.ranges.as_slice() {
        [one] => (one, None),
        [one, two] => (one, Some(two)),
        more => {
            return Err(Failure::Usage(format!(
                "--vary names {} keys, must be one, or two for a frontier",
                more.len()
            )));
        }
    };
    let names: Vec<&str> = args.ranges.iter().map(|range| range.key.as_str()).collect();
    refuse_shared(&names)?;
    let most_paths = if second.is_some() { FRONTIER_PATHS } else { PATHS };
    let mut experiment = Experiment::open(&args.scenario, &args.run, Some(most_paths))?;
    experiment.check_metric(&args.limit.metric)?;
    let folder = args.run.out.join(format!("reverse-{}", experiment.scenario.name));
    output::prepare(&folder)?;
    let search = search(args, range, second.is_some());
    let mut rows = Vec::new();
    let places = second.map_or(1, |_| args.rows);
    experiment.expect(places as usize * expected_evaluations(&search))?;
    for place in 0..places {
        let value = second.map(|second| second.at(f64::from(place) / f64::from(places - 1)));
        let fixed: Vec<Override> =
            second.zip(value).map(|(second, value)| set(&second.key, value)).into_iter().collect();
        rows.push(Row { second: value, answer: row(args, &mut experiment, &search, &fixed)? });
    }
    let step_secs = experiment.study()?.step_secs;
    let answer = Reverse { limit: args.limit.clone(), search, second: second.cloned(), rows, step_secs };
    let manifest = experiment.manifest(&command(args), &args.run)?;
    let asked = Asked { scenario: &experiment.scenario, manifest: &manifest };
    output::write_all(&folder, render_reverse(asked, &answer), &experiment.scenario.name)?;
    terminal::answer(
        &args.run,
        &format!("{}: reverse stress test", experiment.scenario.name),
        &folder,
        || reverse_rows(asked, &answer),
        || reverse_json(asked, &answer),
    );
    Ok(())
}

/// One search, with the second key's value among the `fixed` ones.
fn row(
    args: &ReverseArgs,
    experiment: &mut Experiment,
    search: &Search,
    fixed: &[Override],
) -> Result<Answer, Failure> {
    find(search, |value| {
        let values: Vec<Override> = fixed.iter().cloned().chain([set(&search.range.key, value)]).collect();
        let outcome = experiment.run(&values)?;
        let (events, undefined) = outcome.broken(&args.limit)?;
        let faults = outcome.table.faults();
        Ok(Trial { value, events, count: outcome.table.rows.len() as u64 - faults, undefined, faults })
    })
}

fn search(args: &ReverseArgs, range: &Range, is_frontier: bool) -> Search {
    Search {
        range: range.clone(),
        probability: args.probability,
        cells: args.scan.unwrap_or(if is_frontier { 4 } else { 8 }),
        tolerance: args.tolerance.unwrap_or(if is_frontier { 0.005 } else { 0.001 }),
    }
}

/// The scan, and three times the halvings that one part of it takes, of which about half coincide.
fn expected_evaluations(search: &Search) -> usize {
    let (mut length, mut halvings) = (1.0 / f64::from(search.cells), 0);
    while length > search.tolerance {
        (length, halvings) = (0.5 * length, halvings + 1);
    }
    search.cells as usize + 1 + 2 * halvings
}

fn command(args: &ReverseArgs) -> Vec<String> {
    let mut words = vec![format!("pegstress reverse {}", args.scenario.display())];
    words.extend(args.ranges.iter().map(|range| {
        let log = if range.scale == Scale::Logarithmic { ":log" } else { "" };
        format!("--vary '{}={}..{}{log}'", range.key, range.low, range.high)
    }));
    words.push(format!("--break '{}' --probability {}", args.limit, args.probability));
    words.extend(args.scan.map(|scan| format!("--scan {scan}")));
    words.extend(args.tolerance.map(|tolerance| format!("--tolerance {tolerance}")));
    if args.ranges.len() > 1 {
        words.push(format!("--rows {}", args.rows));
    }
    words
}
