//! The one place where cells become observations and are checked, whatever file they come from.

use std::path::Path;

use jiff::Timestamp;

use crate::{Cell, ColumnMap, Domain, RowKind, Series, SeriesError};

/// A cell of the time column as the file gives it.
pub(crate) enum TimeCell<'a> {
    Empty,
    Text(&'a str),
    Count(i64),
    Stamp(Timestamp),
    Unreadable(String),
}

/// A cell of the value column as the file gives it.
pub(crate) enum ValueCell<'a> {
    Empty,
    Text(&'a str),
    Number(f64),
    Unreadable(String),
}

/// Collects a series row by row; the first bad cell ends it.
pub(crate) struct Observations<'a> {
    map: &'a ColumnMap,
    domain: Domain,
    series: Series,
}

impl<'a> Observations<'a> {
    pub(crate) fn new(
        file: &Path,
        kind: RowKind,
        map: &'a ColumnMap,
        domain: Domain,
    ) -> Result<Self, SeriesError> {
        if !map.scale.is_finite() || map.scale == 0.0 {
            return Err(SeriesError::Scale { column: map.value.clone(), scale: map.scale });
        }
        let series = Series {
            stamps: Vec::new(),
            values: Vec::new(),
            rows: Vec::new(),
            kind,
            file: file.to_owned(),
            column: map.value.clone(),
        };
        Ok(Self { map, domain, series })
    }

    pub(crate) fn push(
        &mut self,
        row: u64,
        time: TimeCell<'_>,
        value: ValueCell<'_>,
    ) -> Result<(), SeriesError> {
        let stamp = self.stamp(row, &time)?;
        let value = self.value(row, &value)?;
        if let (Some(&last), Some(&previous)) = (self.series.stamps.last(), self.series.rows.last())
            && stamp <= last
        {
            let cell = self.cell(row, &self.map.time);
            let value = match time {
                TimeCell::Text(text) => text.trim().to_owned(),
                TimeCell::Count(count) => count.to_string(),
                TimeCell::Stamp(_) | TimeCell::Empty | TimeCell::Unreadable(_) => stamp.to_string(),
            };
            return Err(if stamp == last {
                SeriesError::DuplicateStamp { cell, value, previous }
            } else {
                SeriesError::UnsortedStamp { cell, value, previous }
            });
        }
        self.series.stamps.push(stamp);
        self.series.values.push(value);
        self.series.rows.push(row);
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<Series, SeriesError> {
        match self.series.stamps.is_empty() {
            true => Err(SeriesError::Empty { file: self.series.file }),
            false => Ok(self.series),
        }
    }

    fn stamp(&self, row: u64, time: &TimeCell<'_>) -> Result<Timestamp, SeriesError> {
        let format = &self.map.time_format;
        let (stamp, found) = match time {
            TimeCell::Stamp(stamp) => return Ok(*stamp),
            TimeCell::Text(text) if !text.trim().is_empty() => {
                (format.parse(text.trim()), text.trim().to_owned())
            }
            TimeCell::Text(_) | TimeCell::Empty => {
                let cell = self.cell(row, &self.map.time);
                return Err(SeriesError::EmptyCell { cell, expected: format.to_string() });
            }
            TimeCell::Count(count) => (format.count(*count), count.to_string()),
            TimeCell::Unreadable(found) => (None, found.clone()),
        };
        stamp.ok_or_else(|| SeriesError::BadCell {
            cell: self.cell(row, &self.map.time),
            value: found,
            expected: format.to_string(),
        })
    }

    fn value(&self, row: u64, value: &ValueCell<'_>) -> Result<f64, SeriesError> {
        let cell = || self.cell(row, &self.map.value);
        let expected = || self.domain.to_string();
        let (number, found) = match value {
            ValueCell::Number(number) => (*number, number.to_string()),
            ValueCell::Text(text) if !text.trim().is_empty() => {
                let text = text.trim();
                let bad =
                    || SeriesError::BadCell { cell: cell(), value: text.to_owned(), expected: expected() };
                (text.parse().map_err(|_| bad())?, text.to_owned())
            }
            ValueCell::Text(_) | ValueCell::Empty => {
                return Err(SeriesError::EmptyCell { cell: cell(), expected: expected() });
            }
            ValueCell::Unreadable(found) => {
                let value = found.clone();
                return Err(SeriesError::BadCell { cell: cell(), value, expected: expected() });
            }
        };
        let scaled = number * self.map.scale;
        if !self.domain.contains(scaled) {
            return Err(SeriesError::OutsideDomain {
                cell: cell(),
                value: found,
                scaled,
                expected: expected(),
            });
        }
        Ok(scaled)
    }

    fn cell(&self, row: u64, column: &str) -> Box<Cell> {
        let Series { file, kind, .. } = &self.series;
        Box::new(Cell { file: file.clone(), kind: *kind, row, column: column.to_owned() })
    }
}

/// Position of the one column of this name.
pub(crate) fn find_column(file: &Path, names: &[String], column: &str) -> Result<usize, SeriesError> {
    let mut places = names.iter().enumerate().filter(|(_, name)| *name == column);
    match (places.next(), places.next()) {
        (Some((place, _)), None) => Ok(place),
        (Some(_), Some(_)) => {
            Err(SeriesError::RepeatedColumn { file: file.to_owned(), column: column.to_owned() })
        }
        (None, _) => {
            let mut near: Vec<&String> = names.iter().collect();
            near.sort_by_key(|name| strsim::damerau_levenshtein(name, column));
            let shown: Vec<String> = near.iter().take(5).map(|name| format!("`{name}`")).collect();
            let rest = if near.len() > 5 { format!(" and {} more", near.len() - 5) } else { String::new() };
            let existing = shown.join(", ") + &rest;
            Err(SeriesError::MissingColumn { file: file.to_owned(), column: column.to_owned(), existing })
        }
    }
}
