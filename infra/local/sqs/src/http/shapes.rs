//! Shapes that several operations share.

use serde::{Deserialize, Serialize};

use super::error;
use crate::SqsError;
use crate::batch::{BatchEntry, BatchFailure, BatchOutcome};
use crate::name::QueueName;

/// An answer that says nothing.
#[derive(Serialize)]
pub(super) struct Empty {}

/// A request that names a queue and nothing else.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfQueue {
    #[serde(default)]
    pub(super) queue_url: String,
}

impl OfQueue {
    pub(super) fn name(&self) -> Result<QueueName, SqsError> {
        QueueName::from_url(&self.queue_url)
    }
}

/// A request on a batch.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", bound = "E: Deserialize<'de>")]
pub(super) struct BatchRequest<E> {
    #[serde(flatten)]
    pub(super) queue: OfQueue,
    #[serde(default = "Vec::new")]
    pub(super) entries: Vec<BatchRequestEntry<E>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BatchRequestEntry<E> {
    #[serde(default)]
    id: String,
    #[serde(flatten)]
    entry: E,
}

impl<E> BatchRequest<E> {
    /// The queue, and the entries as the queues take them.
    pub(super) fn open<T>(self, convert: impl Fn(E) -> T) -> Result<(QueueName, Vec<BatchEntry<T>>), SqsError> {
        let entries = self.entries.into_iter().map(|e| BatchEntry::new(e.id, convert(e.entry))).collect();
        Ok((self.queue.name()?, entries))
    }
}

/// The answer to a batch.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BatchResponse<S> {
    successful: Vec<BatchResponseEntry<S>>,
    /// Left out when empty, as by SQS.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<BatchErrorEntry>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchResponseEntry<S> {
    id: String,
    #[serde(flatten)]
    item: S,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchErrorEntry {
    id: String,
    code: &'static str,
    message: String,
    sender_fault: bool,
}

impl<S> BatchResponse<S> {
    pub(super) fn new<T>(outcome: BatchOutcome<T>, convert: impl Fn(T) -> S) -> Self {
        let successful = outcome.successful.into_iter();
        Self {
            successful: successful.map(|done| BatchResponseEntry { id: done.id, item: convert(done.item) }).collect(),
            failed: outcome.failed.into_iter().map(BatchErrorEntry::from).collect(),
        }
    }
}

impl From<BatchFailure> for BatchErrorEntry {
    fn from(failure: BatchFailure) -> Self {
        Self {
            id: failure.id,
            code: error::code_of(&failure.error),
            message: failure.error.to_string(),
            sender_fault: error::is_senders_fault(&failure.error),
        }
    }
}
