//! Outcomes of paths to statements that can be defended: quantiles, expected shortfall, probabilities, each with
//! its interval; back-tests of recorded histories; parameters of synthetic drivers estimated from them.
//!
//! ```text
//! OutcomeBlock* --Tally (order-free)--> summarise_paths --> PathSummary
//! PoolHistory  --> summarise_pool  --> PoolSummary
//! QueueHistory --> summarise_queue --> QueueSummary
//! OutcomeBlock* --Outcomes--> OutcomeTable --> questions (sweep, reverse, sensitivity, compare, converge, calibrate)
//! JointOutcomeBlock* --JointTally--> summarise_joint --> JointSummary
//! levels of a series --> fit --> Fit (a TOML block)
//! ```

pub mod summary;

pub mod backtest;
pub mod exit_delays;
pub mod fit;
pub mod interval;
pub mod joint;
pub mod limits;
pub mod outcomes;
pub mod questions;
pub mod recovery;
mod simplex;
pub mod summarise_histories;
pub mod summarise_paths;
pub mod summarise_tails;
pub mod tail;
pub mod tally;

pub use joint::{JointSummary, summarise_joint};
pub use outcomes::Outcomes;
pub use summarise_histories::{summarise_pool, summarise_queue};
pub use summarise_paths::summarise_paths;
pub use summary::Summary;
pub use tally::{OutcomeRow, OutcomeTable, Tally};
