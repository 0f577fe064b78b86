//! Who changed which setting, and when; who had much of the desk written down, brought in, or erased. What happened to tickets is their
//! history's to tell.
//!
//! An entry names what changed and not what it was changed to: settings hold addresses and texts that outlive them nowhere else.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    caller::{Brands, Caller},
    error::{DomainError, ParseError},
    event::EventKind,
    id::PersonId,
    job::JobKind,
    role::Permission,
    ticket::Change,
    words::word,
};

/// How long an entry is kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 366);

word!(
    /// What was done.
    AuditAction {
        /// It was made.
        Created = "created",
        /// It was changed.
        Changed = "changed",
        /// It was erased, withdrawn or revoked.
        Erased = "erased",
        /// It was begun: a background job.
        Begun = "begun",
    }
);

word!(
    /// To what.
    AuditSubject {
        /// A policy of promises.
        Policy = "policy",
        /// A calendar.
        Calendar = "calendar",
        /// A team.
        Team = "team",
        /// A colleague: teams, skills, capacity, availability.
        Agent = "agent",
        /// A routing rule.
        RoutingRule = "routing_rule",
        /// A field of tickets.
        TicketField = "ticket_field",
        /// A team's canned response, or everybody's.
        CannedResponse = "canned_response",
        /// A team's macro, or everybody's.
        Macro = "macro",
        /// A team's ticket template, or everybody's.
        TicketTemplate = "ticket_template",
        /// A team's view, or everybody's.
        View = "view",
        /// Words of a mail.
        MailTemplate = "mail_template",
        /// An API key.
        ApiKey = "api_key",
        /// An export of tickets.
        Export = "export",
        /// An import of tickets.
        Import = "import",
        /// What the desk knows about a person, written down.
        PersonExport = "person_export",
        /// A person, erased.
        PersonErasure = "person_erasure",
        /// A ticket, erased for good.
        TicketPurge = "ticket_purge",
    }
);

/// Who is at it, and when: what stands on every entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Who.
    pub person: PersonId,
    /// Whether an API key of theirs did it.
    pub by_key: bool,
    /// Identifier of the entry (UUIDv7).
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
}

/// What was done, before anybody signs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// What.
    pub action: AuditAction,
    /// To what kind of thing.
    pub subject: AuditSubject,
    /// To which: its identifier.
    pub id: String,
    /// How staff call it.
    pub name: Option<String>,
    /// Which of its fields changed.
    pub fields: Vec<String>,
}

/// One entry. Written in the transaction of what it tells of; never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Identifier (UUIDv7: sorts by time).
    #[schema(value_type = String, format = Uuid)]
    pub id: Uuid,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who.
    pub by: PersonId,
    /// Whether an API key of theirs did it.
    pub by_key: bool,
    /// What was done.
    pub action: AuditAction,
    /// To what kind of thing.
    pub subject: AuditSubject,
    /// Which: its identifier; of an erasure and an export of a person, the person's; of a mail template, brand (`=` is all), mail
    /// and language.
    pub subject_id: String,
    /// How staff called it then.
    pub name: Option<String>,
    /// Which of its fields changed, where it was there before and is there now; of views and mail templates, which are written whole,
    /// none.
    pub fields: Vec<String>,
}

impl AuditEntry {
    /// The entry that says so.
    pub fn of(audited: Audited, signature: Signature) -> Self {
        let Audited { action, subject, id: subject_id, name, fields } = audited;
        let Signature { person: by, by_key, id, at } = signature;
        Self { id, at, by, by_key, action, subject, subject_id, name, fields }
    }

    /// When it is forgotten.
    pub fn expires_at(&self) -> Timestamp {
        self.at + KEPT
    }
}

impl Audited {
    /// What a write does to a thing, by what was there and what is to be; `None` where nothing was and nothing is.
    pub fn of<T: Serialize>(
        subject: AuditSubject,
        (id, name): (impl ToString, &str),
        before: Option<&T>,
        after: Option<&T>,
    ) -> Option<Self> {
        let (action, fields) = match (before, after) {
            (None, None) => return None,
            (None, Some(_)) => (AuditAction::Created, Vec::new()),
            (Some(_), None) => (AuditAction::Erased, Vec::new()),
            (Some(before), Some(after)) => (AuditAction::Changed, differences(before, after)),
        };
        Some(Self { action, subject, id: id.to_string(), name: Some(name.to_owned()), fields })
    }

    /// The same of a thing that changed, one of whose fields is said by the fields within it.
    pub fn within<T: Serialize, U: Serialize>(
        subject: AuditSubject,
        name: (impl ToString, &str),
        (before, after): (&T, &T),
        (field, before_within, after_within): (&str, &U, &U),
    ) -> Option<Self> {
        let mut audited = Self::of(subject, name, Some(before), Some(after))?;
        audited.fields.retain(|name| name != field);
        audited.fields.extend(differences(before_within, after_within));
        Some(audited)
    }

    /// What a job that is begun comes to; `None` of those that only change tickets, whose histories tell it.
    pub fn job(kind: &JobKind, id: impl ToString) -> Option<Self> {
        let (subject, id) = match kind {
            JobKind::Bulk { .. } | JobKind::Retag { .. } => return None,
            JobKind::Export { .. } => (AuditSubject::Export, id.to_string()),
            JobKind::Import { .. } => (AuditSubject::Import, id.to_string()),
            JobKind::ErasePerson { person } => (AuditSubject::PersonErasure, person.to_string()),
            JobKind::ExportPerson { person } => (AuditSubject::PersonExport, person.to_string()),
        };
        Some(Self { action: AuditAction::Begun, subject, id, name: None, fields: Vec::new() })
    }

    /// That a ticket is erased for good; `None` of every other change, which its history tells.
    pub fn purge(change: &Change) -> Option<Self> {
        let is_purge = change.events.iter().any(|event| matches!(event.kind, EventKind::Purged {}));
        is_purge.then(|| Self {
            action: AuditAction::Erased,
            subject: AuditSubject::TicketPurge,
            id: change.after.id.to_string(),
            name: Some(change.after.number.to_string()),
            fields: Vec::new(),
        })
    }
}

/// The fields in which two states of a thing differ, without the version, which always does.
fn differences<T: Serialize>(before: &T, after: &T) -> Vec<String> {
    let fields = |thing: &T| match serde_json::to_value(thing) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<_> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let differs = |name: &&String| before.get(*name) != after.get(*name) && !matches!(name.as_str(), "version" | "updated_at");
    names.into_iter().filter(differs).cloned().collect()
}

impl Caller {
    /// Whether the caller may read what was changed: it tells of all brands, so it takes somebody who works for all.
    pub fn check_may_audit(&self) -> Result<(), DomainError> {
        if self.brands == Brands::All && self.may(Permission::AuditRead) {
            return Ok(());
        }
        Err(DomainError::forbidden("brands", "only who runs the desk for all brands may read this"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Thing {
        name: &'static str,
        secret: Option<&'static str>,
        version: u32,
    }

    #[test]
    fn an_entry_names_what_changed_and_not_to_what() {
        let (one, two) = (Thing { name: "a", secret: None, version: 1 }, Thing { name: "a", secret: Some("hidden"), version: 2 });
        let audited = |before, after| Audited::of(AuditSubject::Team, ("t", "Team"), before, after);
        assert_eq!(audited(None, None), None);
        let changed = audited(Some(&one), Some(&two)).expect("one");
        assert_eq!((changed.action, changed.fields.as_slice()), (AuditAction::Changed, ["secret".to_owned()].as_slice()));
        assert_eq!(audited(None, Some(&one)).map(|made| (made.action, made.fields)), Some((AuditAction::Created, Vec::new())));
        assert_eq!(audited(Some(&one), None).map(|erased| erased.action), Some(AuditAction::Erased));
        let signature = Signature { person: PersonId(Uuid::nil()), by_key: true, id: Uuid::nil(), at: Timestamp::UNIX_EPOCH };
        let written = serde_json::to_string(&AuditEntry::of(changed, signature)).expect("JSON");
        assert!(written.contains("secret") && !written.contains("hidden"), "{written}");
    }

    #[test]
    fn a_job_is_told_where_no_history_tells_it() {
        let person = PersonId(Uuid::from_u128(7));
        let told = Audited::job(&JobKind::ErasePerson { person }, "job").expect("told");
        assert_eq!((told.subject, told.id), (AuditSubject::PersonErasure, person.to_string()));
        let tag = |text| crate::text::Tag::parse(text).expect("fits");
        assert_eq!(Audited::job(&JobKind::Retag { from: tag("a"), to: tag("b") }, "job"), None);
    }
}
