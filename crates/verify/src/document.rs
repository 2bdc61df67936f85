//! What a vector file holds: JSON cases or CSV rows.

use serde_json::Value;

/// A parsed vector file.
#[derive(Debug, Clone)]
pub enum Document {
    /// JSON. The cases are the list, or the list under `cases` or `pools`, or the object itself.
    Json(Value),
    /// CSV with a header.
    Csv {
        /// Column names.
        header: Vec<String>,
        /// Rows of as many cells.
        rows: Vec<Vec<String>>,
    },
}

/// Why a file is neither.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON, although it begins like it.
    #[error("not valid JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Not CSV.
    #[error("not a CSV table: {0}")]
    Csv(#[from] csv::Error),
}

impl Document {
    /// Parses a file's text: JSON where it begins with a bracket or a brace, else CSV.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.trim_start().starts_with(['[', '{']) {
            return Ok(Self::Json(serde_json::from_str(text)?));
        }
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        let header = cells(reader.headers()?);
        let rows = reader.records().map(|record| Ok(cells(&record?))).collect::<Result<_, csv::Error>>()?;
        Ok(Self::Csv { header, rows })
    }

    /// The cases of a JSON document; none of a CSV.
    pub fn cases(&self) -> &[Value] {
        match self {
            Self::Json(Value::Array(cases)) => cases,
            Self::Json(object @ Value::Object(map)) => {
                let list = ["cases", "pools"].iter().find_map(|key| map.get(*key).and_then(Value::as_array));
                list.map_or(std::slice::from_ref(object), Vec::as_slice)
            }
            Self::Json(_) | Self::Csv { .. } => &[],
        }
    }

    /// Whether there are cases and the first one has all of these keys; a key may be a path such as `pool.amp`.
    pub(crate) fn first_case_has(&self, keys: &[&str]) -> bool {
        let has = |case: &Value, key: &str| key.split('.').try_fold(case, |at, part| at.get(part)).is_some();
        self.cases().first().is_some_and(|case| keys.iter().all(|key| has(case, key)))
    }
}
