//! How a ticket changes: edit a copy, then let the difference name the events. An event cannot be forgotten or
//! invented, because nobody writes one by hand.

use serde_json::{Value, json};

use super::{Change, Context, Ticket};
use crate::{
    error::DomainError,
    event::{Event, EventKind},
    id::EventId,
    message::Message,
};

pub(super) struct Edit {
    pub(super) before: Ticket,
    pub(super) ticket: Ticket,
    message: Option<Message>,
}

impl Edit {
    /// Begins an edit; a deleted ticket can only be restored.
    pub(super) fn of(ticket: Ticket) -> Result<Self, DomainError> {
        if ticket.deleted_at.is_some() {
            return Err(DomainError::rule("ticket_deleted", "This ticket is deleted. Restore it first."));
        }
        Ok(Self::of_any(ticket))
    }

    pub(super) fn of_any(ticket: Ticket) -> Self {
        Self { before: ticket.clone(), ticket, message: None }
    }

    pub(super) fn add(&mut self, message: Message) {
        self.message = Some(message);
    }

    /// Ends the edit: names what differs. A change that changed nothing keeps version and time.
    pub(super) fn finish(self, ctx: &mut Context<'_>) -> Change {
        let Self { before, ticket: mut after, message } = self;
        let mut kinds = Vec::new();
        kinds.extend(message.as_ref().map(|message| EventKind::MessageAdded { message: message.id, kind: message.kind }));
        kinds.extend(difference(&before, &after, message.as_ref()));
        if !kinds.is_empty() {
            after.version += 1;
            after.updated_at = ctx.now;
        }
        let events = events(kinds, &after, ctx);
        Change { before: Some(before), after, message, events }
    }
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

/// What differs, an event each. Times, counters and `by` fields follow from these and have no event of their own.
fn difference(before: &Ticket, after: &Ticket, message: Option<&Message>) -> Vec<EventKind> {
    let mut kinds = Vec::new();
    if before.assignee != after.assignee {
        kinds.push(EventKind::Assigned { from: before.assignee, to: after.assignee });
    }
    if before.team != after.team {
        kinds.push(EventKind::TeamChanged { from: before.team.clone(), to: after.team.clone() });
    }
    if before.status != after.status {
        kinds.push(EventKind::StatusChanged {
            from: before.status,
            to: after.status,
            message: message.map(|message| message.id),
        });
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
    match (before.deleted_at, after.deleted_at) {
        (None, Some(_)) => kinds.push(EventKind::Deleted {}),
        (Some(_), None) => kinds.push(EventKind::Restored {}),
        _ => {}
    }
    kinds
}
