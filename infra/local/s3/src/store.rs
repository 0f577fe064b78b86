//! The buckets: an index in memory over records and blobs on disk.
//!
//! ```text
//! <root>/<bucket>/bucket.json          makes the bucket exist
//!                 records/<digest>.json  makes an object exist, names its blob
//!                 blobs/<uuid>           bytes; without a record: rubbish
//!                 uploads/<uuid>/        a multipart upload under way
//! ```

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use s3s::Body;
use s3s::dto::StreamingBlob;
use s3s::path::check_bucket_name;
use serde::{Deserialize, Serialize};
use uuid::{NoContext, Uuid};

use crate::blob::PendingBlob;
use crate::digest::{Claims, hex};
use crate::error::StoreError;
use crate::files::{discard, entries, read_json, write_json};
use crate::notify::{CreatedBy, Notifications, Notifier};
use crate::precondition::Precondition;
use crate::record::{Attributes, ObjectRecord, RECORD_VERSION};

/// Tells the time; the caller's, so that tests can hold it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The objects of one bucket, in key order.
pub(crate) type Objects = BTreeMap<String, Arc<ObjectRecord>>;

/// Buckets and objects below one directory.
///
/// Only one store may be open on a directory at a time.
pub struct Store {
    root: PathBuf,
    clock: Clock,
    notifications: Notifications,
    buckets: RwLock<BTreeMap<String, Bucket>>,
}

/// A bucket in memory.
struct Bucket {
    created: Timestamp,
    objects: Objects,
}

/// `bucket.json`.
#[derive(Serialize, Deserialize)]
struct BucketRecord {
    created: Timestamp,
}

impl Store {
    /// Opens the store below `root`, which is created if missing. Reads every
    /// record, and removes blobs that a killed process left without one.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk fails or a record does not parse.
    pub fn open(root: PathBuf, clock: Clock) -> Result<Self, StoreError> {
        fs::create_dir_all(&root)?;
        let mut buckets = BTreeMap::new();
        for directory in entries(&root)? {
            let name = directory.file_name().and_then(|name| name.to_str());
            let Some(name) = name.filter(|name| check_bucket_name(name)) else { continue };
            if !directory.join("bucket.json").exists() {
                continue;
            }
            buckets.insert(name.to_owned(), load(&directory)?);
        }
        Ok(Self { root, clock, notifications: Notifications::default(), buckets: RwLock::new(buckets) })
    }

    /// Has `notifier` told of every object that is written to `bucket` below `prefix`, before the writer is answered.
    pub fn notify(&mut self, bucket: &str, prefix: &str, notifier: Notifier) {
        self.notifications.add(bucket, prefix, notifier);
    }

    /// Writes an object as `PutObject` does, notifications included.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::NotAnnounced`] or [`StoreError::Io`]; the object is not there then.
    pub async fn put(&self, bucket: &str, key: &str, content: impl Into<Bytes> + Send) -> Result<(), StoreError> {
        self.directory(bucket)?;
        let body = StreamingBlob::from(Body::from(content.into()));
        let claims = Claims::new(HeaderMap::new(), None, None);
        let received = PendingBlob::receive(&self.blobs(bucket), self.new_id(), Some(body), claims).await;
        let (blob, digests) = received.map_err(std::io::Error::other)?;
        let record = ObjectRecord {
            version: RECORD_VERSION,
            key: key.to_owned(),
            blob: blob.id,
            size: blob.size,
            etag: hex(&digests.md5),
            modified: self.now(),
            attributes: Attributes::default(),
            checksums: BTreeMap::new(),
            tags: BTreeMap::new(),
        };
        self.commit(bucket, record, &Precondition::default(), CreatedBy::Put)?;
        blob.keep();
        Ok(())
    }

    /// Creates an empty bucket.
    ///
    /// # Errors
    /// [`StoreError::InvalidBucketName`], [`StoreError::BucketExists`] or
    /// [`StoreError::Io`].
    pub fn create_bucket(&self, name: &str) -> Result<(), StoreError> {
        if !check_bucket_name(name) {
            return Err(StoreError::InvalidBucketName);
        }
        let mut buckets = self.write();
        if buckets.contains_key(name) {
            return Err(StoreError::BucketExists);
        }
        let directory = self.root.join(name);
        for part in ["records", "blobs", "uploads"] {
            fs::create_dir_all(directory.join(part))?;
        }
        let created = self.now();
        write_json(&directory.join("bucket.json"), &BucketRecord { created })?;
        buckets.insert(name.to_owned(), Bucket { created, objects: Objects::new() });
        Ok(())
    }

    pub(crate) fn delete_bucket(&self, name: &str) -> Result<(), StoreError> {
        let mut buckets = self.write();
        let bucket = buckets.get(name).ok_or(StoreError::NoSuchBucket)?;
        if !bucket.objects.is_empty() {
            return Err(StoreError::BucketNotEmpty);
        }
        let directory = self.root.join(name);
        fs::remove_file(directory.join("bucket.json"))?;
        buckets.remove(name);
        fs::remove_dir_all(directory)?;
        Ok(())
    }

    /// Names and creation times, in name order.
    pub(crate) fn bucket_names(&self) -> Vec<(String, Timestamp)> {
        self.read().iter().map(|(name, bucket)| (name.clone(), bucket.created)).collect()
    }

    /// The directory of an existing bucket.
    pub(crate) fn directory(&self, bucket: &str) -> Result<PathBuf, StoreError> {
        self.with_objects(bucket, |_| self.root.join(bucket))
    }

    /// Looks at the objects of a bucket while nothing changes them.
    pub(crate) fn with_objects<T>(&self, bucket: &str, look: impl FnOnce(&Objects) -> T) -> Result<T, StoreError> {
        let buckets = self.read();
        let bucket = buckets.get(bucket).ok_or(StoreError::NoSuchBucket)?;
        Ok(look(&bucket.objects))
    }

    pub(crate) fn record(&self, bucket: &str, key: &str) -> Result<Arc<ObjectRecord>, StoreError> {
        self.with_objects(bucket, |objects| objects.get(key).cloned())?.ok_or(StoreError::NoSuchKey)
    }

    /// The record and its blob. The blob is opened under the lock, so that an
    /// overwrite can't remove it in between; once open it stays readable.
    pub(crate) fn open_object(&self, bucket: &str, key: &str) -> Result<(Arc<ObjectRecord>, fs::File), StoreError> {
        self.with_objects(bucket, |objects| {
            let record = objects.get(key).ok_or(StoreError::NoSuchKey)?;
            let blob = fs::File::open(self.blobs(bucket).join(record.blob.to_string()))?;
            Ok((Arc::clone(record), blob))
        })?
    }

    /// Makes `record` the object at its key if `precondition` holds, in one
    /// step that no other write can come between. Nobody sees the object before
    /// everybody is told of it; if that fails, what was there before is back,
    /// so that a writer who asked for an empty place can try again. (A kill in
    /// between leaves an object that its writer got no answer for.)
    pub(crate) fn commit(
        &self,
        bucket: &str,
        record: ObjectRecord,
        precondition: &Precondition,
        by: CreatedBy,
    ) -> Result<(), StoreError> {
        let mut buckets = self.write();
        let objects = &mut buckets.get_mut(bucket).ok_or(StoreError::NoSuchBucket)?.objects;
        let before = objects.get(&record.key).map(Arc::as_ref);
        precondition.check(before)?;
        let path = self.record_path(bucket, &record.key);
        write_json(&path, &record)?;
        if let Err(error) = self.notifications.tell(by, bucket, &record) {
            match before {
                Some(before) => write_json(&path, before)?,
                None => fs::remove_file(&path)?,
            }
            return Err(StoreError::NotAnnounced(error));
        }
        let blob = record.blob;
        let replaced = objects.insert(record.key.clone(), Arc::new(record));
        if let Some(replaced) = replaced.filter(|replaced| replaced.blob != blob) {
            discard(&self.blobs(bucket).join(replaced.blob.to_string()));
        }
        Ok(())
    }

    /// Changes an existing object's record; its blob stays.
    pub(crate) fn amend(&self, bucket: &str, key: &str, change: impl FnOnce(&mut ObjectRecord)) -> Result<(), StoreError> {
        let mut buckets = self.write();
        let objects = &mut buckets.get_mut(bucket).ok_or(StoreError::NoSuchBucket)?.objects;
        let mut record = ObjectRecord::clone(objects.get(key).ok_or(StoreError::NoSuchKey)?);
        change(&mut record);
        write_json(&self.record_path(bucket, key), &record)?;
        objects.insert(key.to_owned(), Arc::new(record));
        Ok(())
    }

    /// Removes an object; a missing one is no error, as on S3.
    pub(crate) fn remove(&self, bucket: &str, key: &str) -> Result<(), StoreError> {
        let mut buckets = self.write();
        let objects = &mut buckets.get_mut(bucket).ok_or(StoreError::NoSuchBucket)?.objects;
        if !objects.contains_key(key) {
            return Ok(());
        }
        fs::remove_file(self.record_path(bucket, key))?;
        if let Some(removed) = objects.remove(key) {
            discard(&self.blobs(bucket).join(removed.blob.to_string()));
        }
        Ok(())
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// A new id for a blob or an upload, in the order of the clock.
    pub(crate) fn new_id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
    }

    /// Where the blobs of a bucket are, whether or not it exists.
    pub(crate) fn blobs(&self, bucket: &str) -> PathBuf {
        self.root.join(bucket).join("blobs")
    }

    fn record_path(&self, bucket: &str, key: &str) -> PathBuf {
        self.root.join(bucket).join("records").join(ObjectRecord::file_name(key))
    }

    // A panic under the lock leaves the index whole: it is changed last.
    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Bucket>> {
        self.buckets.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Bucket>> {
        self.buckets.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn load(directory: &Path) -> Result<Bucket, StoreError> {
    let BucketRecord { created } = read_json(&directory.join("bucket.json"))?;
    let mut objects = Objects::new();
    let mut named = HashSet::new();
    for path in entries(&directory.join("records"))? {
        let record: ObjectRecord = read_json(&path)?;
        named.insert(record.blob.to_string());
        objects.insert(record.key.clone(), Arc::new(record));
    }
    for path in entries(&directory.join("blobs"))? {
        let name = path.file_name().and_then(|name| name.to_str());
        if !name.is_some_and(|name| named.contains(name)) {
            discard(&path);
        }
    }
    Ok(Bucket { created, objects })
}
