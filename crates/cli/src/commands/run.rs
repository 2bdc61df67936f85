//! `pegstress run`: scenarios in, reports out.

use super::attribute::attribute;
use super::joint::{self, LoadedJoint};
use crate::args::RunArgs;
use crate::failure::Failure;
use crate::input::{available_threads, hex, scenario_files};
use crate::loaded::{Loaded, Wanted, load};
use crate::{output, terminal};
use pegstress_num::Isa;
use pegstress_report::{Manifest, SCHEMA_VERSION, Score, render, render_scoreboard, score, summary_rows};
use pegstress_risk::limits::verdicts;
use pegstress_risk::summary::PathSummary;
use pegstress_risk::{OutcomeTable, Summary, Tally, summarise_paths, summarise_pool, summarise_queue};
use pegstress_scenario::is_joint;
use pegstress_series::{Column, write_parquet};
use pegstress_sim::scenario::{PathStudy, Scenario, Study};
use pegstress_sim::{Plan, RunOptions};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// Runs from which on each is a line and not a table.
const MANY: usize = 12;

pub(crate) fn run(args: &RunArgs) -> Result<(), Failure> {
    let files = scenario_files(&args.scenarios)?;
    // Every file is read before the first one runs: a mistake in the last is told at once.
    let mut loaded = Vec::new();
    for file in &files {
        loaded.extend(load_any(file, args)?);
    }
    refuse_equal_folders(&loaded)?;
    let (mut shown, mut scores, mut faulty, mut broken) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let is_short = loaded.len() > MANY;
    for one in &loaded {
        let ran = match one {
            AnyLoaded::One(one) => run_one(one, args, is_short)?,
            AnyLoaded::Joint(joint) => joint::run_one(joint, args, is_short)?,
        };
        shown.push(ran.figures);
        broken += usize::from(ran.scores.iter().any(Score::is_broken));
        scores.extend(ran.scores);
        faulty.extend(ran.too_many_faults);
    }
    if scores.len() > 1 {
        let program = format!("pegstress {}", env!("CARGO_PKG_VERSION"));
        output::write_all(&args.out, render_scoreboard(&scores, loaded.len(), &program), "scoreboard")?;
    }
    if args.json {
        terminal::print(&format!("{}\n", serde_json::Value::Array(shown)));
    } else if !args.quiet && scores.len() > 1 {
        let place = args.out.join("scoreboard.html");
        let limits = if broken > 0 { format!("limits broken in {broken} runs; ") } else { String::new() };
        terminal::print(&format!("{} runs; {limits}scoreboard: {}\n", loaded.len(), place.display()));
    }
    if !faulty.is_empty() {
        return Err(Failure::Faulty(faulty));
    }
    if args.strict && broken > 0 { Err(Failure::LimitsBroken(broken)) } else { Ok(()) }
}

/// A scenario of one token or of several, ready to run.
enum AnyLoaded {
    One(Box<Loaded>),
    Joint(Box<LoadedJoint>),
}

impl AnyLoaded {
    fn folder_and_file(&self) -> (&Path, &Path) {
        match self {
            Self::One(one) => (&one.folder, &one.file),
            Self::Joint(joint) => (&joint.folder, &joint.file),
        }
    }
}

fn load_any(file: &Path, args: &RunArgs) -> Result<Vec<AnyLoaded>, Failure> {
    if !is_joint(file)? {
        return Ok(load_file(file, args)?.into_iter().map(|one| AnyLoaded::One(Box::new(one))).collect());
    }
    if !args.market.is_empty() || args.attribute {
        return Err(Failure::Usage(format!(
            "{} holds several tokens: --market and --attribute are for scenarios of one; its report says what each channel \
             between the tokens adds",
            file.display()
        )));
    }
    Ok(joint::load(file, args)?.into_iter().map(|joint| AnyLoaded::Joint(Box::new(joint))).collect())
}

fn load_file(file: &Path, args: &RunArgs) -> Result<Vec<Loaded>, Failure> {
    let wanted = Wanted {
        overrides: &args.overrides,
        paths: args.paths,
        seed: args.seed,
        markets: &args.market,
        severities: &args.severity,
    };
    let runs = load(file, wanted)?;
    for one in &runs {
        if let (Some((_, end)), Study::Paths(study)) = (args.path_range, &one.scenario.study)
            && end > study.paths
        {
            let (name, paths) = (&one.scenario.name, study.paths);
            return Err(Failure::Usage(format!("--path-range ends at {end}, {name} has {paths} paths")));
        }
    }
    Ok(runs)
}

/// Two runs of one folder would replace each other.
fn refuse_equal_folders(loaded: &[AnyLoaded]) -> Result<(), Failure> {
    let mut seen = BTreeMap::new();
    for one in loaded {
        let (folder, file) = one.folder_and_file();
        if let Some(other) = seen.insert(folder, file) {
            let (name, a, b) = (folder.display(), other.display(), file.display());
            return Err(Failure::Usage(format!(
                "{a} and {b} are both named \"{name}\": one report would replace the other"
            )));
        }
    }
    Ok(())
}

/// What is kept of a run.
pub(super) struct Ran {
    pub(super) figures: serde_json::Value,
    /// A row of the scoreboard for each token.
    pub(super) scores: Vec<Score>,
    /// What is to be said if too many paths broke.
    pub(super) too_many_faults: Option<String>,
}

fn run_one(loaded: &Loaded, args: &RunArgs, is_short: bool) -> Result<Ran, Failure> {
    let scenario = &loaded.scenario;
    let folder = args.out.join(&loaded.folder);
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
        let page = folder.join("index.html");
        let text = if is_short {
            let deepest = rows.iter().find(|row| row.0 == "Deepest discount close");
            let deepest = deepest.map_or_else(String::new, |row| format!("deepest discount {}; ", row.1));
            format!("{}: {deepest}{}\n", scenario.name, page.display())
        } else {
            let heading = format!("{}: {}", scenario.name, scenario.title);
            terminal::figures(&heading, &rows) + &format!("  report: {}\n\n", page.display())
        };
        terminal::print(&text);
    }
    let figures: serde_json::Map<_, _> = rows.into_iter().map(|(name, value)| (name, json!(value))).collect();
    let shown = json!({ "run": scenario.name, "report": folder.display().to_string(), "figures": figures });
    let link = loaded.folder.components().map(|part| part.as_os_str().to_string_lossy());
    let link: Vec<_> = link.collect();
    let score = score(scenario, &summary, &manifest, &link.join("/"));
    let too_many_faults = match &summary {
        Summary::Paths(paths) => too_many_faults(&scenario.name, scenario, paths),
        Summary::Pool(_) | Summary::Queue(_) => None,
    };
    Ok(Ran { figures: shown, scores: vec![score], too_many_faults })
}

/// What is to be said of a run of which too many paths broke.
pub(super) fn too_many_faults(name: &str, scenario: &Scenario, summary: &PathSummary) -> Option<String> {
    let faulty: u64 = summary.faults.iter().map(|(_, paths)| paths).sum();
    let (share, most) = (faulty as f64 / summary.paths as f64, scenario.report.most_faults);
    if share <= most {
        return None;
    }
    Some(format!(
        "{}: {faulty} of {} paths are faulty ({:.2} %), more than report.most_faults_pct = {} allows; the report is written, \
         and they are left out of its figures",
        name,
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
            simulate(scenario, study, args, &options)
        }
    }
}

fn path_range(study: &PathStudy, args: &RunArgs) -> std::ops::Range<u64> {
    args.path_range.map_or(0..study.paths, |(first, end)| first..end)
}

fn simulate(
    scenario: &Scenario,
    study: &PathStudy,
    args: &RunArgs,
    options: &RunOptions,
) -> (Summary, Option<(Plan, OutcomeTable)>) {
    let plan = Plan::new(study, &scenario.report);
    let steps = study.steps as u64;
    let paths = options.paths.end - options.paths.start;
    let bar = terminal::progress(&scenario.name, paths * steps, args.quiet);
    let keep = args.outcomes || args.attribute;
    let mut tally =
        pegstress_sim::run(&plan, options, || Tally::new(&plan, keep), |paths| bar.inc(paths * steps));
    bar.finish_and_clear();
    let outcomes = tally.take_outcomes();
    let mut summary = summarise_paths(&plan, &tally);
    summary.limits = verdicts(&plan, &tally, &scenario.limits);
    if args.attribute {
        summary.channels =
            outcomes.as_ref().map(|table| attribute(&scenario.name, &plan, table, options, args.quiet));
    }
    let outcomes = outcomes.filter(|_| args.outcomes);
    (Summary::Paths(Box::new(summary)), outcomes.map(|table| (plan, table)))
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
    words.extend(loaded.chosen.iter().cloned());
    if simulated {
        words.extend(set_words(args));
        words.extend(args.attribute.then(|| "--attribute".to_owned()));
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
