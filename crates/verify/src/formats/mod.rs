//! The formats, one file each.

mod balancer_v2_stable;
mod balancer_v3;
mod cryptoswap;
mod stableswap_ramp;
mod uniswap_v3;

use crate::{Document, LaneErrors, Record};

/// A kind of vector file.
#[derive(Clone, Copy)]
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
