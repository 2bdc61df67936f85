//! Vector files from disk.

use crate::failure::Failure;
use pegstress_verify::Document;
use std::fs;
use std::path::{Path, PathBuf};

/// A file to compare.
#[derive(Debug)]
pub(crate) struct VectorFile {
    /// Its name as the command line and the folders spell it.
    pub(crate) path: PathBuf,
    /// Whether the command line names it, and not only a folder that holds it.
    pub(crate) named: bool,
}

impl VectorFile {
    pub(crate) fn read(&self) -> Result<Document, Failure> {
        let text = fs::read_to_string(&self.path).map_err(|error| unreadable(&self.path, &error))?;
        Document::parse(&text).map_err(|error| unreadable(&self.path, &error))
    }
}

/// The vector files that `paths` name: files as they are, folders by their `*.json` and `*.csv` at any depth, sorted.
pub(crate) fn vector_files(paths: &[PathBuf]) -> Result<Vec<VectorFile>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let found = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if found.is_dir() {
            let mut below = Vec::new();
            walk(path, &mut below)?;
            below.sort();
            files.extend(below.into_iter().map(|path| VectorFile { path, named: false }));
        } else {
            files.push(VectorFile { path: path.clone(), named: true });
        }
    }
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(|error| unreadable(folder, &error))?);
        // A link to a folder is not followed: it could lead back here.
        if kind.is_dir() {
            walk(&path, files)?;
        } else if path.is_file() && path.extension().is_some_and(|end| end == "json" || end == "csv") {
            files.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Vectors { path: path.to_owned(), reason: error.to_string() }
}
