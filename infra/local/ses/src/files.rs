//! How the mailbox uses its directory.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

use uuid::Uuid;

use crate::mailbox::Mail;

/// Writes a file whole or not at all.
///
/// No `fsync`: a killed process loses nothing that reached the page cache, and
/// surviving a power cut is not asked of a local process.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".tmp");
    fs::write(&unfinished, bytes)?;
    fs::rename(&unfinished, path)
}

/// Reads every envelope and removes what a killed process left unfinished: its
/// sender never got an answer.
pub(crate) fn load(directory: &Path) -> io::Result<BTreeMap<Uuid, Mail>> {
    let mut mails = BTreeMap::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new("tmp")) {
            fs::remove_file(&path)?;
            continue;
        }
        let id = path.file_stem().and_then(OsStr::to_str).and_then(|name| name.parse().ok());
        let Some(id) = id else { continue };
        match path.extension().and_then(OsStr::to_str) {
            Some("json") => {
                mails.insert(id, serde_json::from_slice(&fs::read(&path)?)?);
            }
            Some("eml") if !path.with_extension("json").exists() => fs::remove_file(&path)?,
            _ => {}
        }
    }
    Ok(mails)
}
