//! Messages that move to another ticket, and what must not change meanwhile.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem, Update};
use lambdesk_domain::{AttachedTo, Message, Scan, Ticket, TicketId};

use crate::{
    Desk,
    error::StoreError,
    item::{encode, key, number, string, text},
    request::{Guard, Part},
};

impl Desk<'_> {
    /// The writes that move messages: they stand elsewhere, their files are found there, and so are answers to the mails that they
    /// came by. A Message-ID that leads to another ticket, because that had the mail first, goes on leading there.
    pub(crate) async fn move_parts(&self, stood_on: TicketId, messages: &[Message]) -> Result<Vec<Part>, StoreError> {
        let (mut parts, mut led) = (Vec::new(), BTreeSet::new());
        for message in messages {
            parts.push(self.leave(stood_on, message)?);
            parts.push(self.plain(encode(self.keys().message(message.ticket, message.id), "message", message)?)?);
            let place = AttachedTo { ticket: message.ticket, message: message.id };
            // What was withheld was never kept, and has no row.
            for file in message.enclosed.attachments.iter().filter(|file| file.scan != Scan::Withheld) {
                parts.push(self.move_file(file.id, place)?);
            }
            let message_id = message.enclosed.mail.as_ref().and_then(|mail| mail.message_id.as_deref());
            // Two senders may have used the same, and a transaction writes no row twice.
            if let Some(message_id) = message_id.filter(|message_id| led.insert(*message_id)) {
                parts.extend(self.lead_to(message_id, stood_on, message.ticket).await?);
            }
        }
        Ok(parts)
    }

    fn leave(&self, stood_on: TicketId, message: &Message) -> Result<Part, StoreError> {
        let delete = Delete::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().message(stood_on, message.id))))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().delete(delete).build(), Guard::Version))
    }

    async fn lead_to(&self, message_id: &str, from: TicketId, to: TicketId) -> Result<Option<Part>, StoreError> {
        let at = self.keys().message_id(message_id);
        let pointer = self.get(at.clone()).await?;
        if pointer.is_none_or(|pointer| string(&pointer, "points_to") != from.to_string()) {
            return Ok(None);
        }
        let update = Update::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(at)))
            .update_expression("SET points_to = :to")
            .condition_expression("points_to = :from")
            .expression_attribute_values(":to", text(to.to_string()))
            .expression_attribute_values(":from", text(from.to_string()))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Some(Part::guarded(TransactWriteItem::builder().update(update).build(), Guard::Version)))
    }

    /// A condition: the ticket is still at this version. `Stale` otherwise.
    pub(crate) fn still(&self, ticket: &Ticket) -> Result<Part, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().ticket(ticket.id))))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", number(ticket.version))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().condition_check(check).build(), Guard::Version))
    }
}
