//! A series of checked observations.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::csv_file::read_csv;
use crate::parquet_file::read_parquet;
use crate::{Cell, ColumnMap, Domain, RowKind, SeriesError};

/// Observations in strictly ascending order of time, each finite and inside the domain it was read with.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// When.
    pub stamps: Vec<Timestamp>,
    /// What, after scaling.
    pub values: Vec<f64>,
    /// Where: line of a CSV file or row of a Parquet file, from 1.
    pub rows: Vec<u64>,
    /// What `rows` counts.
    pub kind: RowKind,
    /// The file it was read from.
    pub file: PathBuf,
    /// The column with the values.
    pub column: String,
}

/// Reads one series from a `.csv` or `.parquet` file.
///
/// # Errors
/// The first thing wrong with the file: see [`SeriesError`].
pub fn read(path: &Path, map: &ColumnMap, domain: Domain) -> Result<Series, SeriesError> {
    let extension = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let reader = match extension.as_deref() {
        Some("csv") => read_csv,
        Some("parquet") => read_parquet,
        _ => return Err(SeriesError::Extension { file: path.to_owned() }),
    };
    let bytes = std::fs::read(path).map_err(|source| SeriesError::Open { file: path.to_owned(), source })?;
    reader(path, &bytes, map, domain)
}

impl Series {
    /// Number of observations.
    pub fn len(&self) -> usize {
        self.stamps.len()
    }

    /// Whether there is no observation; only a window can be empty.
    pub fn is_empty(&self) -> bool {
        self.stamps.is_empty()
    }

    /// The observations from `from` to `to`, both included; empty where there are none.
    pub fn window(&self, from: Timestamp, to: Timestamp) -> Self {
        let start = self.stamps.partition_point(|&stamp| stamp < from);
        let end = self.stamps.partition_point(|&stamp| stamp <= to).max(start);
        Self {
            stamps: self.stamps[start..end].to_vec(),
            values: self.values[start..end].to_vec(),
            rows: self.rows[start..end].to_vec(),
            kind: self.kind,
            file: self.file.clone(),
            column: self.column.clone(),
        }
    }

    /// The observation nearest in time, the earlier of two that are equally near.
    pub fn nearest(&self, at: Timestamp) -> Option<(Timestamp, f64)> {
        let next = self.stamps.partition_point(|&stamp| stamp < at);
        let distance = |place: usize| (self.stamps[place].as_nanosecond() - at.as_nanosecond()).abs();
        let candidates = next.saturating_sub(1)..(next + 1).min(self.len());
        let place = candidates.min_by_key(|&place| distance(place))?;
        Some((self.stamps[place], self.values[place]))
    }

    pub(crate) fn cell(&self, place: usize) -> Cell {
        Cell { file: self.file.clone(), kind: self.kind, row: self.rows[place], column: self.column.clone() }
    }
}
