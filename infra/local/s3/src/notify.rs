//! Telling others of new objects, as S3 does with event notifications.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

use crate::record::ObjectRecord;

/// Is told of an object while its write is under way: it must not call the store. An error undoes the write, and the
/// writer is told to try again (503, `SlowDown`).
pub type Notifier = Arc<dyn Fn(&Created) -> Result<(), String> + Send + Sync>;

/// An object that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// How.
    pub by: CreatedBy,
    /// Where.
    pub bucket: String,
    /// Plain, not encoded.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// Without quotes.
    pub etag: String,
    /// When.
    pub time: Timestamp,
    /// Hexadecimal, and greater as text with every write to the store.
    pub sequencer: String,
}

/// How an object was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreatedBy {
    /// `PutObject`, and [`Store::put`](crate::Store::put).
    Put,
    /// A form, with a policy.
    Post,
    /// `CopyObject`
    Copy,
    /// `CompleteMultipartUpload`
    CompleteMultipartUpload,
}

impl CreatedBy {
    /// The name of the event, such as `ObjectCreated:Put`.
    #[must_use]
    pub const fn event_name(self) -> &'static str {
        match self {
            Self::Put => "ObjectCreated:Put",
            Self::Post => "ObjectCreated:Post",
            Self::Copy => "ObjectCreated:Copy",
            Self::CompleteMultipartUpload => "ObjectCreated:CompleteMultipartUpload",
        }
    }
}

/// Who is told of what.
#[derive(Default)]
pub(crate) struct Notifications {
    rules: Vec<Rule>,
    /// The last sequencer, in nanoseconds since 1970 unless the clock stood still.
    last: AtomicU64,
}

struct Rule {
    bucket: String,
    prefix: String,
    notifier: Notifier,
}

impl Notifications {
    pub(crate) fn add(&mut self, bucket: &str, prefix: &str, notifier: Notifier) {
        self.rules.push(Rule { bucket: bucket.to_owned(), prefix: prefix.to_owned(), notifier });
    }

    /// Tells everybody whom the object concerns, and stops at the first who cannot be told.
    pub(crate) fn tell(&self, by: CreatedBy, bucket: &str, record: &ObjectRecord) -> Result<(), String> {
        let concerned = |rule: &&Rule| rule.bucket == bucket && record.key.starts_with(&rule.prefix);
        let mut concerned = self.rules.iter().filter(concerned).peekable();
        if concerned.peek().is_none() {
            return Ok(());
        }
        let created = Created {
            by,
            bucket: bucket.to_owned(),
            key: record.key.clone(),
            size: record.size,
            etag: record.etag.clone(),
            time: record.modified,
            sequencer: self.next(record.modified),
        };
        concerned.try_for_each(|rule| (rule.notifier)(&created))
    }

    fn next(&self, now: Timestamp) -> String {
        let now = u64::try_from(now.as_nanosecond()).unwrap_or_default();
        let next = |last: u64| now.max(last.saturating_add(1));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
        format!("{:018X}", next(last.unwrap_or_else(|last| last)))
    }
}
