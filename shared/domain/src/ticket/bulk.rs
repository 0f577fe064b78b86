//! Changing a ticket as one of many: all of it in one change, held to the rules of each of its parts.

use std::collections::BTreeSet;

use super::{Assignee, Change, Context, Ticket, TicketPatch, edit::Edit};
use crate::{
    error::DomainError,
    id::{MessageId, PersonId},
    job::BulkChanges,
    markup::Body,
    message::{Enclosed, Message, MessageKind},
    person::Person,
    role::Permission,
    text::Tag,
    words::Channel,
};

/// The note that is left on each.
#[derive(Debug, Clone)]
pub struct BulkNote {
    /// What it says.
    pub body: Body,
    /// The members of staff of the ticket's brand whom it names.
    pub mentions: Vec<PersonId>,
}

/// Changes the ticket: fields first, then the note, then the bin. All of it or nothing, as one change with one version.
///
/// `assignee` is the person whom `changes` name, as the store knows them.
pub fn bulk(
    ticket: Ticket,
    changes: &BulkChanges,
    (assignee, note): (Option<&Person>, Option<BulkNote>),
    ctx: &mut Context<'_>,
) -> Result<Change, DomainError> {
    if !ctx.may(Permission::TicketsBulk) {
        return Err(DomainError::Forbidden(Vec::new()));
    }
    if changes.if_unchanged_since.is_some_and(|since| ticket.updated_at > since) {
        return Err(DomainError::rule("changed_since", "This ticket changed after the time that was given."));
    }
    let is_patched = changes.patches();
    // It holds a part of the conversation that goes on elsewhere.
    ticket.check_not_merged(ctx)?;
    // What is deleted already only goes to the bin again.
    let mut edit = if changes.delete && !is_patched && note.is_none() { Edit::of_any(ticket) } else { Edit::of(ticket, ctx)? };
    if is_patched {
        let patch = patch(&edit.ticket, changes, assignee, ctx)?;
        edit.checked_patch(patch, ctx)?;
    }
    if let Some(note) = note {
        edit.leave_bulk_note(note, ctx)?;
    }
    if changes.delete {
        edit.delete(ctx)?;
    }
    Ok(edit.finish(ctx))
}

/// Puts one tag in the place of another; a ticket that has both keeps the new one. Tags are no part of the conversation, so one that
/// was merged is retagged too: it may come back.
pub fn retag(ticket: Ticket, (from, to): (&Tag, &Tag), ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let mut tags = ticket.tags.clone();
    if tags.remove(from) {
        tags.insert(to.clone());
    }
    let mut edit = Edit::of_undeleted(ticket)?;
    edit.checked_patch(TicketPatch { tags: Some(tags), ..TicketPatch::default() }, ctx)?;
    Ok(edit.finish(ctx))
}

fn patch(
    ticket: &Ticket,
    changes: &BulkChanges,
    assignee: Option<&Person>,
    ctx: &Context<'_>,
) -> Result<TicketPatch, DomainError> {
    let BulkChanges {
        status,
        priority,
        category,
        assignee: named,
        team,
        tags_add,
        tags_remove,
        note: _,
        delete: _,
        if_unchanged_since: _,
    } = changes.clone();
    let is_caller = |person: PersonId| ctx.caller.is_some_and(|caller| caller.person == person);
    let found = |person: PersonId| {
        let known = assignee.filter(|known| known.id == person);
        known.map(|known| Assignee::Person(Box::new(known.clone()))).ok_or_else(super::unknown_assignee)
    };
    let assignee = match named {
        Some(Some(person)) if is_caller(person) => Some(Some(Assignee::Me)),
        Some(Some(person)) => Some(Some(found(person)?)),
        Some(None) => Some(None),
        None => None,
    };
    let tags: BTreeSet<Tag> = ticket.tags.difference(&tags_remove).chain(&tags_add).cloned().collect();
    let tags = (tags != ticket.tags).then_some(tags);
    Ok(TicketPatch { status, priority, category, assignee, team, tags, ..TicketPatch::default() })
}

impl Edit {
    fn leave_bulk_note(&mut self, note: BulkNote, ctx: &mut Context<'_>) -> Result<(), DomainError> {
        if !ctx.may(Permission::TicketsNote) {
            return Err(DomainError::forbidden("note", "you may not write this kind of message"));
        }
        let BulkNote { body, mentions } = note;
        self.add(Message {
            id: MessageId(ctx.ids.next_id()),
            ticket: self.ticket.id,
            kind: MessageKind::Note,
            author: ctx.actor(),
            channel: Channel::Api,
            body,
            created_at: ctx.now,
            enclosed: Enclosed { mentions, ..Enclosed::default() },
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, ada, body, caller, carl, mia},
        *,
    };
    use crate::{
        caller::{Brands, Caller},
        event::EventKind,
        role::Role,
        text::EmailAddress,
        words::{Priority, Status},
    };

    fn tags(names: &[&str]) -> BTreeSet<Tag> {
        names.iter().map(|name| Tag::parse(name).expect("fits")).collect()
    }

    fn note() -> Option<BulkNote> {
        Some(BulkNote { body: body("All of them"), mentions: Vec::new() })
    }

    fn person(id: PersonId) -> Person {
        let mut person = Person::from_address(id, EmailAddress::parse("x@demo.test").expect("fits"), jiff::Timestamp::UNIX_EPOCH);
        person.role = Role::Agent;
        person
    }

    #[test]
    fn all_of_it_is_one_change() {
        let mut desk = Desk::new(Status::ALL);
        let mut ticket = desk.open(&carl());
        ticket.tags = tags(&["a", "b"]);
        let other = person(caller(Role::Agent, 7).person);
        let changes = BulkChanges {
            status: Some(Status::InProgress),
            priority: Some(Priority::High),
            assignee: Some(Some(other.id)),
            tags_add: tags(&["c"]),
            tags_remove: tags(&["a", "z"]),
            note: true,
            delete: true,
            ..BulkChanges::default()
        };
        let change = desk.act(&mia(), |ctx| bulk(ticket.clone(), &changes, (Some(&other), note()), ctx)).expect("allowed");
        let after = &change.after;
        assert_eq!((after.version, after.status, after.assignee), (ticket.version + 1, Status::InProgress, Some(other.id)));
        assert_eq!((after.tags.clone(), after.deleted_at.is_some()), (tags(&["b", "c"]), true));
        assert!(change.message.is_some_and(|message| message.kind == MessageKind::Note));
        assert!(change.events.iter().any(|event| event.kind == EventKind::Deleted {}));
        assert!(change.events.iter().all(|event| event.version == after.version));
    }

    #[test]
    fn one_part_that_is_not_allowed_leaves_all_as_it_was() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let changes = BulkChanges { status: Some(Status::Assigned), note: true, ..BulkChanges::default() };
        let refused = desk.act(&mia(), |ctx| bulk(ticket.clone(), &changes, (None, note()), ctx));
        assert!(matches!(refused, Err(DomainError::Rule { code: "assignee_required", .. })), "{refused:?}");
        let gone = BulkChanges { assignee: Some(Some(caller(Role::Agent, 7).person)), ..BulkChanges::default() };
        assert!(desk.act(&mia(), |ctx| bulk(ticket.clone(), &gone, (None, None), ctx)).is_err(), "nobody by that name");
        let full = BulkChanges {
            tags_add: (0..51).map(|n| Tag::parse(&n.to_string()).expect("fits")).collect(),
            ..BulkChanges::default()
        };
        assert!(matches!(desk.act(&mia(), |ctx| bulk(ticket, &full, (None, None), ctx)), Err(DomainError::Invalid(_))));
    }

    #[test]
    fn each_part_is_held_to_its_own_permission() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let urgent = BulkChanges { priority: Some(Priority::Urgent), ..BulkChanges::default() };
        let delete = BulkChanges { delete: true, ..BulkChanges::default() };
        let note_only = BulkChanges { note: true, ..BulkChanges::default() };
        let mut may = |caller: &Caller, changes: &BulkChanges, note| {
            desk.act(caller, |ctx| bulk(ticket.clone(), changes, (None, note), ctx)).is_ok()
        };
        assert!(!may(&ada(), &urgent, None) && !may(&carl(), &urgent, None), "not in bulk");
        let key = |scopes: &[Permission]| Caller { scopes: Some(scopes.iter().copied().collect()), ..mia() };
        let bulk_alone = key(&[Permission::TicketsBulk]);
        assert!(!may(&bulk_alone, &urgent, None) && !may(&bulk_alone, &delete, None) && !may(&bulk_alone, &note_only, note()));
        assert!(may(&key(&[Permission::TicketsBulk, Permission::TicketsDelete]), &delete, None));
        assert!(may(&key(&[Permission::TicketsBulk, Permission::TicketsNote]), &note_only, note()));
    }

    #[test]
    fn what_is_so_already_is_no_change_and_what_changed_since_is_left() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let same = BulkChanges { priority: Some(ticket.priority), tags_remove: tags(&["z"]), ..BulkChanges::default() };
        let change = desk.act(&mia(), |ctx| bulk(ticket.clone(), &same, (None, None), ctx)).expect("allowed");
        assert!(change.is_empty());
        let old = BulkChanges {
            priority: Some(Priority::Urgent),
            if_unchanged_since: Some(jiff::Timestamp::UNIX_EPOCH),
            ..BulkChanges::default()
        };
        let left = desk.act(&mia(), |ctx| bulk(ticket.clone(), &old, (None, None), ctx));
        assert!(matches!(left, Err(DomainError::Rule { code: "changed_since", .. })));
        let fresh = BulkChanges { if_unchanged_since: Some(ticket.updated_at), ..old };
        assert!(desk.act(&mia(), |ctx| bulk(ticket.clone(), &fresh, (None, None), ctx)).is_ok());
        let delete = BulkChanges { delete: true, if_unchanged_since: Some(ticket.updated_at), ..BulkChanges::default() };
        let deleted = desk.act(&mia(), |ctx| bulk(ticket, &delete, (None, None), ctx)).expect("allowed").after;
        assert!(desk.act(&mia(), |ctx| bulk(deleted.clone(), &delete, (None, None), ctx)).expect("again").is_empty());
        assert!(desk.act(&mia(), |ctx| bulk(deleted, &same, (None, None), ctx)).is_err(), "nothing else can be done to it");
    }

    #[test]
    fn a_tag_takes_anothers_place_once() {
        let mut desk = Desk::new(Status::ALL);
        let mut ticket = desk.open(&carl());
        ticket.tags = tags(&["a", "b", "c"]);
        let (a, b) = (Tag::parse("a").expect("fits"), Tag::parse("b").expect("fits"));
        let merged = desk.act(&mia(), |ctx| retag(ticket, (&a, &b), ctx)).expect("allowed").after;
        assert_eq!(merged.tags, tags(&["b", "c"]));
        assert!(desk.act(&mia(), |ctx| retag(merged, (&a, &b), ctx)).expect("again").is_empty());
        let limited = Caller { brands: Brands::All, ..carl() };
        let theirs = desk.open(&carl());
        assert!(desk.act(&limited, |ctx| retag(theirs, (&a, &b), ctx)).is_err(), "customers tag nothing");
    }
}
