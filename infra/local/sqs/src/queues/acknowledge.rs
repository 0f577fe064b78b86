//! Deleting received messages, and changing how long they stay hidden.

use rusqlite::{OptionalExtension as _, params};

use super::{Queues, Scope};
use crate::SqsError;
use crate::batch::{self, BatchEntry, BatchOutcome};
use crate::message::check_range;
use crate::name::QueueName;
use crate::receipt::{Receipt, ReceiptHandle};
use crate::settings::MAX_VISIBILITY_S;

impl Queues {
    /// Deletes a received message. In a standard queue an older handle does too, and a message that is gone is no error. In a FIFO
    /// queue the handle must be the last one and its message still hidden.
    pub fn delete(&self, name: &QueueName, handle: &ReceiptHandle) -> Result<(), SqsError> {
        self.within(name, |queue| queue.delete(handle))?;
        self.ring_if_fifo(name);
        Ok(())
    }

    /// Deletes up to ten messages.
    pub fn delete_batch(&self, name: &QueueName, entries: &[BatchEntry<ReceiptHandle>]) -> Result<BatchOutcome<()>, SqsError> {
        let outcome = self.within(name, |queue| {
            batch::check_entries(entries)?;
            batch::run(entries, |handle| queue.delete(handle))
        })?;
        self.ring_if_fifo(name);
        Ok(outcome)
    }

    /// Hides a message that is in flight for `timeout_s` seconds from now, at most 12 hours; 0 gives it back.
    pub fn change_visibility(&self, name: &QueueName, handle: &ReceiptHandle, timeout_s: u32) -> Result<(), SqsError> {
        self.within(name, |queue| queue.change_visibility(handle, timeout_s))?;
        self.ring(name);
        Ok(())
    }

    /// Changes the visibility of up to ten messages; each entry has its handle and its seconds.
    pub fn change_visibility_batch(
        &self,
        name: &QueueName,
        entries: &[BatchEntry<(ReceiptHandle, u32)>],
    ) -> Result<BatchOutcome<()>, SqsError> {
        let outcome = self.within(name, |queue| {
            batch::check_entries(entries)?;
            batch::run(entries, |(handle, timeout_s)| queue.change_visibility(handle, *timeout_s))
        })?;
        self.ring(name);
        Ok(outcome)
    }

    /// A deleted FIFO message frees its group.
    fn ring_if_fifo(&self, name: &QueueName) {
        if name.is_fifo() {
            self.ring(name);
        }
    }
}

/// How a handle stands to its message.
enum Standing {
    /// The last handle, and the message is hidden.
    InFlight,
    /// The last handle, and the message is visible again.
    Visible,
    /// The message was received again since.
    Outdated,
    /// The message was deleted, expired or moved.
    Gone,
}

impl Scope<'_> {
    fn delete(&self, handle: &ReceiptHandle) -> Result<(), SqsError> {
        let receipt = handle.open(self.id)?;
        if self.name.is_fifo() && matches!(self.standing(receipt)?, Standing::Visible | Standing::Outdated) {
            return Err(SqsError::invalid("ReceiptHandle", handle, "The receipt handle has expired."));
        }
        self.execute("DELETE FROM messages WHERE id = ?1 AND queue_id = ?2", params![receipt.message_row, self.id])?;
        Ok(())
    }

    fn change_visibility(&self, handle: &ReceiptHandle, timeout_s: u32) -> Result<(), SqsError> {
        check_range("VisibilityTimeout", Some(timeout_s), 0, MAX_VISIBILITY_S)?;
        let receipt = handle.open(self.id)?;
        match self.standing(receipt)? {
            Standing::InFlight => {}
            Standing::Visible => return Err(SqsError::MessageNotInflight),
            Standing::Outdated | Standing::Gone => {
                const REASON: &str = "Message does not exist or is not available for visibility timeout change.";
                return Err(SqsError::invalid("ReceiptHandle", handle, REASON));
            }
        }
        self.execute(
            "UPDATE messages SET visible_ms = ?2 WHERE id = ?1",
            params![receipt.message_row, self.now_ms + i64::from(timeout_s) * 1000],
        )?;
        Ok(())
    }

    fn standing(&self, receipt: Receipt) -> Result<Standing, SqsError> {
        let mut statement =
            self.transaction.prepare_cached("SELECT visible_ms, receive_count FROM messages WHERE id = ?1 AND queue_id = ?2")?;
        let found = statement
            .query_row(params![receipt.message_row, self.id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
            .optional()?;
        Ok(match found {
            None => Standing::Gone,
            Some((_, receive)) if receive != receipt.receive => Standing::Outdated,
            Some((visible_ms, _)) if visible_ms <= self.now_ms => Standing::Visible,
            Some(_) => Standing::InFlight,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Desk, grouped, name};

    #[test]
    fn any_handle_of_a_standard_message_deletes_it() {
        let desk = Desk::with_queue("email");
        desk.send("email", "one");
        let first = desk.receive_one("email");
        desk.advance_s(30);
        let second = desk.receive_one("email");
        assert_ne!(first.receipt_handle, second.receipt_handle);
        desk.queues.delete(&name("email"), &first.receipt_handle).unwrap();
        desk.queues.delete(&name("email"), &second.receipt_handle).unwrap();
        desk.advance_s(30);
        assert_eq!(desk.receive_bodies("email"), [""; 0]);
    }

    #[test]
    fn an_outdated_handle_does_not_delete_a_fifo_message() {
        let desk = Desk::with_fifo("s.fifo");
        desk.send_message("s.fifo", grouped("one", "g", "d"));
        let first = desk.receive_one("s.fifo");
        desk.advance_s(30);
        assert!(desk.queues.delete(&name("s.fifo"), &first.receipt_handle).is_err());
        let second = desk.receive_one("s.fifo");
        assert!(desk.queues.delete(&name("s.fifo"), &first.receipt_handle).is_err());
        desk.queues.delete(&name("s.fifo"), &second.receipt_handle).unwrap();
    }

    #[test]
    fn unknown_handles_are_refused_one_by_one() {
        let desk = Desk::with_queue("email");
        desk.send("email", "one");
        let good = desk.receive_one("email").receipt_handle;
        let entries = [BatchEntry::new("a", good), BatchEntry::new("b", ReceiptHandle::new("garbage"))];
        let outcome = desk.queues.delete_batch(&name("email"), &entries).unwrap();
        assert_eq!(outcome.successful, [BatchEntry::new("a", ())]);
        assert!(matches!(outcome.failed[0].error, SqsError::ReceiptHandleIsInvalid));
    }

    #[test]
    fn visibility_can_be_longer_shorter_or_over() {
        let desk = Desk::with_queue("email");
        desk.send("email", "one");
        let handle = desk.receive_one("email").receipt_handle;
        desk.queues.change_visibility(&name("email"), &handle, 100).unwrap();
        desk.advance_s(99);
        assert_eq!(desk.receive_bodies("email"), [""; 0]);
        desk.queues.change_visibility(&name("email"), &handle, 0).unwrap();
        let over = desk.queues.change_visibility(&name("email"), &handle, 5);
        assert!(matches!(over, Err(SqsError::MessageNotInflight)));
        assert_eq!(desk.receive_bodies("email"), ["one"]);
        assert!(desk.queues.change_visibility(&name("email"), &handle, 5).is_err(), "the handle is outdated");
        assert!(desk.queues.change_visibility(&name("email"), &handle, 43_201).is_err());
    }
}
