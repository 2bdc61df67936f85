//! `pegstress backtest`: scenarios with targets against what was observed.

use crate::experiment::Experiment;
use crate::failure::Failure;
use crate::input::scenario_files;
use crate::question_args::BacktestArgs;
use crate::targets::TargetSource;
use crate::{output, terminal};
use pegstress_report::{
    BACKTEST_COLUMNS, Event, Manifest, backtest_json, backtest_table, backtest_words, render_backtest,
    targets_met,
};
use pegstress_risk::questions::{Judged, Purpose, Target};
use pegstress_scenario::{is_joint, read};
use std::path::PathBuf;

pub(crate) fn backtest(args: &BacktestArgs) -> Result<(), Failure> {
    let source = TargetSource::open(args.to.as_deref())?;
    let (files, without) = files(args)?;
    let mut experiments = Vec::new();
    for file in &files {
        let experiment = Experiment::open(file, &args.run, None)?;
        let targets = source.targets(&experiment)?;
        experiments.push((file, experiment, targets));
    }
    let folder = args.run.out.join("backtest");
    output::prepare(&folder)?;
    let mut done: Vec<(Experiment, Vec<Judged>, Manifest)> = Vec::new();
    for (file, mut experiment, targets) in experiments {
        experiment.expect(1)?;
        let judged = judge(&mut experiment, &targets)?;
        let mut words = vec![format!("pegstress backtest {}", file.display())];
        words.extend(args.to.as_ref().map(|to| format!("--to {}", to.display())));
        let manifest = experiment.manifest(&words, &args.run)?;
        done.push((experiment, judged, manifest));
    }
    let events: Vec<Event<'_>> = done
        .iter()
        .map(|(experiment, judged, manifest)| Event {
            scenario: &experiment.scenario,
            judged: judged.clone(),
            manifest,
        })
        .collect();
    output::write_all(&folder, render_backtest(&events), "backtest")?;
    if args.run.json {
        terminal::print(&format!("{}\n", backtest_json(&events)));
    } else if !args.run.quiet {
        terminal::print(&shown(&events, &without, &folder.display().to_string()));
    }
    let (judged, met) = targets_met(&events, Purpose::Judge);
    if args.strict && met < judged { Err(Failure::Breached(judged - met)) } else { Ok(()) }
}

/// The scenarios to run, and those that have no targets.
fn files(args: &BacktestArgs) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    let all = scenario_files(&args.scenarios)?;
    if args.to.is_some() {
        return match all.as_slice() {
            [_] => Ok((all, Vec::new())),
            many => Err(Failure::Usage(format!("--to is for one scenario, {} are named", many.len()))),
        };
    }
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for file in all {
        // A file of several tokens has the targets of none.
        let has_targets = !is_joint(&file)? && !read(&file, &[])?.raw().targets.is_empty();
        if has_targets { with.push(file) } else { without.push(file) }
    }
    if with.is_empty() {
        return Err(Failure::Usage(
            "no scenario has targets: put [[targets]] into one, or name a file of them with --to".to_owned(),
        ));
    }
    Ok((with, without))
}

/// Runs the scenario as it is and puts each target beside it.
fn judge(experiment: &mut Experiment, targets: &[Target]) -> Result<Vec<Judged>, Failure> {
    let outcome = experiment.run(&[])?;
    targets.iter().map(|target| Ok(target.judge(&outcome.values(&target.measure.metric)?))).collect()
}

fn shown(events: &[Event<'_>], without: &[PathBuf], folder: &str) -> String {
    let mut text = terminal::table(BACKTEST_COLUMNS, &backtest_table(events));
    text.push_str(&format!("\n{}\n", backtest_words(events)));
    if !without.is_empty() {
        let names: Vec<_> = without.iter().map(|file| file.display().to_string()).collect();
        text.push_str(&format!("without targets: {}\n", names.join(", ")));
    }
    text + &format!("written to {folder}\n")
}
