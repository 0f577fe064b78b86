//! Changing fields of a ticket: JSON Merge Patch (RFC 7396), so absent leaves and null clears.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Assignee, Change, Context, Ticket,
    create::too_many_tags,
    edit::Edit,
    fields::{wrong_fields, wrong_values},
};
use crate::{
    error::{DomainError, FieldError},
    id::{CategoryId, TeamId},
    role::Permission,
    text::{ResolutionNote, Subject, Tag},
    words::{Priority, Status},
};

/// `None` leaves the field, `Some(None)` clears it, `Some(Some(value))` sets it.
pub type Patch<T> = Option<Option<T>>;

/// What is to change.
#[derive(Debug, Clone, Default)]
pub struct TicketPatch {
    /// What it is about.
    pub subject: Option<Subject>,
    /// Where it stands; the workflow table decides.
    pub status: Option<Status>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// What kind of thing it is.
    pub category: Patch<CategoryId>,
    /// Who answers.
    pub assignee: Patch<Assignee>,
    /// Which team answers.
    pub team: Patch<TeamId>,
    /// All tags.
    pub tags: Option<BTreeSet<Tag>>,
    /// Whether to clear all custom fields first.
    pub clear_fields: bool,
    /// Custom fields to set, or to clear with null.
    pub fields: BTreeMap<String, Value>,
    /// How it was solved.
    pub resolution_note: Patch<ResolutionNote>,
}

/// Changes the ticket. Customers may close theirs, and take it up again while it is resolved or freshly closed;
/// everything else is the staff's.
pub fn update(ticket: Ticket, patch: TicketPatch, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    check_allowed(&ticket, &patch, ctx)?;
    check_values(&ticket, &patch, ctx)?;
    let mut edit = Edit::of(ticket, ctx)?;
    edit.patch(patch, ctx)?;
    Ok(edit.finish(ctx))
}

impl Edit {
    /// The patch, held to the same rules, as a part of a larger edit.
    pub(super) fn checked_patch(&mut self, patch: TicketPatch, ctx: &Context<'_>) -> Result<(), DomainError> {
        check_allowed(&self.ticket, &patch, ctx)?;
        check_values(&self.ticket, &patch, ctx)?;
        self.patch(patch, ctx)
    }

    /// Changes fields that were checked. The status comes last: what a ticket must say before it is resolved may be said in the
    /// same step.
    pub(super) fn patch(&mut self, patch: TicketPatch, ctx: &Context<'_>) -> Result<(), DomainError> {
        let is_new_with_somebody = patch.status == Some(Status::New) && matches!(patch.assignee, Some(Some(_)));
        let ticket = &mut self.ticket;
        set(&mut ticket.subject, patch.subject);
        set(&mut ticket.priority, patch.priority);
        set(&mut ticket.category, patch.category);
        set(&mut ticket.team, patch.team);
        set(&mut ticket.tags, patch.tags);
        set(&mut ticket.resolution_note, patch.resolution_note);
        if patch.clear_fields {
            ticket.fields.clear();
        }
        for (name, value) in patch.fields {
            if value.is_null() {
                ticket.fields.remove(&name);
            } else {
                ticket.fields.insert(name, value);
            }
        }
        match &patch.assignee {
            Some(Some(assignee)) => self.assign(assignee, ctx)?,
            Some(None) => self.unassign(ctx)?,
            None => {}
        }
        if is_new_with_somebody {
            return Err(DomainError::rule("new_is_unassigned", "A ticket that somebody has cannot be new."));
        }
        if let Some(status) = patch.status {
            self.move_to(status, ctx)?;
        }
        check_size(&self.ticket, ctx)?;
        check_at_once(&self.before, &self.ticket)?;
        self.ticket.check_nothing_taken_back(&self.before, ctx)
    }
}

/// Tags and fields that one request may change together: each tag that comes or goes is counted, and each field that changes has its
/// event, in the transaction that changes the ticket, which has room for a hundred rows; a message with its files may come with it.
const MAX_AT_ONCE: usize = 60;

fn check_at_once(before: &Ticket, after: &Ticket) -> Result<(), DomainError> {
    let tags = before.tags.symmetric_difference(&after.tags).count();
    let names: BTreeSet<_> = before.fields.keys().chain(after.fields.keys()).collect();
    let fields = names.into_iter().filter(|name| before.fields.get(*name) != after.fields.get(*name)).count();
    if tags + fields <= MAX_AT_ONCE {
        return Ok(());
    }
    let wrong = |path| FieldError::new(path, "too_many", format!("must change at most {MAX_AT_ONCE} tags and fields at once"));
    let named = [("tags", tags), ("fields", fields)].into_iter().filter(|(_, count)| *count > 0);
    Err(DomainError::Invalid(named.map(|(path, _)| wrong(path)).collect()))
}

/// The limits hold for the ticket as it is to be, not for each change by itself.
fn check_size(ticket: &Ticket, ctx: &Context<'_>) -> Result<(), DomainError> {
    let mut wrong = wrong_fields(&ticket.fields, Some(ctx.config));
    wrong.extend(too_many_tags(&ticket.tags));
    if wrong.is_empty() { Ok(()) } else { Err(DomainError::Invalid(wrong)) }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

pub(super) fn check_allowed(ticket: &Ticket, patch: &TicketPatch, ctx: &Context<'_>) -> Result<(), DomainError> {
    if ctx.may(Permission::TicketsUpdate) {
        return Ok(());
    }
    let TicketPatch { subject, status, priority, category, assignee, team, tags, clear_fields, fields, resolution_note } = patch;
    let given = [
        ("subject", subject.is_some()),
        ("priority", priority.is_some()),
        ("category", category.is_some()),
        ("assignee", assignee.is_some()),
        ("team", team.is_some()),
        ("tags", tags.is_some()),
        ("fields", *clear_fields || !fields.is_empty()),
        ("resolution_note", resolution_note.is_some()),
    ];
    let mut forbidden: Vec<_> = given
        .into_iter()
        .filter(|(_, given)| *given)
        .map(|(field, _)| FieldError::new(field, "not_allowed", "only staff may change this"))
        .collect();
    let reopens = !ticket.status.is_open() && *status == Some(Status::InProgress);
    let closes = *status == Some(Status::Closed);
    if status.is_some() && !(ctx.may(Permission::TicketsClose) && (closes || reopens)) {
        forbidden.push(FieldError::new("status", "not_allowed", "you may only close the ticket, or reopen it"));
    }
    if forbidden.is_empty() { Ok(()) } else { Err(DomainError::Forbidden(forbidden)) }
}

pub(super) fn check_values(ticket: &Ticket, patch: &TicketPatch, ctx: &Context<'_>) -> Result<(), DomainError> {
    let mut wrong = wrong_fields(&patch.fields, Some(ctx.config));
    let category = patch.category.as_ref().map_or(ticket.category.as_ref(), Option::as_ref);
    wrong.extend(wrong_values(&patch.fields, &ticket.fields, category, ctx));
    if let Some(Some(category)) = &patch.category
        && ctx.config.category(category).is_none()
    {
        wrong.push(FieldError::new("category", "unknown_category", "there is no such category"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(DomainError::Invalid(wrong)) }
}
