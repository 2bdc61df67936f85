//! A whole table out of a Parquet file, such as one that this program has written.

use std::io::Cursor;
use std::path::Path;

use polars::prelude::{AnyValue, DataType, ParquetReader, SerReader};

use crate::SeriesError;
use crate::parquet_file::guarded;

/// A column as read.
#[derive(Clone, Debug, PartialEq)]
pub enum TableColumn {
    /// Numbers, `None` where null.
    Numbers(Vec<Option<f64>>),
    /// Words, `None` where null.
    Text(Vec<Option<String>>),
}

/// Every column of a Parquet file with its name, in the order of the file. Whole numbers above 2^53 are rounded.
///
/// # Errors
/// A file that cannot be opened or is no Parquet file, a column that holds neither numbers nor text.
pub fn read_table(path: &Path) -> Result<Vec<(String, TableColumn)>, SeriesError> {
    let bytes = std::fs::read(path).map_err(|source| SeriesError::Open { file: path.to_owned(), source })?;
    let unreadable =
        |reason: String| SeriesError::Format { file: path.to_owned(), format: "Parquet", reason };
    let frame = guarded(|| ParquetReader::new(Cursor::new(&bytes)).finish()).map_err(unreadable)?;
    let mut table = Vec::new();
    for column in frame.columns() {
        let cells =
            (0..frame.height()).map(|row| column.get(row).map_err(|error| unreadable(error.to_string())));
        let dtype = column.dtype();
        let name = column.name().to_string();
        let read = if dtype.is_primitive_numeric() {
            let number = |cell: AnyValue<'_>| if cell.is_null() { None } else { cell.extract::<f64>() };
            TableColumn::Numbers(cells.map(|cell| cell.map(number)).collect::<Result<_, _>>()?)
        } else if matches!(dtype, DataType::String) {
            let text = |cell: AnyValue<'_>| cell.get_str().map(str::to_owned);
            TableColumn::Text(cells.map(|cell| cell.map(text)).collect::<Result<_, _>>()?)
        } else {
            let found = dtype.to_string();
            return Err(SeriesError::ColumnType {
                file: path.to_owned(),
                column: name,
                found,
                expected: "numbers or text",
            });
        };
        table.push((name, read));
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, write_parquet};

    #[test]
    fn a_table_that_was_written_is_read_back_with_its_gaps() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("outcomes.parquet");
        let (numbers, counts, words) =
            ([Some(1.5), None], [0, 7], ["".to_owned(), "pool did not settle".to_owned()]);
        let columns = [
            ("path", Column::U64(&counts)),
            ("fault", Column::Text(&words)),
            ("sold_lrt", Column::F64OrNull(&numbers)),
        ];
        std::fs::write(&file, write_parquet(&columns).expect("bytes")).expect("written");
        let table = read_table(&file).expect("a table");
        assert_eq!(table[0], ("path".to_owned(), TableColumn::Numbers(vec![Some(0.0), Some(7.0)])));
        assert_eq!(table[1].1, TableColumn::Text(words.map(Some).to_vec()));
        assert_eq!(table[2].1, TableColumn::Numbers(numbers.to_vec()));
    }

    #[test]
    fn a_file_that_is_no_table_is_an_error_with_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("broken.parquet");
        std::fs::write(&file, b"no parquet").expect("written");
        let told = read_table(&file).expect_err("no table").to_string();
        assert!(told.contains("broken.parquet is not a readable Parquet file"), "{told}");
        let told = read_table(&folder.path().join("absent.parquet")).expect_err("no file").to_string();
        assert!(told.contains("absent.parquet cannot be read"), "{told}");
    }
}
