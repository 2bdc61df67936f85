//! The formats, one file each.

mod balancer_v2_stable;
mod balancer_v3;
mod churn;
mod cryptoswap;
mod exit_bulk;
mod exit_clock;
mod exit_queue_pre_electra;
mod exit_sequences;
mod stableswap_first_generation;
mod stableswap_ng;
mod stableswap_nonconvergent;
mod stableswap_ramp;
mod stableswap_steth;
mod uniswap_v3;

use crate::{Document, LaneErrors, Record};

/// A kind of vector file.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Name for people.
    pub name: &'static str,
    /// Whether a document is of this kind, by its content.
    recognise: fn(&Document) -> bool,
    /// Compares every result with `pegstress_exact`.
    exact: fn(&Document, &mut Record),
    /// Measures the lanes on the same states, where the model exists on lanes.
    lanes: Option<fn(&Document, &mut LaneErrors)>,
}

/// Every format; a document belongs to the first that recognises it.
const FORMATS: &[Format] = &[
    uniswap_v3::FORMAT,
    balancer_v2_stable::FORMAT,
    balancer_v3::FORMAT,
    cryptoswap::FORMAT,
    stableswap_ramp::FORMAT,
    stableswap_ng::FORMAT,
    stableswap_nonconvergent::FORMAT,
    stableswap_first_generation::FORMAT,
    stableswap_steth::FORMAT,
    churn::SINCE_ELECTRA,
    churn::BEFORE_ELECTRA,
    exit_clock::FORMAT,
    exit_bulk::FORMAT,
    exit_sequences::FORMAT,
    exit_queue_pre_electra::FORMAT,
];

/// The format of a document.
pub fn recognise(document: &Document) -> Option<&'static Format> {
    FORMATS.iter().find(|format| (format.recognise)(document))
}

impl Format {
    /// Compares every result of the document.
    pub fn compare(&self, document: &Document) -> Record {
        let mut record = Record::default();
        (self.exact)(document, &mut record);
        record
    }

    /// Adds the errors of the lanes on the document's states; false where there is no lane version.
    pub fn measure_lanes(&self, document: &Document, errors: &mut LaneErrors) -> bool {
        self.lanes.map(|lanes| lanes(document, errors)).is_some()
    }
}
