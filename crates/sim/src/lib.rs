//! The engine: a resolved [`Scenario`](scenario::Scenario) in, outcomes of paths out.
//!
//! ```text
//! Scenario --plan--> Plan;  per block of paths: draw -> advance -> observe -> OutcomeBlock --> Collect
//! ```
//!
//! The outcome of path `i` is a function of (scenario, seed, `i`) and of nothing else. [`run()`] cannot fail: a
//! path that breaks is counted as a [`Fault`]. Recorded histories that need no simulation are in [`history`].

pub mod scenario;

pub mod channels;
pub mod concentration;
pub mod exit_study;
pub mod history;
pub mod lending_snapshot;
pub mod market_depth;
pub mod restaking_snapshot;
pub mod snapshot;

pub mod drivers;

pub mod agents;
pub mod measures;

pub mod block;
pub mod metric;
pub mod metric_list;
pub mod outcome;
pub mod plan;
pub mod run;
mod shocks;
pub mod step;
mod values;

pub mod joint;

pub use measures::{Flow, Party};
pub use metric::{BadTail, Metric, MetricKind, Unit};
pub use outcome::{Collect, Fault, OutcomeBlock, Trace};
pub use plan::Plan;
pub use run::{LANES, RunOptions, run, run_in_blocks_of};
