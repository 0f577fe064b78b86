//! What the desk remembers of a file: who brought it, where it belongs, and whether it may be had.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Attachment, AttachmentRules, FileName, Kind, OPAQUE, Scan};
use crate::{
    error::ParseError,
    id::{AttachmentId, MessageId, PersonId, PreparedId, TicketId},
    prepared::KeptFile,
    words::word,
};

/// Hours in which an upload must be attached; then it is nobody's.
pub const UPLOAD_HOURS: i64 = 24;

/// A file of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Identifier.
    pub id: AttachmentId,
    /// A safe name.
    pub name: String,
    /// By its name until it was looked at; then what its content says.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// The name by which the HTML of its message shows it.
    #[serde(default)]
    pub content_id: Option<String>,
    /// Who uploads it; `None` where it came by mail.
    pub uploaded_by: Option<PersonId>,
    /// The ticket that it was uploaded for; `None` for one that is yet to be opened.
    pub meant_for: Option<TicketId>,
    /// Where it is attached.
    pub attached_to: Option<AttachedTo>,
    /// The canned response that keeps it: it is attached to nothing, and nobody's to attach; copies of it are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_by: Option<PreparedId>,
    /// Whether somebody has seen its object.
    pub stored: bool,
    /// What is known of its safety.
    pub scan: Scan,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When it is forgotten, unless it is attached before.
    pub expires_at: Option<Timestamp>,
}

/// Where a file is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedTo {
    /// The ticket.
    pub ticket: TicketId,
    /// The message.
    pub message: MessageId,
}

word!(
    /// Why a file cannot be had.
    Barred {
        /// It was announced and not uploaded.
        NotUploaded = "not_uploaded",
        /// It is being looked at; it is not given out before.
        Pending = "pending",
        /// No scanner could tell, and this desk gives out nothing else.
        Unknown = "unknown",
        /// A scanner found something.
        Infected = "infected",
        /// It is too large, or not what its name says.
        Withheld = "withheld",
    }
);

impl FileRecord {
    /// A file that somebody is about to upload.
    pub fn upload(
        id: AttachmentId,
        (name, kind, size): (&FileName, Option<&Kind>, u64),
        (uploaded_by, meant_for): (PersonId, Option<TicketId>),
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            name: name.as_str().to_owned(),
            content_type: kind.map_or(OPAQUE, |kind| kind.content_type).to_owned(),
            size,
            content_id: None,
            uploaded_by: Some(uploaded_by),
            meant_for,
            attached_to: None,
            kept_by: None,
            stored: false,
            scan: Scan::Pending,
            created_at: now,
            expires_at: Some(now + SignedDuration::from_hours(UPLOAD_HOURS)),
        }
    }

    /// A file that came with a mail, to be saved together with its message.
    pub fn of_mail(attachment: &Attachment, attached_to: AttachedTo, now: Timestamp) -> Self {
        let Attachment { id, name, content_type, size, content_id, scan } = attachment.clone();
        Self {
            id,
            name,
            content_type,
            size,
            content_id,
            uploaded_by: None,
            meant_for: None,
            attached_to: Some(attached_to),
            kept_by: None,
            stored: scan != Scan::Withheld,
            scan,
            created_at: now,
            expires_at: None,
        }
    }

    /// A copy of what a canned response keeps, as if this person had uploaded it for the ticket: what is known of one is known of
    /// the other.
    pub fn copy_for(&self, id: AttachmentId, (person, ticket): (PersonId, TicketId), scan: Scan, now: Timestamp) -> Self {
        Self {
            id,
            name: self.name.clone(),
            content_type: self.content_type.clone(),
            size: self.size,
            content_id: None,
            uploaded_by: Some(person),
            meant_for: Some(ticket),
            attached_to: None,
            kept_by: None,
            stored: true,
            scan,
            created_at: now,
            expires_at: Some(now + SignedDuration::from_hours(UPLOAD_HOURS)),
        }
    }

    /// As a canned response lists it.
    pub fn kept(&self) -> KeptFile {
        let Self { id, name, content_type, size, .. } = self;
        KeptFile { id: *id, name: name.clone(), content_type: content_type.clone(), size: *size }
    }

    /// As its message lists it.
    pub fn attachment(&self) -> Attachment {
        Attachment {
            id: self.id,
            name: self.name.clone(),
            content_type: self.content_type.clone(),
            size: self.size,
            content_id: self.content_id.clone(),
            scan: self.scan,
        }
    }

    /// Whether it was never attached, and it is too late now: as if it were not there.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.attached_to.is_none() && self.kept_by.is_none() && self.expires_at.is_some_and(|end| end <= now)
    }

    /// Whether this person uploaded it, and it is attached to nothing yet.
    pub fn is_loose_of(&self, person: PersonId) -> bool {
        self.attached_to.is_none() && self.kept_by.is_none() && self.uploaded_by == Some(person)
    }

    /// Whether this person may attach it to what they say on `ticket`, `None` for a new one; whether it was uploaded is not
    /// asked here. Otherwise a word for programs and a sentence for people. Another's file is no file, as if it were not there.
    pub fn check_attachable(
        &self,
        person: PersonId,
        ticket: Option<TicketId>,
        now: Timestamp,
    ) -> Result<(), (&'static str, &'static str)> {
        let elsewhere = self.meant_for.is_some() && self.meant_for != ticket;
        if self.uploaded_by != Some(person) || elsewhere || self.is_forgotten(now) {
            return Err(UNKNOWN_FILE);
        }
        if self.attached_to.is_some() || self.kept_by.is_some() {
            return Err(("already_attached", "is attached to a message or a canned response already"));
        }
        match self.scan {
            Scan::Infected => Err(("infected", "holds something harmful")),
            Scan::Withheld => Err(("type_not_allowed", "is not what its name says")),
            Scan::Pending | Scan::Clean | Scan::Unknown => Ok(()),
        }
    }

    /// Whether it may be given to those who see its message, `scan` being what is known of it now.
    pub fn check_given(&self, scan: Scan, rules: AttachmentRules) -> Result<(), Barred> {
        match scan {
            Scan::Infected => Err(Barred::Infected),
            Scan::Withheld => Err(Barred::Withheld),
            Scan::Clean => Ok(()),
            // What nobody has looked at may be anything yet, also what its name does not say.
            Scan::Pending => Err(Barred::Pending),
            Scan::Unknown if rules.scan_required => Err(Barred::Unknown),
            Scan::Unknown => Ok(()),
        }
    }
}

/// What is said of a file that is not there for this person.
pub const UNKNOWN_FILE: (&str, &str) = ("unknown_attachment", "there is no such file of yours for this ticket");

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }

    fn ticket(n: u128) -> TicketId {
        TicketId(Uuid::from_u128(n))
    }

    fn upload(meant_for: Option<TicketId>) -> FileRecord {
        let name = FileName::safe("a.png");
        FileRecord::upload(AttachmentId(Uuid::nil()), (&name, Kind::of_extension("png"), 5), (person(1), meant_for), NOW)
    }

    fn code(result: Result<(), (&'static str, &'static str)>) -> &'static str {
        result.err().map_or("", |(code, _)| code)
    }

    #[test]
    fn d2_a_file_is_attached_by_its_uploader_to_its_ticket_once() {
        let file = upload(Some(ticket(1)));
        assert_eq!(code(file.check_attachable(person(1), Some(ticket(1)), NOW)), "");
        for (who, where_to, at) in [
            (person(2), Some(ticket(1)), NOW),
            (person(1), Some(ticket(2)), NOW),
            (person(1), None, NOW),
            (person(1), Some(ticket(1)), NOW + SignedDuration::from_hours(UPLOAD_HOURS)),
        ] {
            assert_eq!(code(file.check_attachable(who, where_to, at)), "unknown_attachment");
        }
        assert_eq!(code(upload(None).check_attachable(person(1), Some(ticket(2)), NOW)), "", "meant for none in particular");
        let place = AttachedTo { ticket: ticket(1), message: MessageId(Uuid::nil()) };
        let attached = FileRecord { attached_to: Some(place), ..file };
        assert_eq!(code(attached.check_attachable(person(1), Some(ticket(1)), NOW)), "already_attached");
        assert!(!attached.is_forgotten(NOW + SignedDuration::from_hours(UPLOAD_HOURS)));
    }

    #[test]
    fn d2_what_a_canned_response_keeps_is_nobodys_and_a_copy_is_its_users() {
        let kept = FileRecord { kept_by: Some(PreparedId(Uuid::nil())), expires_at: None, ..upload(None) };
        assert_eq!(code(kept.check_attachable(person(1), Some(ticket(1)), NOW)), "already_attached");
        assert!(!kept.is_loose_of(person(1)) && !kept.is_forgotten(NOW + SignedDuration::from_hours(UPLOAD_HOURS)));
        let copy = kept.copy_for(AttachmentId(Uuid::from_u128(9)), (person(2), ticket(1)), Scan::Clean, NOW);
        assert_eq!((copy.scan, &copy.name, copy.size), (Scan::Clean, &kept.name, kept.size));
        assert_eq!(code(copy.check_attachable(person(2), Some(ticket(1)), NOW)), "");
        for (who, where_to) in [(1, 1), (2, 2)] {
            assert_eq!(code(copy.check_attachable(person(who), Some(ticket(where_to)), NOW)), "unknown_attachment");
        }
    }

    #[test]
    fn nobody_gets_what_is_infected_or_withheld_or_was_not_looked_at() {
        let file = upload(None);
        let given = |scan, scan_required| file.check_given(scan, AttachmentRules { scan_required }).err();
        for scan_required in [false, true] {
            assert_eq!(given(Scan::Infected, scan_required), Some(Barred::Infected));
            assert_eq!(given(Scan::Withheld, scan_required), Some(Barred::Withheld));
            assert_eq!(given(Scan::Clean, scan_required), None);
            assert_eq!(given(Scan::Pending, scan_required), Some(Barred::Pending), "nobody has looked at it yet");
        }
        assert_eq!((given(Scan::Unknown, false), given(Scan::Unknown, true)), (None, Some(Barred::Unknown)));
    }
}
