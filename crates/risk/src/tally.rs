//! What is kept of the outcomes while a run goes on: integer histograms, and every outcome only if asked for.

use crate::outcomes::METRIC_BITS;
use crate::recovery::Recoveries;
use pegstress_num::{FixedSum, LogCounts, LogHistogram};
use pegstress_sim::scenario::Starts;
use pegstress_sim::{Collect, Fault, Flow, MetricKind, OutcomeBlock, Plan, Trace};

/// Bins per octave of a fan and of a start: 0.8 %, finer than a chart's line.
const FAN_BITS: u32 = 6;

/// Counts over paths; its size does not depend on their number.
#[derive(Debug, Clone)]
pub struct Tally {
    starts: Starts,
    deepest: usize,
    delay: usize,
    breach: usize,
    recovery: usize,
    hours_per_step: f64,
    /// Per metric of the plan.
    pub metrics: Vec<LogHistogram>,
    /// `fans[quantity][observation]`.
    pub fans: Vec<Vec<LogCounts>>,
    /// `flows[channel][observation]`: tokens since the observation before, or since the start.
    pub flows: Vec<Vec<FixedSum>>,
    /// Times from the first close beyond the recovery level to the return.
    pub recoveries: Recoveries,
    /// Per start of a rolling study: deepest close (bps), longest pipeline delay (days).
    pub by_start: Vec<(LogCounts, LogCounts)>,
    /// Faulty paths by kind, in the order of [`Fault::ALL`].
    pub faults: [u64; 3],
    /// Paths taken in, faulty ones included.
    pub paths: u64,
    /// Largest relative imbalance seen: (ETH, tokens).
    pub imbalance: (f64, f64),
    outcomes: Option<Vec<OutcomeRow>>,
}

/// The outcome of one path.
#[derive(Debug, Clone)]
pub struct OutcomeRow {
    /// Number of the path.
    pub path: u64,
    /// What broke, if anything.
    pub fault: Option<Fault>,
    /// Values of the plan's metrics, NaN where undefined.
    pub metrics: Vec<f64>,
}

/// Every outcome, in the order of paths.
#[derive(Debug, Clone)]
pub struct OutcomeTable {
    /// One row per path.
    pub rows: Vec<OutcomeRow>,
}

impl Tally {
    /// An empty tally for a plan; `keep_outcomes` also keeps every path's metrics.
    pub fn new(plan: &Plan, keep_outcomes: bool) -> Self {
        let index = |kind| plan.metrics.iter().position(|metric| metric.kind == kind);
        let starts = plan.study.starts;
        let start_count = match starts {
            Starts::Together => 0,
            Starts::Rolling { paths_per_start, .. } => plan.study.paths.div_ceil(paths_per_start),
        };
        let hours_per_step = f64::from(plan.study.step_secs) / 3600.0;
        let hold_steps = plan.report.recovery_hold_secs / f64::from(plan.study.step_secs);
        let fan = || LogCounts::new(FAN_BITS);
        Self {
            starts,
            deepest: index(MetricKind::DeepestClose).unwrap_or_default(),
            delay: index(MetricKind::LongestPipelineDelay).unwrap_or_default(),
            breach: index(MetricKind::RecoveryBreach).unwrap_or_default(),
            recovery: index(MetricKind::RecoveryTime).unwrap_or_default(),
            hours_per_step,
            metrics: plan.metrics.iter().map(|_| LogHistogram::new(METRIC_BITS)).collect(),
            fans: Trace::ALL.iter().map(|_| plan.observed_steps.iter().map(|_| fan()).collect()).collect(),
            flows: Flow::ALL.iter().map(|_| vec![FixedSum::default(); plan.observed_steps.len()]).collect(),
            recoveries: Recoveries::new(plan.study.steps, hold_steps),
            by_start: (0..start_count).map(|_| (fan(), fan())).collect(),
            faults: [0; 3],
            paths: 0,
            imbalance: (0.0, 0.0),
            outcomes: keep_outcomes.then(Vec::new),
        }
    }

    /// Takes out the outcomes, in the order of paths, if they were kept.
    pub fn take_outcomes(&mut self) -> Option<OutcomeTable> {
        let mut rows = self.outcomes.take()?;
        rows.sort_unstable_by_key(|row| row.path);
        Some(OutcomeTable { rows })
    }
}

impl Collect for Tally {
    fn absorb<const W: usize>(&mut self, block: &OutcomeBlock<W>) {
        for lane in 0..block.active {
            let path = block.first_path + lane as u64;
            self.paths += 1;
            if let Some(rows) = &mut self.outcomes {
                let metrics = block.metrics.iter().map(|lanes| lanes[lane]).collect();
                rows.push(OutcomeRow { path, fault: block.faults[lane], metrics });
            }
            self.imbalance.0 = self.imbalance.0.max(block.eth_imbalance[lane]);
            self.imbalance.1 = self.imbalance.1.max(block.lrt_imbalance[lane]);
            if let Some(fault) = block.faults[lane] {
                self.faults[fault as usize] += 1;
                continue;
            }
            let steps = |k: usize| block.metrics[k][lane] / self.hours_per_step;
            self.recoveries.add(steps(self.breach), steps(self.recovery));
            if let Starts::Rolling { paths_per_start, .. } = self.starts {
                let (deepest, delay) = &mut self.by_start[(path / paths_per_start) as usize];
                deepest.add(block.metrics[self.deepest][lane]);
                delay.add(block.metrics[self.delay][lane]);
            }
        }
        // One histogram after another: its counts stay near.
        for (histogram, lanes) in self.metrics.iter_mut().zip(&block.metrics) {
            for (value, fault) in lanes.iter().zip(&block.faults).take(block.active) {
                if fault.is_none() {
                    histogram.add(*value);
                }
            }
        }
        for (sums, running) in self.flows.iter_mut().zip(&block.flows) {
            let mut before = &[0.0; W];
            for (sum, now) in sums.iter_mut().zip(running) {
                for lane in 0..block.active {
                    if block.faults[lane].is_none() {
                        sum.add(now[lane] - before[lane]);
                    }
                }
                before = now;
            }
        }
        for (fan, trace) in self.fans.iter_mut().zip(&block.traces) {
            for (histogram, lanes) in fan.iter_mut().zip(trace) {
                for (value, fault) in lanes.iter().zip(&block.faults).take(block.active) {
                    if fault.is_none() {
                        histogram.add(*value);
                    }
                }
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (ours, theirs) in self.metrics.iter_mut().zip(&other.metrics) {
            ours.merge(theirs);
        }
        let ours = self.fans.iter_mut().flatten();
        for (ours, theirs) in ours.zip(other.fans.iter().flatten()) {
            ours.merge(theirs);
        }
        for (ours, theirs) in self.flows.iter_mut().flatten().zip(other.flows.iter().flatten()) {
            ours.merge(theirs);
        }
        self.recoveries.merge(&other.recoveries);
        for (ours, theirs) in self.by_start.iter_mut().zip(&other.by_start) {
            ours.0.merge(&theirs.0);
            ours.1.merge(&theirs.1);
        }
        for (ours, theirs) in self.faults.iter_mut().zip(&other.faults) {
            *ours += theirs;
        }
        self.paths += other.paths;
        self.imbalance.0 = self.imbalance.0.max(other.imbalance.0);
        self.imbalance.1 = self.imbalance.1.max(other.imbalance.1);
        if let (Some(ours), Some(theirs)) = (&mut self.outcomes, other.outcomes) {
            ours.extend(theirs);
        }
    }
}
