//! CSV and Parquet time series in and out, validation and resampling.
//!
//! [`read`] takes one time column and one value column of a file and checks every cell: a [`Series`] has strictly
//! ascending stamps and finite values inside its [`Domain`]. [`Series::resample`] puts it on an even [`Grid`]; it
//! never reaches back before the first observation and never bridges a gap longer than the age the caller allows.
//! [`write_parquet`] turns columns into the bytes of a Parquet file. Nothing is filled in silently: whatever is
//! missing or doubtful is an error that names file, row, column, value and what would be right.

mod column_map;
mod csv_file;
mod error;
mod observations;
mod parquet_file;
mod parquet_table;
mod parquet_writer;
mod resample;
mod series;

pub use column_map::{ColumnMap, Domain, TimeFormat, UnknownTimeFormat};
pub use error::{Cell, Gap, RowKind, SeriesError};
pub use parquet_table::{TableColumn, read_table};
pub use parquet_writer::{Column, write_parquet};
pub use resample::{Grid, Rule};
pub use series::{Series, read};
