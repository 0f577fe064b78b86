use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use s3s::dto::{ETag, ETagCondition};
use tempfile::TempDir;

use super::*;
use crate::notify::Created;
use crate::record::RECORD_VERSION;

const BUCKET: &str = "desk-files";

fn open(root: &Path) -> Store {
    Store::open(root.to_owned(), Arc::new(|| Timestamp::UNIX_EPOCH)).unwrap()
}

fn with_bucket() -> (TempDir, Store) {
    let root = TempDir::new().unwrap();
    let store = open(root.path());
    store.create_bucket(BUCKET).unwrap();
    (root, store)
}

/// A record whose blob says `content`.
fn record(store: &Store, key: &str, content: &str) -> ObjectRecord {
    let blob = store.new_id();
    fs::write(store.blobs(BUCKET).join(blob.to_string()), content).unwrap();
    ObjectRecord {
        version: RECORD_VERSION,
        key: key.to_owned(),
        blob,
        size: content.len() as u64,
        etag: format!("etag of {content}"),
        modified: store.now(),
        attributes: Default::default(),
        checksums: Default::default(),
        tags: Default::default(),
    }
}

fn put(store: &Store, key: &str, content: &str, when: &Precondition) -> Result<(), StoreError> {
    store.commit(BUCKET, record(store, key, content), when, CreatedBy::Put)
}

fn content(store: &Store, key: &str) -> String {
    let (_, file) = store.open_object(BUCKET, key).unwrap();
    std::io::read_to_string(file).unwrap()
}

fn blob_count(store: &Store) -> usize {
    fs::read_dir(store.blobs(BUCKET)).unwrap().count()
}

#[test]
fn objects_are_there_after_reopening() {
    let (root, store) = with_bucket();
    put(&store, "a", "1", &Precondition::default()).unwrap();
    put(&store, "a", "2", &Precondition::default()).unwrap();
    put(&store, "gone", "3", &Precondition::default()).unwrap();
    store.remove(BUCKET, "gone").unwrap();

    let reopened = open(root.path());
    assert_eq!(content(&reopened, "a"), "2");
    assert!(matches!(reopened.record(BUCKET, "gone"), Err(StoreError::NoSuchKey)));
    assert_eq!(blob_count(&reopened), 1);
}

#[test]
fn a_put_that_was_killed_leaves_the_old_object() {
    let (root, store) = with_bucket();
    put(&store, "a", "old", &Precondition::default()).unwrap();
    // What a kill between writing and renaming leaves: a blob that no record
    // names, and a record that is half written.
    let unfinished = record(&store, "a", "new");
    let half_written = store.record_path(BUCKET, "a").with_extension("tmp");
    fs::write(&half_written, "{\"version\":1,").unwrap();

    let reopened = open(root.path());
    assert_eq!(content(&reopened, "a"), "old");
    assert!(!half_written.exists());
    assert!(!store.blobs(BUCKET).join(unfinished.blob.to_string()).exists());
}

#[test]
fn a_bucket_that_was_not_finished_can_be_created_again() {
    let (root, store) = with_bucket();
    fs::remove_file(root.path().join(BUCKET).join("bucket.json")).unwrap();
    drop(store);
    let reopened = open(root.path());
    assert!(matches!(reopened.directory(BUCKET), Err(StoreError::NoSuchBucket)));
    reopened.create_bucket(BUCKET).unwrap();
}

#[test]
fn a_bucket_name_can_not_leave_the_root() {
    let (_root, store) = with_bucket();
    for name in ["../evil", "..", "a/b", "/tmp/evil", "Upper"] {
        assert!(matches!(store.create_bucket(name), Err(StoreError::InvalidBucketName)));
    }
    assert!(matches!(store.create_bucket(BUCKET), Err(StoreError::BucketExists)));
}

#[test]
fn only_an_empty_bucket_can_be_deleted() {
    let (_root, store) = with_bucket();
    put(&store, "a", "1", &Precondition::default()).unwrap();
    assert!(matches!(store.delete_bucket(BUCKET), Err(StoreError::BucketNotEmpty)));
    store.remove(BUCKET, "a").unwrap();
    store.delete_bucket(BUCKET).unwrap();
    assert!(matches!(store.directory(BUCKET), Err(StoreError::NoSuchBucket)));
}

#[test]
fn of_many_writers_that_want_a_new_object_one_wins() {
    let (_root, store) = with_bucket();
    let absent = Precondition { if_none_match: Some(ETagCondition::Any), ..Precondition::default() };
    let (store, absent) = (&store, &absent);
    let won: Vec<bool> = std::thread::scope(|scope| {
        let write = move |n: i32| put(store, "a", &n.to_string(), absent).is_ok();
        let threads: Vec<_> = (0..8).map(|n| scope.spawn(move || write(n))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(won.iter().filter(|won| **won).count(), 1);
}

#[test]
fn if_match_refuses_a_stale_etag_and_a_missing_object() {
    let (_root, store) = with_bucket();
    let etag = ETagCondition::ETag(ETag::Strong("etag of 1".to_owned()));
    let first = Precondition { if_match: Some(etag), ..Precondition::default() };
    assert!(matches!(put(&store, "a", "2", &first), Err(StoreError::NoSuchKey)));
    put(&store, "a", "1", &Precondition::default()).unwrap();
    put(&store, "a", "2", &first).unwrap();
    assert!(matches!(put(&store, "a", "3", &first), Err(StoreError::PreconditionFailed)));
    assert_eq!(content(&store, "a"), "2");
}

#[test]
fn an_open_object_stays_readable_when_it_is_replaced() {
    let (_root, store) = with_bucket();
    put(&store, "a", "old", &Precondition::default()).unwrap();
    let (_, file) = store.open_object(BUCKET, "a").unwrap();
    put(&store, "a", "new", &Precondition::default()).unwrap();
    assert_eq!(std::io::read_to_string(file).unwrap(), "old");
    assert_eq!(content(&store, "a"), "new");
}

/// A store that tells of what is below `in/`, and what it told; it cannot be told while the flag is set.
fn telling() -> (TempDir, Store, Arc<Mutex<Vec<Created>>>, Arc<AtomicBool>) {
    let (root, mut store) = with_bucket();
    let (told, deaf) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
    let (list, refuses) = (Arc::clone(&told), Arc::clone(&deaf));
    let notifier: Notifier = Arc::new(move |created: &Created| {
        if refuses.load(Ordering::Relaxed) {
            return Err("the queue is gone".to_owned());
        }
        list.lock().unwrap().push(created.clone());
        Ok(())
    });
    store.notify(BUCKET, "in/", notifier);
    (root, store, told, deaf)
}

#[tokio::test]
async fn objects_below_a_prefix_are_announced_in_order() {
    let (_root, store, told, _) = telling();
    store.create_bucket("other-files").unwrap();
    store.put(BUCKET, "in/a b", "hello").await.unwrap();
    store.put(BUCKET, "out/a", "hello").await.unwrap();
    store.put("other-files", "in/a", "hello").await.unwrap();
    store.put(BUCKET, "in/a b", "").await.unwrap();
    store.amend(BUCKET, "in/a b", |_| ()).unwrap();
    let told = told.lock().unwrap();
    let [first, second] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((first.bucket.as_str(), first.key.as_str(), first.size), (BUCKET, "in/a b", 5));
    assert_eq!(first.etag, "5d41402abc4b2a76b9719d911017c592");
    assert_eq!((first.by, first.time), (CreatedBy::Put, Timestamp::UNIX_EPOCH));
    assert!(first.sequencer < second.sequencer, "though the clock stands still");
}

#[tokio::test]
async fn what_cannot_be_announced_is_not_written() {
    let (root, store, told, deaf) = telling();
    store.put(BUCKET, "in/old", "1").await.unwrap();
    deaf.store(true, Ordering::Relaxed);
    for key in ["in/old", "in/new"] {
        assert!(matches!(store.put(BUCKET, key, "2").await, Err(StoreError::NotAnnounced(_))));
    }
    let unchanged = |store: &Store| {
        assert_eq!(content(store, "in/old"), "1");
        assert!(matches!(store.record(BUCKET, "in/new"), Err(StoreError::NoSuchKey)));
        assert_eq!(blob_count(store), 1);
    };
    unchanged(&store);
    unchanged(&open(root.path()));
    deaf.store(false, Ordering::Relaxed);
    let absent = Precondition { if_none_match: Some(ETagCondition::Any), ..Precondition::default() };
    put(&store, "in/new", "2", &absent).unwrap();
    assert_eq!(told.lock().unwrap().len(), 2);
}
