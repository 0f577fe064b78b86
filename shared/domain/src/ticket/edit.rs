//! How a ticket changes: edit a copy, then let the difference name the events. An event cannot be forgotten or
//! invented, because nobody writes one by hand. What happens about a ticket and changes nothing of it is noted: see [`Edit::note`].

use serde_json::{Value, json};

use super::{Change, Context, Ticket};
use crate::{
    error::DomainError,
    event::{Actor, Event, EventKind},
    id::{EventId, PersonId},
    message::Message,
    sla::{self, Promise},
};

pub(super) struct Edit {
    pub(super) before: Ticket,
    pub(super) ticket: Ticket,
    message: Option<Message>,
    noted: Vec<EventKind>,
}

impl Edit {
    /// Begins an edit; a deleted ticket can only be restored, and one that was merged changes no more.
    pub(super) fn of(ticket: Ticket, ctx: &Context<'_>) -> Result<Self, DomainError> {
        ticket.check_not_merged(ctx)?;
        Self::of_undeleted(ticket)
    }

    /// Begins an edit of a ticket that may be merged.
    pub(super) fn of_undeleted(ticket: Ticket) -> Result<Self, DomainError> {
        if ticket.deleted_at.is_some() {
            return Err(DomainError::rule("ticket_deleted", "This ticket is deleted. Restore it first."));
        }
        Ok(Self::of_any(ticket))
    }

    pub(super) fn of_any(ticket: Ticket) -> Self {
        Self { before: ticket.clone(), ticket, message: None, noted: Vec::new() }
    }

    /// Adds an event that no difference tells of: something happened about the ticket, and it stays as it is.
    pub(super) fn note(&mut self, kind: EventKind) {
        self.noted.push(kind);
    }

    pub(super) fn add(&mut self, message: Message) {
        let pending = message.enclosed.pending;
        let bytes = if pending { &mut self.ticket.pending_bytes } else { &mut self.ticket.attached_bytes };
        *bytes += message.enclosed.attached_bytes();
        self.ticket.last_mail_id = customers_mail(&message).or(self.ticket.last_mail_id.take());
        self.message = Some(message);
    }

    /// Ends the edit: names what differs, and what was noted. A change that changed nothing keeps version and time.
    pub(super) fn finish(self, ctx: &mut Context<'_>) -> Change {
        let Self { before, ticket: mut after, message, noted } = self;
        let mut kinds = Vec::new();
        kinds.extend(message.as_ref().map(|message| EventKind::added(message, !before.followers.is_empty())));
        kinds.extend(difference(&before, &after, message.as_ref()));
        kinds.extend(noted);
        if !kinds.is_empty() {
            after.note_who_left(&before);
            message.iter().for_each(|message| after.note_author(message));
            remember_hands(&before, &mut after, &kinds, ctx);
            sla::follow(&before, &mut after, message.as_ref(), ctx);
            kinds.extend(policy_applied(before.promise.as_ref(), &after));
            after.note_unassigned(ctx.now);
            after.version += 1;
            after.updated_at = ctx.now;
        }
        let events = events(kinds, &after, ctx);
        Change { before: Some(before), after, message, events }
    }
}

/// The Message-ID of the mail that the message came by, where it is one that our answer may refer to: from the customer's
/// side, and from somebody who belongs here.
pub(super) fn customers_mail(message: &Message) -> Option<String> {
    let answered = !message.enclosed.pending && !matches!(message.author, Actor::Staff { .. });
    message.enclosed.mail.as_ref().filter(|_| answered)?.message_id.clone()
}

/// What somebody decided of a ticket's way, routing leaves as it is.
fn remember_hands(before: &Ticket, after: &mut Ticket, kinds: &[EventKind], ctx: &Context<'_>) {
    let by_routing = kinds.iter().any(|kind| matches!(kind, EventKind::Routed(_)));
    if !by_routing && before.team != after.team {
        after.routing.fixed = after.team.is_some();
    }
    let person = ctx.caller.map(|caller| caller.person);
    after.routing.given_back_by = match (before.assignee, after.assignee) {
        (Some(had), None) if person == Some(had) => Some(had),
        (_, None) => after.routing.given_back_by,
        (_, Some(_)) => None,
    };
}

/// Says which policy the ticket has now, where that changed.
pub(super) fn policy_applied(before: Option<&Promise>, after: &Ticket) -> Option<EventKind> {
    let terms = |promise: &Promise| (promise.policy.clone(), promise.version);
    let promise = after.promise.as_ref()?;
    let is_other = before.map(terms) != Some(terms(promise));
    is_other.then(|| EventKind::PolicyApplied {
        policy: promise.policy.clone(),
        policy_version: promise.version,
        because: promise.because.clone(),
    })
}

/// Gives each kind its envelope.
pub(super) fn events(kinds: Vec<EventKind>, ticket: &Ticket, ctx: &mut Context<'_>) -> Vec<Event> {
    let actor = ctx.actor();
    let envelope = |kind| Event {
        id: EventId(ctx.ids.next_id()),
        tenant: ticket.tenant.clone(),
        ticket: ticket.id,
        version: ticket.version,
        at: ctx.now,
        actor,
        kind,
    };
    kinds.into_iter().map(envelope).collect()
}

fn changed_participants(before: &Ticket, after: &Ticket) -> Vec<EventKind> {
    let people: std::collections::BTreeSet<_> = before.participants.keys().chain(after.participants.keys()).collect();
    let standing = |ticket: &Ticket, person| ticket.participants.get(person).map(|participant| participant.standing);
    let changed = people.into_iter().map(|person| (*person, standing(before, person), standing(after, person)));
    let changed = changed.filter(|(_, from, to)| from != to);
    changed.map(|(participant, from, to)| EventKind::ParticipantChanged { participant, from, to }).collect()
}

fn changed_links(before: &Ticket, after: &Ticket) -> Vec<EventKind> {
    let others: std::collections::BTreeSet<_> = before.links.keys().chain(after.links.keys()).collect();
    let kind = |ticket: &Ticket, other| ticket.links.get(other).map(|linked| linked.kind);
    let changed = others.into_iter().map(|other| (*other, kind(before, other), kind(after, other)));
    changed.filter(|(_, from, to)| from != to).map(|(other, from, to)| EventKind::LinkChanged { other, from, to }).collect()
}

/// What differs, an event each. Times, counters and `by` fields follow from these and have no event of their own.
fn difference(before: &Ticket, after: &Ticket, message: Option<&Message>) -> Vec<EventKind> {
    let mut kinds = Vec::new();
    if before.assignee != after.assignee {
        kinds.push(EventKind::Assigned { from: before.assignee, to: after.assignee });
    }
    if before.team != after.team {
        kinds.push(EventKind::TeamChanged { from: before.team.clone(), to: after.team.clone() });
    }
    match (before.merged_into, after.merged_into) {
        // Closed or open by that alone: nobody resolved it, and nobody took it up again.
        (None, Some(into)) => kinds.push(EventKind::Merged { into, from: before.status }),
        (Some(from), None) => kinds.push(EventKind::Unmerged { from, to: after.status }),
        _ => {}
    }
    if before.status != after.status && before.merged_into == after.merged_into {
        kinds.push(EventKind::StatusChanged {
            from: before.status,
            to: after.status,
            message: message.map(|message| message.id),
        });
    }
    kinds.extend(changed_links(before, after));
    // Who comes along with a merge is part of it, and has no line of their own: they may be more than one transaction takes.
    if before.merged == after.merged {
        kinds.extend(changed_participants(before, after));
        let follows = |follower: &PersonId, following| EventKind::FollowerChanged { follower: *follower, following };
        kinds.extend(after.followers.difference(&before.followers).map(|follower| follows(follower, true)));
        kinds.extend(before.followers.difference(&after.followers).map(|follower| follows(follower, false)));
    }
    let mut field = |name: &str, from: Value, to: Value| {
        if from != to {
            kinds.push(EventKind::FieldChanged { field: name.to_owned(), from, to });
        }
    };
    field("subject", json!(before.subject), json!(after.subject));
    field("priority", json!(before.priority), json!(after.priority));
    field("category", json!(before.category), json!(after.category));
    field("tags", json!(before.tags), json!(after.tags));
    field("resolution_note", json!(before.resolution_note), json!(after.resolution_note));
    let names: std::collections::BTreeSet<_> = before.fields.keys().chain(after.fields.keys()).collect();
    for name in names {
        let value = |ticket: &Ticket| ticket.fields.get(name).cloned().unwrap_or(Value::Null);
        field(&format!("fields.{name}"), value(before), value(after));
    }
    if before.rating != after.rating
        && let Some(rating) = &after.rating
    {
        let previous = before.rating.as_ref().map(|rating| rating.score.get());
        kinds.push(EventKind::Rated { score: rating.score.get(), previous });
    }
    if before.snoozed != after.snoozed
        && let Some(snoozed) = after.snoozed
    {
        kinds.push(EventKind::Snoozed { until: snoozed.until });
    }
    match (before.deleted_at, after.deleted_at) {
        (None, Some(_)) => kinds.push(EventKind::Deleted {}),
        (Some(_), None) => kinds.push(EventKind::Restored {}),
        _ => {}
    }
    kinds
}
