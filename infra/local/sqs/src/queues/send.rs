//! Sending.

use rusqlite::{OptionalExtension as _, params};

use super::scope::to_json;
use super::{Queues, Scope};
use crate::SqsError;
use crate::attribute::AttributeValue;
use crate::batch::{self, BatchEntry, BatchOutcome};
use crate::digest;
use crate::message::{SendMessage, SentMessage, TRACE_HEADER};
use crate::name::QueueName;
use crate::settings::MAX_MESSAGE_BYTES;

/// How long a deduplication id is remembered: five minutes, the interval of SQS.
const DEDUPLICATION_MS: i64 = 5 * 60 * 1000;

impl Queues {
    /// Sends a message. A duplicate of a FIFO message gets the answer the first one got.
    pub fn send(&self, name: &QueueName, message: &SendMessage) -> Result<SentMessage, SqsError> {
        let sent = self.within(name, |queue| {
            queue.sweep()?;
            queue.send(message)
        })?;
        self.ring(name);
        Ok(sent)
    }

    /// Sends up to ten messages, of 1 MiB together at most.
    pub fn send_batch(
        &self,
        name: &QueueName,
        entries: &[BatchEntry<SendMessage>],
    ) -> Result<BatchOutcome<SentMessage>, SqsError> {
        let outcome = self.within(name, |queue| {
            batch::check_entries(entries)?;
            let size = entries.iter().map(|entry| entry.item.size()).sum();
            if size > MAX_MESSAGE_BYTES as usize {
                return Err(SqsError::BatchRequestTooLong(size));
            }
            queue.sweep()?;
            batch::run(entries, |message| queue.send(message))
        })?;
        self.ring(name);
        Ok(outcome)
    }
}

/// The first message with a deduplication id.
struct Original {
    message_id: String,
    row: i64,
}

impl Scope<'_> {
    fn send(&self, message: &SendMessage) -> Result<SentMessage, SqsError> {
        message.check(&self.name, &self.settings)?;
        let Original { message_id, row } =
            if self.name.is_fifo() { self.send_once(message)? } else { self.insert(message, None)? };
        Ok(SentMessage {
            message_id,
            body_md5: digest::md5_of_body(&message.body),
            attributes_md5: digest::md5_of_attributes(&message.attributes),
            system_attributes_md5: digest::md5_of_attributes(&message.system_attributes),
            sequence_number: self.name.is_fifo().then(|| sequence_number(row)),
        })
    }

    /// Sends to a FIFO queue, unless the message was sent within the last five minutes.
    fn send_once(&self, message: &SendMessage) -> Result<Original, SqsError> {
        let id = self.deduplication_id(message)?;
        let key = match &message.group_id {
            // A space is in neither a group nor an id, so the two cannot run into each other.
            Some(group) if self.settings.deduplicate_per_group => format!("{group} {id}"),
            _ => id.clone(),
        };
        if let Some(original) = self.find_original(&key)? {
            return Ok(original);
        }
        let original = self.insert(message, Some(&id))?;
        self.execute(
            "INSERT INTO deduplications (queue_id, key, message_id, message_row, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![self.id, key, original.message_id, original.row, self.now_ms + DEDUPLICATION_MS],
        )?;
        Ok(original)
    }

    fn deduplication_id(&self, message: &SendMessage) -> Result<String, SqsError> {
        if let Some(id) = &message.deduplication_id {
            return Ok(id.clone());
        }
        if self.settings.content_based_deduplication {
            return Ok(digest::sha256_of_body(&message.body));
        }
        Err(SqsError::InvalidParameterValue(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
                .to_owned(),
        ))
    }

    /// Expired ids have been swept away before.
    fn find_original(&self, key: &str) -> Result<Option<Original>, SqsError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT message_id, message_row FROM deduplications WHERE queue_id = ?1 AND key = ?2")?;
        let original = statement
            .query_row(params![self.id, key], |row| Ok(Original { message_id: row.get(0)?, row: row.get(1)? }))
            .optional()?;
        Ok(original)
    }

    fn insert(&self, message: &SendMessage, deduplication_id: Option<&str>) -> Result<Original, SqsError> {
        let message_id = uuid::Uuid::new_v4().to_string();
        let delay_s = message.delay_s.filter(|_| !self.name.is_fifo()).unwrap_or(self.settings.delay_s);
        self.execute(
            "INSERT INTO messages (queue_id, message_id, body, attributes, trace_header, group_id, deduplication_id,
                                   sent_ms, retained_from_ms, visible_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
            params![
                self.id,
                message_id,
                message.body,
                to_json(&message.attributes)?,
                trace_header(message),
                message.group_id,
                deduplication_id,
                self.now_ms,
                self.now_ms + i64::from(delay_s) * 1000,
            ],
        )?;
        Ok(Original { message_id, row: self.transaction.last_insert_rowid() })
    }
}

/// The sequence number of a FIFO message: 20 digits like those of SQS, rising because row ids do.
pub(crate) fn sequence_number(row: i64) -> String {
    format!("{row:020}")
}

fn trace_header(message: &SendMessage) -> Option<&str> {
    match &message.system_attributes.get(TRACE_HEADER)?.value {
        AttributeValue::Text(text) => Some(text),
        AttributeValue::Binary(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::QueueChanges;
    use crate::testing::{Desk, grouped, name};

    #[test]
    fn a_duplicate_within_five_minutes_is_dropped() {
        let desk = Desk::with_fifo("s.fifo");
        let first = desk.send_message("s.fifo", grouped("one", "g", "d"));
        desk.advance_s(299);
        let second = desk.send_message("s.fifo", grouped("two", "h", "d"));
        assert_eq!((&second.message_id, &second.sequence_number), (&first.message_id, &first.sequence_number));
        desk.advance_s(1);
        desk.send_message("s.fifo", grouped("three", "g", "d"));
        assert_eq!(desk.receive_bodies("s.fifo"), ["one", "three"]);
    }

    #[test]
    fn deduplication_can_go_by_content_and_within_the_group() {
        let desk = Desk::new();
        let changes =
            QueueChanges { content_based_deduplication: Some(true), deduplicate_per_group: Some(true), ..QueueChanges::fifo() };
        desk.create("s.fifo", &changes);
        for group in ["g", "g", "h"] {
            desk.send_message("s.fifo", SendMessage { group_id: Some(group.to_owned()), ..SendMessage::new("same") });
        }
        assert_eq!(desk.receive_bodies("s.fifo"), ["same", "same"]);
    }

    #[test]
    fn a_fifo_message_needs_something_to_deduplicate_by() {
        let desk = Desk::with_fifo("s.fifo");
        let message = SendMessage { group_id: Some("g".to_owned()), ..SendMessage::new("x") };
        assert!(matches!(desk.queues.send(&name("s.fifo"), &message), Err(SqsError::InvalidParameterValue(_))));
    }

    #[test]
    fn forgotten_duplicates_leave_no_rows() {
        let desk = Desk::with_fifo("s.fifo");
        for n in 0..5 {
            desk.send_message("s.fifo", grouped("x", "g", &n.to_string()));
        }
        desk.advance_s(300);
        desk.receive_one("s.fifo");
        let left = |t: &rusqlite::Transaction<'_>, _| {
            Ok(t.query_row("SELECT COUNT(*) FROM deduplications", [], |row| row.get::<_, i64>(0))?)
        };
        assert_eq!(desk.queues.transaction(left).unwrap(), 0);
    }

    #[test]
    fn a_batch_sends_what_it_can() {
        let desk = Desk::with_queue("email");
        let entries = [BatchEntry::new("a", SendMessage::new("one")), BatchEntry::new("b", SendMessage::new(""))];
        let outcome = desk.queues.send_batch(&name("email"), &entries).unwrap();
        assert_eq!((outcome.successful.len(), outcome.failed.len()), (1, 1));
        assert_eq!(desk.receive_bodies("email"), ["one"]);
    }

    #[test]
    fn a_batch_is_limited_as_a_whole() {
        let desk = Desk::with_queue("email");
        let half = SendMessage::new("x".repeat(600_000));
        let refused = desk.queues.send_batch(&name("email"), &[BatchEntry::new("a", half.clone()), BatchEntry::new("b", half)]);
        assert!(matches!(refused, Err(SqsError::BatchRequestTooLong(1_200_000))));
    }
}
