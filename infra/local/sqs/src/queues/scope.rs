//! One queue within one transaction: what the operations are made of.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use crate::SqsError;
use crate::name::QueueName;
use crate::settings::QueueSettings;

/// A queue, the transaction it was read in, and the time of that transaction.
pub(crate) struct Scope<'t> {
    pub(crate) transaction: &'t Transaction<'t>,
    pub(crate) now_ms: i64,
    pub(crate) id: i64,
    pub(crate) name: QueueName,
    pub(crate) settings: QueueSettings,
    pub(crate) created_ms: i64,
    pub(crate) modified_ms: i64,
}

impl<'t> Scope<'t> {
    /// Reads the queue. Fails with `QueueDoesNotExist`.
    pub(crate) fn find(transaction: &'t Transaction<'t>, name: &QueueName, now_ms: i64) -> Result<Self, SqsError> {
        Self::find_optional(transaction, name, now_ms)?.ok_or(SqsError::QueueDoesNotExist)
    }

    /// Reads the queue if it is there.
    pub(crate) fn find_optional(
        transaction: &'t Transaction<'t>,
        name: &QueueName,
        now_ms: i64,
    ) -> Result<Option<Self>, SqsError> {
        let mut statement =
            transaction.prepare_cached("SELECT id, settings, created_ms, modified_ms FROM queues WHERE name = ?1")?;
        let found = statement
            .query_row(params![name.as_str()], |row| {
                Ok(Self {
                    transaction,
                    now_ms,
                    id: row.get(0)?,
                    name: name.clone(),
                    settings: json(row, 1)?,
                    created_ms: row.get(2)?,
                    modified_ms: row.get(3)?,
                })
            })
            .optional()?;
        Ok(found)
    }

    /// Deletes messages past their retention, and deduplication ids past their five minutes.
    pub(crate) fn sweep(&self) -> Result<(), SqsError> {
        let oldest_kept_ms = self.now_ms - i64::from(self.settings.retention_s) * 1000;
        self.execute(
            "DELETE FROM messages INDEXED BY messages_by_age WHERE queue_id = ?1 AND retained_from_ms <= ?2",
            params![self.id, oldest_kept_ms],
        )?;
        self.execute("DELETE FROM deduplications WHERE expires_ms <= ?1", params![self.now_ms])?;
        Ok(())
    }

    /// Runs a statement; gives the number of rows it changed.
    pub(crate) fn execute(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<usize, SqsError> {
        Ok(self.transaction.prepare_cached(sql)?.execute(parameters)?)
    }
}

/// Reads a column that holds JSON.
pub(crate) fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e)))
}

/// Writes what a column of JSON holds.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, SqsError> {
    serde_json::to_string(value).map_err(|e| SqsError::Storage(Box::new(e)))
}
