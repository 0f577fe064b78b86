//! Redrive: bringing messages back from a dead-letter queue.

use rusqlite::{OptionalExtension as _, params};

use crate::SqsError;
use crate::name::QueueName;
use crate::queues::{Queues, Scope};

/// Messages moved in one transaction, so that other calls get in between.
const CHUNK: u32 = 200;

/// Tasks remembered, as many as `ListMessageMoveTasks` can give.
const REMEMBERED: u32 = 10;

/// A move that was done. Local moves are over when the call that starts them returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveTask {
    /// Names the task.
    pub task_handle: String,
    /// The dead-letter queue.
    pub source: QueueName,
    /// Where the messages went; to the queue each came from when `None`.
    pub destination: Option<QueueName>,
    /// How many messages moved.
    pub moved: i64,
    /// When it started, in milliseconds since the epoch.
    pub started_ms: i64,
}

impl Queues {
    /// Moves every visible message of the dead-letter queue `source` to `destination`, or to the queue it came from. A message without
    /// one, or whose queue was deleted, stays. Moved messages are new ones: with a new id, a new time and no receives, as in SQS.
    ///
    /// Fails with `ResourceNotFound` for a queue that does not exist, and refuses a source that is nobody's dead-letter queue.
    pub fn start_message_move_task(&self, source: &QueueName, destination: Option<&QueueName>) -> Result<MoveTask, SqsError> {
        for queue in std::iter::once(source).chain(destination) {
            self.check_queue_exists(queue).map_err(not_found)?;
        }
        if destination.is_some_and(|to| to == source || to.is_fifo() != source.is_fifo()) {
            return Err(SqsError::InvalidParameterValue("The destination must be another queue of the same type.".to_owned()));
        }
        if self.list_dead_letter_source_queues(source)?.is_empty() {
            return Err(SqsError::InvalidParameterValue("Source queue must be configured as a Dead Letter Queue.".to_owned()));
        }
        let moved = self.move_all(source, destination)?;
        self.within(source, |queue| queue.remember_task(destination, moved))
    }

    /// The last moves out of a queue, the last one first; `limit` is 1 to 10.
    pub fn list_message_move_tasks(&self, source: &QueueName, limit: u32) -> Result<Vec<MoveTask>, SqsError> {
        self.check_queue_exists(source).map_err(not_found)?;
        self.transaction(|transaction, _| {
            let mut statement = transaction.prepare_cached(
                "SELECT id, destination, moved, started_ms FROM move_tasks WHERE source = ?1 ORDER BY id DESC LIMIT ?2",
            )?;
            let tasks = statement.query_map(params![source.as_str(), limit], |row| {
                Ok(MoveTask {
                    task_handle: handle(row.get(0)?),
                    source: source.clone(),
                    destination: row.get::<_, Option<String>>(1)?.and_then(|name| QueueName::parse(&name).ok()),
                    moved: row.get(2)?,
                    started_ms: row.get(3)?,
                })
            })?;
            Ok(tasks.collect::<Result<_, _>>()?)
        })
    }

    fn move_all(&self, source: &QueueName, destination: Option<&QueueName>) -> Result<i64, SqsError> {
        let mut moved = 0;
        let mut after = 0;
        loop {
            let chunk = self.within(source, |queue| queue.move_chunk(destination, after))?;
            for arrived_in in &chunk.destinations {
                self.ring(arrived_in);
            }
            moved += chunk.moved;
            match chunk.last_row {
                Some(last_row) => after = last_row,
                None => return Ok(moved),
            }
        }
    }
}

struct Chunk {
    moved: i64,
    destinations: Vec<QueueName>,
    /// The last message looked at; none when there were no more.
    last_row: Option<i64>,
}

impl Scope<'_> {
    fn move_chunk(&self, destination: Option<&QueueName>, after: i64) -> Result<Chunk, SqsError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT id, dead_letter_source FROM messages
             WHERE queue_id = ?1 AND visible_ms <= ?2 AND id > ?3 ORDER BY id LIMIT ?4",
        )?;
        let rows = statement
            .query_map(params![self.id, self.now_ms, after, CHUNK], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(i64, Option<String>)>, _>>()?;
        let mut chunk = Chunk { moved: 0, destinations: Vec::new(), last_row: rows.last().map(|(row, _)| *row) };
        for (row, origin) in rows {
            let origin = origin.and_then(|name| QueueName::parse(&name).ok());
            let Some(name) = destination.or(origin.as_ref()) else { continue };
            let Some(target) = Scope::find_optional(self.transaction, name, self.now_ms)? else { continue };
            self.move_message(row, &target)?;
            chunk.moved += 1;
            if !chunk.destinations.contains(name) {
                chunk.destinations.push(name.clone());
            }
        }
        Ok(chunk)
    }

    /// A new row, not a changed one: the message goes to the end of its new queue, and old handles lead nowhere.
    fn move_message(&self, row: i64, target: &Self) -> Result<(), SqsError> {
        self.execute(
            "INSERT INTO messages (queue_id, message_id, body, attributes, trace_header, group_id, deduplication_id,
                                   sent_ms, retained_from_ms, visible_ms)
             SELECT ?2, ?3, body, attributes, trace_header, group_id, deduplication_id, ?4, ?4, ?4 FROM messages WHERE id = ?1",
            params![row, target.id, uuid::Uuid::new_v4().to_string(), self.now_ms],
        )?;
        self.execute("DELETE FROM messages WHERE id = ?1", params![row])?;
        Ok(())
    }

    fn remember_task(&self, destination: Option<&QueueName>, moved: i64) -> Result<MoveTask, SqsError> {
        self.execute(
            "INSERT INTO move_tasks (source, destination, moved, started_ms) VALUES (?1, ?2, ?3, ?4)",
            params![self.name.as_str(), destination.map(QueueName::as_str), moved, self.now_ms],
        )?;
        let id = self.transaction.last_insert_rowid();
        let oldest = self
            .transaction
            .prepare_cached("SELECT id FROM move_tasks WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2")?
            .query_row(params![self.name.as_str(), REMEMBERED], |row| row.get::<_, i64>(0))
            .optional()?;
        self.execute("DELETE FROM move_tasks WHERE source = ?1 AND id <= ?2", params![self.name.as_str(), oldest])?;
        Ok(MoveTask {
            task_handle: handle(id),
            source: self.name.clone(),
            destination: destination.cloned(),
            moved,
            started_ms: self.now_ms,
        })
    }
}

fn handle(id: i64) -> String {
    format!("move-{id}")
}

fn not_found(error: SqsError) -> SqsError {
    match error {
        SqsError::QueueDoesNotExist => SqsError::ResourceNotFound("The resource that you specified doesn't exist.".to_owned()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Desk, name};

    /// A desk with one message in `dead`, come from `email`.
    fn desk_with_a_dead_letter() -> Desk {
        let desk = Desk::with_dead_letters("email", "dead");
        desk.send("email", "poison");
        for _ in 0..2 {
            desk.receive_one("email");
            desk.advance_s(30);
        }
        assert_eq!(desk.receive("email"), []);
        desk
    }

    #[test]
    fn dead_letters_go_back_where_they_came_from_as_new_messages() {
        let desk = desk_with_a_dead_letter();
        desk.send("dead", "sent here directly");
        let task = desk.queues.start_message_move_task(&name("dead"), None).unwrap();
        assert_eq!(task.moved, 1);
        let back = desk.receive_one("email");
        assert_eq!((back.body.as_str(), back.receive_count, back.dead_letter_source), ("poison", 1, None));
        assert_eq!(desk.receive_bodies("dead"), ["sent here directly"]);
        assert_eq!(desk.queues.list_message_move_tasks(&name("dead"), 10).unwrap(), [task]);
    }

    #[test]
    fn dead_letters_go_where_they_are_told() {
        let desk = desk_with_a_dead_letter();
        desk.create("other", &Default::default());
        for n in 0..500 {
            desk.send("dead", &n.to_string());
        }
        let task = desk.queues.start_message_move_task(&name("dead"), Some(&name("other"))).unwrap();
        assert_eq!(task.moved, 501);
        assert_eq!(desk.receive_up_to("other", 2).iter().map(|m| m.body.as_str()).collect::<Vec<_>>(), ["poison", "0"]);
    }

    #[test]
    fn only_dead_letter_queues_can_be_redriven() {
        let desk = desk_with_a_dead_letter();
        assert!(matches!(desk.queues.start_message_move_task(&name("email"), None), Err(SqsError::InvalidParameterValue(_))));
        assert!(matches!(desk.queues.start_message_move_task(&name("nope"), None), Err(SqsError::ResourceNotFound(_))));
    }

    #[test]
    fn ten_tasks_are_remembered() {
        let desk = desk_with_a_dead_letter();
        for _ in 0..12 {
            desk.queues.start_message_move_task(&name("dead"), None).unwrap();
        }
        let tasks = desk.queues.list_message_move_tasks(&name("dead"), 100).unwrap();
        assert_eq!(tasks.len(), 10);
        assert_eq!(tasks[0].task_handle, "move-12");
    }
}
