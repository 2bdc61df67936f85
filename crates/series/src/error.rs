//! What can be wrong with a series, said so that its owner can mend the file.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;

/// What the number of a row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Lines of a text file from 1, the header included.
    Line,
    /// Rows of a table from 1.
    Row,
}

impl fmt::Display for RowKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Line => "line",
            Self::Row => "row",
        })
    }
}

/// One cell of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The file.
    pub file: PathBuf,
    /// What `row` counts.
    pub kind: RowKind,
    /// Line of a CSV file or row of a Parquet file, from 1.
    pub row: u64,
    /// Name of the column.
    pub column: String,
}

impl fmt::Display for Cell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}, {} {}, column `{}`", self.file.display(), self.kind, self.row, self.column)
    }
}

/// Two neighbouring observations too far apart for a point of the grid that needs what lies between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last observation before the gap, with its row.
    pub before: Cell,
    /// Its stamp.
    pub before_stamp: Timestamp,
    /// Row and stamp of the next observation, or nothing where the series ends.
    pub after: Option<(u64, Timestamp)>,
    /// Length of the gap up to the next observation, or up to `at` where the series ends.
    pub gap_secs: i64,
    /// The longest that was allowed.
    pub max_age_secs: i64,
    /// The point of the grid that needed it.
    pub at: Timestamp,
}

impl fmt::Display for Gap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cell { file, kind, row, column } = &self.before;
        write!(out, "{}, column `{column}`: ", file.display())?;
        match self.after {
            Some((next, stamp)) => write!(
                out,
                "no observation between {kind} {row} ({}) and {kind} {next} ({stamp}), a gap of {} s",
                self.before_stamp, self.gap_secs
            )?,
            None => write!(
                out,
                "the last observation is {kind} {row} ({}), {} s earlier",
                self.before_stamp, self.gap_secs
            )?,
        }
        write!(out, "; the grid needs {} and an age of at most {} s is allowed", self.at, self.max_age_secs)
    }
}

/// Why a series could not be read, resampled or written.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// The file cannot be read at all.
    #[error("{} cannot be read: {source}", file.display())]
    Open {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The ending of the file name is none that is known.
    #[error("{} must end in .csv or .parquet", file.display())]
    Extension {
        /// The file.
        file: PathBuf,
    },
    /// The file is not what its name says.
    #[error("{} is not a readable {format} file: {reason}", file.display())]
    Format {
        /// The file.
        file: PathBuf,
        /// What it should be.
        format: &'static str,
        /// What the reader says.
        reason: String,
    },
    /// No observation in the file.
    #[error("{} has no observation, must have a header and at least one row", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// A column that is not there.
    #[error("{} has no column `{column}`, must be one of: {existing}", file.display())]
    MissingColumn {
        /// The file.
        file: PathBuf,
        /// The column asked for.
        column: String,
        /// The columns that exist, the nearest names first.
        existing: String,
    },
    /// Two columns with the same name.
    #[error("{} has more than one column `{column}`, must have one", file.display())]
    RepeatedColumn {
        /// The file.
        file: PathBuf,
        /// The column asked for.
        column: String,
    },
    /// A Parquet column of a type that holds neither times nor numbers.
    #[error("{}, column `{column}` has type {found}, must be {expected}", file.display())]
    ColumnType {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// Its type.
        found: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A row with more or fewer cells than the header.
    #[error("{}, line {line} has {found} cells, must have {expected} like the header", file.display())]
    Ragged {
        /// The file.
        file: PathBuf,
        /// Line from 1.
        line: u64,
        /// Cells in this row.
        found: u64,
        /// Cells in the header.
        expected: u64,
    },
    /// A cell without content.
    #[error("{cell} is empty, must be {expected}")]
    EmptyCell {
        /// Where.
        cell: Box<Cell>,
        /// What would be right.
        expected: String,
    },
    /// A cell that cannot be understood.
    #[error("{cell} is `{value}`, must be {expected}")]
    BadCell {
        /// Where.
        cell: Box<Cell>,
        /// What stands there.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// A number outside its domain or not finite, after scaling.
    #[error("{cell} is `{value}` (scaled {scaled}), must be {expected}")]
    OutsideDomain {
        /// Where.
        cell: Box<Cell>,
        /// What stands there.
        value: String,
        /// The value after scaling.
        scaled: f64,
        /// What would be right.
        expected: String,
    },
    /// A stamp that stands twice.
    #[error("{cell} is `{value}`, the same time as {} {previous}, must be later", cell.kind)]
    DuplicateStamp {
        /// Where.
        cell: Box<Cell>,
        /// What stands there.
        value: String,
        /// The row before.
        previous: u64,
    },
    /// A stamp earlier than the one before it.
    #[error("{cell} is `{value}`, earlier than {} {previous}, must be later", cell.kind)]
    UnsortedStamp {
        /// Where.
        cell: Box<Cell>,
        /// What stands there.
        value: String,
        /// The row before.
        previous: u64,
    },
    /// A factor that makes every value meaningless.
    #[error("scale of column `{column}` is {scale}, must be finite and not 0")]
    Scale {
        /// The column.
        column: String,
        /// The factor.
        scale: f64,
    },
    /// A grid without a positive step, or one that leaves the calendar.
    #[error(
        "grid of {points} points every {step_secs} s from {start}: step must be above 0 s and every point before the year 10000"
    )]
    Grid {
        /// First point.
        start: Timestamp,
        /// Step.
        step_secs: i64,
        /// Number of points.
        points: usize,
    },
    /// A negative age.
    #[error("the allowed age is {max_age_secs} s, must be 0 s or above")]
    MaxAge {
        /// The age.
        max_age_secs: i64,
    },
    /// A point of the grid before the first observation.
    #[error(
        "{first} is the first observation ({first_stamp}), but the grid needs {at}; a series is never filled backwards"
    )]
    BeforeFirst {
        /// The first observation.
        first: Box<Cell>,
        /// Its stamp.
        first_stamp: Timestamp,
        /// The time that is needed.
        at: Timestamp,
    },
    /// A gap longer than the allowed age.
    #[error("{0}")]
    Gap(
        /// The gap.
        Box<Gap>,
    ),
    /// An interval without any observation, where a mean has no meaning.
    #[error("{}, column `{column}` has no observation after {from} up to {to}, a mean must have at least one", file.display())]
    EmptyInterval {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// Start of the interval, not included.
        from: Timestamp,
        /// End of the interval, included.
        to: Timestamp,
    },
    /// Columns of a table to be written that do not fit together.
    #[error("column `{column}` cannot be written: {reason}")]
    Table {
        /// The column.
        column: String,
        /// Why.
        reason: String,
    },
}
