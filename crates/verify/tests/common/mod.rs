//! The files below `fixtures/`.

use pegstress_verify::Document;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Every JSON and CSV file below the folder.
pub(crate) fn vector_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(vector_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json" || extension == "csv") {
            files.push(path);
        }
    }
    files
}

pub(crate) fn document(path: &Path) -> Document {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Document::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
