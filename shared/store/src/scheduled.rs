//! Replies that wait to be sent: rows beside their ticket's messages, each with a place in what is due.
//!
//! Whoever sends one, takes it back or gives it up ends the row on condition of its version, in the transaction of all that
//! follows. So of all who try at once one does it.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use jiff::Timestamp;
use lambdesk_domain::{AttachedTo, MessageId, PersonId, Ticket, TicketId, ticket::Scheduled};

use crate::{
    Answer, Attach, Desk, IdempotencyKey,
    error::StoreError,
    item::{Item, decode, encode, key, number, text},
    keys::SCHEDULED,
    people::transact_put,
    request::{Guard, Part},
    table::DUE,
};

pub(crate) const KIND: &str = "scheduled";

/// The most replies that wait on one ticket and are listed.
const MOST: i32 = 100;

/// What becomes of a waiting reply with a change of its ticket.
#[derive(Debug, Clone, Copy)]
pub enum Ended<'a> {
    /// The change's message is it.
    Sent(&'a Scheduled),
    /// It is given up: the row as it was, and as it is to be.
    GivenUp(&'a Scheduled, &'a Scheduled),
}

impl Desk<'_> {
    /// The reply, if it waits or was given up; `NotFound` once it is sent or taken back.
    pub async fn scheduled(&self, ticket: TicketId, id: MessageId) -> Result<Scheduled, StoreError> {
        let row = self.get(self.keys().scheduled(ticket, id)).await?.ok_or(StoreError::NotFound)?;
        decode(row, KIND)
    }

    /// The replies that wait on a ticket, the next first.
    pub async fn all_scheduled(&self, ticket: TicketId) -> Result<Vec<Scheduled>, StoreError> {
        let query = self
            .store
            .query()
            .consistent_read(true)
            .limit(MOST)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(self.keys().ticket_partition(ticket)))
            .expression_attribute_values(":prefix", text(SCHEDULED));
        let (rows, _) = self.store.run(query).await?;
        rows.into_iter().map(|row| decode(row, KIND)).collect()
    }

    /// Lets a reply wait on its ticket: its files are claimed with it, and a draft that it was made of is gone. `Stale` where the
    /// ticket changed since it was read, `Taken` where a file is; `Answered` or `KeyReused` where the idempotency key was used before.
    pub async fn schedule(
        &self,
        (scheduled, ticket): (&Scheduled, &Ticket),
        (attachments, draft): (&[Attach], Option<(PersonId, TicketId)>),
        answer: Option<(&IdempotencyKey, &Answer)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut parts = vec![self.put_new(self.scheduled_row(scheduled)?, "id")?, self.still(ticket)?];
        let place = AttachedTo { ticket: scheduled.ticket, message: scheduled.id };
        for file in attachments {
            parts.push(self.attach(file, place, now)?);
        }
        if let Some((person, ticket)) = draft {
            parts.push(self.drop_draft(person, ticket)?);
        }
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        self.transact_once(parts, answer, now).await
    }

    /// Takes a reply back; its files are its author's again, to be attached elsewhere. `Stale` where somebody else ended or changed
    /// it meanwhile.
    pub async fn take_back(&self, scheduled: &Scheduled, now: Timestamp) -> Result<(), StoreError> {
        let mut parts = vec![self.end_row(scheduled)?];
        let place = AttachedTo { ticket: scheduled.ticket, message: scheduled.id };
        for file in &scheduled.enclosed.attachments {
            parts.push(self.detach(file.id, place, now)?);
        }
        self.store.transact(parts).await
    }

    /// Erases a reply of which the ticket is gone.
    pub async fn erase_scheduled(&self, scheduled: &Scheduled) -> Result<(), StoreError> {
        self.store.transact(vec![self.end_row(scheduled)?]).await
    }

    /// The write that ends a reply with the change of its ticket.
    pub(crate) fn ended(&self, ended: Ended<'_>) -> Result<Part, StoreError> {
        match ended {
            Ended::Sent(scheduled) => self.end_row(scheduled),
            Ended::GivenUp(before, after) => {
                let put = self
                    .put(self.scheduled_row(after)?)
                    .condition_expression("#version = :known")
                    .expression_attribute_names("#version", "version")
                    .expression_attribute_values(":known", number(before.version));
                Ok(Part::guarded(transact_put(put)?, Guard::Version))
            }
        }
    }

    fn end_row(&self, scheduled: &Scheduled) -> Result<Part, StoreError> {
        let delete = Delete::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().scheduled(scheduled.ticket, scheduled.id))))
            .condition_expression("#version = :known")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":known", number(scheduled.version))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().delete(delete).build(), Guard::Version))
    }

    /// What was given up is due no more.
    fn scheduled_row(&self, scheduled: &Scheduled) -> Result<Item, StoreError> {
        let mut row = encode(self.keys().scheduled(scheduled.ticket, scheduled.id), KIND, scheduled)?;
        row.insert("version".to_owned(), number(scheduled.version));
        if scheduled.failed.is_none() {
            let (due_pk, due_sk) = self.keys().due_scheduled(scheduled.send_at, scheduled.ticket, scheduled.id);
            row.insert(DUE.partition.to_owned(), text(due_pk));
            row.insert(DUE.sort.to_owned(), text(due_sk));
        }
        Ok(row)
    }
}
