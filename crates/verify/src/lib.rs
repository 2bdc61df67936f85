//! Vector files, results that a contract or the consensus spec returned, against `pegstress_exact`.
//!
//! A file's format is recognised by its content, never by its name. Each format is a file of `formats`; it compares
//! every result to the last unit, and where the model exists on lanes it measures the error of the f64 version on the
//! same states. The formats are described in `fixtures/README.md`.

mod balancer_lanes;
mod cryptoswap_lanes;
mod document;
mod finer_units;
mod formats;
mod lane_errors;
mod record;
mod stableswap_lanes;
mod uniswap_v3_lanes;
mod words;

pub use document::{Document, DocumentError};
pub use formats::{Format, recognise};
pub use lane_errors::{LaneErrors, QuantityError};
pub use record::{Mismatch, Record};
