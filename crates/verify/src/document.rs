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
    /// No JSON document, and a table neither of several columns nor of several rows.
    #[error("neither JSON nor a CSV table with a header")]
    Neither,
}

impl Document {
    /// Parses a file's text: JSON where it begins with a bracket or a brace, else CSV.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        // Spreadsheets begin their exports with a byte-order mark.
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with(['[', '{']) {
            return Ok(Self::Json(serde_json::from_str(text)?));
        }
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        let header = cells(reader.headers()?);
        let rows =
            reader.records().map(|record| Ok(cells(&record?))).collect::<Result<Vec<_>, csv::Error>>()?;
        if header.len() < 2 && rows.is_empty() {
            return Err(DocumentError::Neither);
        }
        Ok(Self::Csv { header, rows })
    }

    /// The cases of a JSON document; none of a CSV.
    pub fn cases(&self) -> &[Value] {
        match self {
            Self::Json(Value::Array(cases)) => cases,
            Self::Json(object @ Value::Object(_)) => {
                self.listed_under().map_or(std::slice::from_ref(object), |(_, cases)| cases)
            }
            Self::Json(_) | Self::Csv { .. } => &[],
        }
    }

    /// Where the cases stand: `cases` or `pools`, nothing before the index where the document is the list.
    pub(crate) fn place_of_cases(&self) -> &'static str {
        self.listed_under().map_or("", |(key, _)| key)
    }

    fn listed_under(&self) -> Option<(&'static str, &[Value])> {
        let Self::Json(Value::Object(map)) = self else { return None };
        ["cases", "pools"].into_iter().find_map(|key| Some((key, map.get(key)?.as_array()?.as_slice())))
    }

    /// Whether one case at least has all of these keys; a key may be a path such as `pool.amp`.
    ///
    /// One is enough: a file with a broken case is a broken file of its format, not an unknown one.
    pub(crate) fn some_case_has(&self, keys: &[&str]) -> bool {
        let has = |case: &Value, key: &str| key.split('.').try_fold(case, |at, part| at.get(part)).is_some();
        self.cases().iter().any(|case| keys.iter().all(|key| has(case, key)))
    }
}
