//! The history: what happened, by whom, when. The same rows are the audit log and the outbox.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    id::{EventId, MessageId, PersonId, PolicyId, SourceId, TeamId, TenantId, TicketId},
    message::{Message, MessageKind},
    number::TicketNumber,
    routing::Routed,
    sla::{Criterion, Group, Metric},
    suppression::MailFailure,
    text::{FailureDetail, TransferReason},
    ticket::{LinkKind, Standing},
    words::Status,
};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// A customer.
    Customer {
        /// Who.
        person: PersonId,
    },
    /// A member of staff.
    Staff {
        /// Who.
        person: PersonId,
    },
    /// The desk itself, by a rule.
    System,
}

impl Actor {
    /// The person, where it was one.
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Customer { person } | Self::Staff { person } => Some(person),
            Self::System => None,
        }
    }
}

/// One change. Written in the transaction that made it; never edited, never deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Identifier; sorts by time within the ticket.
    pub id: EventId,
    /// Whose desk.
    pub tenant: TenantId,
    /// Which ticket.
    pub ticket: TicketId,
    /// The ticket's version that the change made.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened. The names are part of the contract: webhooks and rules will be written against them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type")]
pub enum EventKind {
    /// A ticket was opened.
    #[serde(rename = "ticket.created")]
    Created {
        /// Its number.
        number: TicketNumber,
        /// Who asked.
        requester: PersonId,
        /// Whether the requester is not told: they know, or a machine wrote.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        quiet: bool,
    },
    /// A ticket came from another desk, with all that was said on it there.
    #[serde(rename = "ticket.imported")]
    Imported {
        /// Its number.
        number: TicketNumber,
        /// Which desk.
        source: SourceId,
        /// What it is called there.
        external_id: String,
    },
    /// A reply or note was written.
    #[serde(rename = "ticket.message_added")]
    MessageAdded {
        /// Which.
        message: MessageId,
        /// Reply or note.
        kind: MessageKind,
        /// Whether it is from somebody who is not known to belong here.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pending: bool,
        /// Whether a machine wrote it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        automatic: bool,
        /// The members of staff whom a note names.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<PersonId>,
        /// Whether it is a note on a ticket that somebody follows: they are told.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        followed: bool,
    },
    /// The status changed.
    #[serde(rename = "ticket.status_changed")]
    StatusChanged {
        /// Before.
        from: Status,
        /// After.
        to: Status,
        /// The message that was written in the same step, if any.
        message: Option<MessageId>,
    },
    /// The assignee changed.
    #[serde(rename = "ticket.assigned")]
    Assigned {
        /// Before.
        from: Option<PersonId>,
        /// After; `None` is unassigned.
        to: Option<PersonId>,
    },
    /// The team changed.
    #[serde(rename = "ticket.team_changed")]
    TeamChanged {
        /// Before.
        from: Option<TeamId>,
        /// After.
        to: Option<TeamId>,
    },
    /// Somebody came to take part, or takes part otherwise than before.
    #[serde(rename = "ticket.participant_changed")]
    ParticipantChanged {
        /// Who.
        participant: PersonId,
        /// Before.
        from: Option<Standing>,
        /// After.
        to: Option<Standing>,
    },
    /// Staff let in what somebody wrote while nobody knew whether they belong here: everybody sees it from now on.
    #[serde(rename = "ticket.messages_released")]
    MessagesReleased {
        /// Who wrote it.
        author: PersonId,
        /// Which messages.
        messages: Vec<MessageId>,
    },
    /// A field changed that has no event of its own.
    #[serde(rename = "ticket.field_changed")]
    FieldChanged {
        /// Which, as the API names it.
        field: String,
        /// Before.
        from: Value,
        /// After.
        to: Value,
    },
    /// The requester rated the ticket.
    #[serde(rename = "ticket.rated")]
    Rated {
        /// 1 to 5.
        score: u8,
        /// The score it replaces.
        previous: Option<u8>,
    },
    /// A reply that was to be sent later was not; it stays until somebody takes it back.
    #[serde(rename = "ticket.send_failed")]
    SendFailed {
        /// Which.
        scheduled: MessageId,
        /// Who wrote it, and is told.
        by: PersonId,
        /// Why: a stable word, such as `answered`.
        code: String,
    },
    /// A closed ticket past its reopen window was answered; the answer opened this one.
    #[serde(rename = "ticket.follow_up_opened")]
    FollowUpOpened {
        /// The ticket that was answered.
        follows: TicketId,
    },
    /// The ticket was merged into another, and closed by that.
    #[serde(rename = "ticket.merged")]
    Merged {
        /// Which goes on in its place.
        into: TicketId,
        /// The status that it was in.
        from: Status,
    },
    /// Another ticket was merged into this one.
    #[serde(rename = "ticket.merge_received")]
    MergeReceived {
        /// Which.
        from: TicketId,
        /// What people call it.
        number: TicketNumber,
    },
    /// The merge was undone: the ticket goes on by itself.
    #[serde(rename = "ticket.unmerged")]
    Unmerged {
        /// The ticket that it had been merged into.
        from: TicketId,
        /// The status that it is in again.
        to: Status,
    },
    /// A merge into this ticket was undone.
    #[serde(rename = "ticket.merge_returned")]
    MergeReturned {
        /// The ticket that goes on by itself.
        to: TicketId,
        /// What people call it.
        number: TicketNumber,
    },
    /// Messages of this ticket became a ticket of their own.
    #[serde(rename = "ticket.split_off")]
    SplitOff {
        /// The new ticket.
        into: TicketId,
        /// Which messages.
        messages: Vec<MessageId>,
    },
    /// The ticket was opened with messages of another.
    #[serde(rename = "ticket.split_from")]
    SplitFrom {
        /// The ticket that they stood on.
        from: TicketId,
        /// Which messages.
        messages: Vec<MessageId>,
    },
    /// The ticket was linked with another, otherwise than before, or no longer.
    #[serde(rename = "ticket.link_changed")]
    LinkChanged {
        /// The other ticket.
        other: TicketId,
        /// What it was to this one.
        from: Option<LinkKind>,
        /// What it is.
        to: Option<LinkKind>,
    },
    /// A member of staff follows the ticket, or no longer does.
    #[serde(rename = "ticket.follower_changed")]
    FollowerChanged {
        /// Who.
        follower: PersonId,
        /// Whether they do.
        following: bool,
    },
    /// A mail about the ticket did not reach somebody.
    #[serde(rename = "ticket.mail_failed")]
    MailFailed {
        /// Whom.
        recipient: PersonId,
        /// Whether no later mail could fare better.
        permanent: bool,
        /// How it failed.
        reason: MailFailure,
        /// What the server said.
        detail: Option<FailureDetail>,
    },
    /// The ticket got a policy, or another version of one.
    #[serde(rename = "sla.policy_applied")]
    PolicyApplied {
        /// Which; with version 0 it is the last that it had, and it has none now.
        policy: PolicyId,
        /// In which version.
        policy_version: u32,
        /// What of the ticket made it fit.
        because: Vec<Criterion>,
    },
    /// The share of a promised time that warns has passed.
    #[serde(rename = "sla.warned")]
    SlaWarned {
        /// What was promised.
        metric: Metric,
        /// By which policy.
        policy: PolicyId,
        /// When it passed.
        #[schema(value_type = String, format = DateTime)]
        passed_at: Timestamp,
        /// When all of the time is over, or was.
        #[schema(value_type = Option<String>, format = DateTime)]
        due_at: Option<Timestamp>,
        /// Who is told.
        notify: Vec<Group>,
    },
    /// A promise was broken.
    #[serde(rename = "sla.breached")]
    SlaBreached {
        /// What was promised.
        metric: Metric,
        /// By which policy.
        policy: PolicyId,
        /// When its time was over.
        #[schema(value_type = String, format = DateTime)]
        passed_at: Timestamp,
        /// Who is told.
        notify: Vec<Group>,
    },
    /// Somebody put it off.
    #[serde(rename = "ticket.snoozed")]
    Snoozed {
        /// Until when.
        #[schema(value_type = String, format = DateTime)]
        until: Timestamp,
    },
    /// It is no longer put off: its time has come, the customer spoke, or somebody took it up.
    #[serde(rename = "ticket.snooze_ended")]
    SnoozeEnded {
        /// Who had put it off.
        by: PersonId,
        /// Whether its time has come.
        due: bool,
    },
    /// Nobody has had it for longer than its desk allows.
    #[serde(rename = "ticket.unassigned_too_long")]
    UnassignedTooLong {
        /// Since when.
        #[schema(value_type = String, format = DateTime)]
        since: Timestamp,
    },
    /// The desk decided where it goes.
    #[serde(rename = "ticket.routed")]
    Routed(Routed),
    /// Somebody passed it on.
    #[serde(rename = "ticket.transferred")]
    Transferred {
        /// Why.
        reason: TransferReason,
    },
    /// The ticket was deleted softly.
    #[serde(rename = "ticket.deleted")]
    Deleted {},
    /// The ticket was brought back.
    #[serde(rename = "ticket.restored")]
    Restored {},
    /// Everything about somebody was erased from it: they asked for that.
    #[serde(rename = "ticket.person_erased")]
    PersonErased {
        /// Who.
        person: PersonId,
    },
    /// The ticket was erased for good, with its messages and files; the history stays, without words.
    #[serde(rename = "ticket.purged")]
    Purged {},
}

impl Event {
    /// Whether it may mean that somebody has to be found for the ticket: `Some(true)` where rules are asked anew,
    /// `Some(false)` where it stays in its team. What the desk itself changes asks no rule again, or rules could go round in
    /// circles.
    pub fn may_route(&self) -> Option<bool> {
        let by_hand = self.actor != Actor::System;
        match &self.kind {
            EventKind::Created { .. } => Some(true),
            EventKind::FieldChanged { field, .. } if by_hand && matches!(field.as_str(), "category" | "priority" | "tags") => {
                Some(true)
            }
            EventKind::TeamChanged { to: Some(_), .. } | EventKind::Transferred { .. } => Some(false),
            EventKind::Restored {} => Some(false),
            EventKind::Unmerged { to, .. } if to.is_open() => Some(false),
            EventKind::StatusChanged { from, to, .. } if to.is_open() && (!from.is_open() || *from == Status::Pending) => {
                Some(false)
            }
            _ => None,
        }
    }

    /// Whether it changes nothing that somebody who works on the ticket has to know of before they write: the desk kept time,
    /// or found somebody; or somebody follows it.
    pub fn is_background(&self) -> bool {
        let by_desk = self.actor == Actor::System;
        match &self.kind {
            EventKind::SlaWarned { .. }
            | EventKind::SlaBreached { .. }
            | EventKind::PolicyApplied { .. }
            | EventKind::UnassignedTooLong { .. }
            | EventKind::SnoozeEnded { .. }
            | EventKind::SendFailed { .. }
            | EventKind::FollowerChanged { .. }
            | EventKind::Routed(_) => true,
            EventKind::Assigned { from: None, .. } | EventKind::TeamChanged { .. } => by_desk,
            EventKind::StatusChanged { from: Status::New, to, .. } => by_desk && to.is_open(),
            _ => false,
        }
    }
}

impl EventKind {
    /// The event of this message.
    pub(crate) fn added(message: &Message, has_followers: bool) -> Self {
        let enclosed = &message.enclosed;
        Self::MessageAdded {
            message: message.id,
            kind: message.kind,
            pending: enclosed.pending,
            automatic: enclosed.mail.as_ref().is_some_and(|mail| mail.automatic),
            mentions: enclosed.mentions.clone(),
            followed: has_followers && message.kind == MessageKind::Note,
        }
    }

    /// Whether somebody may have room again for what waits.
    pub fn makes_room(&self) -> bool {
        match self {
            Self::StatusChanged { from, to, .. } => from.is_open() && !to.is_open(),
            Self::Assigned { from, .. } => from.is_some(),
            Self::Merged { from, .. } => from.is_open(),
            Self::Deleted {} => true,
            _ => false,
        }
    }

    /// Whether the ticket may stand in other views after it. What only tells somebody of something changes nothing that a
    /// view asks for.
    pub const fn may_count(&self) -> bool {
        match self {
            Self::Created { .. }
            | Self::Imported { .. }
            // A message can begin or end a promise.
            | Self::MessageAdded { .. }
            | Self::MessagesReleased { .. }
            | Self::StatusChanged { .. }
            | Self::Assigned { .. }
            | Self::TeamChanged { .. }
            | Self::FieldChanged { .. }
            | Self::Rated { .. }
            | Self::PolicyApplied { .. }
            | Self::SlaBreached { .. }
            | Self::SnoozeEnded { .. }
            | Self::Routed(_)
            | Self::Transferred { .. }
            | Self::Merged { .. }
            | Self::MergeReceived { .. }
            | Self::Unmerged { .. }
            | Self::MergeReturned { .. }
            | Self::SplitOff { .. }
            | Self::SplitFrom { .. }
            | Self::PersonErased { .. }
            | Self::Purged {}
            | Self::Deleted {}
            | Self::Restored {} => true,
            Self::ParticipantChanged { .. }
            | Self::SendFailed { .. }
            | Self::LinkChanged { .. }
            | Self::FollowerChanged { .. }
            | Self::FollowUpOpened { .. }
            | Self::MailFailed { .. }
            | Self::SlaWarned { .. }
            | Self::Snoozed { .. }
            | Self::UnassignedTooLong { .. } => false,
        }
    }

    /// The name in the contract, such as `ticket.created`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "ticket.created",
            Self::Imported { .. } => "ticket.imported",
            Self::MessageAdded { .. } => "ticket.message_added",
            Self::StatusChanged { .. } => "ticket.status_changed",
            Self::Assigned { .. } => "ticket.assigned",
            Self::TeamChanged { .. } => "ticket.team_changed",
            Self::ParticipantChanged { .. } => "ticket.participant_changed",
            Self::MessagesReleased { .. } => "ticket.messages_released",
            Self::FieldChanged { .. } => "ticket.field_changed",
            Self::Rated { .. } => "ticket.rated",
            Self::SendFailed { .. } => "ticket.send_failed",
            Self::FollowUpOpened { .. } => "ticket.follow_up_opened",
            Self::Merged { .. } => "ticket.merged",
            Self::MergeReceived { .. } => "ticket.merge_received",
            Self::Unmerged { .. } => "ticket.unmerged",
            Self::MergeReturned { .. } => "ticket.merge_returned",
            Self::SplitOff { .. } => "ticket.split_off",
            Self::SplitFrom { .. } => "ticket.split_from",
            Self::LinkChanged { .. } => "ticket.link_changed",
            Self::FollowerChanged { .. } => "ticket.follower_changed",
            Self::MailFailed { .. } => "ticket.mail_failed",
            Self::PolicyApplied { .. } => "sla.policy_applied",
            Self::SlaWarned { .. } => "sla.warned",
            Self::SlaBreached { .. } => "sla.breached",
            Self::Snoozed { .. } => "ticket.snoozed",
            Self::SnoozeEnded { .. } => "ticket.snooze_ended",
            Self::UnassignedTooLong { .. } => "ticket.unassigned_too_long",
            Self::Routed(_) => "ticket.routed",
            Self::Transferred { .. } => "ticket.transferred",
            Self::Deleted {} => "ticket.deleted",
            Self::Restored {} => "ticket.restored",
            Self::PersonErased { .. } => "ticket.person_erased",
            Self::Purged {} => "ticket.purged",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_what_is_written() {
        let kinds = [
            EventKind::Deleted {},
            EventKind::Assigned { from: None, to: None },
            EventKind::Rated { score: 5, previous: None },
            EventKind::MailFailed {
                recipient: PersonId(uuid::Uuid::nil()),
                permanent: true,
                reason: MailFailure::HardBounce,
                detail: None,
            },
            EventKind::StatusChanged { from: Status::New, to: Status::Closed, message: None },
            EventKind::Merged { into: TicketId(uuid::Uuid::nil()), from: Status::New },
            EventKind::Unmerged { from: TicketId(uuid::Uuid::nil()), to: Status::New },
            EventKind::LinkChanged { other: TicketId(uuid::Uuid::nil()), from: None, to: Some(LinkKind::Parent) },
            EventKind::FollowerChanged { follower: PersonId(uuid::Uuid::nil()), following: true },
        ];
        for kind in kinds {
            assert_eq!(serde_json::to_value(&kind).expect("plain data")["type"], kind.name());
        }
    }
}
