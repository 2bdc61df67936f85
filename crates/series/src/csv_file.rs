//! A series out of a CSV file: every cell is read as text, so that its line and its text can be named.
//!
//! Accepts a byte-order mark, CRLF and quoted cells; blank lines are passed over. The `csv` crate reads it rather than
//! polars because it gives the place of every record, so that a message names the true line of the file.

use std::path::Path;

use csv::{ByteRecord, ErrorKind, ReaderBuilder};

use crate::observations::{Observations, TimeCell, ValueCell, find_column};
use crate::{ColumnMap, Domain, RowKind, Series, SeriesError};

pub(crate) fn read_csv(
    file: &Path,
    bytes: &[u8],
    map: &ColumnMap,
    domain: Domain,
) -> Result<Series, SeriesError> {
    let mut observations = Observations::new(file, RowKind::Line, map, domain)?;
    let mut lines = Lines { bytes, offset: 0, line: 1 };
    let mut reader = ReaderBuilder::new().from_reader(bytes);
    let header = reader.byte_headers().map_err(|error| broken(file, &mut lines, &error))?;
    let names: Vec<String> =
        header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    if names.is_empty() {
        return Err(SeriesError::Empty { file: file.to_owned() });
    }
    let time = find_column(file, &names, &map.time)?;
    let value = find_column(file, &names, &map.value)?;

    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| broken(file, &mut lines, &error))? {
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        let time = match text(&record, time) {
            Ok(text) => TimeCell::Text(text),
            Err(found) => TimeCell::Unreadable(found),
        };
        let value = match text(&record, value) {
            Ok(text) => ValueCell::Text(text),
            Err(found) => ValueCell::Unreadable(found),
        };
        observations.push(line, time, value)?;
    }
    observations.finish()
}

fn text(record: &ByteRecord, place: usize) -> Result<&str, String> {
    let bytes = record.get(place).unwrap_or_default();
    std::str::from_utf8(bytes).map_err(|_| format!("{} (not UTF-8)", String::from_utf8_lossy(bytes)))
}

fn broken(file: &Path, lines: &mut Lines<'_>, error: &csv::Error) -> SeriesError {
    let file = file.to_owned();
    match error.kind() {
        ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = lines.of(pos.as_ref().map_or(0, csv::Position::byte));
            SeriesError::Ragged { file, line, found: *len, expected: *expected_len }
        }
        _ => SeriesError::Format { file, format: "CSV", reason: error.to_string() },
    }
}

/// Line numbers of records in ascending order. A record's own position lies before the blank lines that precede it.
struct Lines<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, record_byte: u64) -> u64 {
        let start = usize::try_from(record_byte).unwrap_or(usize::MAX);
        while let Some(&byte) = self.bytes.get(self.offset) {
            if self.offset >= start && byte != b'\n' && byte != b'\r' {
                break;
            }
            self.line += u64::from(byte == b'\n');
            self.offset += 1;
        }
        self.line
    }
}
