//! What `GetQueueAttributes` tells of a queue.

use std::collections::BTreeMap;

use rusqlite::params;

use super::Queues;
use crate::SqsError;
use crate::name::QueueName;
use crate::settings::QueueSettings;

/// How many messages a queue has. Exact here, "approximate" in the words of SQS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageCounts {
    /// Ready to be received.
    pub visible: i64,
    /// Received and hidden.
    pub in_flight: i64,
    /// Sent and not yet due.
    pub delayed: i64,
}

/// All there is to know of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDescription {
    /// The queue.
    pub name: QueueName,
    /// Its settings.
    pub settings: QueueSettings,
    /// Its messages.
    pub counts: MessageCounts,
    /// When it was made, in milliseconds since the epoch.
    pub created_ms: i64,
    /// When its settings last changed, in milliseconds since the epoch.
    pub modified_ms: i64,
}

impl Queues {
    /// Describes a queue.
    pub fn get_queue_attributes(&self, name: &QueueName) -> Result<QueueDescription, SqsError> {
        self.within(name, |queue| {
            queue.sweep()?;
            let mut statement = queue.transaction.prepare_cached(
                "SELECT COUNT(*) FILTER (WHERE visible_ms <= ?2),
                        COUNT(*) FILTER (WHERE visible_ms > ?2 AND receive_count > 0),
                        COUNT(*) FILTER (WHERE visible_ms > ?2 AND receive_count = 0)
                 FROM messages WHERE queue_id = ?1",
            )?;
            let counts = statement.query_row(params![queue.id, queue.now_ms], |row| {
                Ok(MessageCounts { visible: row.get(0)?, in_flight: row.get(1)?, delayed: row.get(2)? })
            })?;
            Ok(QueueDescription {
                name: name.clone(),
                settings: queue.settings.clone(),
                counts,
                created_ms: queue.created_ms,
                modified_ms: queue.modified_ms,
            })
        })
    }
}

impl QueueDescription {
    /// The attributes by their SQS names, as texts.
    pub fn to_attributes(&self) -> BTreeMap<String, String> {
        let mut attributes = self.settings.to_attributes(self.name.is_fifo());
        let facts = [
            ("QueueArn", self.name.arn()),
            ("ApproximateNumberOfMessages", self.counts.visible.to_string()),
            ("ApproximateNumberOfMessagesNotVisible", self.counts.in_flight.to_string()),
            ("ApproximateNumberOfMessagesDelayed", self.counts.delayed.to_string()),
            ("CreatedTimestamp", (self.created_ms / 1000).to_string()),
            ("LastModifiedTimestamp", (self.modified_ms / 1000).to_string()),
        ];
        attributes.extend(facts.map(|(name, value)| (name.to_owned(), value)));
        attributes
    }
}

#[cfg(test)]
mod tests {
    use crate::message::SendMessage;
    use crate::testing::{Desk, name};

    #[test]
    fn each_message_counts_once() {
        let desk = Desk::with_queue("email");
        for body in ["one", "two", "three"] {
            desk.send("email", body);
        }
        desk.send_message("email", SendMessage { delay_s: Some(60), ..SendMessage::new("later") });
        desk.receive_one("email");
        let attributes = desk.queues.get_queue_attributes(&name("email")).unwrap().to_attributes();
        assert_eq!(attributes["ApproximateNumberOfMessages"], "2");
        assert_eq!(attributes["ApproximateNumberOfMessagesNotVisible"], "1");
        assert_eq!(attributes["ApproximateNumberOfMessagesDelayed"], "1");
        assert_eq!(attributes["QueueArn"], "arn:aws:sqs:us-east-1:000000000000:email");
    }
}
