//! Small files written whole or not at all.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The suffix of a file that is not finished; such files are removed at open.
const UNFINISHED: &str = "tmp";

/// Writes `value` as JSON and renames it to `path`.
///
/// No `fsync`: a killed process loses nothing that reached the page cache, and
/// surviving a power cut is not asked of a local process.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let unfinished = path.with_extension(UNFINISHED);
    fs::write(&unfinished, serde_json::to_vec(value)?)?;
    fs::rename(&unfinished, path)
}

/// Reads a JSON file; one that does not parse is `InvalidData`.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    let bytes = fs::read(path)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display())))
}

/// The finished files and directories of a directory, in no order. Unfinished
/// ones are removed.
pub(crate) fn entries(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(UNFINISHED)) {
            fs::remove_file(&path)?;
            continue;
        }
        paths.push(path);
    }
    Ok(paths)
}

/// Removes a file that nothing refers to any more. A failure only wastes space
/// until the next open, so it is logged and not returned.
pub(crate) fn discard(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, "could not remove an unused file");
    }
}
