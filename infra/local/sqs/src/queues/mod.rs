//! The queues, operation by operation.

mod acknowledge;
mod admin;
mod describe;
mod receive;
mod scope;
mod send;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Transaction;

use crate::SqsError;
use crate::clock::{Clock, SystemClock};
use crate::database::Database;
use crate::name::QueueName;
use crate::wake::Bells;

pub use admin::ListQueues;
pub use describe::{MessageCounts, QueueDescription};
pub(crate) use scope::Scope;

/// Every queue of one SQLite file. A clone is cheap and shares the file.
///
/// Methods block for the length of one short transaction. All fail with `QueueDoesNotExist` for a queue that is not there, and with
/// `Storage` when the file fails.
#[derive(Clone)]
pub struct Queues {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    clock: Arc<dyn Clock>,
    bells: Bells,
}

impl Queues {
    /// Opens or makes the file. Its folder must exist.
    pub fn open(path: &Path) -> Result<Self, SqsError> {
        Self::open_with_clock(path, Arc::new(SystemClock))
    }

    /// Like [`Queues::open`], with the time from `clock`.
    pub fn open_with_clock(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, SqsError> {
        Ok(Self::new(Database::open(path)?, clock))
    }

    /// Queues that are gone with the last clone.
    pub fn in_memory() -> Result<Self, SqsError> {
        Self::in_memory_with_clock(Arc::new(SystemClock))
    }

    /// Like [`Queues::in_memory`], with the time from `clock`.
    pub fn in_memory_with_clock(clock: Arc<dyn Clock>) -> Result<Self, SqsError> {
        Ok(Self::new(Database::in_memory()?, clock))
    }

    fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { inner: Arc::new(Inner { database, clock, bells: Bells::default() }) }
    }

    /// Runs `work` on one queue, in one transaction.
    pub(crate) fn within<T>(
        &self,
        queue: &QueueName,
        work: impl FnOnce(&Scope<'_>) -> Result<T, SqsError>,
    ) -> Result<T, SqsError> {
        self.transaction(|transaction, now_ms| work(&Scope::find(transaction, queue, now_ms)?))
    }

    /// Runs `work` in one transaction, with the time at its start.
    pub(crate) fn transaction<T>(&self, work: impl FnOnce(&Transaction<'_>, i64) -> Result<T, SqsError>) -> Result<T, SqsError> {
        // The time is read under the lock: transactions see it in their order.
        self.inner.database.transaction(|transaction| work(transaction, self.inner.clock.now_ms()))
    }

    fn now_ms(&self) -> i64 {
        self.inner.clock.now_ms()
    }

    /// Wakes who waits on the queue. To be called after the transaction, so that they see what it did.
    pub(crate) fn ring(&self, queue: &QueueName) {
        self.inner.bells.ring(queue);
    }
}
