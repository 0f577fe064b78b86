//! Erasing what a ticket leaves behind: everything in its partition but the history, which loses the words of people.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use lambdesk_domain::{AttachmentId, Event, InboundMailId, Message, TicketId, ticket::Scheduled};

use crate::{
    Desk,
    error::StoreError,
    item::{Item, decode, encode, key, kind, string, text},
    keys::Key,
    request::unavailable,
    scheduled::KIND as SCHEDULED,
    usage::{Direction, record},
};

/// Something that an erased ticket still has.
#[derive(Debug, Clone)]
pub enum Remains {
    /// A message, whose files and mail go before it.
    Message(Box<Message>),
    /// A line of its history that still holds words of people.
    Event(Box<Event>),
    /// A reply that waits to be sent, whose files go before it.
    Scheduled(Box<Scheduled>),
    /// Anything else that stands with it, by its sort key.
    Row(String),
}

/// A page of what an erased ticket still has.
#[derive(Debug, Clone)]
pub struct RemainsPage {
    /// What there is.
    pub items: Vec<Remains>,
    /// Where to go on; `None` at the end.
    pub next: Option<RemainsCursor>,
}

/// Where to go on: a sort key, which can be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemainsCursor(pub String);

impl Desk<'_> {
    /// A page (1 MB at most) of what an erased ticket still has.
    pub async fn remains(&self, ticket: TicketId, from: Option<RemainsCursor>) -> Result<RemainsPage, StoreError> {
        let query = self
            .store
            .query()
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(self.keys().ticket_partition(ticket)))
            .set_exclusive_start_key(from.map(|from| key(Key { pk: self.keys().ticket_partition(ticket), sk: from.0 })));
        let (rows, next) = self.store.run(query).await?;
        let items = rows.into_iter().map(remains).filter_map(Result::transpose).collect::<Result<_, _>>()?;
        Ok(RemainsPage { items, next: next.map(|next| RemainsCursor(string(&next, "sk").to_owned())) })
    }

    /// Erases a message that belongs to an erased ticket.
    pub async fn erase_message(&self, message: &Message) -> Result<(), StoreError> {
        self.erase_row(self.keys().message(message.ticket, message.id)).await
    }

    /// Writes a message again, without the words that it held.
    pub async fn rewrite_message(&self, message: &Message) -> Result<(), StoreError> {
        self.rewrite(encode(self.keys().message(message.ticket, message.id), "message", message)?).await
    }

    /// Erases anything else that stands with an erased ticket.
    pub async fn erase_beside(&self, ticket: TicketId, sort: &str) -> Result<(), StoreError> {
        self.erase_row(Key { pk: self.keys().ticket_partition(ticket), sk: sort.to_owned() }).await
    }

    /// Erases a file's row, whatever it is attached to.
    pub async fn erase_attachment(&self, id: AttachmentId) -> Result<(), StoreError> {
        self.erase_row(self.keys().attachment(id)).await
    }

    /// Erases the record of a mail.
    pub async fn erase_inbound_mail(&self, id: InboundMailId) -> Result<(), StoreError> {
        self.erase_row(self.keys().inbound(id)).await
    }

    /// Writes a line of the history again, without the words that it held.
    pub async fn rewrite_event(&self, event: &Event) -> Result<(), StoreError> {
        self.rewrite(encode(self.keys().event(event.ticket, event.id), "event", event)?).await
    }

    async fn rewrite(&self, row: Item) -> Result<(), StoreError> {
        let request = self.store.client.put_item().table_name(&*self.store.table).set_item(Some(row));
        let response = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(unavailable)?;
        record(Direction::Write, response.consumed_capacity());
        Ok(())
    }

    pub(crate) async fn erase_row(&self, at: Key) -> Result<(), StoreError> {
        let request = self.store.client.delete_item().table_name(&*self.store.table).set_key(Some(key(at)));
        let response = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(unavailable)?;
        record(Direction::Write, response.consumed_capacity());
        Ok(())
    }
}

/// What is to be done about a row; nothing about the ticket itself, and about what holds no words.
fn remains(row: Item) -> Result<Option<Remains>, StoreError> {
    match kind(&row) {
        // What it is counted in goes by itself: without it the figures would keep it.
        "ticket" | "counted" => Ok(None),
        "message" => Ok(Some(Remains::Message(Box::new(decode(row, "message")?)))),
        "event" => {
            let event: Event = decode(row, "event")?;
            let without = event.kind.without_words();
            Ok(without.map(|kind| Remains::Event(Box::new(Event { kind, ..event }))))
        }
        SCHEDULED => Ok(Some(Remains::Scheduled(Box::new(decode(row, SCHEDULED)?)))),
        _ => Ok(Some(Remains::Row(string(&row, "sk").to_owned()))),
    }
}
