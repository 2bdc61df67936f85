//! Vector files: whatever they say, they are compared or unknown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pegstress_verify::{Document, LaneErrors, recognise};

fuzz_target!(|text: &str| {
    let Ok(document) = Document::parse(text) else { return };
    if let Some(format) = recognise(&document) {
        let record = format.compare(&document);
        let _ = (record.compared(), record.mismatches());
        format.measure_lanes(&document, &mut LaneErrors::default());
    }
});
