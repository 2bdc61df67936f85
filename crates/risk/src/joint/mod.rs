//! Several tokens in one run: how often they are below a threshold at once, how their depths move together, and what
//! coupling has added to each against its run alone, and against runs with one channel cut, with the same draws.
//!
//! ```text
//! JointOutcomeBlock* --JointTally--> \
//! JointOutcomeBlock* (a channel cut) --JointTally--> summarise_joint --> JointSummary
//! OutcomeBlock* (each token alone) --Depths--> /
//! ```
//!
//! Counts and histograms are integers. Correlations and paired differences are sums of floats in the order of paths.

mod correlation;
mod summarise;
mod summary;
mod tally;

pub use correlation::{pearson, ranks};
pub use summarise::summarise_joint;
pub use summary::{ChannelEffect, Correlation, Deepening, JointSummary, PairSummary, TogetherSummary};
pub use tally::{Depths, JointTally};
