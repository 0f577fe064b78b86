//! Multipart uploads under way: a directory each, a file for each part.
//!
//! ```text
//! uploads/<id>/upload.json     makes the upload exist
//!              <number>.<md5>  a part that arrived whole
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::blob::PendingBlob;
use crate::error::StoreError;
use crate::files::{discard, entries, read_json, write_json};
use crate::record::Attributes;

/// `upload.json`: what the object will be.
#[derive(Serialize, Deserialize)]
pub(crate) struct UploadRecord {
    pub(crate) key: String,
    pub(crate) attributes: Attributes,
    pub(crate) tags: BTreeMap<String, String>,
}

/// An upload that was started and neither completed nor aborted.
pub(crate) struct Upload {
    pub(crate) directory: PathBuf,
    pub(crate) record: UploadRecord,
}

/// A part that arrived whole.
pub(crate) struct Part {
    pub(crate) path: PathBuf,
    /// Hex MD5, which is the part's ETag.
    pub(crate) md5: String,
}

impl Upload {
    /// Starts an upload in the bucket's directory.
    pub(crate) fn start(bucket: &Path, id: Uuid, record: &UploadRecord) -> Result<(), StoreError> {
        let directory = bucket.join("uploads").join(id.to_string());
        fs::create_dir(&directory)?;
        Ok(write_json(&directory.join("upload.json"), record)?)
    }

    /// Finds an upload by the id that a client gave, which may be anything.
    pub(crate) fn find(bucket: &Path, id: &str, key: &str) -> Result<Self, StoreError> {
        let id = Uuid::parse_str(id).map_err(|_| StoreError::NoSuchUpload)?;
        let directory = bucket.join("uploads").join(id.to_string());
        let path = directory.join("upload.json");
        if !path.exists() {
            return Err(StoreError::NoSuchUpload);
        }
        let record: UploadRecord = read_json(&path)?;
        if record.key != key {
            return Err(StoreError::NoSuchUpload);
        }
        Ok(Self { directory, record })
    }

    /// Keeps a part; one with the same number is replaced.
    pub(crate) fn keep_part(&self, number: i32, md5: &str, blob: PendingBlob) -> Result<(), StoreError> {
        let replaced = self.parts()?.remove(&number);
        let path = self.directory.join(format!("{number}.{md5}"));
        blob.keep_as(&path)?;
        if let Some(replaced) = replaced.filter(|part| part.path != path) {
            discard(&replaced.path);
        }
        Ok(())
    }

    /// The parts that arrived, by number.
    pub(crate) fn parts(&self) -> Result<BTreeMap<i32, Part>, StoreError> {
        let mut parts = BTreeMap::new();
        for path in entries(&self.directory)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some((number, md5)) = name.split_once('.') else { continue };
            let Ok(number) = number.parse() else { continue };
            let md5 = md5.to_owned();
            parts.insert(number, Part { path, md5 });
        }
        Ok(parts)
    }

    /// Ends the upload, whether it was completed or aborted.
    pub(crate) fn end(self) -> Result<(), StoreError> {
        fs::remove_file(self.directory.join("upload.json"))?;
        Ok(fs::remove_dir_all(self.directory)?)
    }
}
