//! Receiving, and waiting for something to receive.

use std::time::Duration;

use rusqlite::{Row, params};
use tokio::time::Instant;

use super::scope::json;
use super::send::sequence_number;
use super::{Queues, Scope};
use crate::SqsError;
use crate::message::{ReceiveOptions, ReceivedMessage};
use crate::name::QueueName;
use crate::receipt::{Receipt, ReceiptHandle};

/// In the order they became visible, which is that of sending but for delays and failures.
const STANDARD_CANDIDATES: &str = "
    SELECT id, message_id, body, attributes, trace_header, receive_count, sent_ms, first_received_ms, group_id, deduplication_id,
           dead_letter_source
    FROM messages INDEXED BY messages_by_visibility
    WHERE queue_id = ?1 AND visible_ms <= ?2
    ORDER BY visible_ms, id LIMIT ?3";

/// In the order of sending, without the groups that have a message in flight.
const FIFO_CANDIDATES: &str = "
    SELECT id, message_id, body, attributes, trace_header, receive_count, sent_ms, first_received_ms, group_id, deduplication_id,
           dead_letter_source
    FROM messages INDEXED BY messages_in_order
    WHERE queue_id = ?1 AND visible_ms <= ?2 AND group_id IS NOT NULL AND group_id NOT IN (
        SELECT group_id FROM messages INDEXED BY messages_by_visibility
        WHERE queue_id = ?1 AND visible_ms > ?2 AND receive_count > 0 AND group_id IS NOT NULL)
    ORDER BY id LIMIT ?3";

/// What one look into the queue found.
struct Look {
    messages: Vec<ReceivedMessage>,
    /// When the next hidden message becomes visible.
    next_due_ms: Option<i64>,
    /// The queue that got messages that were received too often.
    dead_letter_queue: Option<QueueName>,
}

impl Queues {
    /// Receives messages and hides them. With a wait, an empty queue is watched until a message arrives, comes due or comes back.
    pub async fn receive(&self, name: &QueueName, options: &ReceiveOptions) -> Result<Vec<ReceivedMessage>, SqsError> {
        options.check()?;
        let wait = match options.wait {
            Some(wait) => wait,
            None => self.within(name, |queue| Ok(Duration::from_secs(queue.settings.receive_wait_s.into())))?,
        };
        let deadline = Instant::now() + wait;
        // The first look comes before the bell, so that a queue that does not exist gets none.
        let mut look = self.look(name, options)?;
        while look.messages.is_empty() && Instant::now() < deadline {
            let bell = self.inner.bells.of(name);
            let rung = bell.notified();
            // What arrived before the bell was taken is found here; what arrives later rings it.
            look = self.look(name, options)?;
            if !look.messages.is_empty() {
                break;
            }
            let until_due = look.next_due_ms.and_then(|due| u64::try_from(due - self.now_ms()).ok()).map(Duration::from_millis);
            let wake_at = until_due.map_or(deadline, |until| deadline.min(Instant::now() + until));
            // Either way the next round looks again.
            let _ = tokio::time::timeout_at(wake_at, rung).await;
        }
        Ok(look.messages)
    }

    fn look(&self, name: &QueueName, options: &ReceiveOptions) -> Result<Look, SqsError> {
        let look = self.within(name, |queue| queue.look(options))?;
        if let Some(dead_letter_queue) = &look.dead_letter_queue {
            self.ring(dead_letter_queue);
        }
        Ok(look)
    }
}

/// A message that can be received.
struct Candidate {
    row: i64,
    first_received_ms: Option<i64>,
    message: ReceivedMessage,
}

impl Scope<'_> {
    fn look(&self, options: &ReceiveOptions) -> Result<Look, SqsError> {
        self.sweep()?;
        let limit = options.max_messages.unwrap_or(1);
        let (candidates, dead_letter_queue) = self.candidates(limit)?;
        let timeout_s = options.visibility_timeout_s.unwrap_or(self.settings.visibility_timeout_s);
        let messages = candidates.into_iter().map(|candidate| self.hide(candidate, timeout_s)).collect::<Result<Vec<_>, _>>()?;
        let next_due_ms = if messages.is_empty() { self.next_due_ms()? } else { None };
        Ok(Look { messages, next_due_ms, dead_letter_queue })
    }

    /// The next messages to give. Those received too often go to the dead-letter queue here, as in SQS, and others take their place.
    fn candidates(&self, limit: u32) -> Result<(Vec<Candidate>, Option<QueueName>), SqsError> {
        let Some((dead_letter_queue, max_receive_count)) = self.dead_letter_queue()? else {
            return Ok((self.select_candidates(limit)?, None));
        };
        let mut rung = None;
        loop {
            let candidates = self.select_candidates(limit)?;
            let exhausted: Vec<_> = candidates.iter().filter(|c| c.message.receive_count >= max_receive_count).collect();
            if exhausted.is_empty() {
                return Ok((candidates, rung));
            }
            for candidate in exhausted {
                self.give_up(candidate.row, &dead_letter_queue)?;
            }
            rung = Some(dead_letter_queue.name.clone());
        }
    }

    /// The dead-letter queue and the receives allowed before it; none when there is no policy, or its queue was deleted.
    fn dead_letter_queue(&self) -> Result<Option<(Self, i64)>, SqsError> {
        let Some(policy) = &self.settings.redrive_policy else { return Ok(None) };
        let target = Scope::find_optional(self.transaction, &policy.dead_letter_queue, self.now_ms)?;
        Ok(target.map(|target| (target, i64::from(policy.max_receive_count))))
    }

    /// Moves a message to the dead-letter queue. It keeps its id, its receive count and when it was sent. Its retention goes on from
    /// there in a standard queue and begins again in a FIFO queue, as in SQS.
    fn give_up(&self, row: i64, target: &Self) -> Result<(), SqsError> {
        self.execute(
            "UPDATE messages SET queue_id = ?2, visible_ms = ?3, dead_letter_source = ?4,
                    retained_from_ms = CASE WHEN ?5 THEN ?3 ELSE retained_from_ms END
             WHERE id = ?1",
            params![row, target.id, self.now_ms, self.name.as_str(), self.name.is_fifo()],
        )?;
        Ok(())
    }

    fn select_candidates(&self, limit: u32) -> Result<Vec<Candidate>, SqsError> {
        let sql = if self.name.is_fifo() { FIFO_CANDIDATES } else { STANDARD_CANDIDATES };
        let mut statement = self.transaction.prepare_cached(sql)?;
        let rows = statement.query_map(params![self.id, self.now_ms, limit], |row| self.read_candidate(row))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn read_candidate(&self, row: &Row<'_>) -> rusqlite::Result<Candidate> {
        let id: i64 = row.get(0)?;
        let source: Option<String> = row.get(10)?;
        let message = ReceivedMessage {
            message_id: row.get(1)?,
            receipt_handle: ReceiptHandle::new(""),
            body: row.get(2)?,
            attributes: json(row, 3)?,
            trace_header: row.get(4)?,
            receive_count: row.get(5)?,
            sent_ms: row.get(6)?,
            first_received_ms: self.now_ms,
            group_id: row.get(8)?,
            deduplication_id: row.get(9)?,
            sequence_number: self.name.is_fifo().then(|| sequence_number(id)),
            dead_letter_source: source.and_then(|name| QueueName::parse(&name).ok()),
        };
        Ok(Candidate { row: id, first_received_ms: row.get(7)?, message })
    }

    /// Hides a message for its receiver, who gets a handle for this receive.
    fn hide(&self, candidate: Candidate, timeout_s: u32) -> Result<ReceivedMessage, SqsError> {
        let Candidate { row, first_received_ms, message } = candidate;
        let receive_count = message.receive_count + 1;
        let first_received_ms = first_received_ms.unwrap_or(self.now_ms);
        self.execute(
            "UPDATE messages SET visible_ms = ?2, receive_count = ?3, first_received_ms = ?4 WHERE id = ?1",
            params![row, self.now_ms + i64::from(timeout_s) * 1000, receive_count, first_received_ms],
        )?;
        let receipt = Receipt { queue_id: self.id, message_row: row, receive: receive_count };
        Ok(ReceivedMessage { receipt_handle: receipt.encode(), receive_count, first_received_ms, ..message })
    }

    fn next_due_ms(&self) -> Result<Option<i64>, SqsError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT MIN(visible_ms) FROM messages INDEXED BY messages_by_visibility WHERE queue_id = ?1 AND visible_ms > ?2",
        )?;
        Ok(statement.query_row(params![self.id, self.now_ms], |row| row.get(0))?)
    }
}

#[cfg(test)]
mod tests;
