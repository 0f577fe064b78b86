//! What the process itself must remember: how far each function has read the stream, and where the clock stands.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, OptionalExtension, params};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS stream_positions (function TEXT PRIMARY KEY, sequence_number TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
";

/// A small SQLite file. Cheap to clone.
///
/// `synchronous = NORMAL`: a commit is in the hands of the system before it returns, so that the death of the process
/// loses nothing.
#[derive(Clone)]
pub(crate) struct State {
    connection: Arc<Mutex<Connection>>,
}

impl State {
    /// Opens or makes the file.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let open = || {
            let connection = Connection::open(path)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            connection.execute_batch(SCHEMA)?;
            Ok(connection)
        };
        let connection = open().map_err(|error: rusqlite::Error| format!("{}: {error}", path.display()))?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// The last record of the stream that the function is done with; `None` before the first.
    pub(crate) fn stream_position(&self, function: &str) -> Result<Option<String>, String> {
        self.connection()
            .query_row("SELECT sequence_number FROM stream_positions WHERE function = ?1", [function], |row| row.get(0))
            .optional()
            .map_err(readable)
    }

    /// Remembers what the function is done with.
    pub(crate) fn keep_stream_position(&self, function: &str, sequence_number: &str) -> Result<(), String> {
        self.connection()
            .execute("INSERT OR REPLACE INTO stream_positions VALUES (?1, ?2)", params![function, sequence_number])
            .map(drop)
            .map_err(readable)
    }

    /// How far the clock is ahead of the machine's.
    pub(crate) fn clock_offset_ms(&self) -> Result<i64, String> {
        let offset =
            self.connection().query_row("SELECT value FROM settings WHERE name = 'clock'", [], |row| row.get(0)).optional();
        offset.map(Option::unwrap_or_default).map_err(readable)
    }

    /// Remembers how far the clock is ahead.
    pub(crate) fn keep_clock_offset_ms(&self, offset: i64) -> Result<(), String> {
        let kept = self.connection().execute("INSERT OR REPLACE INTO settings VALUES ('clock', ?1)", [offset]);
        kept.map(drop).map_err(readable)
    }

    // Every use is one statement: a panic under the lock leaves nothing half done.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn readable(error: rusqlite::Error) -> String {
    format!("state.sqlite: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_reopening() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("state.sqlite");
        let state = State::open(&file).expect("opens");
        assert_eq!(state.stream_position("events-fan-out"), Ok(None));
        state.keep_stream_position("events-fan-out", "100000000000000000001").expect("kept");
        state.keep_stream_position("events-fan-out", "100000000000000000002").expect("kept");

        // The first is still open, as after a kill there is no goodbye either.
        let again = State::open(&file).expect("opens");
        assert_eq!(again.stream_position("events-fan-out"), Ok(Some("100000000000000000002".to_owned())));
        assert_eq!(again.stream_position("another"), Ok(None));
    }
}
