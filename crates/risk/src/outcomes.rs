//! Every outcome and nothing else: what questions over many runs need of each of them.

use crate::tally::{OutcomeRow, OutcomeTable};
use pegstress_num::LogHistogram;
use pegstress_sim::{Collect, OutcomeBlock};

/// Bins per octave of a metric: order statistics are good to 0.05 %.
pub(crate) const METRIC_BITS: u32 = 10;

/// Collects the metrics of every path, faulty ones included, without the traces.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    rows: Vec<OutcomeRow>,
}

impl Outcomes {
    /// The outcomes in the order of paths.
    pub fn into_table(mut self) -> OutcomeTable {
        self.rows.sort_unstable_by_key(|row| row.path);
        OutcomeTable { rows: self.rows }
    }
}

impl Collect for Outcomes {
    fn absorb<const W: usize>(&mut self, block: &OutcomeBlock<W>) {
        for lane in 0..block.active {
            let metrics = block.metrics.iter().map(|lanes| lanes[lane]).collect();
            let path = block.first_path + lane as u64;
            self.rows.push(OutcomeRow { path, fault: block.faults[lane], metrics });
        }
    }

    fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
    }
}

impl OutcomeTable {
    /// Metric `k` of every sound path, in the order of paths; NaN where it is not defined.
    pub fn sound(&self, k: usize) -> Vec<f64> {
        self.rows.iter().filter(|row| row.fault.is_none()).map(|row| row.metrics[k]).collect()
    }

    /// Metric `k` of every sound path as the histogram that a run's summary is made of.
    pub fn histogram(&self, k: usize) -> LogHistogram {
        let mut histogram = LogHistogram::new(METRIC_BITS);
        self.sound(k).into_iter().for_each(|value| histogram.add(value));
        histogram
    }

    /// Paths that broke.
    pub fn faults(&self) -> u64 {
        self.rows.iter().filter(|row| row.fault.is_some()).count() as u64
    }
}
