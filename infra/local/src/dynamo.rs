//! DynamoDB: `dynoxide` on a file, and what it leaves to whoever embeds it.
//!
//! dynoxide 3.2 keeps every stream record for ever and finds its way among them by reading all: with 100,000 records each
//! *write* to the table takes 58 ms and each read of the stream 93 ms. A second connection to the same file therefore adds
//! two indexes (0.1 ms and 0.3 ms) and removes delivered records. It also tells without a query whether anything was
//! written, and finds what has expired by an index, by the clock of the process; dynoxide's own sweep reads the whole
//! table, by the machine's clock.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use dynoxide::{
    Database,
    actions::{get_records::GetRecordsRequest, get_records::Record, get_shard_iterator::GetShardIteratorRequest},
};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde_json::json;

/// The table of the desk.
pub(crate) const TABLE: &str = "lambdesk";
/// Delivered stream records that stay, for people who look into the stream.
const KEPT_RECORDS: i64 = 10_000;
/// Records and items that are removed under one hold of the write lock.
const CHUNK: i64 = 500;
/// A public sequence number is the stored one and this.
const SEQUENCE_OFFSET: u128 = 100_000_000_000_000_000_000;

const INDEXES: &str = "
CREATE INDEX IF NOT EXISTS lambdesk_stream_reads
    ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));
CREATE INDEX IF NOT EXISTS lambdesk_stream_end
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
CREATE INDEX IF NOT EXISTS lambdesk_expiry
    ON lambdesk (CAST(json_extract(item_json, '$.expires_at.N') AS INTEGER))
    WHERE json_extract(item_json, '$.expires_at.N') IS NOT NULL;
";
const EXPIRED: &str = "
SELECT json_extract(item_json, '$.pk.S'), json_extract(item_json, '$.sk.S') FROM lambdesk
WHERE json_extract(item_json, '$.expires_at.N') IS NOT NULL
  AND CAST(json_extract(item_json, '$.expires_at.N') AS INTEGER) <= ?1
LIMIT ?2";
const TRIM: &str = "
DELETE FROM _stream_records WHERE id IN (
    SELECT id FROM _stream_records
    WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2
      AND CAST(sequence_number AS INTEGER) < (
        SELECT CAST(sequence_number AS INTEGER) FROM _stream_records WHERE table_name = ?1
        ORDER BY CAST(sequence_number AS INTEGER) DESC LIMIT 1 OFFSET ?3)
    ORDER BY CAST(sequence_number AS INTEGER) LIMIT ?4)";

/// The database with a second connection to its file.
pub(crate) struct Dynamo {
    database: Database,
    upkeep: Mutex<Connection>,
}

impl Dynamo {
    /// Opens or makes the file.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let wrong = |error: String| format!("{}: {error}", path.display());
        let database = Database::new(&path.to_string_lossy()).map_err(|error| wrong(error.to_string()))?;
        // dynoxide's name for `synchronous = NORMAL` with a small cache: a commit survives the death of the process, and is
        // not flushed to the disk each time for the death of the machine.
        database.disable_bulk_loading().map_err(|error| wrong(error.to_string()))?;
        let upkeep = Connection::open(path).map_err(|error| wrong(error.to_string()))?;
        let settings =
            upkeep.busy_timeout(Duration::from_secs(5)).and_then(|()| upkeep.pragma_update(None, "synchronous", "NORMAL"));
        settings.map_err(|error| wrong(error.to_string()))?;
        Ok(Self { database, upkeep: Mutex::new(upkeep) })
    }

    /// The database, to be served.
    pub(crate) fn database(&self) -> Database {
        self.database.clone()
    }

    /// Adds the indexes, once the table is there.
    pub(crate) fn add_indexes(&self) -> Result<(), String> {
        self.upkeep().execute_batch(INDEXES).map_err(readable)
    }

    /// A number that changes whenever something was written. Costs a few microseconds.
    pub(crate) fn version(&self) -> Result<i64, String> {
        self.upkeep().query_row("PRAGMA data_version", [], |row| row.get(0)).map_err(readable)
    }

    /// The ARN of the table's stream.
    pub(crate) fn stream_arn(&self) -> Result<String, String> {
        let request = serde_json::from_value(json!({ "TableName": TABLE })).map_err(|error| error.to_string())?;
        let streams = self.database.list_streams(request).map_err(|error| error.to_string())?.streams;
        streams.into_iter().next().map(|stream| stream.stream_arn).ok_or_else(|| "the table has no stream".to_owned())
    }

    /// The stream's records after a position, oldest first.
    pub(crate) fn records_after(&self, arn: &str, position: Option<&str>, limit: usize) -> Result<Vec<Record>, String> {
        let iterator = GetShardIteratorRequest {
            stream_arn: arn.to_owned(),
            shard_id: dynoxide::streams::shard_id(TABLE),
            shard_iterator_type: if position.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" }.to_owned(),
            sequence_number: position.map(str::to_owned),
        };
        let iterator = self.database.get_shard_iterator(iterator).map_err(|error| error.to_string())?;
        let shard_iterator = iterator.shard_iterator.unwrap_or_default();
        let records = self.database.get_records(GetRecordsRequest { shard_iterator, limit: Some(limit) });
        records.map(|records| records.records).map_err(|error| error.to_string())
    }

    /// Removes a chunk of records up to a position, beyond those that are kept to look at; answers whether there are more.
    pub(crate) fn trim(&self, position: &str) -> Result<bool, String> {
        let stored = position.parse::<u128>().ok().and_then(|public| public.checked_sub(SEQUENCE_OFFSET));
        let Some(stored) = stored.and_then(|stored| i64::try_from(stored).ok()) else { return Ok(false) };
        let removed = self.upkeep().execute(TRIM, params![TABLE, stored, KEPT_RECORDS, CHUNK]).map_err(readable)?;
        Ok(i64::try_from(removed) == Ok(CHUNK))
    }

    /// Deletes a chunk of items whose time is over, as DynamoDB's TTL does; answers whether there are more.
    pub(crate) fn sweep(&self, now: Timestamp) -> Result<bool, String> {
        let keys = self.expired(now).map_err(readable)?;
        for (pk, sk) in &keys {
            // The condition, because the item may have been given more time since.
            let request = serde_json::from_value(json!({
                "TableName": TABLE,
                "Key": { "pk": { "S": pk }, "sk": { "S": sk } },
                "ConditionExpression": "expires_at <= :now",
                "ExpressionAttributeValues": { ":now": { "N": now.as_second().to_string() } },
            }));
            let deleted = self.database.delete_item(request.map_err(|error| error.to_string())?);
            if let Err(error) = deleted
                && !matches!(error, dynoxide::DynoxideError::ConditionalCheckFailedException(..))
            {
                return Err(error.to_string());
            }
        }
        Ok(i64::try_from(keys.len()) == Ok(CHUNK))
    }

    fn expired(&self, now: Timestamp) -> rusqlite::Result<Vec<(String, String)>> {
        let connection = self.upkeep();
        let mut statement = connection.prepare_cached(EXPIRED)?;
        let rows = statement.query_map(params![now.as_second(), CHUNK], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    }

    // Every use is one statement: a panic under the lock leaves nothing half done.
    fn upkeep(&self) -> MutexGuard<'_, Connection> {
        self.upkeep.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn readable(error: rusqlite::Error) -> String {
    format!("dynamodb.sqlite: {error}")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A table with a stream, and nothing else of the desk's.
    pub(crate) fn table(directory: &Path) -> Dynamo {
        let dynamo = Dynamo::open(&directory.join("dynamodb.sqlite")).expect("opens");
        let request = json!({
            "TableName": TABLE,
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }, { "AttributeName": "sk", "KeyType": "RANGE" }],
            "AttributeDefinitions": [
                { "AttributeName": "pk", "AttributeType": "S" },
                { "AttributeName": "sk", "AttributeType": "S" },
            ],
            "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" },
        });
        dynamo.database.create_table(serde_json::from_value(request).expect("a request")).expect("created");
        dynamo.add_indexes().expect("indexes");
        dynamo
    }

    /// Writes an item.
    pub(crate) fn put(dynamo: &Dynamo, sk: usize, expires_at: Option<i64>) {
        let mut item = json!({ "pk": { "S": "p" }, "sk": { "S": sk.to_string() } });
        if let Some(at) = expires_at {
            item["expires_at"] = json!({ "N": at.to_string() });
        }
        let request = json!({ "TableName": TABLE, "Item": item });
        dynamo.database.put_item(serde_json::from_value(request).expect("a request")).expect("put");
    }

    #[test]
    fn the_stream_is_read_on_from_any_position() {
        let directory = tempfile::tempdir().expect("a directory");
        let dynamo = table(directory.path());
        let arn = dynamo.stream_arn().expect("a stream");
        let before = dynamo.version().expect("a version");
        (0..5).for_each(|n| put(&dynamo, n, None));
        assert_ne!(dynamo.version().expect("a version"), before, "a write shows");

        let first = dynamo.records_after(&arn, None, 2).expect("records");
        assert_eq!(first.len(), 2);
        let position = first[1].dynamodb.sequence_number.as_str();
        assert_eq!(dynamo.records_after(&arn, Some(position), 100).expect("records").len(), 3);
    }

    #[test]
    fn delivered_records_go_and_others_stay() {
        let directory = tempfile::tempdir().expect("a directory");
        let dynamo = table(directory.path());
        let arn = dynamo.stream_arn().expect("a stream");
        let kept = usize::try_from(KEPT_RECORDS).expect("fits");
        dynamo.upkeep().execute_batch("BEGIN").expect("begins");
        for n in 0..kept + 700 {
            let insert = "INSERT INTO _stream_records (table_name, event_name, keys_json, sequence_number, shard_id, created_at)
                          VALUES (?1, 'INSERT', '{}', ?2, ?3, 0)";
            let shard = dynoxide::streams::shard_id(TABLE);
            dynamo.upkeep().execute(insert, params![TABLE, (1_000_000 + n).to_string(), shard]).expect("inserted");
        }
        dynamo.upkeep().execute_batch("COMMIT").expect("commits");
        let count = || {
            dynamo.upkeep().query_row("SELECT count(*) FROM _stream_records", [], |row| row.get::<_, i64>(0)).expect("a count")
        };
        let position = |n: u128| (SEQUENCE_OFFSET + n).to_string();

        assert_eq!(dynamo.trim(&position(1_000_009)), Ok(false));
        assert_eq!(count(), KEPT_RECORDS + 690, "only what was delivered");
        assert_eq!(dynamo.records_after(&arn, None, 1).expect("records")[0].dynamodb.sequence_number, position(1_000_010));

        assert_eq!(dynamo.trim(&position(9_000_000)), Ok(true));
        assert_eq!(dynamo.trim(&position(9_000_000)), Ok(false));
        assert_eq!(count(), KEPT_RECORDS + 1, "the newest stay");
    }

    #[test]
    fn what_has_expired_is_deleted_by_the_given_clock() {
        let directory = tempfile::tempdir().expect("a directory");
        let dynamo = table(directory.path());
        put(&dynamo, 1, Some(1000));
        put(&dynamo, 2, Some(2000));
        put(&dynamo, 3, None);
        let count =
            || dynamo.upkeep().query_row("SELECT count(*) FROM lambdesk", [], |row| row.get::<_, i64>(0)).expect("a count");
        let sweep_at = |second| dynamo.sweep(Timestamp::from_second(second).expect("a time"));
        assert_eq!(sweep_at(999), Ok(false));
        assert_eq!(count(), 3);
        assert_eq!(sweep_at(1500), Ok(false));
        assert_eq!(count(), 2);
    }

    #[test]
    fn the_indexes_serve_dynoxides_own_queries() {
        let directory = tempfile::tempdir().expect("a directory");
        let dynamo = table(directory.path());
        let plan = |query: &str| {
            let explain = format!("EXPLAIN QUERY PLAN {query}");
            let connection = dynamo.upkeep();
            let mut statement = connection.prepare(&explain).expect("a query");
            let steps = statement.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>();
            steps.expect("a plan").join("; ")
        };
        let end =
            plan("SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = 'x'");
        assert!(end.contains("lambdesk_stream_end"), "{end}");
        let read = plan(
            "SELECT event_name FROM _stream_records WHERE table_name = 'x' AND shard_id = 'y'
             AND CAST(sequence_number AS INTEGER) > 3 ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 10",
        );
        assert!(read.contains("lambdesk_stream_reads") && !read.contains("TEMP B-TREE"), "{read}");
        let expired = plan(&EXPIRED.replace("?1", "1").replace("?2", "1"));
        assert!(expired.contains("lambdesk_expiry"), "{expired}");
    }
}
