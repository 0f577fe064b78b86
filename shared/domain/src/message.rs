//! What was said on a ticket.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::ParseError,
    event::Actor,
    id::{MessageId, TicketId},
    markup::Body,
    words::{Channel, word},
};

word!(
    /// Who a message is for.
    MessageKind {
        /// Public: the customer receives it.
        Reply = "reply",
        /// Internal: staff only, in every channel, export and event.
        Note = "note",
    }
);

/// A reply or a note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Identifier; sorts by time within the ticket.
    pub id: MessageId,
    /// The ticket.
    pub ticket: TicketId,
    /// Public or internal.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: Actor,
    /// How it came.
    pub channel: Channel,
    /// What it says.
    pub body: Body,
    /// When.
    pub created_at: Timestamp,
}
