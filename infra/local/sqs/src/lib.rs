//! An SQS-compatible server on SQLite, for the local process.
//!
//! [`Queues`] holds every queue and message in one SQLite file and offers each SQS operation as a plain method, so that a caller in the
//! same process needs no HTTP. [`serve`] puts the AWS JSON 1.0 protocol in front of it for callers that use an AWS SDK.
//!
//! A committed message survives the death of the process: the file is in WAL mode and every call is one transaction.
//!
//! Deliberately left out: the query (XML) protocol, signatures and permissions, tags, encryption settings (stored, not acted on), the
//! in-flight limit of 120,000 messages, `ReceiveRequestAttemptId`, and the 60 second pauses after a purge or a deletion.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod attribute;
mod batch;
mod clock;
mod database;
mod digest;
mod error;
mod http;
mod message;
mod move_task;
mod name;
mod queues;
mod receipt;
mod settings;
mod settings_wire;
#[cfg(test)]
mod testing;
mod wake;

pub use attribute::{AttributeValue, MessageAttribute, MessageAttributes};
pub use batch::{BatchEntry, BatchFailure, BatchOutcome};
pub use clock::{Clock, SystemClock};
pub use error::SqsError;
pub use http::{router, serve};
pub use message::{ReceiveOptions, ReceivedMessage, SendMessage, SentMessage};
pub use move_task::MoveTask;
pub use name::{ACCOUNT, QueueName, REGION};
pub use queues::{ListQueues, MessageCounts, QueueDescription, Queues};
pub use receipt::ReceiptHandle;
pub use settings::{QueueChanges, QueueSettings, RedrivePolicy};
