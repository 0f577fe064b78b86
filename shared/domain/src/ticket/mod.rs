//! Tickets. Each file is one thing that can be done to a ticket; this one holds its shape and what all of them share.

mod apply;
mod assign;
mod authors;
mod bulk;
mod create;
mod delete;
mod duplicates;
mod edit;
mod failed_mail;
mod fields;
mod follow;
mod forget;
mod import;
mod keep_time;
mod leave;
mod link;
mod merge;
mod message;
mod participate;
mod purge;
mod rate;
mod receive;
mod route;
mod scheduled;
mod snooze;
mod split;
mod status;
mod transfer;
mod update;
mod view;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::{
    apply::{Application, Difference, apply, differences},
    assign::{Assignee, assign, unassign, unknown_assignee},
    authors::Authors,
    bulk::{BulkNote, bulk, retag},
    create::{NewTicket, Opening, too_many_tags},
    delete::{delete, restore},
    duplicates::{LIKELY, likeness},
    failed_mail::{UndeliveredMail, note_failed_mail},
    fields::wrong_fields,
    follow::{MAX_FOLLOWERS, follow, unfollow},
    forget::{concerns, forget, forgotten},
    import::{ImportAuthor, Imported, ImportedFrom, NewImport, NewImportedMessage, future_times, import},
    keep_time::{Unassigned, keep_time},
    leave::leave,
    link::{LinkKind, Linked, MAX_DEPTH, MAX_LINKS, family, link, unlink},
    merge::{Brought, MAX_MERGED, Merge, UNDO_TIME, Was, merge, unmerge},
    message::{NewMessage, add_message, opens_follow_up},
    participate::{Admission, admit},
    purge::{purge, purge_merged},
    rate::{Rating, Score, rate},
    receive::{MAX_PARTICIPANTS, MAX_PENDING, MAX_PENDING_BYTES, Received, receive},
    route::{RoutingState, needs_routing, route},
    scheduled::{Delay, Failed, Scheduled, ScheduledView, give_up, schedule, send},
    snooze::{Snoozed, snooze, unsnooze},
    split::{MAX_SPLIT, Moved, Split, split},
    transfer::{Transfer, transfer},
    update::{Patch, TicketPatch, update},
    view::{EventView, MessageView, StaffTicketView, TicketView},
};
use crate::{
    caller::Caller,
    config::TenantConfig,
    error::ParseError,
    event::{Actor, Event},
    id::{Audience, BrandId, CategoryId, IdSource, OrganizationId, PersonId, TeamId, TenantId, TicketId},
    message::Message,
    number::TicketNumber,
    role::Permission,
    sla::{Promise, Stay},
    text::{ResolutionNote, Subject, Tag},
    words::{Channel, Priority, Status, word},
};
use utoipa::ToSchema;

/// A request for help and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Identifier (UUIDv7: sorts by creation).
    pub id: TicketId,
    /// Whose desk.
    pub tenant: TenantId,
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
    /// Who asked. Their data is read at the source, never copied here.
    pub requester: PersonId,
    /// Their company.
    pub organization: Option<OrganizationId>,
    /// The requester's audiences when they asked.
    #[serde(default)]
    pub audiences: Vec<Audience>,
    /// Who answers.
    pub assignee: Option<PersonId>,
    /// Which team answers.
    pub team: Option<TeamId>,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeSet<Tag>,
    /// Custom fields.
    #[serde(default)]
    pub fields: BTreeMap<String, Value>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Actor,
    /// When anything last changed; the order of the queue.
    pub updated_at: Timestamp,
    /// When staff first answered in public.
    pub first_response_at: Option<Timestamp>,
    /// Who did.
    pub first_response_by: Option<PersonId>,
    /// When it was resolved, or closed without being resolved first.
    pub resolved_at: Option<Timestamp>,
    /// By whom.
    pub resolved_by: Option<Actor>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// By whom.
    pub closed_by: Option<Actor>,
    /// How it was solved.
    pub resolution_note: Option<ResolutionNote>,
    /// How often it was taken up again after it was resolved or closed.
    pub reopen_count: u32,
    /// The ticket it was merged into.
    pub merged_into: Option<TicketId>,
    /// What that merge changed, for as long as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<Box<Merge>>,
    /// The tickets that were merged into it, and into these: what was said there is part of its conversation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<TicketId>,
    /// What other tickets are to it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<TicketId, Linked>,
    /// The members of staff who are told of what is said on it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub followers: BTreeSet<PersonId>,
    /// The closed ticket whose late answer opened this one.
    pub follow_up_of: Option<TicketId>,
    /// What the requester thought of it.
    pub rating: Option<Rating>,
    /// Who else takes part.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub participants: BTreeMap<PersonId, Participant>,
    /// Which customers besides wrote on it or took part, also those who are on it no longer.
    #[serde(default = "Authors::unknown", skip_serializing_if = "Authors::is_unknown")]
    pub authors: Authors,
    /// The size of its attachments, in bytes.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub attached_bytes: u64,
    /// The size of the attachments of messages that wait to be let in, in bytes; these are not among the others.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub pending_bytes: u64,
    /// The Message-ID of the customer's last mail: what our next one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_mail_id: Option<String>,
    /// The statuses that it was in, from the beginning: what its clocks are computed from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stays: Vec<Stay>,
    /// Since when a customer waits for a further answer: their first message that nobody answered since. While they wait for
    /// the first answer it is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Timestamp>,
    /// What is promised about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// Until when somebody put it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed: Option<Snoozed>,
    /// Since when nobody has it, and whether that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unassigned: Option<Unassigned>,
    /// What routing remembers of it.
    #[serde(default, skip_serializing_if = "RoutingState::is_default")]
    pub routing: RoutingState,
    /// When it was deleted softly.
    pub deleted_at: Option<Timestamp>,
    /// When it was erased for good: nobody sees it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purged_at: Option<Timestamp>,
    /// Where it came from, if it was not opened here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Box<ImportedFrom>>,
    /// Grows by one with every change; the optimistic lock and the ETag.
    pub version: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
const fn is_nothing(bytes: &u64) -> bool {
    *bytes == 0
}

/// Somebody who takes part in a ticket besides its requester and staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// What they may do.
    pub standing: Standing,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

word!(
    /// What a participant may do.
    Standing {
        /// Wrote to the ticket and is not known to belong to it: is sent nothing and sees nothing.
        Pending = "pending",
        /// Was copied in by somebody who belongs to it: is sent its public replies.
        Copied = "copied",
        /// Staff said that they belong to it: is sent its public replies, and sees it as its requester does.
        Confirmed = "confirmed",
        /// Left by themselves: is sent nothing and sees nothing, whoever copies them in, until staff say otherwise.
        Left = "left",
    }
);

impl Standing {
    /// Whether they are sent public replies.
    pub const fn is_told(self) -> bool {
        matches!(self, Self::Copied | Self::Confirmed)
    }
}

/// Who does something, when, in which desk.
pub struct Context<'a> {
    /// The tenant's configuration.
    pub config: &'a TenantConfig,
    /// Who asks for it; `None` is the desk itself, by a rule.
    pub caller: Option<&'a Caller>,
    /// Now.
    pub now: Timestamp,
    /// Where identifiers come from.
    pub ids: &'a mut dyn IdSource,
}

impl Context<'_> {
    fn actor(&self) -> Actor {
        match self.caller {
            None => Actor::System,
            Some(caller) if caller.is_staff() => Actor::Staff { person: caller.person },
            Some(caller) => Actor::Customer { person: caller.person },
        }
    }

    fn may(&self, permission: Permission) -> bool {
        self.caller.is_none_or(|caller| caller.may(permission))
    }

    fn by_staff(&self) -> bool {
        self.caller.is_none_or(Caller::is_staff)
    }
}

/// The outcome of a command: the ticket before and after, the message it added, the events that describe it. All of
/// it is to be written in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The ticket as it was; `None` for a new one.
    pub before: Option<Ticket>,
    /// The ticket as it is to be.
    pub after: Ticket,
    /// The message that was added.
    pub message: Option<Message>,
    /// What happened, in order.
    pub events: Vec<Event>,
}

impl Change {
    /// Whether the command changed nothing: there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}
