//! `pegstress run`: scenarios in, reports out.

use super::joint::{self, LoadedJoint};
use crate::args::RunArgs;
use crate::failure::Failure;
use crate::input::{
    SeriesFiles, available_threads, hex, scenario_files, simulation_overrides, without_detours,
};
use crate::{output, terminal};
use pegstress_num::Isa;
use pegstress_report::{Manifest, SCHEMA_VERSION, render, summary_rows};
use pegstress_risk::{OutcomeTable, Summary, Tally, summarise_paths, summarise_pool, summarise_queue};
use pegstress_scenario::{Document, is_joint, read, resolve};
use pegstress_series::{Column, write_parquet};
use pegstress_sim::scenario::{PathStudy, ReportSpec, Scenario, Study};
use pegstress_sim::{Plan, RunOptions};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(crate) fn run(args: &RunArgs) -> Result<(), Failure> {
    let files = scenario_files(&args.scenarios)?;
    // Every file is read before the first one runs: a mistake in the last is told at once.
    let loaded = files.iter().map(|file| load_any(file, args)).collect::<Result<Vec<_>, _>>()?;
    refuse_equal_names(&loaded)?;
    let (mut shown, mut faulty) = (Vec::new(), Vec::new());
    for one in &loaded {
        let (figures, too_many) = match one {
            AnyLoaded::One(one) => run_one(one, args)?,
            AnyLoaded::Joint(joint) => (joint::run_one(joint, args)?, None),
        };
        shown.push(figures);
        faulty.extend(too_many);
    }
    if args.json {
        terminal::print(&format!("{}\n", serde_json::Value::Array(shown)));
    }
    if faulty.is_empty() { Ok(()) } else { Err(Failure::Faulty(faulty)) }
}

/// A scenario of one token or of several, ready to run.
enum AnyLoaded {
    One(Box<Loaded>),
    Joint(Box<LoadedJoint>),
}

impl AnyLoaded {
    fn name_and_file(&self) -> (&str, &Path) {
        match self {
            Self::One(one) => (&one.scenario.name, &one.file),
            Self::Joint(joint) => (&joint.scenario.name, &joint.file),
        }
    }
}

fn load_any(file: &Path, args: &RunArgs) -> Result<AnyLoaded, Failure> {
    if is_joint(file)? {
        return joint::load(file, args).map(|one| AnyLoaded::Joint(Box::new(one)));
    }
    load(file, args).map(|one| AnyLoaded::One(Box::new(one)))
}

/// A scenario ready to run.
struct Loaded {
    file: PathBuf,
    document: Document,
    scenario: Scenario,
    digests: BTreeMap<String, String>,
}

fn load(file: &Path, args: &RunArgs) -> Result<Loaded, Failure> {
    let mut document = read(file, &args.overrides)?;
    let mut overrides = args.overrides.clone();
    overrides.extend(simulation_overrides(document.raw().mode, args.paths, args.seed));
    if overrides.len() > args.overrides.len() {
        document = read(file, &overrides)?;
    }
    let mut series = SeriesFiles::default();
    let scenario = resolve(&document, &mut series)?;
    if let Some(token) = document.token() {
        series
            .digests
            .insert(without_detours(token.path()).display().to_string(), hex(&Sha256::digest(token.text())));
    }
    if let (Some((_, end)), Study::Paths(study)) = (args.path_range, &scenario.study)
        && end > study.paths
    {
        let (name, paths) = (&scenario.name, study.paths);
        return Err(Failure::Usage(format!("--path-range ends at {end}, {name} has {paths} paths")));
    }
    Ok(Loaded { file: file.to_owned(), document, scenario, digests: series.digests })
}

fn refuse_equal_names(loaded: &[AnyLoaded]) -> Result<(), Failure> {
    let mut seen = BTreeMap::new();
    for one in loaded {
        let (name, file) = one.name_and_file();
        if let Some(other) = seen.insert(name, file) {
            let (a, b) = (other.display(), file.display());
            return Err(Failure::Usage(format!(
                "{a} and {b} are both named {name:?}: one report would replace the other"
            )));
        }
    }
    Ok(())
}

/// The figures that are shown, and what is to be said if too many paths broke.
fn run_one(loaded: &Loaded, args: &RunArgs) -> Result<(serde_json::Value, Option<String>), Failure> {
    let scenario = &loaded.scenario;
    let folder = args.out.join(&scenario.name);
    output::prepare(&folder)?;
    let begun = Instant::now();
    let threads = args.threads.map_or_else(available_threads, |threads| threads as usize);
    let isa = args.isa.unwrap_or_else(Isa::best);
    let (summary, outcomes) = answer(scenario, args, threads, isa);
    let manifest = manifest(loaded, args, &summary, threads, isa, begun);
    let failed = |error: &dyn std::fmt::Display| Failure::Internal(format!("{}: {error}", scenario.name));
    for file in render(scenario, &summary, &manifest).map_err(|error| failed(&error))? {
        output::write_whole(&folder, &file.name, &file.bytes)?;
    }
    if let Some((plan, table)) = outcomes {
        let bytes = outcomes_parquet(&plan, &table).map_err(|error| failed(&error))?;
        output::write_whole(&folder, "outcomes.parquet", &bytes)?;
    }
    let rows = summary_rows(scenario, &summary);
    if !args.quiet && !args.json {
        let heading = format!("{}: {}", scenario.name, scenario.title);
        let place = format!("  report: {}\n\n", folder.join("index.html").display());
        terminal::print(&(terminal::figures(&heading, &rows) + &place));
    }
    let figures: serde_json::Map<_, _> = rows.into_iter().map(|(name, value)| (name, json!(value))).collect();
    let shown = json!({ "run": scenario.name, "report": folder.display().to_string(), "figures": figures });
    Ok((shown, too_many_faults(scenario, &summary)))
}

/// What is to be said of a run of which too many paths broke.
fn too_many_faults(scenario: &Scenario, summary: &Summary) -> Option<String> {
    let Summary::Paths(summary) = summary else { return None };
    let faulty: u64 = summary.faults.iter().map(|(_, paths)| paths).sum();
    let (share, most) = (faulty as f64 / summary.paths as f64, scenario.report.most_faults);
    if share <= most {
        return None;
    }
    Some(format!(
        "{}: {faulty} of {} paths are faulty ({:.2} %), more than report.most_faults_pct = {} allows; the report is written, \
         and they are left out of its figures",
        scenario.name,
        summary.paths,
        100.0 * share,
        100.0 * most
    ))
}

/// The summary of a scenario, and its outcomes if they are asked for.
fn answer(
    scenario: &Scenario,
    args: &RunArgs,
    threads: usize,
    isa: Isa,
) -> (Summary, Option<(Plan, OutcomeTable)>) {
    match &scenario.study {
        Study::PoolHistory(history) => (Summary::Pool(summarise_pool(history, &scenario.report)), None),
        Study::QueueHistory(history) => (Summary::Queue(summarise_queue(history)), None),
        Study::Paths(study) => {
            let options = RunOptions { threads, isa, paths: path_range(study, args) };
            simulate(&scenario.name, study, &scenario.report, args, &options)
        }
    }
}

fn path_range(study: &PathStudy, args: &RunArgs) -> std::ops::Range<u64> {
    args.path_range.map_or(0..study.paths, |(first, end)| first..end)
}

fn simulate(
    name: &str,
    study: &PathStudy,
    report: &ReportSpec,
    args: &RunArgs,
    options: &RunOptions,
) -> (Summary, Option<(Plan, OutcomeTable)>) {
    let plan = Plan::new(study, report);
    let steps = study.steps as u64;
    let bar = terminal::progress(name, (options.paths.end - options.paths.start) * steps, args.quiet);
    let mut tally = pegstress_sim::run(
        &plan,
        options,
        || Tally::new(&plan, args.outcomes),
        |paths| bar.inc(paths * steps),
    );
    bar.finish_and_clear();
    let outcomes = tally.take_outcomes();
    let summary = Summary::Paths(Box::new(summarise_paths(&plan, &tally)));
    (summary, outcomes.map(|table| (plan, table)))
}

fn manifest(
    loaded: &Loaded,
    args: &RunArgs,
    summary: &Summary,
    threads: usize,
    isa: Isa,
    begun: Instant,
) -> Manifest {
    let scenario = &loaded.scenario;
    let (seed, steps) = match &scenario.study {
        Study::Paths(study) => (Some(study.seed), Some(study.steps)),
        Study::PoolHistory(_) | Study::QueueHistory(_) => (None, None),
    };
    let (paths, faults) = match summary {
        Summary::Paths(summary) => (Some(summary.paths), summary.faults.iter().cloned().collect()),
        Summary::Pool(_) | Summary::Queue(_) => (None, BTreeMap::new()),
    };
    Manifest {
        schema_version: SCHEMA_VERSION,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario_name: scenario.name.clone(),
        scenario_sha256: hex(&Sha256::digest(loaded.document.text().as_bytes())),
        inputs: loaded.digests.clone(),
        seed,
        paths,
        steps,
        faults,
        command: command(loaded, args, seed.is_some()),
        threads,
        instruction_set: isa.to_string(),
        wall_time_secs: begun.elapsed().as_secs_f64(),
    }
}

/// The command that repeats a run, without the words that do not change its answer.
fn command(loaded: &Loaded, args: &RunArgs, simulated: bool) -> String {
    let mut words = vec![format!("pegstress run {}", loaded.file.display())];
    if simulated {
        words.extend(set_words(args));
    } else {
        words.extend(override_words(args));
    }
    words.join(" ")
}

fn override_words(args: &RunArgs) -> impl Iterator<Item = String> {
    args.overrides.iter().map(|set| format!("--set '{}={}'", set.key(), set.value()))
}

/// The words that change the answer of a simulated study.
pub(super) fn set_words(args: &RunArgs) -> Vec<String> {
    let mut words: Vec<String> = override_words(args).collect();
    words.extend(args.paths.map(|paths| format!("--paths {paths}")));
    words.extend(args.seed.map(|seed| format!("--seed {seed}")));
    words.extend(args.path_range.map(|(first, end)| format!("--path-range {first}..{end}")));
    words
}

/// Every metric of every path; null where it is not defined.
pub(super) fn outcomes_parquet(
    plan: &Plan,
    table: &OutcomeTable,
) -> Result<Vec<u8>, pegstress_series::SeriesError> {
    let paths: Vec<u64> = table.rows.iter().map(|row| row.path).collect();
    let faults: Vec<String> =
        table.rows.iter().map(|row| row.fault.map_or("", |fault| fault.words()).to_owned()).collect();
    let values = |k: usize| -> Vec<Option<f64>> {
        table.rows.iter().map(|row| Some(row.metrics[k]).filter(|value| !value.is_nan())).collect()
    };
    let metrics: Vec<_> = (0..plan.metrics.len()).map(values).collect();
    let mut columns = vec![("path", Column::U64(&paths)), ("fault", Column::Text(&faults))];
    for (metric, values) in plan.metrics.iter().zip(&metrics) {
        columns.push((&metric.name, Column::F64OrNull(values)));
    }
    write_parquet(&columns)
}
