//! Scenario files and the tables they name, from disk.

use crate::failure::Failure;
use jiff::Timestamp;
use pegstress_scenario::raw::Mode;
use pegstress_scenario::{self as scenario, Override, ReadSeries, SeriesFault, SeriesRequest};
use pegstress_series::{ColumnMap, Grid, Series, read};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Component, Path, PathBuf};

/// Reads series from CSV and Parquet files and remembers a digest of every file read.
#[derive(Debug, Default)]
pub(crate) struct SeriesFiles {
    /// SHA-256 by file name as the scenario resolves it.
    pub(crate) digests: BTreeMap<String, String>,
    /// What was read, by everything that was asked of the file: a study of many runs reads it once.
    series: BTreeMap<String, Series>,
}

impl SeriesFiles {
    fn read(&mut self, request: &SeriesRequest) -> Result<&Series, SeriesFault> {
        let key = format!(
            "{:?}",
            (
                &request.file,
                &request.time_column,
                &request.time_format,
                &request.value_column,
                request.scale,
                request.domain
            )
        );
        match self.series.entry(key) {
            Entry::Occupied(read) => Ok(read.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(read_file(request, &mut self.digests)?)),
        }
    }
}

/// Reads a series and notes the digest of its file.
fn read_file(request: &SeriesRequest, digests: &mut BTreeMap<String, String>) -> Result<Series, SeriesFault> {
    let time_format = request.time_format.parse().map_err(fault)?;
    let map = ColumnMap {
        time: request.time_column.clone(),
        time_format,
        value: request.value_column.clone(),
        scale: request.scale,
    };
    let domain = match request.domain {
        scenario::Domain::Positive => pegstress_series::Domain::Positive,
        scenario::Domain::NonNegative => pegstress_series::Domain::NonNegative,
        scenario::Domain::Any => pegstress_series::Domain::Any,
    };
    let series = read(&request.file, &map, domain).map_err(fault)?;
    let name = without_detours(&request.file).display().to_string();
    if let Entry::Vacant(missing) = digests.entry(name) {
        let bytes = std::fs::read(&request.file).map_err(fault)?;
        missing.insert(hex(&Sha256::digest(&bytes)));
    }
    Ok(series)
}

impl ReadSeries for SeriesFiles {
    fn on_grid(
        &mut self,
        request: &SeriesRequest,
        start: Timestamp,
        step_secs: u32,
        points: usize,
    ) -> Result<Vec<f64>, SeriesFault> {
        let rule = match request.rule {
            scenario::Rule::Last => pegstress_series::Rule::Last,
            scenario::Rule::Sum => pegstress_series::Rule::Sum,
            scenario::Rule::Mean => pegstress_series::Rule::Mean,
        };
        let grid = Grid { start, step_secs: i64::from(step_secs), points };
        self.read(request)?.resample(&grid, rule, request.max_age_secs).map_err(fault)
    }

    fn rows(
        &mut self,
        request: &SeriesRequest,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
        let window = self.read(request)?.window(from, to);
        Ok(window.stamps.iter().copied().zip(window.values.iter().copied()).collect())
    }
}

fn fault(error: impl Into<Box<dyn std::error::Error>>) -> SeriesFault {
    SeriesFault { message: error.into().to_string() }
}

/// `scenarios/../data/x.csv` as `data/x.csv`: names as people would write them.
pub(crate) fn without_detours(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        let undoes = part == Component::ParentDir
            && matches!(plain.components().next_back(), Some(Component::Normal(_)));
        if undoes {
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    plain
}

/// `--paths` and `--seed` as what they stand for in a scenario of this mode.
pub(crate) fn simulation_overrides(mode: Mode, paths: Option<u64>, seed: Option<u64>) -> Vec<Override> {
    let paths_key = match mode {
        Mode::Forward => "paths.count",
        Mode::Rolling => "rolling.paths_per_start",
        Mode::PoolHistory | Mode::QueueHistory => return Vec::new(),
    };
    let set = |key: &str, value: Option<u64>| value.map(|value| Override::new(key, value.to_string()));
    [set(paths_key, paths), set("paths.seed", seed)].into_iter().flatten().collect()
}

/// Cores of this machine.
pub(crate) fn available_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The scenario files that `paths` name: files as they are, folders by their `*.toml` in the order of names.
pub(crate) fn scenario_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut found = tomls(path).map_err(|source| Failure::Io { path: path.clone(), source })?;
            if found.is_empty() {
                return Err(Failure::Usage(format!("{} holds no scenario (*.toml)", path.display())));
            }
            found.sort();
            files.extend(found);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn tomls(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    Ok(found)
}
