//! Files that appear whole or not at all.

use crate::failure::Failure;
use pegstress_report::{File, ReportError};
use std::io::Write;
use std::path::Path;

/// Writes a file under a temporary name beside its place and renames it.
pub(crate) fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = folder.join(name);
    let failed = |source| Failure::Io { path: path.clone(), source };
    let mut file = tempfile::Builder::new().prefix(".pegstress-").tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    readable_by_all(file.as_file()).map_err(failed)?;
    file.persist(&path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Writes every file of an answer about the scenario `name`.
pub(crate) fn write_all(
    folder: &Path,
    files: Result<Vec<File>, ReportError>,
    name: &str,
) -> Result<(), Failure> {
    for file in files.map_err(|error| Failure::Internal(format!("{name}: {error}")))? {
        write_whole(folder, &file.name, &file.bytes)?;
    }
    Ok(())
}

/// Temporary files are private; a report is meant to be read.
#[cfg(unix)]
fn readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

/// Makes sure that a folder exists and can be written to, before a long run.
pub(crate) fn prepare(folder: &Path) -> Result<(), Failure> {
    let failed = |source| Failure::Io { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    tempfile::Builder::new().prefix(".pegstress-").tempfile_in(folder).map_err(failed)?;
    Ok(())
}
