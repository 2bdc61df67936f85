//! Reading: what is accepted, and the message for everything that is not.

use std::path::PathBuf;

use jiff::Timestamp;
use pegstress_series::{Column, ColumnMap, Domain, Series, SeriesError, TimeFormat, read, write_parquet};
use proptest::prelude::*;

fn map() -> ColumnMap {
    ColumnMap { time: "t".into(), time_format: TimeFormat::Rfc3339, value: "v".into(), scale: 1.0 }
}

fn mapped(time_format: TimeFormat, scale: f64) -> ColumnMap {
    ColumnMap { time_format, scale, ..map() }
}

fn read_bytes(name: &str, bytes: &[u8], map: &ColumnMap, domain: Domain) -> Result<Series, SeriesError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    read(&path, map, domain)
}

fn csv(text: &str) -> Result<Series, SeriesError> {
    read_bytes("a.csv", text.as_bytes(), &map(), Domain::Positive)
}

/// The message holds every part.
fn refused(result: Result<Series, SeriesError>, parts: &[&str]) {
    let message = result.expect_err("an error").to_string();
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

fn stamp(text: &str) -> Timestamp {
    text.parse().expect("a stamp of this test")
}

const GOOD: &str = "t,v\n2025-06-01T00:00:00Z,1.5\n2025-06-01T02:00:00+01:00,2e0\n";

#[test]
fn a_plain_file_is_read_and_scaled() {
    let map = mapped(TimeFormat::Rfc3339, 10.0);
    let series = read_bytes("a.csv", GOOD.as_bytes(), &map, Domain::Positive).expect("good");
    assert_eq!(series.values, [15.0, 20.0]);
    assert_eq!(series.stamps, [stamp("2025-06-01T00:00:00Z"), stamp("2025-06-01T01:00:00Z")]);
    assert_eq!(series.rows, [2, 3]);
}

#[test]
fn a_byte_order_mark_crlf_quotes_spaces_and_other_columns_are_accepted() {
    let text =
        "\u{feff}\"t\",x,v\r\n\"2025-06-01T00:00:00Z\",\"a,\nb\",1\r\n\r\n2025-06-02T00:00:00Z,?,\" 2\"\r\n";
    let series = csv(text).expect("good");
    assert_eq!(series.values, [1.0, 2.0]);
    assert_eq!(series.rows, [2, 5], "the quoted line break and the blank line count");
}

#[test]
fn a_cell_that_is_no_number_is_named_with_its_line() {
    for cell in ["abc", "1 000", "0x10", "1,5"] {
        let text = format!("t,v\n\n2025-06-01T00:00:00Z,1\n2025-06-02T00:00:00Z,\"{cell}\"\n");
        refused(csv(&text), &["a.csv, line 4, column `v`", &format!("`{cell}`"), "a finite number above 0"]);
    }
}

#[test]
fn nan_infinity_and_values_outside_the_domain_are_named() {
    for cell in ["NaN", "inf", "-inf", "1e999", "-1", "0"] {
        let text = format!("t,v\n2025-06-01T00:00:00Z,{cell}\n");
        refused(csv(&text), &["a.csv, line 2, column `v`", &format!("`{cell}`"), "a finite number above 0"]);
    }
    let zero = b"t,v\n2025-06-01T00:00:00Z,0\n";
    assert!(read_bytes("a.csv", zero, &map(), Domain::NonNegative).is_ok());
    let minus = b"t,v\n2025-06-01T00:00:00Z,-3\n";
    refused(read_bytes("a.csv", minus, &map(), Domain::NonNegative), &["`-3`", "0 or above"]);
    assert!(read_bytes("a.csv", minus, &map(), Domain::Any).is_ok());
}

#[test]
fn an_empty_cell_is_named() {
    refused(csv("t,v\n2025-06-01T00:00:00Z,\n"), &["a.csv, line 2, column `v` is empty", "above 0"]);
    refused(csv("t,v\n  ,1\n"), &["a.csv, line 2, column `t` is empty", "2025-06-01T02:04:38Z"]);
}

#[test]
fn stamps_must_be_understood_and_ascend() {
    refused(csv("t,v\nyesterday,1\n"), &["line 2, column `t` is `yesterday`", "a time with offset"]);
    refused(csv("t,v\n2025-06-01T00:00:00,1\n"), &["`2025-06-01T00:00:00`", "a time with offset"]);
    let twice = "t,v\n2025-06-01T00:00:00Z,1\n2025-06-01T01:00:00+01:00,2\n";
    refused(
        csv(twice),
        &["line 3, column `t`", "`2025-06-01T01:00:00+01:00`", "same time as line 2", "later"],
    );
    let back = "t,v\n2025-06-02T00:00:00Z,1\n2025-06-01T00:00:00Z,2\n";
    refused(csv(back), &["line 3, column `t` is `2025-06-01T00:00:00Z`", "earlier than line 2"]);
}

#[test]
fn a_missing_column_is_answered_with_the_nearest_that_exist() {
    let result = csv("time,far_away_from_it,vv\n2025-06-01T00:00:00Z,1,2\n");
    refused(result, &["a.csv has no column `t`", "`vv`", "`time`"]);
    refused(csv("t,v,v\n2025-06-01T00:00:00Z,1,2\n"), &["more than one column `v`"]);
}

#[test]
fn files_without_observations_or_of_another_kind_are_refused() {
    refused(csv(""), &["a.csv has no observation"]);
    refused(csv("t,v\n"), &["a.csv has no observation"]);
    refused(read_bytes("a.txt", b"", &map(), Domain::Any), &["a.txt must end in .csv or .parquet"]);
    refused(read_bytes("a.parquet", b"PAR1", &map(), Domain::Any), &["a.parquet is not a readable Parquet"]);
    let nowhere = PathBuf::from("nowhere/a.csv");
    refused(read(&nowhere, &map(), Domain::Any), &["nowhere/a.csv cannot be read"]);
}

#[test]
fn rows_of_another_width_and_bytes_that_are_no_text_are_named() {
    let wide = "t,v\n\n2025-06-01T00:00:00Z,1\n\n2025-06-02T00:00:00Z,1,5\n";
    refused(csv(wide), &["a.csv, line 5 has 3 cells, must have 2"]);
    let bytes = b"t,v\n2025-06-01T00:00:00Z,\xff\xfe\n";
    refused(read_bytes("a.csv", bytes, &map(), Domain::Any), &["line 2, column `v`", "not UTF-8"]);
}

#[test]
fn a_scale_that_makes_values_meaningless_is_refused() {
    for scale in [0.0, f64::NAN, f64::INFINITY] {
        let map = mapped(TimeFormat::Rfc3339, scale);
        refused(read_bytes("a.csv", GOOD.as_bytes(), &map, Domain::Any), &["scale of column `v`", "not 0"]);
    }
}

#[test]
fn every_time_format_gives_the_same_stamp() {
    for (name, cell) in [
        ("rfc3339", "2025-06-01T00:00:00Z"),
        ("date", "2025-06-01"),
        ("unix_secs", "1748736000"),
        ("unix_millis", "1748736000000"),
        ("%d.%m.%Y", "01.06.2025"),
        ("%d.%m.%Y %H:%M", "01.06.2025 00:00"),
        ("%Y-%m-%dT%H:%M%z", "2025-06-01T02:00+0200"),
    ] {
        let format: TimeFormat = name.parse().expect(name);
        let text = format!("t,v\n{cell},1\n");
        let series = read_bytes("a.csv", text.as_bytes(), &mapped(format, 1.0), Domain::Any).expect(name);
        assert_eq!(series.stamps, [stamp("2025-06-01T00:00:00Z")], "{name}");
    }
    assert!("iso".parse::<TimeFormat>().expect_err("unknown").to_string().contains("`iso` is unknown"));
    assert!("%!".parse::<TimeFormat>().is_err());
    let map = mapped(TimeFormat::Date, 1.0);
    refused(read_bytes("a.csv", b"t,v\n2025-06-01T00:00:00Z,1\n", &map, Domain::Any), &["a date such as"]);
}

fn parquet(times: &[&str], values: Column<'_>) -> Vec<u8> {
    let times: Vec<String> = times.iter().map(ToString::to_string).collect();
    write_parquet(&[("t", Column::Text(&times)), ("v", values)]).expect("a table")
}

#[test]
fn csv_and_parquet_of_the_same_data_agree() {
    let times = ["2025-06-01T00:00:00Z", "2025-06-01T02:00:00+01:00"];
    let words = ["1.5".to_owned(), "2e0".to_owned()];
    let from_csv = csv(GOOD).expect("good");
    for values in [Column::F64(&[1.5, 2.0]), Column::Text(&words)] {
        let bytes = parquet(&times, values);
        let series = read_bytes("a.parquet", &bytes, &map(), Domain::Positive).expect("good");
        assert_eq!((&series.stamps, &series.values), (&from_csv.stamps, &from_csv.values));
        assert_eq!(series.rows, [1, 2]);
    }
}

#[test]
fn parquet_integers_count_as_stamps_and_as_values() {
    let table = [("t", Column::U64(&[1_748_736_000, 1_748_736_060])), ("v", Column::U64(&[7, 8]))];
    let bytes = write_parquet(&table).expect("a table");
    let map = mapped(TimeFormat::UnixSecs, 0.5);
    let series = read_bytes("a.parquet", &bytes, &map, Domain::Positive).expect("good");
    assert_eq!(series.values, [3.5, 4.0]);
    assert_eq!(series.stamps[1], stamp("2025-06-01T00:01:00Z"));
    let wrong = read_bytes("a.parquet", &bytes, &mapped(TimeFormat::Date, 1.0), Domain::Any);
    refused(wrong, &["a.parquet, column `t` has type u64", "a datetime"]);
}

#[test]
fn parquet_datetimes_of_every_unit_and_dates_are_stamps() {
    use polars::prelude::{self as pl, NamedFrom};
    let secs = 1_748_736_000_i64;
    let typed = |numbers: i64, dtype: pl::DataType| {
        let time = pl::Series::new("t".into(), [numbers]).cast(&dtype).expect("a cast");
        let value = pl::Series::new("v".into(), [1.0_f32]);
        let mut frame = pl::DataFrame::new(1, vec![time.into(), value.into()]).expect("a frame");
        let mut bytes = Vec::new();
        pl::ParquetWriter::new(&mut bytes).finish(&mut frame).expect("bytes");
        bytes
    };
    for bytes in [
        typed(secs * 1_000, pl::DataType::Datetime(pl::TimeUnit::Milliseconds, None)),
        typed(secs * 1_000_000, pl::DataType::Datetime(pl::TimeUnit::Microseconds, None)),
        typed(secs * 1_000_000_000, pl::DataType::Datetime(pl::TimeUnit::Nanoseconds, None)),
        typed(secs / 86_400, pl::DataType::Date),
    ] {
        let series = read_bytes("a.parquet", &bytes, &map(), Domain::Positive).expect("good");
        assert_eq!(series.stamps, [stamp("2025-06-01T00:00:00Z")]);
        assert_eq!(series.values, [1.0]);
    }
}

#[test]
fn nulls_bad_numbers_and_missing_columns_of_parquet_are_named_with_the_row() {
    let times = ["2025-06-01T00:00:00Z", "2025-06-02T00:00:00Z"];
    let bytes = parquet(&times, Column::F64OrNull(&[Some(1.0), None]));
    refused(read_bytes("a.parquet", &bytes, &map(), Domain::Any), &["a.parquet, row 2, column `v` is empty"]);
    let bytes = parquet(&times, Column::F64(&[f64::NAN, 1.0]));
    refused(read_bytes("a.parquet", &bytes, &map(), Domain::Any), &["row 1, column `v` is `NaN`"]);
    let bytes = write_parquet(&[("time", Column::U64(&[1]))]).expect("a table");
    refused(read_bytes("a.parquet", &bytes, &map(), Domain::Any), &["no column `t`", "`time`"]);
}

#[test]
fn the_same_columns_give_the_same_bytes_and_bad_tables_are_refused() {
    let words = ["a".to_owned(), "b".to_owned()];
    let table =
        [("seed", Column::U64(&[1, 2])), ("x", Column::F64(&[0.1, -0.0])), ("fault", Column::Text(&words))];
    assert_eq!(write_parquet(&table).expect("bytes"), write_parquet(&table).expect("bytes"));
    let message = |columns: &[(&str, Column<'_>)]| write_parquet(columns).expect_err("an error").to_string();
    assert!(message(&[]).contains("no columns"));
    assert!(message(&[("a", Column::U64(&[1])), ("a", Column::U64(&[1]))]).contains("column `a`"));
    let uneven = message(&[("a", Column::U64(&[1])), ("b", Column::U64(&[1, 2]))]);
    assert!(uneven.contains("column `b`") && uneven.contains("2 rows, must have 1"), "{uneven}");
}

proptest! {
    #[test]
    fn arbitrary_bytes_as_csv_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_bytes("a.csv", &bytes, &map(), Domain::Any);
        let below_a_header = [b"t,v\n".as_slice(), &bytes].concat();
        let _ = read_bytes("a.csv", &below_a_header, &map(), Domain::Any);
    }

    #[test]
    fn arbitrary_text_of_csv_letters_never_panics(text in "[tv0-9,\"\n\r:TZ. -]{0,80}") {
        for format in [TimeFormat::Rfc3339, TimeFormat::UnixSecs, TimeFormat::Strftime("%Y".into())] {
            let _ = read_bytes("a.csv", format!("t,v\n{text}").as_bytes(), &mapped(format, 1.0), Domain::Any);
        }
    }
}

#[test]
fn a_parquet_file_cut_off_anywhere_is_refused() {
    let good = parquet(&["2025-06-01T00:00:00Z", "2025-06-02T00:00:00Z"], Column::F64(&[1.0, 2.0]));
    for end in 0..good.len() {
        let result = read_bytes("a.parquet", &good[..end], &map(), Domain::Any);
        refused(result, &["a.parquet is not a readable Parquet file"]);
    }
}
