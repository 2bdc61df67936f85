//! `pegstress compare`: what two runs differ in.

use crate::experiment::Experiment;
use crate::failure::Failure;
use crate::question_args::{CompareArgs, RunWords};
use crate::{output, terminal};
use pegstress_report::{ComparedRuns, Manifest, compare_json, compare_rows, render_compare};
use pegstress_risk::questions::compare::{RunOutcomes, compare as compare_runs};
use pegstress_scenario::Override;
use pegstress_series::{TableColumn, read_table};
use pegstress_sim::measures::accounts::GAIN_RESIDUAL;
use pegstress_sim::scenario::Starts;
use std::path::Path;

/// A run with what has to be known to compare it.
struct Run {
    name: String,
    symbol: Option<String>,
    /// Where paths start, if that is known.
    starts: Option<Starts>,
    /// The record of the run.
    manifest: Manifest,
    outcomes: RunOutcomes,
}

pub(crate) fn compare(args: &CompareArgs) -> Result<(), Failure> {
    if args.second.is_dir() && !args.second_overrides.is_empty() {
        return Err(Failure::Usage(format!(
            "--second-set changes a scenario, and {} is a report",
            args.second.display()
        )));
    }
    let first = run_of(&args.first, args, &[])?;
    let second = run_of(&args.second, args, &args.second_overrides)?;
    let command = command(args);
    let folder = args.run.out.join(format!("compare-{}-{}", first.name, second.name));
    output::prepare(&folder)?;
    let refused = match (first.starts, second.starts) {
        (Some(a), Some(b)) if a != b => Some("paths of one number start at different times".to_owned()),
        _ => None,
    };
    let comparison = compare_runs(&first.outcomes, &second.outcomes, refused);
    let symbol = if first.symbol == second.symbol { first.symbol } else { None };
    let runs = ComparedRuns {
        first: args.first.display().to_string(),
        second: second_words(args),
        symbol: symbol.unwrap_or_else(|| "tokens".to_owned()),
        program: format!("pegstress {}", env!("CARGO_PKG_VERSION")),
        command,
        manifests: [first.manifest, second.manifest],
        comparison,
    };
    output::write_all(&folder, render_compare(&runs), &first.name)?;
    terminal::answer(
        &args.run,
        &format!("{} against {}", runs.second, runs.first),
        &folder,
        || compare_rows(&runs),
        || compare_json(&runs),
    );
    Ok(())
}

/// The command that repeats the comparison.
fn command(args: &CompareArgs) -> String {
    let mut words = vec![format!("pegstress compare {} {}", args.first.display(), args.second.display())];
    let sets = args.second_overrides.iter();
    words.extend(sets.map(|set| format!("--second-set '{}={}'", set.key(), set.value())));
    words.extend(args.run.words());
    words.join(" ")
}

/// The second run with what is changed in it.
fn second_words(args: &CompareArgs) -> String {
    let sets = args.second_overrides.iter().map(|set| format!(" with {} = {}", set.key(), set.value()));
    args.second.display().to_string() + &sets.collect::<String>()
}

fn run_of(path: &Path, args: &CompareArgs, changes: &[Override]) -> Result<Run, Failure> {
    if path.is_dir() { of_report(path, &args.run) } else { of_scenario(path, &args.run, changes) }
}

fn of_scenario(path: &Path, words: &RunWords, changes: &[Override]) -> Result<Run, Failure> {
    let mut experiment = Experiment::open(path, words, None)?;
    experiment.expect(1)?;
    let outcome = experiment.run(changes)?;
    let mut run = vec![format!("pegstress run {}", path.display())];
    run.extend(changes.iter().map(|set| format!("--set '{}={}'", set.key(), set.value())));
    let manifest = experiment.manifest(&run, words)?;
    let sound = outcome.table.rows.iter().filter(|row| row.fault.is_none());
    let metrics = outcome.plan.metrics.iter().enumerate();
    Ok(Run {
        name: experiment.scenario.name.clone(),
        symbol: Some(experiment.scenario.token.symbol.clone()),
        starts: Some(outcome.plan.study.starts),
        manifest,
        outcomes: RunOutcomes {
            seed: Some(outcome.plan.study.seed),
            paths: sound.map(|row| row.path).collect(),
            // The residual of who pays is rounding: two runs always differ in it, and it means nothing.
            metrics: metrics
                .filter(|(_, metric)| metric.name != GAIN_RESIDUAL)
                .map(|(k, metric)| (metric.name.clone(), outcome.table.sound(k)))
                .collect(),
        },
    })
}

/// A report folder's outcomes and seed.
fn of_report(folder: &Path, words: &RunWords) -> Result<Run, Failure> {
    let changes = words.paths.is_some() || words.seed.is_some() || words.severity.is_some();
    if changes || !words.overrides.is_empty() {
        return Err(Failure::Usage(format!(
            "--paths, --seed, --severity and --set change a scenario, and {} is a report",
            folder.display()
        )));
    }
    let file = folder.join("outcomes.parquet");
    let wrong = |reason: String| Failure::Vectors { path: folder.to_owned(), reason };
    if !file.is_file() {
        return Err(wrong("holds no outcomes.parquet: run its scenario with --outcomes".to_owned()));
    }
    let manifest_file = folder.join("manifest.json");
    let text = std::fs::read(&manifest_file)
        .map_err(|source| Failure::Io { path: manifest_file.clone(), source })?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| Failure::Vectors {
        path: manifest_file,
        reason: format!("is no manifest: {error}"),
    })?;
    let table = read_table(&file).map_err(|error| wrong(error.to_string()))?;
    let outcomes = outcomes_of(table, manifest.seed).map_err(wrong)?;
    Ok(Run { name: manifest.scenario_name.clone(), symbol: None, starts: None, manifest, outcomes })
}

/// Sound rows of the table that `pegstress run --outcomes` writes.
fn outcomes_of(table: Vec<(String, TableColumn)>, seed: Option<u64>) -> Result<RunOutcomes, String> {
    let (mut paths, mut faults, mut metrics) = (None, None, Vec::new());
    for (name, column) in table {
        match (name.as_str(), column) {
            ("path", TableColumn::Numbers(list)) => paths = Some(list),
            ("fault", TableColumn::Text(list)) => faults = Some(list),
            (GAIN_RESIDUAL, _) => {}
            (_, TableColumn::Numbers(list)) => metrics.push((name, list)),
            (_, TableColumn::Text(_)) => {
                return Err(format!("outcomes.parquet: column `{name}` holds no numbers"));
            }
        }
    }
    let absent = |name: &str| format!("outcomes.parquet has no column `{name}`");
    let (paths, faults) = (paths.ok_or_else(|| absent("path"))?, faults.ok_or_else(|| absent("fault"))?);
    let is_sound: Vec<bool> = faults.iter().map(|fault| fault.as_deref().is_none_or(str::is_empty)).collect();
    let sound = |list: Vec<Option<f64>>| -> Vec<f64> {
        let kept = list.into_iter().zip(&is_sound).filter(|(_, sound)| **sound);
        kept.map(|(value, _)| value.unwrap_or(f64::NAN)).collect()
    };
    let paths: Vec<u64> = sound(paths).into_iter().map(|path| path as u64).collect();
    if paths.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err("outcomes.parquet: column `path` does not ascend".to_owned());
    }
    Ok(RunOutcomes {
        seed,
        paths,
        metrics: metrics.into_iter().map(|(name, list)| (name, sound(list))).collect(),
    })
}
