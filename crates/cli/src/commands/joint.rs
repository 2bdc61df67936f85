//! `pegstress run` of a file of several tokens: a report of the tokens together, and in it a folder per token.

use super::run::{Ran, outcomes_parquet, set_words, too_many_faults};
use crate::args::RunArgs;
use crate::failure::Failure;
use crate::input::{SeriesFiles, available_threads, hex, without_detours};
use crate::loaded::chosen_severities;
use crate::{output, terminal};
use pegstress_num::Isa;
use pegstress_report::{File, Manifest, SCHEMA_VERSION, joint_rows, render, render_joint, score};
use pegstress_risk::joint::{Depths, JointTally};
use pegstress_risk::limits::verdicts;
use pegstress_risk::{JointSummary, Summary, summarise_joint};
use pegstress_scenario::{JointDocument, Override, read_joint, resolve_joint};
use pegstress_sim::joint::{Channel, JointPlan, JointScenario, JointStudy, run_joint};
use pegstress_sim::{RunOptions, run};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A joint scenario ready to run.
pub(super) struct LoadedJoint {
    pub(super) file: PathBuf,
    /// Folder of its report, below that of all.
    pub(super) folder: PathBuf,
    /// Words of the command line that choose this run of the file.
    chosen: Vec<String>,
    document: JointDocument,
    pub(super) scenario: JointScenario,
    digests: BTreeMap<String, String>,
}

/// The runs of a file, severities in the order of their names.
pub(super) fn load(file: &Path, args: &RunArgs) -> Result<Vec<LoadedJoint>, Failure> {
    let mut overrides = args.overrides.clone();
    overrides.extend(args.paths.map(|paths| Override::new("paths.count", paths.to_string())));
    overrides.extend(args.seed.map(|seed| Override::new("paths.seed", seed.to_string())));
    let document = read_joint(file, &overrides)?;
    let known: Vec<String> = document.severities().map(str::to_owned).collect();
    let names = chosen_severities(file, known, &args.severity)?;
    if names.is_empty() {
        return Ok(vec![resolved(file, document, None, args)?]);
    }
    names.iter().map(|name| resolved(file, document.at_severity(name)?, Some(name), args)).collect()
}

fn resolved(
    file: &Path,
    document: JointDocument,
    severity: Option<&String>,
    args: &RunArgs,
) -> Result<LoadedJoint, Failure> {
    let mut series = SeriesFiles::default();
    let scenario = resolve_joint(&document, &mut series)?;
    let paths = document.raw().paths.count;
    if let Some((_, end)) = args.path_range.filter(|range| range.1 > paths) {
        let name = &scenario.name;
        return Err(Failure::Usage(format!("--path-range ends at {end}, {name} has {paths} paths")));
    }
    let mut digests = series.digests;
    let mut note = |path: &Path, text: &str| {
        digests.insert(without_detours(path).display().to_string(), hex(&Sha256::digest(text)));
    };
    for member in document.members() {
        note(member.path(), member.text());
        for (path, text) in member.bases() {
            note(path, text);
        }
        if let Some(token) = member.token() {
            note(token.path(), token.text());
        }
    }
    let mut folder = PathBuf::from(&scenario.provenance.scenario);
    folder.extend(severity);
    let chosen = severity.iter().map(|name| format!("--severity {name}")).collect();
    Ok(LoadedJoint { file: file.to_owned(), folder, chosen, document, scenario, digests })
}

pub(super) fn run_one(loaded: &LoadedJoint, args: &RunArgs, is_short: bool) -> Result<Ran, Failure> {
    let scenario = &loaded.scenario;
    let folder = args.out.join(&loaded.folder);
    let folders: Vec<_> = scenario.members.iter().map(|one| folder.join(&one.token.symbol)).collect();
    for one in [&folder].into_iter().chain(&folders) {
        output::prepare(one)?;
    }
    let begun = Instant::now();
    let threads = args.threads.map_or_else(available_threads, |threads| threads as usize);
    let options = RunOptions {
        threads,
        isa: args.isa.unwrap_or_else(Isa::best),
        paths: args.path_range.map_or(0..loaded.document.raw().paths.count, |(first, end)| first..end),
    };
    let plan = JointPlan::new(&scenario.study);
    let (mut tally, mut summary) = simulate(scenario, &plan, args, &options);
    for (member, one) in scenario.members.iter().enumerate() {
        summary.members[member].limits = verdicts(&plan.members[member], &tally.members[member], &one.limits);
    }
    let manifest = manifest(loaded, args, &plan, &summary, &options, begun);
    let failed = |error: &dyn std::fmt::Display| Failure::Internal(format!("{}: {error}", scenario.name));
    let write = |folder: &Path, files: Vec<File>| {
        files.iter().try_for_each(|file| output::write_whole(folder, &file.name, &file.bytes))
    };
    write(&folder, render_joint(scenario, &summary, &manifest).map_err(|error| failed(&error))?)?;
    let mut scores = Vec::new();
    for (member, folder) in folders.iter().enumerate() {
        let (one, document) = (&scenario.as_member(member), &loaded.document.members()[member]);
        let of_member = Manifest {
            scenario_name: one.name.clone(),
            scenario_sha256: hex(&Sha256::digest(document.text())),
            ..manifest.clone()
        };
        let paths = Summary::Paths(Box::new(summary.members[member].clone()));
        write(folder, render(one, &paths, &of_member).map_err(|error| failed(&error))?)?;
        let link = format!("{}/{}", loaded.folder.display(), one.token.symbol);
        scores.push(score(one, &paths, &of_member, &link));
        if let Some(table) = tally.members[member].take_outcomes() {
            let bytes = outcomes_parquet(&plan.members[member], &table).map_err(|error| failed(&error))?;
            output::write_whole(folder, "outcomes.parquet", &bytes)?;
        }
    }
    let rows = joint_rows(scenario, &summary);
    if !args.quiet && !args.json {
        let page = folder.join("index.html");
        let text = if is_short {
            let count = scenario.members.len();
            format!("{}: {count} tokens together; {}\n", scenario.name, page.display())
        } else {
            let heading = format!("{}: {}", scenario.name, scenario.title);
            terminal::figures(&heading, &rows) + &format!("  report: {}\n\n", page.display())
        };
        terminal::print(&text);
    }
    let figures: serde_json::Map<_, _> = rows.into_iter().map(|(name, value)| (name, json!(value))).collect();
    let figures = json!({ "run": scenario.name, "report": folder.display().to_string(), "figures": figures });
    // A path that breaks breaks for all: the first token counts it.
    let first = scenario.members.first().zip(summary.members.first());
    let too_many_faults = first.and_then(|(one, paths)| too_many_faults(&scenario.name, one, paths));
    Ok(Ran { figures, scores, too_many_faults })
}

/// Paths of the runs with one channel cut, at most: differences of equal paths have small errors.
const MOST_CUT_PATHS: u64 = 2_000;

/// The tokens together, each alone, and together with one channel cut, all with the same draws.
fn simulate(
    scenario: &JointScenario,
    plan: &JointPlan,
    args: &RunArgs,
    options: &RunOptions,
) -> (JointTally, JointSummary) {
    let (steps, members) = (plan.steps() as u64, plan.members.len() as u64);
    let coupling = &scenario.study.coupling;
    let cut: Vec<Channel> = Channel::ALL.into_iter().filter(|channel| coupling.has(*channel)).collect();
    let Range { start, end } = options.paths;
    let few = RunOptions { paths: start..end.min(start + MOST_CUT_PATHS), ..options.clone() };
    let runs = 2 * (end - start) + cut.len() as u64 * (few.paths.end - start);
    let bar = terminal::progress(&scenario.name, runs * steps * members, args.quiet);
    let together = |plan: &JointPlan, options: &RunOptions, keep: bool| {
        let tick = |paths| bar.inc(paths * steps * members);
        run_joint(plan, options, || JointTally::new(plan, keep), tick)
    };
    let tally = together(plan, options, args.outcomes);
    let alone: Vec<Depths> = plan
        .alone
        .iter()
        .map(|one| run(one, options, || Depths::new(one), |paths| bar.inc(paths * steps)))
        .collect();
    let without: Vec<(Channel, JointTally)> = cut
        .into_iter()
        .map(|channel| {
            let rest = JointStudy { coupling: coupling.without(channel), ..scenario.study.clone() };
            (channel, together(&JointPlan::new(&rest), &few, false))
        })
        .collect();
    bar.finish_and_clear();
    let summary = summarise_joint(plan, &tally, &alone, &without);
    (tally, summary)
}

fn manifest(
    loaded: &LoadedJoint,
    args: &RunArgs,
    plan: &JointPlan,
    summary: &JointSummary,
    options: &RunOptions,
    begun: Instant,
) -> Manifest {
    let first = summary.members.first();
    let mut words = vec![format!("pegstress run {}", loaded.file.display())];
    words.extend(loaded.chosen.iter().cloned());
    words.extend(set_words(args));
    Manifest {
        schema_version: SCHEMA_VERSION,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario_name: loaded.scenario.name.clone(),
        scenario_sha256: hex(&Sha256::digest(loaded.document.text())),
        inputs: loaded.digests.clone(),
        seed: Some(loaded.document.raw().paths.seed),
        paths: first.map(|one| one.paths),
        steps: Some(plan.steps()),
        faults: first.map_or_else(BTreeMap::new, |one| one.faults.iter().cloned().collect()),
        command: words.join(" "),
        threads: options.threads,
        instruction_set: options.isa.to_string(),
        wall_time_secs: begun.elapsed().as_secs_f64(),
    }
}
