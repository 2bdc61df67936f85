//! Columns into the bytes of a Parquet file. The same columns give the same bytes.

use std::collections::BTreeSet;

use polars::prelude as pl;

use crate::SeriesError;

/// One column of a table to be written.
#[derive(Clone, Copy, Debug)]
pub enum Column<'a> {
    /// Numbers, all of them known.
    F64(&'a [f64]),
    /// Numbers, null where missing.
    F64OrNull(&'a [Option<f64>]),
    /// Counts and seeds.
    U64(&'a [u64]),
    /// Words.
    Text(&'a [String]),
}

impl Column<'_> {
    fn len(&self) -> usize {
        match self {
            Self::F64(values) => values.len(),
            Self::F64OrNull(values) => values.len(),
            Self::U64(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    fn to_polars(self, name: &str) -> pl::Column {
        match self {
            Self::F64(values) => pl::Column::new(name.into(), values),
            Self::F64OrNull(values) => pl::Column::new(name.into(), values),
            Self::U64(values) => pl::Column::new(name.into(), values),
            Self::Text(values) => pl::Column::new(name.into(), values),
        }
    }
}

/// The bytes of a Parquet file with these columns, for the caller to put in place at once.
///
/// # Errors
/// [`SeriesError::Table`]: no columns, a name twice, or columns of different lengths.
pub fn write_parquet(columns: &[(&str, Column<'_>)]) -> Result<Vec<u8>, SeriesError> {
    let fail = |column: &str, reason: String| Err(SeriesError::Table { column: column.to_owned(), reason });
    let Some(&(first, first_column)) = columns.first() else {
        return fail("", "there are no columns, must be at least one".to_owned());
    };
    let rows = first_column.len();
    let mut names = BTreeSet::new();
    for &(name, column) in columns {
        if !names.insert(name) {
            return fail(name, "the name stands twice, must be unique".to_owned());
        }
        if column.len() != rows {
            return fail(name, format!("it has {} rows, must have {rows} like `{first}`", column.len()));
        }
    }
    let table: Vec<pl::Column> = columns.iter().map(|&(name, column)| column.to_polars(name)).collect();
    let mut bytes = Vec::new();
    let written = pl::DataFrame::new(rows, table).and_then(|mut frame| {
        pl::ParquetWriter::new(&mut bytes)
            .with_compression(pl::ParquetCompression::Snappy)
            .set_parallel(false)
            .finish(&mut frame)
    });
    match written {
        Ok(_) => Ok(bytes),
        Err(error) => fail(first, error.to_string()),
    }
}
