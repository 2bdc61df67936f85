//! `pegstress check`: everything that `run` would refuse, without running.

use crate::args::CheckArgs;
use crate::failure::Failure;
use crate::input::{SeriesFiles, scenario_files};
use crate::loaded::{Wanted, load};
use crate::targets::check_targets;
use crate::terminal;
use pegstress_scenario::{is_joint, read_joint, resolve_joint};
use pegstress_sim::Plan;
use pegstress_sim::scenario::Study;
use std::path::Path;

pub(crate) fn check(args: &CheckArgs) -> Result<(), Failure> {
    let mut worst: Option<u8> = None;
    let mut bad = 0;
    for file in scenario_files(&args.scenarios)? {
        match check_file(&file, args) {
            Ok(()) => terminal::print(&format!("{}: ok\n", file.display())),
            Err(failure) => {
                failure.show();
                bad += 1;
                worst = worst.max(Some(failure.exit_code()));
            }
        }
    }
    worst.map_or(Ok(()), |code| Err(Failure::Checked(bad, code)))
}

/// The file at every severity, with its own market and with every other that it lists.
fn check_file(file: &Path, args: &CheckArgs) -> Result<(), Failure> {
    if is_joint(file)? {
        let document = read_joint(file, &args.overrides)?;
        let mut runs = vec![document.clone()];
        for name in document.severities() {
            runs.push(document.at_severity(name)?);
        }
        for run in &runs {
            resolve_joint(run, &mut SeriesFiles::default())?;
        }
        return Ok(());
    }
    let all = ["all".to_owned()];
    let wanted =
        |markets| Wanted { overrides: &args.overrides, paths: None, seed: None, markets, severities: &[] };
    let runs = load(file, wanted(&[]))?;
    for run in &runs {
        if let Study::Paths(study) = &run.scenario.study {
            check_targets(&run.document, &Plan::new(study, &run.scenario.report).metrics)?;
        }
    }
    if runs.iter().any(|run| !run.document.raw().markets.is_empty()) {
        load(file, wanted(&all))?;
    }
    Ok(())
}
