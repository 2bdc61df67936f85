//! Scenario files: whatever the text says, it is a scenario or a list of problems.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pegstress_fuzz::Ones;
use pegstress_scenario::{Document, resolve};
use std::path::Path;

fuzz_target!(|text: &str| {
    if let Ok(document) = Document::parse(Path::new("scenario.toml"), text, &[]) {
        let _ = resolve(&document, &mut Ones);
    }
});
