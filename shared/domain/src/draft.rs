//! What somebody has begun to write on a ticket: theirs alone, until they send it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    attachment::MAX_FILES,
    caller::Caller,
    error::{DomainError, FieldError},
    id::{AttachmentId, PersonId, TicketId},
    markup::BodyFormat,
    message::MessageKind,
    role::Permission,
    words::Status,
};

/// How long a draft is kept after its last change.
pub const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A draft; one a person and ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Draft {
    /// The ticket.
    pub ticket: TicketId,
    /// Whose.
    pub person: PersonId,
    /// What it is to be.
    pub kind: MessageKind,
    /// As written; HTML is sanitised.
    pub body: String,
    /// How `body` is written.
    pub body_format: BodyFormat,
    /// The status to move to when it is sent; staff only.
    pub status: Option<Status>,
    /// Files that were uploaded for it. They are looked at when it is sent, and are not kept longer for standing here.
    pub attachments: Vec<AttachmentId>,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When it is forgotten, unless it changes before.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Grows by one with every change; also the ETag.
    pub version: u64,
}

impl Draft {
    /// Whether it is still kept.
    pub fn is_kept(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// Whether its author could send it as it is: names every field that is not theirs to set.
    pub fn check(&self, caller: &Caller) -> Result<(), DomainError> {
        if self.attachments.len() > MAX_FILES {
            return Err(DomainError::invalid("attachments", "too_many", format!("must be at most {MAX_FILES}")));
        }
        let mut not_theirs = Vec::new();
        if self.kind == MessageKind::Note && !caller.may(Permission::TicketsNote) {
            not_theirs.push(FieldError::new("kind", "not_allowed", "you may not write this kind of message"));
        }
        if self.status.is_some() && !caller.may(Permission::TicketsUpdate) {
            not_theirs.push(FieldError::new("status", "not_allowed", "only staff may set this"));
        }
        if not_theirs.is_empty() { Ok(()) } else { Err(DomainError::Forbidden(not_theirs)) }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ticket::tests::{ada, carl};

    fn draft() -> Draft {
        let now = Timestamp::UNIX_EPOCH;
        Draft {
            ticket: TicketId(Uuid::from_u128(1)),
            person: carl().person,
            kind: MessageKind::Reply,
            body: "Well".to_owned(),
            body_format: BodyFormat::Markdown,
            status: None,
            attachments: Vec::new(),
            updated_at: now,
            expires_at: now + KEPT,
            version: 1,
        }
    }

    #[test]
    fn a_draft_is_what_its_author_may_send() {
        assert_eq!(draft().check(&carl()), Ok(()));
        let note = Draft { kind: MessageKind::Note, status: Some(Status::Pending), ..draft() };
        assert_eq!(note.check(&ada()), Ok(()));
        let DomainError::Forbidden(wrong) = note.check(&carl()).expect_err("not his") else { panic!("of fields") };
        assert_eq!(wrong.iter().map(|wrong| wrong.path.as_str()).collect::<Vec<_>>(), ["kind", "status"]);
        let files = Draft { attachments: vec![AttachmentId(Uuid::nil()); MAX_FILES + 1], ..draft() };
        assert!(matches!(files.check(&ada()), Err(DomainError::Invalid(_))));
    }

    #[test]
    fn a_draft_is_forgotten_a_month_after_its_last_change() {
        let draft = draft();
        let in_days = |days: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days);
        assert!(draft.is_kept(in_days(29)) && !draft.is_kept(in_days(30)));
    }
}
