//! Questions beyond one run: what changes when keys of a scenario change, and how sure that is.
//!
//! Nothing here runs a scenario. Whoever asks evaluates points and hands over their outcomes, always with the same
//! seed, so that two points share their random numbers and their difference is not noise.
//!
//! - [`sweep`]: a grid over keys;
//! - [`reverse`]: the smallest value that breaks a limit with a stated probability;
//! - [`sensitivity`]: one key at a time; [`sobol`]: shares of variance over a low-discrepancy [`design`];
//! - [`compare`]: differences of two runs with their significance;
//! - [`converge`]: errors against the number of paths;
//! - [`target`]: a run against what was observed; [`calibrate`]: the parameters that come nearest to it;
//! - [`attribution`]: what each channel of stress adds.

pub mod limit;
pub mod measure;
pub mod metric_name;
pub mod range;

mod bootstrap;
mod curvature;

pub mod attribution;
pub mod calibrate;
pub mod compare;
pub mod converge;
pub mod design;
pub mod reverse;
pub mod sensitivity;
pub mod sobol;
pub mod sweep;
pub mod target;

pub use limit::{Comparison, Limit};
pub use measure::{Estimate, Measure, Statistic};
pub use metric_name::{UnknownMetric, find_metric};
pub use range::{Range, Scale};
pub use target::{Judged, Observed, Purpose, Target, Tolerance};
