//! `pegstress sensitivity`: which keys a number hangs on.

use crate::experiment::{Experiment, refuse_shared, set};
use crate::failure::Failure;
use crate::question_args::SensitivityArgs;
use crate::{output, terminal};
use pegstress_report::{Asked, render_sensitivity, sensitivity_json, sensitivity_rows};
use pegstress_risk::questions::design::{Design, MAX_KEYS};
use pegstress_risk::questions::sensitivity::{Sensitivity, Swing};
use pegstress_risk::questions::sobol::{Indices, indices};
use pegstress_risk::questions::{Estimate, Range, Scale};
use pegstress_scenario::Override;

/// Paths of a run where nothing is said: a design takes hundreds of runs.
const PATHS: u64 = 1_000;

pub(crate) fn sensitivity(args: &SensitivityArgs) -> Result<(), Failure> {
    let names: Vec<&str> = args.ranges.iter().map(|range| range.key.as_str()).collect();
    refuse_shared(&names)?;
    if args.ranges.len() > MAX_KEYS {
        let keys = args.ranges.len();
        return Err(Failure::Usage(format!("--vary names {keys} keys, must be at most {MAX_KEYS}")));
    }
    let mut experiment = Experiment::open(&args.scenario, &args.run, Some(PATHS))?;
    experiment.check_metric(&args.metric.metric)?;
    let folder = args.run.out.join(format!("sensitivity-{}", experiment.scenario.name));
    output::prepare(&folder)?;
    let runs = 1 + 2 * args.ranges.len() + args.design as usize * (args.ranges.len() + 2);
    experiment.expect(runs)?;
    let mut asker = Asker { args, experiment: &mut experiment, faults: 0 };
    let base = asker.number(&[])?;
    let swings = args.ranges.iter().map(|range| asker.swing(range)).collect::<Result<Vec<_>, _>>()?;
    let indices = asker.indices()?;
    let faults = asker.faults;
    let design_rows = args.design as usize;
    let answer =
        Sensitivity { measure: args.metric.clone(), base, swings, indices, design_rows, runs, faults };
    let manifest = experiment.manifest(&command(args), &args.run)?;
    let asked = Asked { scenario: &experiment.scenario, manifest: &manifest };
    output::write_all(&folder, render_sensitivity(asked, &answer), &experiment.scenario.name)?;
    terminal::answer(
        &args.run,
        &format!("{}: sensitivity", experiment.scenario.name),
        &folder,
        || sensitivity_rows(asked, &answer),
        || sensitivity_json(asked, &answer),
    );
    Ok(())
}

/// Runs points and keeps count of what broke.
struct Asker<'a> {
    args: &'a SensitivityArgs,
    experiment: &'a mut Experiment,
    faults: u64,
}

impl Asker<'_> {
    fn number(&mut self, values: &[Override]) -> Result<Option<Estimate>, Failure> {
        let outcome = self.experiment.run(values)?;
        self.faults += outcome.table.faults();
        outcome.measure(&self.args.metric)
    }

    fn swing(&mut self, range: &Range) -> Result<Swing, Failure> {
        let at_low = self.number(&[set(&range.key, range.low)])?;
        let at_high = self.number(&[set(&range.key, range.high)])?;
        Ok(Swing { range: range.clone(), at_low, at_high })
    }

    fn indices(&mut self) -> Result<Option<Indices>, Failure> {
        if self.args.design == 0 {
            return Ok(None);
        }
        let ranges = &self.args.ranges;
        let design = Design::new(ranges.len(), self.args.design as usize, self.experiment.study()?.seed);
        let mut answers = Vec::with_capacity(design.points.len());
        for point in &design.points {
            let values: Vec<Override> =
                ranges.iter().zip(point).map(|(range, u)| set(&range.key, range.at(*u))).collect();
            answers.push(self.number(&values)?.map_or(f64::NAN, |one| one.value));
        }
        Ok(indices(&design, &answers))
    }
}

fn command(args: &SensitivityArgs) -> Vec<String> {
    let mut words = vec![format!("pegstress sensitivity {}", args.scenario.display())];
    words.extend(args.ranges.iter().map(|range| {
        let log = if range.scale == Scale::Logarithmic { ":log" } else { "" };
        format!("--vary '{}={}..{}{log}'", range.key, range.low, range.high)
    }));
    words.push(format!("--metric '{}' --design {}", args.metric, args.design));
    words
}
