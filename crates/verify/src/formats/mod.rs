//! The formats, one file each, in a folder per area.

mod consensus;
mod lending;
mod pools;
mod redemption;
mod restaking;
mod steps;

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

/// Every format, by area; a document belongs to the first that recognises it.
const FORMATS: &[&[Format]] = &[
    pools::FORMATS,
    consensus::FORMATS,
    consensus::PENALTIES,
    restaking::FORMATS,
    redemption::FORMATS,
    lending::FORMATS,
];

/// The format of a document.
pub fn recognise(document: &Document) -> Option<&'static Format> {
    FORMATS.iter().copied().flatten().find(|format| (format.recognise)(document))
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
