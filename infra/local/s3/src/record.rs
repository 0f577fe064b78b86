//! What is kept about an object besides its bytes.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use s3s::crypto::{Checksum, Sha256};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::digest::hex;

/// The shape of [`ObjectRecord`] that this crate writes.
pub(crate) const RECORD_VERSION: u32 = 1;

/// An object: its key, its headers and the blob that holds its bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ObjectRecord {
    /// [`RECORD_VERSION`] at the time of writing.
    pub(crate) version: u32,
    pub(crate) key: String,
    /// The name of the file in `blobs/`.
    pub(crate) blob: Uuid,
    /// In bytes.
    pub(crate) size: u64,
    /// Without quotes: the hex MD5, or `<md5 of md5s>-<parts>` after multipart.
    pub(crate) etag: String,
    pub(crate) modified: Timestamp,
    pub(crate) attributes: Attributes,
    /// Header name (`x-amz-checksum-…`) to base64 digest, as the writer asked.
    pub(crate) checksums: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// The headers a writer gave and every reader gets back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attributes {
    pub(crate) cache_control: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) content_type: Option<String>,
    /// `x-amz-meta-*`, without the prefix.
    pub(crate) metadata: Option<HashMap<String, String>>,
}

impl ObjectRecord {
    /// The name of the record's file. A digest rather than the key itself, so
    /// that any key is a legal file name and none can point outside the root.
    pub(crate) fn file_name(key: &str) -> String {
        format!("{}.json", hex(Sha256::checksum(key.as_bytes()).as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::ObjectRecord;

    #[test]
    fn any_key_is_one_plain_file_name() {
        let long_key = "k".repeat(1024);
        for key in ["../../etc/passwd", "/etc/passwd", "a/b", "..", "é\0", &long_key] {
            let name = ObjectRecord::file_name(key);
            assert_eq!(name.len(), 64 + ".json".len());
            assert!(!name.contains('/') && !name.contains(".."));
        }
    }
}
