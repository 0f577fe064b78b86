//! The SQLite file: its schema, and transactions on it.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::SqsError;

/// The version of the schema below, kept in the `user_version` of the file.
const VERSION: i64 = 1;

/// Statements kept prepared; more than this crate has.
const STATEMENT_CACHE: usize = 64;

/// `AUTOINCREMENT` because row ids are in receipt handles and sequence numbers and must never come back.
///
/// The indexes, in order: what is receivable and what becomes so next; the order of a FIFO queue; what is to expire; what to forget.
const SCHEMA: &str = "
CREATE TABLE queues (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL
);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue_id INTEGER NOT NULL REFERENCES queues(id) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,
    trace_header TEXT,
    group_id TEXT,
    deduplication_id TEXT,
    sent_ms INTEGER NOT NULL,
    retained_from_ms INTEGER NOT NULL,
    visible_ms INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0,
    first_received_ms INTEGER,
    dead_letter_source TEXT
);
CREATE INDEX messages_by_visibility ON messages(queue_id, visible_ms);
CREATE INDEX messages_in_order ON messages(queue_id) WHERE group_id IS NOT NULL;
CREATE INDEX messages_by_age ON messages(queue_id, retained_from_ms);
CREATE TABLE deduplications (
    queue_id INTEGER NOT NULL REFERENCES queues(id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    message_id TEXT NOT NULL,
    message_row INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (queue_id, key)
) WITHOUT ROWID;
CREATE INDEX deduplications_by_expiry ON deduplications(expires_ms);
CREATE TABLE move_tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    destination TEXT,
    moved INTEGER NOT NULL,
    started_ms INTEGER NOT NULL
);
";

/// One connection. SQLite has one writer at a time anyway, and calls are short.
pub(crate) struct Database {
    connection: Mutex<Connection>,
}

impl Database {
    /// Opens or makes the file. Its folder must exist.
    pub(crate) fn open(path: &Path) -> Result<Self, SqsError> {
        Self::prepare(Connection::open(path)?)
    }

    /// A database that is gone when it is dropped.
    pub(crate) fn in_memory() -> Result<Self, SqsError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    /// A commit is in the WAL file, in the hands of the system, before it returns: the death of the process loses nothing. `NORMAL`
    /// saves the flush to the disk, which only matters when the machine loses power.
    fn prepare(mut connection: Connection) -> Result<Self, SqsError> {
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
        migrate(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Runs `work` in one transaction that holds the write lock; an error takes everything back.
    pub(crate) fn transaction<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, SqsError>) -> Result<T, SqsError> {
        // A panic inside `work` dropped the transaction, which rolled it back: the connection is sound.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

fn migrate(connection: &mut Connection) -> Result<(), SqsError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        VERSION => return Ok(()),
        0 => transaction.execute_batch(SCHEMA)?,
        newer => return Err(SqsError::Storage(format!("the file has version {newer}, this program knows {VERSION}").into())),
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count_queues(database: &Database) -> i64 {
        database.transaction(|t| Ok(t.query_row("SELECT COUNT(*) FROM queues", [], |row| row.get(0))?)).unwrap()
    }

    #[test]
    fn an_error_takes_the_transaction_back() {
        let database = Database::in_memory().unwrap();
        let outcome: Result<(), _> = database.transaction(|t| {
            t.execute("INSERT INTO queues (name, settings, created_ms, modified_ms) VALUES ('q', '{}', 0, 0)", [])?;
            Err(SqsError::QueueDoesNotExist)
        });
        assert!(outcome.is_err());
        assert_eq!(count_queues(&database), 0);
    }

    #[test]
    fn a_file_of_a_later_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("q.sqlite");
        let database = Database::open(&path).unwrap();
        database.transaction(|t| Ok(t.pragma_update(None, "user_version", VERSION + 1)?)).unwrap();
        drop(database);
        assert!(matches!(Database::open(&path), Err(SqsError::Storage(_))));
    }
}
