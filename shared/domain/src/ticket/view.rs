//! What a caller sees of a ticket. The only way from the stored shapes to an answer, so that no answer can hold
//! what its reader may not see.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{ImportedFrom, LinkKind, Linked, Participant, Rating, Snoozed, Ticket};
use crate::{
    attachment::Attachment,
    caller::Caller,
    config::TenantConfig,
    event::{Actor, Event, EventKind},
    id::{Audience, BrandId, CategoryId, EventId, MessageId, OrganizationId, PersonId, TeamId, TicketId},
    mail::MailOrigin,
    markup::{Body, BodyFormat},
    message::{Enclosed, LeftBehind, Message, MessageKind},
    number::TicketNumber,
    role::Permission,
    sla::PromiseView,
    text::{ResolutionNote, Subject, Tag},
    words::{Channel, Priority, Status},
};

/// A ticket as a caller sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TicketView {
    /// Identifier (UUIDv7).
    pub id: TicketId,
    /// What people call it.
    pub number: TicketNumber,
    /// Which face of the tenant.
    pub brand: BrandId,
    /// What it is about.
    pub subject: Subject,
    /// Where it stands.
    pub status: Status,
    /// How much it matters.
    pub priority: Priority,
    /// What kind of thing it is.
    pub category: Option<CategoryId>,
    /// How it came.
    pub channel: Channel,
    /// Who asked.
    pub requester: PersonId,
    /// Their company.
    pub organization: Option<OrganizationId>,
    /// Who answers.
    pub assignee: Option<PersonId>,
    /// Custom fields; of what the desk defined for staff alone, customers see nothing.
    #[schema(value_type = Object)]
    pub fields: BTreeMap<String, Value>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When anything last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When staff first answered in public.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_response_at: Option<Timestamp>,
    /// When it was resolved.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
    /// When it was closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// How it was solved.
    pub resolution_note: Option<ResolutionNote>,
    /// How often it was taken up again.
    pub reopen_count: u32,
    /// The ticket it was merged into, for those who see that.
    pub merged_into: Option<TicketId>,
    /// The closed ticket whose late answer opened this one.
    pub follow_up_of: Option<TicketId>,
    /// What the requester thought of it.
    pub rating: Option<Rating>,
    /// Grows by one with every change; also the ETag.
    pub version: u64,
    /// What only staff sees.
    #[serde(flatten)]
    pub staff: Option<StaffTicketView>,
}

/// What only staff sees of a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StaffTicketView {
    /// Which team answers.
    pub team: Option<TeamId>,
    /// Tags.
    pub tags: BTreeSet<Tag>,
    /// The requester's audiences when they asked.
    pub audiences: Vec<Audience>,
    /// Who opened it.
    pub created_by: Actor,
    /// Who first answered.
    pub first_response_by: Option<PersonId>,
    /// Who resolved it.
    pub resolved_by: Option<Actor>,
    /// Who closed it.
    pub closed_by: Option<Actor>,
    /// When it was merged; that can be undone for an hour.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub merged_at: Option<Timestamp>,
    /// The tickets that were merged into it.
    pub merged: Vec<TicketId>,
    /// What other tickets are to it, by ticket; of the brands that the reader sees.
    #[schema(value_type = Object)]
    pub links: BTreeMap<TicketId, LinkView>,
    /// The members of staff who are told of what is said.
    pub followers: BTreeSet<PersonId>,
    /// Who else takes part, by person.
    #[schema(value_type = Object)]
    pub participants: BTreeMap<PersonId, Participant>,
    /// What is promised, and how it goes; null where nothing is.
    pub sla: Option<PromiseView>,
    /// Since when a customer waits for a further answer.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub waiting_since: Option<Timestamp>,
    /// Until when it is put off.
    pub snoozed: Option<Snoozed>,
    /// Since when nobody has it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub unassigned_since: Option<Timestamp>,
    /// When it was deleted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deleted_at: Option<Timestamp>,
    /// Where it came from, if it was not opened here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<Box<ImportedFrom>>,
}

impl TicketView {
    /// The ticket as this caller sees it now; what is left of promised times depends on both.
    pub fn of(ticket: &Ticket, caller: &Caller, (desk, now): (&TenantConfig, Timestamp)) -> Self {
        // Named one by one: a new field of a ticket is a decision here, not an accident.
        let Ticket {
            id,
            tenant: _,
            number,
            brand,
            subject,
            status,
            priority,
            category,
            channel,
            requester,
            organization,
            audiences,
            assignee,
            team,
            tags,
            fields: _,
            created_at,
            created_by,
            updated_at,
            first_response_at,
            first_response_by,
            resolved_at,
            resolved_by,
            closed_at,
            closed_by,
            resolution_note,
            reopen_count,
            merged_into,
            merge,
            merged,
            links,
            followers,
            follow_up_of,
            rating,
            participants,
            attached_bytes: _,
            pending_bytes: _,
            last_mail_id: _,
            stays: _,
            waiting_since,
            promise,
            snoozed,
            unassigned,
            routing: _,
            deleted_at,
            purged_at: _,
            authors: _,
            imported,
            version,
        } = ticket.clone();
        let staff = caller.is_staff().then_some(StaffTicketView {
            team,
            tags,
            audiences,
            created_by,
            first_response_by,
            resolved_by,
            closed_by,
            merged_at: merge.map(|merge| merge.at),
            merged,
            links: LinkView::all_of(&links, caller),
            followers,
            participants,
            sla: promise.as_ref().filter(|promise| promise.version > 0).map(|promise| PromiseView::of(promise, desk, now)),
            waiting_since,
            snoozed,
            unassigned_since: unassigned.map(|unassigned| unassigned.since),
            deleted_at,
            imported,
        });
        Self {
            id,
            number,
            brand,
            subject,
            status,
            priority,
            category,
            channel,
            requester,
            organization,
            assignee,
            fields: ticket.fields_for(caller, desk),
            created_at,
            updated_at,
            first_response_at,
            resolved_at,
            closed_at,
            resolution_note,
            reopen_count,
            // Customers are told by whoever has looked whether they see it.
            merged_into: merged_into.filter(|_| caller.is_staff()),
            follow_up_of,
            rating,
            version,
            staff,
        }
    }
}

/// What another ticket is to one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LinkView {
    /// What it is.
    pub kind: LinkKind,
    /// What people call it.
    pub number: TicketNumber,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

impl LinkView {
    fn all_of(links: &BTreeMap<TicketId, Linked>, caller: &Caller) -> BTreeMap<TicketId, Self> {
        let seen = links.iter().filter(|(_, linked)| caller.brands.include(&linked.brand));
        let view = |linked: &Linked| Self { kind: linked.kind, number: linked.number.clone(), since: linked.since };
        seen.map(|(other, linked)| (*other, view(linked))).collect()
    }
}

/// A message as a caller sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MessageView {
    /// Identifier (UUIDv7).
    pub id: MessageId,
    /// The ticket it stands on.
    pub ticket: TicketId,
    /// Reply or note.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: Actor,
    /// How it came.
    pub channel: Channel,
    /// As written; HTML is sanitised.
    pub body: String,
    /// How `body` is written.
    pub body_format: BodyFormat,
    /// The same in plain text.
    pub body_text: String,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// What it quotes of earlier messages; folded away until asked for. Of what staff write, and of what was waiting to be let
    /// in, for staff alone: it may quote what customers do not see.
    pub quoted: Option<TextView>,
    /// The signature under it; folded away until asked for.
    pub signature: Option<TextView>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// What was not taken over from the desk that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Box<LeftBehind>>,
    /// What only staff sees.
    #[serde(flatten)]
    pub staff: Option<StaffMessageView>,
}

/// What only staff sees of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StaffMessageView {
    /// The mail that it came by, and how far its sender is proven.
    pub mail: Option<MailOrigin>,
    /// Whether it is from somebody who is not known to belong here: nobody but staff sees it.
    pub pending: bool,
    /// The members of staff whom it names.
    pub mentions: Vec<PersonId>,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TextView {
    /// As written; HTML is sanitised.
    pub body: String,
    /// How `body` is written.
    pub body_format: BodyFormat,
    /// The same in plain text.
    pub body_text: String,
}

impl TextView {
    fn of(body: &Body) -> Self {
        Self { body: body.source.clone(), body_format: body.format, body_text: body.text.clone() }
    }
}

impl MessageView {
    /// The message, if it is there for this caller: notes are the staff's.
    pub fn of(message: &Message, caller: &Caller) -> Option<Self> {
        if message.kind == MessageKind::Note && !caller.may(Permission::TicketsNote) {
            return None;
        }
        let Enclosed { attachments, quoted, quoted_for_staff, signature, mail, pending, mentions, imported } = &message.enclosed;
        if *pending && !caller.is_staff() {
            return None;
        }
        // A mail to staff may show a note, and their program quotes it below the answer.
        let is_quoted_for_staff = *quoted_for_staff || !matches!(message.author, Actor::Customer { .. });
        let quoted = quoted.as_ref().filter(|_| caller.is_staff() || !is_quoted_for_staff);
        let staff =
            caller.is_staff().then(|| StaffMessageView { mail: mail.clone(), pending: *pending, mentions: mentions.clone() });
        Some(Self {
            id: message.id,
            ticket: message.ticket,
            kind: message.kind,
            author: message.author,
            channel: message.channel,
            body: message.body.source.clone(),
            body_format: message.body.format,
            body_text: message.body.text.clone(),
            attachments: attachments.clone(),
            quoted: quoted.map(TextView::of),
            signature: signature.as_ref().map(TextView::of),
            created_at: message.created_at,
            imported: imported.clone(),
            staff,
        })
    }
}

/// One line of the history as a caller sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    /// Identifier (UUIDv7).
    pub id: EventId,
    /// The ticket.
    pub ticket: TicketId,
    /// The ticket's version that the change made.
    pub version: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

impl EventView {
    /// The event, if it is there for this caller. A customer learns of replies and status, of nothing internal.
    pub fn of(event: &Event, caller: &Caller) -> Option<Self> {
        let public = match &event.kind {
            EventKind::MessageAdded { kind, pending, .. } => *kind == MessageKind::Reply && !pending,
            EventKind::Created { .. }
            | EventKind::StatusChanged { .. }
            | EventKind::Rated { .. }
            | EventKind::Merged { .. }
            | EventKind::Unmerged { .. }
            | EventKind::FollowUpOpened { .. } => true,
            EventKind::FieldChanged { field, .. } => {
                matches!(field.as_str(), "subject" | "priority" | "category" | "resolution_note")
            }
            EventKind::Imported { .. }
            | EventKind::Assigned { .. }
            | EventKind::TeamChanged { .. }
            | EventKind::ParticipantChanged { .. }
            | EventKind::MessagesReleased { .. }
            | EventKind::MailFailed { .. }
            | EventKind::SendFailed { .. }
            | EventKind::PolicyApplied { .. }
            | EventKind::SlaWarned { .. }
            | EventKind::SlaBreached { .. }
            | EventKind::Snoozed { .. }
            | EventKind::SnoozeEnded { .. }
            | EventKind::UnassignedTooLong { .. }
            | EventKind::Transferred { .. }
            | EventKind::MergeReceived { .. }
            | EventKind::MergeReturned { .. }
            | EventKind::SplitOff { .. }
            | EventKind::SplitFrom { .. }
            | EventKind::LinkChanged { .. }
            | EventKind::FollowerChanged { .. }
            | EventKind::Routed(_)
            | EventKind::Deleted {}
            | EventKind::Restored {}
            | EventKind::PersonErased { .. }
            | EventKind::Purged {} => false,
        };
        if !public && !caller.may(Permission::TicketsNote) {
            return None;
        }
        let Event { id, tenant: _, ticket, version, at, actor, kind } = event.clone();
        // A status change may have come with a note; its id is the staff's.
        let kind = match kind {
            EventKind::StatusChanged { from, to, .. } if !caller.is_staff() => {
                EventKind::StatusChanged { from, to, message: None }
            }
            // To a customer it is closed, or open again: with whose it was merged is for staff to say.
            EventKind::Merged { from, .. } if !caller.is_staff() => {
                EventKind::StatusChanged { from, to: Status::Closed, message: None }
            }
            EventKind::Unmerged { to, .. } if !caller.is_staff() => {
                EventKind::StatusChanged { from: Status::Closed, to, message: None }
            }
            other => other,
        };
        Some(Self { id, ticket, version, at, actor, kind })
    }
}
