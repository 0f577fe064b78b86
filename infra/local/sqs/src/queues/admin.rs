//! Making, changing, listing, emptying and deleting queues.

use rusqlite::{Transaction, params};

use super::scope::to_json;
use super::{Queues, Scope};
use crate::SqsError;
use crate::name::QueueName;
use crate::settings::{QueueChanges, QueueSettings};

/// Which queues to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQueues {
    /// What the names begin with.
    pub prefix: String,
    /// The name to go on after.
    pub after: String,
    /// The most names; all when `None`.
    pub limit: Option<u32>,
}

impl Queues {
    /// Makes a queue. A queue that exists stays as it is, and `QueueNameExists` says that `changes` wants it otherwise. A dead-letter
    /// queue must exist before the queue that names it.
    pub fn create_queue(&self, name: &QueueName, changes: &QueueChanges) -> Result<(), SqsError> {
        changes.check(name)?;
        if name.is_fifo() && changes.fifo != Some(true) {
            return Err(SqsError::InvalidParameterValue(
                "A queue whose name ends in .fifo needs FifoQueue to be true.".to_owned(),
            ));
        }
        self.transaction(|transaction, now_ms| {
            if let Some(existing) = Scope::find_optional(transaction, name, now_ms)? {
                let same = existing.settings.with(changes) == existing.settings;
                return if same { Ok(()) } else { Err(SqsError::QueueNameExists(name.clone())) };
            }
            let settings = QueueSettings::default().with(changes);
            check_dead_letter_queue(transaction, name, &settings, now_ms)?;
            transaction
                .prepare_cached("INSERT INTO queues (name, settings, created_ms, modified_ms) VALUES (?1, ?2, ?3, ?3)")?
                .execute(params![name.as_str(), to_json(&settings)?, now_ms])?;
            Ok(())
        })
    }

    /// Changes settings of a queue. A new delay counts for waiting messages in a FIFO queue alone, as in SQS; a new retention for all.
    pub fn set_queue_attributes(&self, name: &QueueName, changes: &QueueChanges) -> Result<(), SqsError> {
        changes.check(name)?;
        self.within(name, |queue| {
            let settings = queue.settings.with(changes);
            check_dead_letter_queue(queue.transaction, name, &settings, queue.now_ms)?;
            queue.execute(
                "UPDATE queues SET settings = ?2, modified_ms = ?3 WHERE id = ?1",
                params![queue.id, to_json(&settings)?, queue.now_ms],
            )?;
            if name.is_fifo() && settings.delay_s != queue.settings.delay_s {
                queue.execute(
                    "UPDATE messages SET visible_ms = sent_ms + ?2 WHERE queue_id = ?1 AND receive_count = 0",
                    params![queue.id, i64::from(settings.delay_s) * 1000],
                )?;
            }
            Ok(())
        })?;
        self.ring(name);
        Ok(())
    }

    /// The names of queues, in their order.
    pub fn list_queues(&self, list: &ListQueues) -> Result<Vec<QueueName>, SqsError> {
        let limit = list.limit.map_or(-1, i64::from);
        self.transaction(|transaction, _| {
            let mut statement = transaction.prepare_cached(
                "SELECT name FROM queues WHERE name > ?1 AND substr(name, 1, length(?2)) = ?2 ORDER BY name LIMIT ?3",
            )?;
            let names = statement.query_map(params![list.after, list.prefix, limit], |row| row.get::<_, String>(0))?;
            names.map(|name| QueueName::parse(&name?)).collect()
        })
    }

    /// The queues whose failed messages go to this one.
    pub fn list_dead_letter_source_queues(&self, name: &QueueName) -> Result<Vec<QueueName>, SqsError> {
        let all = self.list_queues(&ListQueues::default())?;
        self.within(name, |queue| {
            let mut sources = Vec::new();
            for candidate in all {
                let Some(source) = Scope::find_optional(queue.transaction, &candidate, queue.now_ms)? else { continue };
                if source.settings.redrive_policy.is_some_and(|policy| policy.dead_letter_queue == *name) {
                    sources.push(candidate);
                }
            }
            Ok(sources)
        })
    }

    /// Whether the queue is there, as `GetQueueUrl` asks. Fails with `QueueDoesNotExist`.
    pub fn check_queue_exists(&self, name: &QueueName) -> Result<(), SqsError> {
        self.within(name, |_| Ok(()))
    }

    /// Deletes every message of a queue, those in flight too.
    pub fn purge_queue(&self, name: &QueueName) -> Result<(), SqsError> {
        self.within(name, |queue| {
            queue.execute("DELETE FROM messages WHERE queue_id = ?1", params![queue.id])?;
            Ok(())
        })
    }

    /// Deletes a queue with its messages. Who waits on it gets `QueueDoesNotExist`.
    pub fn delete_queue(&self, name: &QueueName) -> Result<(), SqsError> {
        self.within(name, |queue| {
            queue.execute("DELETE FROM queues WHERE id = ?1", params![queue.id])?;
            Ok(())
        })?;
        self.inner.bells.remove(name);
        Ok(())
    }
}

/// Refuses a redrive policy that names no queue, the queue itself, or a queue of the other kind.
fn check_dead_letter_queue(
    transaction: &Transaction<'_>,
    name: &QueueName,
    settings: &QueueSettings,
    now_ms: i64,
) -> Result<(), SqsError> {
    let Some(policy) = &settings.redrive_policy else { return Ok(()) };
    let target = &policy.dead_letter_queue;
    let refuse = |reason| Err(SqsError::invalid("RedrivePolicy", target.arn(), reason));
    if target == name {
        return refuse("A queue cannot be its own dead letter queue.");
    }
    if target.is_fifo() != name.is_fifo() {
        return refuse("Dead-letter queue must be same type of queue as the source.");
    }
    if Scope::find_optional(transaction, target, now_ms)?.is_none() {
        return refuse("Dead letter target does not exist.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::RedrivePolicy;
    use crate::testing::{Desk, name};

    fn delay(seconds: u32) -> QueueChanges {
        QueueChanges { delay_s: Some(seconds), ..Default::default() }
    }

    #[test]
    fn creating_again_is_fine_with_the_same_attributes() {
        let desk = Desk::new();
        desk.create("email", &delay(5));
        desk.create("email", &delay(5));
        desk.create("email", &QueueChanges::default());
        let other = desk.queues.create_queue(&name("email"), &delay(6));
        assert!(matches!(other, Err(SqsError::QueueNameExists(_))));
    }

    #[test]
    fn a_fifo_queue_says_so_twice() {
        let desk = Desk::new();
        assert!(desk.queues.create_queue(&name("s.fifo"), &QueueChanges::default()).is_err());
        assert!(desk.queues.create_queue(&name("s"), &QueueChanges::fifo()).is_err());
        assert!(desk.queues.create_queue(&name("s.fifo"), &QueueChanges::fifo()).is_ok());
    }

    #[test]
    fn listing_goes_by_prefix_and_page() {
        let desk = Desk::new();
        for queue in ["b", "a-2", "a-1", "A"] {
            desk.create(queue, &QueueChanges::default());
        }
        let list = |list: ListQueues| desk.queues.list_queues(&list).unwrap();
        assert_eq!(list(ListQueues::default()), ["A", "a-1", "a-2", "b"].map(name));
        let first = ListQueues { prefix: "a".to_owned(), limit: Some(1), ..Default::default() };
        assert_eq!(list(first.clone()), [name("a-1")]);
        assert_eq!(list(ListQueues { after: "a-1".to_owned(), ..first }), [name("a-2")]);
    }

    #[test]
    fn a_dead_letter_queue_exists_and_is_of_the_same_kind() {
        let desk = Desk::new();
        let to = |target: &str| QueueChanges {
            redrive_policy: Some(Some(RedrivePolicy { dead_letter_queue: name(target), max_receive_count: 2 })),
            ..Default::default()
        };
        desk.create("dead", &QueueChanges::default());
        desk.create("dead.fifo", &QueueChanges::fifo());
        assert!(desk.queues.create_queue(&name("email"), &to("nowhere")).is_err());
        assert!(desk.queues.create_queue(&name("email"), &to("dead.fifo")).is_err());
        assert!(desk.queues.create_queue(&name("email"), &to("email")).is_err());
        desk.create("email", &to("dead"));
        assert_eq!(desk.queues.list_dead_letter_source_queues(&name("dead")).unwrap(), [name("email")]);
    }

    #[test]
    fn purging_and_deleting_take_the_messages_along() {
        let desk = Desk::with_queue("email");
        desk.send("email", "one");
        desk.queues.purge_queue(&name("email")).unwrap();
        assert_eq!(desk.receive_bodies("email"), [""; 0]);
        desk.send("email", "two");
        desk.queues.delete_queue(&name("email")).unwrap();
        assert!(matches!(desk.queues.check_queue_exists(&name("email")), Err(SqsError::QueueDoesNotExist)));
        desk.create("email", &QueueChanges::default());
        assert_eq!(desk.receive_bodies("email"), [""; 0]);
    }
}
