//! One scenario, run many times with keys replaced: its series are read once, its seed is shared.

use crate::failure::Failure;
use crate::input::{SeriesFiles, available_threads, hex, simulation_overrides, without_detours};
use crate::question_args::RunWords;
use crate::terminal;
use indicatif::ProgressBar;
use pegstress_num::Isa;
use pegstress_report::{Manifest, SCHEMA_VERSION};
use pegstress_risk::questions::{Limit, Measure, find_metric};
use pegstress_risk::{OutcomeTable, Outcomes};
use pegstress_scenario::raw::Mode;
use pegstress_scenario::{Document, Override, ScenarioError, resolve};
use pegstress_sim::scenario::{PathStudy, Scenario, Study};
use pegstress_sim::{Plan, RunOptions};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A scenario that is ready to be run at many points.
pub(crate) struct Experiment {
    file: PathBuf,
    text: String,
    overrides: Vec<Override>,
    /// The severity at which it is asked; the file's own values if absent.
    severity: Option<String>,
    series: SeriesFiles,
    /// The scenario as it is, nothing varied.
    pub(crate) scenario: Scenario,
    /// Its document.
    pub(crate) document: Document,
    threads: usize,
    isa: Isa,
    bar: ProgressBar,
    begun: Instant,
    faults: BTreeMap<String, u64>,
}

/// What one point's paths did.
pub(crate) struct Outcome {
    /// The point's plan, for its metrics.
    pub(crate) plan: Plan,
    /// Every path.
    pub(crate) table: OutcomeTable,
}

impl Experiment {
    /// Reads a scenario that simulates paths; `most_paths` in all where neither the words nor the file ask for fewer.
    pub(crate) fn open(file: &Path, words: &RunWords, most_paths: Option<u64>) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(file)
            .map_err(|source| ScenarioError::Read { path: file.to_owned(), source })?;
        let document = Document::parse(file, &text, &words.overrides)?;
        let mode = document.raw().mode;
        if !matches!(mode, Mode::Forward | Mode::Rolling) {
            let (file, mode) = (file.display(), mode.word());
            return Err(Failure::Usage(format!(
                "{file} has mode = \"{mode}\", which simulates no paths: the question needs forward or rolling"
            )));
        }
        let mut overrides = words.overrides.clone();
        overrides.extend(simulation_overrides(mode, words.paths, words.seed));
        let severity = words.severity.clone();
        let mut series = SeriesFiles::default();
        let (mut document, mut scenario) =
            read_point((file, &text), &overrides, severity.as_deref(), &mut series)?;
        if let (Some(most), None, Study::Paths(study)) = (most_paths, words.paths, &scenario.study)
            && study.paths > most
        {
            let per_start = fewer_paths(study, most);
            overrides.extend(simulation_overrides(mode, Some(per_start), None));
            (document, scenario) = read_point((file, &text), &overrides, severity.as_deref(), &mut series)?;
        }
        let token = document.token().map(|token| (token.path(), token.text()));
        for (path, text) in document.bases().chain(token) {
            series.digests.insert(without_detours(path).display().to_string(), hex(&Sha256::digest(text)));
        }
        Ok(Self {
            file: file.to_owned(),
            text,
            overrides,
            severity,
            series,
            document,
            threads: words.threads.map_or_else(available_threads, |threads| threads as usize),
            isa: Isa::best(),
            bar: terminal::progress(&scenario.name, 0, words.quiet),
            begun: Instant::now(),
            faults: BTreeMap::new(),
            scenario,
        })
    }

    /// The scenario's study.
    pub(crate) fn study(&self) -> Result<&PathStudy, Failure> {
        match &self.scenario.study {
            Study::Paths(study) => Ok(study),
            Study::PoolHistory(_) | Study::QueueHistory(_) => {
                Err(Failure::Internal(format!("{} simulates no paths", self.file.display())))
            }
        }
    }

    /// Makes room in the progress bar for so many runs.
    pub(crate) fn expect(&self, runs: usize) -> Result<(), Failure> {
        let study = self.study()?;
        self.bar.inc_length(runs as u64 * study.paths * study.steps as u64);
        Ok(())
    }

    /// Runs every path with `values` in place of the file's.
    pub(crate) fn run(&mut self, values: &[Override]) -> Result<Outcome, Failure> {
        let overrides: Vec<Override> = self.overrides.iter().chain(values).cloned().collect();
        let (_, scenario) =
            read_point((&self.file, &self.text), &overrides, self.severity.as_deref(), &mut self.series)?;
        let Study::Paths(study) = &scenario.study else {
            let keys: Vec<_> = values.iter().map(Override::key).collect();
            return Err(Failure::Usage(format!(
                "with other values of {} nothing is simulated",
                keys.join(", ")
            )));
        };
        let plan = Plan::new(study, &scenario.report);
        let options = RunOptions { threads: self.threads, isa: self.isa, paths: 0..study.paths };
        let steps = study.steps as u64;
        let outcomes = pegstress_sim::run(&plan, &options, Outcomes::default, |paths| {
            self.bar.inc(paths * steps);
        });
        let table = outcomes.into_table();
        for fault in table.rows.iter().filter_map(|row| row.fault) {
            *self.faults.entry(fault.words().to_owned()).or_default() += 1;
        }
        Ok(Outcome { plan, table })
    }

    /// Says at once, before anything is run, if a metric does not exist.
    pub(crate) fn check_metric(&self, name: &str) -> Result<(), Failure> {
        let plan = Plan::new(self.study()?, &self.scenario.report);
        find_metric(&plan.metrics, name).map_err(|unknown| Failure::Usage(unknown.to_string()))?;
        Ok(())
    }

    /// Ends the progress bar.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Ends the progress bar and writes down what was done; `words` is the command without the words of [`RunWords`].
    pub(crate) fn manifest(&self, words: &[String], run: &RunWords) -> Result<Manifest, Failure> {
        self.finish();
        let study = self.study()?;
        Ok(Manifest {
            schema_version: SCHEMA_VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario_name: self.scenario.name.clone(),
            scenario_sha256: hex(&Sha256::digest(self.document.text().as_bytes())),
            inputs: self.series.digests.clone(),
            seed: Some(study.seed),
            paths: Some(study.paths),
            steps: Some(study.steps),
            faults: self.faults.clone(),
            command: words.iter().cloned().chain(run.words()).collect::<Vec<_>>().join(" "),
            threads: self.threads,
            instruction_set: self.isa.to_string(),
            wall_time_secs: self.begun.elapsed().as_secs_f64(),
        })
    }
}

impl Outcome {
    /// Metric `name` of every sound path.
    pub(crate) fn values(&self, name: &str) -> Result<Vec<f64>, Failure> {
        let place =
            find_metric(&self.plan.metrics, name).map_err(|unknown| Failure::Usage(unknown.to_string()))?;
        Ok(self.table.sound(place))
    }

    /// A number of the run.
    pub(crate) fn measure(
        &self,
        measure: &Measure,
    ) -> Result<Option<pegstress_risk::questions::Estimate>, Failure> {
        Ok(measure.statistic.of(&self.values(&measure.metric)?))
    }

    /// Sound paths that break a limit, and those in which its metric is not defined.
    pub(crate) fn broken(&self, limit: &Limit) -> Result<(u64, u64), Failure> {
        let values = self.values(&limit.metric)?;
        let count = |of: &dyn Fn(f64) -> bool| values.iter().filter(|value| of(**value)).count() as u64;
        Ok((count(&|value| limit.is_broken_by(value)), count(&f64::is_nan)))
    }
}

/// A value of a key as an override.
pub(crate) fn set(key: &str, value: f64) -> Override {
    Override::new(key, pegstress_risk::questions::range::as_written(value))
}

/// Keys that all runs of a question share.
pub(crate) fn refuse_shared(keys: &[&str]) -> Result<(), Failure> {
    for (place, key) in keys.iter().enumerate() {
        if key.starts_with("paths.") || *key == "rolling.paths_per_start" {
            return Err(Failure::Usage(format!(
                "{key} cannot be varied: all runs share their paths and seed, see --paths and --seed"
            )));
        }
        if keys[..place].contains(key) {
            return Err(Failure::Usage(format!("{key} is varied twice")));
        }
    }
    Ok(())
}

fn read_point(
    (file, text): (&Path, &str),
    overrides: &[Override],
    severity: Option<&str>,
    series: &mut SeriesFiles,
) -> Result<(Document, Scenario), Failure> {
    let mut document = Document::parse(file, text, overrides)?;
    if let Some(name) = severity {
        document = document.at_severity(name)?;
    }
    let scenario = resolve(&document, series)?;
    Ok((document, scenario))
}

/// Paths, or paths per start, that make at most `most` in all; at least one.
fn fewer_paths(study: &PathStudy, most: u64) -> u64 {
    use pegstress_sim::scenario::Starts;
    match study.starts {
        Starts::Together => most,
        Starts::Rolling { paths_per_start, .. } => {
            (most / study.paths.div_ceil(paths_per_start).max(1)).max(1)
        }
    }
}
