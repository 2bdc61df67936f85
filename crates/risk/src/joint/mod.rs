//! Several tokens in one run: how often they are below a threshold at once, how their depths move together, and what
//! coupling has added to each against its run alone with the same draws.
//!
//! ```text
//! JointOutcomeBlock* --JointTally--> \
//! OutcomeBlock* (each token alone) --Depths--> summarise_joint --> JointSummary
//! ```
//!
//! Counts and histograms are integers. Correlations and paired differences are sums of floats in the order of paths.

mod correlation;
mod summarise;
mod summary;
mod tally;

pub use correlation::{pearson, ranks};
pub use summarise::summarise_joint;
pub use summary::{AgainstAlone, Correlation, JointSummary, PairSummary, TogetherSummary};
pub use tally::{Depths, JointTally};
