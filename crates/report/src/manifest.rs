//! From what a run can be repeated bit for bit, and what it took this time.

use crate::{File, ReportError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Version of the manifest's and the tables' layout.
pub const SCHEMA_VERSION: u32 = 1;

/// Fields that differ between two runs with the same answer; they stand in `manifest.json` only.
const NOT_REPEATABLE: [&str; 3] = ["threads", "instruction_set", "wall_time_secs"];

/// The record of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Layout of manifest and tables: [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Version of the program.
    pub program_version: String,
    /// Name of the scenario.
    pub scenario_name: String,
    /// SHA-256 of the scenario file, hexadecimal.
    pub scenario_sha256: String,
    /// SHA-256 of each input file, by file name.
    pub inputs: BTreeMap<String, String>,
    /// Seed of a simulated study.
    pub seed: Option<u64>,
    /// Paths of a simulated study.
    pub paths: Option<u64>,
    /// Steps of each path.
    pub steps: Option<usize>,
    /// Paths by kind of fault.
    pub faults: BTreeMap<String, u64>,
    /// Command that repeats the run.
    pub command: String,
    /// Worker threads.
    pub threads: usize,
    /// Instruction set that the kernels ran on.
    pub instruction_set: String,
    /// Wall time, seconds.
    pub wall_time_secs: f64,
}

impl Manifest {
    /// `manifest.json`, complete.
    pub(crate) fn file(&self) -> Result<File, ReportError> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(File::new("manifest.json", bytes))
    }

    /// The part that two runs of the same scenario share, as JSON.
    pub(crate) fn repeatable_json(&self) -> Result<String, ReportError> {
        let mut value = serde_json::to_value(self)?;
        if let Value::Object(fields) = &mut value {
            fields.retain(|key, _| !NOT_REPEATABLE.contains(&key.as_str()));
        }
        Ok(serde_json::to_string_pretty(&value)?)
    }

    /// Identifies scenario and seed, not the machine: `name-0123456789ab`.
    pub(crate) fn run_id(&self) -> String {
        let digest: String = self.scenario_sha256.chars().take(12).collect();
        if digest.is_empty() {
            self.scenario_name.clone()
        } else {
            format!("{}-{digest}", self.scenario_name)
        }
    }
}
