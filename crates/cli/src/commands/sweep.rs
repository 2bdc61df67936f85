//! `pegstress sweep`: a scenario at every point of a grid.

use crate::experiment::{Experiment, Outcome, refuse_shared};
use crate::failure::Failure;
use crate::question_args::SweepArgs;
use crate::{output, terminal};
use pegstress_report::{Asked, render_sweep, sweep_json, sweep_rows};
use pegstress_risk::questions::Scale;
use pegstress_risk::questions::sweep::{Sweep, SweepKey, SweepPoint, grid};
use pegstress_risk::summarise_paths::{metric_summary, probabilities};
use pegstress_scenario::Override;
use pegstress_scenario::raw::sweep::{RawScale, RawSweep, RawSweepValue};

/// Points at most: beyond, a number was mistyped.
const MOST_POINTS: usize = 100_000;

pub(crate) fn sweep(args: &SweepArgs) -> Result<(), Failure> {
    let mut experiment = Experiment::open(&args.scenario, &args.run, None)?;
    let keys = if args.keys.is_empty() { keys_of_file(&experiment)? } else { args.keys.clone() };
    let names: Vec<&str> = keys.iter().map(|key| key.key.as_str()).collect();
    refuse_shared(&names)?;
    experiment.check_metric(&args.metric.metric)?;
    let points = keys.iter().try_fold(1_usize, |points, key| points.checked_mul(key.values.len()));
    let Some(count) = points.filter(|points| *points <= MOST_POINTS) else {
        return Err(Failure::Usage(format!("the sweep has more than {MOST_POINTS} points")));
    };
    let folder = args.run.out.join(format!("sweep-{}", experiment.scenario.name));
    output::prepare(&folder)?;
    experiment.expect(count)?;
    let mut points = Vec::new();
    for places in grid(&keys) {
        let set =
            |(key, place): (&SweepKey, &usize)| Override::new(key.key.clone(), key.values[*place].clone());
        let values: Vec<Override> = keys.iter().zip(&places).map(set).collect();
        let outcome = experiment.run(&values)?;
        points.push(point(args, places, &outcome)?);
    }
    let sweep = Sweep { keys, measure: args.metric.clone(), points };
    let manifest = experiment.manifest(&command(args, &sweep.keys), &args.run)?;
    let asked = Asked { scenario: &experiment.scenario, manifest: &manifest };
    let files = render_sweep(asked, &sweep);
    output::write_all(&folder, files, &experiment.scenario.name)?;
    terminal::answer(
        &args.run,
        &format!("{}: {} points", experiment.scenario.name, sweep.points.len()),
        &folder,
        || sweep_rows(asked, &sweep),
        || sweep_json(asked, &sweep),
    );
    Ok(())
}

fn point(args: &SweepArgs, places: Vec<usize>, outcome: &Outcome) -> Result<SweepPoint, Failure> {
    let (plan, table) = (&outcome.plan, &outcome.table);
    let histograms: Vec<_> = (0..plan.metrics.len()).map(|k| table.histogram(k)).collect();
    Ok(SweepPoint {
        places,
        paths: table.rows.len() as u64,
        faults: table.faults(),
        metrics: plan.metrics.iter().zip(&histograms).map(|(m, h)| metric_summary(m, h)).collect(),
        probabilities: probabilities(plan, &histograms),
        drawn: outcome.measure(&args.metric)?,
    })
}

/// The file's own `[[sweep]]`.
fn keys_of_file(experiment: &Experiment) -> Result<Vec<SweepKey>, Failure> {
    let tables = &experiment.document.raw().sweep;
    if tables.is_empty() {
        return Err(Failure::Usage(
            "nothing is varied: say --sweep KEY=V1,V2,... or put [[sweep]] tables into the scenario"
                .to_owned(),
        ));
    }
    tables.iter().map(key_of_table).collect()
}

fn key_of_table(table: &RawSweep) -> Result<SweepKey, Failure> {
    if let Some(values) = &table.values {
        let values = values.iter().map(RawSweepValue::text).collect();
        return Ok(SweepKey { key: table.key.clone(), values });
    }
    let wrong = |reason: &str| Failure::Usage(format!("[[sweep]] of {}: {reason}", table.key));
    let (Some(from), Some(to), Some(points)) = (table.from, table.to, table.points) else {
        return Err(wrong("it has no values"));
    };
    let scale = match table.scale.unwrap_or_default() {
        RawScale::Linear => Scale::Linear,
        RawScale::Log => Scale::Logarithmic,
    };
    SweepKey::between(&table.key, (from, to), points as usize, scale).map_err(wrong)
}

fn command(args: &SweepArgs, keys: &[SweepKey]) -> Vec<String> {
    let mut words = vec![format!("pegstress sweep {}", args.scenario.display())];
    words.extend(keys.iter().map(|key| format!("--sweep '{}={}'", key.key, key.values.join(","))));
    words.push(format!("--metric '{}'", args.metric));
    words
}
