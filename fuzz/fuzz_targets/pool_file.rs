//! Pool files: whatever the text says, it is a list of pools or of problems.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pegstress_fuzz::Ones;
use pegstress_scenario::PoolFile;
use std::path::Path;

fuzz_target!(|text: &str| {
    if let Ok(file) = PoolFile::parse(Path::new("pools.toml"), text) {
        let _ = file.resolve(&mut Ones);
    }
});
