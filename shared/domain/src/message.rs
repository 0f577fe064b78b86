//! What was said on a ticket.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    attachment::{Attachment, MAX_FILES, MAX_TICKET_BYTES, Refusal, Scan},
    error::{FieldError, ParseError},
    event::Actor,
    id::{MessageId, PersonId, TicketId},
    mail::MailOrigin,
    markup::Body,
    text::Name,
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
    /// What came with it.
    #[serde(flatten)]
    pub enclosed: Enclosed,
}

/// What comes with the text of a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Enclosed {
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What it quotes of earlier messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Body>,
    /// Whether staff alone see what it quotes: it may quote what they alone were sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quoted_for_staff: bool,
    /// The signature under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Body>,
    /// The mail that it came by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailOrigin>,
    /// Whether it is from somebody who is not known to belong here: staff alone see it, until they say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// The members of staff whom a note names: they are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<PersonId>,
    /// What was not taken over from the desk that it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Box<LeftBehind>>,
}

/// What an imported message had, and has no longer here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftBehind {
    /// Who wrote it, where that is nobody of this desk's staff: the message then stands as the desk's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Name>,
    /// The names of its files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
}

impl Enclosed {
    /// The size of all files that are kept.
    pub fn attached_bytes(&self) -> u64 {
        self.attachments.iter().filter(|file| file.scan != Scan::Withheld).map(|file| file.size).sum()
    }

    /// Whether the files are few and small enough for a ticket that has so many bytes already.
    pub fn check_room(&self, attached_bytes: u64) -> Result<(), FieldError> {
        let wrong = |code, message: String| Err(FieldError::new("attachments", code, message));
        let kept = self.attachments.iter().filter(|file| file.scan != Scan::Withheld);
        if kept.count() > MAX_FILES {
            return wrong("too_many", format!("must be at most {MAX_FILES}"));
        }
        if attached_bytes.saturating_add(self.attached_bytes()) > MAX_TICKET_BYTES {
            return wrong("too_large", Refusal::NoRoom.message().to_owned());
        }
        Ok(())
    }
}
