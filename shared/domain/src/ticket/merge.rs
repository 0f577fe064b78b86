//! Two tickets about one matter become one: the source closes, the target goes on. Nothing is rewritten, so that nothing is lost and
//! it can be undone: what was said on the source stays where it stands, and is read with the target.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Change, Context, MAX_FOLLOWERS, MAX_PARTICIPANTS, Standing, Ticket, edit::Edit};
use crate::{
    caller::Caller,
    error::DomainError,
    event::{Actor, EventKind},
    id::{PersonId, TicketId},
    number::TicketNumber,
    role::Permission,
    sla::Promise,
    text::Tag,
    words::Status,
};

/// The most tickets that may be merged into one: each costs a query whenever its conversation is read.
pub const MAX_MERGED: usize = 20;
/// How long a merge can be undone.
pub const UNDO_TIME: SignedDuration = SignedDuration::from_hours(1);

/// A merge, as the ticket that was merged remembers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Merge {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// What people call the ticket that goes on.
    pub number: TicketNumber,
    /// What the ticket was before.
    pub was: Was,
    /// What the other got by it.
    pub brought: Brought,
}

/// Where a ticket stood before it was merged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Was {
    /// Its status.
    pub status: Status,
    /// When it was resolved, and by whom.
    pub resolved: Option<(Timestamp, Actor)>,
    /// When it was closed, and by whom.
    pub closed: Option<(Timestamp, Actor)>,
    /// Since when a customer waited for a further answer.
    pub waiting_since: Option<Timestamp>,
    /// What was promised.
    pub promise: Option<Promise>,
}

/// What a ticket got by a merge, and loses where that is undone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// What had been merged into the source before.
    pub tickets: Vec<TicketId>,
    /// Who came to take part, and as what.
    pub participants: BTreeMap<PersonId, Standing>,
    /// Who came to follow.
    pub followers: BTreeSet<PersonId>,
    /// Tags that it had not.
    pub tags: BTreeSet<Tag>,
    /// The size of the source's attachments, in bytes.
    pub attached_bytes: u64,
    /// The size of those that wait to be let in.
    pub pending_bytes: u64,
}

/// Merges the source into the target; answers with the changes of both, to be saved together.
///
/// The requester and those who take part in the source are told of what is said on the target from now on, and are not shown what
/// was said there before, unless they were on it already or are of the company that asked: staff may confirm them. The target's
/// promises stand; the source's are dropped, neither kept nor broken. Its tags come along as far as there is room.
pub fn merge(source: Ticket, target: Ticket, ctx: &mut Context<'_>) -> Result<(Change, Change), DomainError> {
    check_allowed(ctx)?;
    if source.id == target.id {
        return Err(DomainError::invalid("into", "same_ticket", "must be another ticket"));
    }
    if let Some(merge) = &target.merge {
        let message = format!("{} was merged into {} itself. Merge into that.", target.number, merge.number);
        return Err(DomainError::rule("target_merged", message));
    }
    let (mut from, mut into) = (Edit::of(source, ctx)?, Edit::of(target, ctx)?);
    if from.ticket.brand != into.ticket.brand {
        return Err(DomainError::rule("other_brand", "Only tickets of one brand can be merged."));
    }
    let brought = bring(&mut into, &from.before, ctx)?;
    into.note(EventKind::MergeReceived { from: from.before.id, number: from.before.number.clone() });
    let was = from.leave_for(&into.before, ctx);
    let number = into.before.number.clone();
    from.ticket.merge = Some(Box::new(Merge { at: ctx.now, by: ctx.actor(), number, was, brought }));
    Ok((from.finish(ctx), into.finish(ctx)))
}

/// Undoes a merge within its hour. Who came to the target by it leaves again, unless they wrote there since (`wrote`), or staff
/// said otherwise of them. What was written since stays on the target. The time in between counts as closed.
pub fn unmerge(
    source: Ticket,
    target: Ticket,
    wrote: &BTreeSet<PersonId>,
    ctx: &mut Context<'_>,
) -> Result<(Change, Change), DomainError> {
    check_allowed(ctx)?;
    let mut from = Edit::of_undeleted(source)?;
    let merge = from.ticket.merge.take().filter(|_| from.before.merged_into == Some(target.id));
    let Some(merge) = merge else {
        return Err(DomainError::rule("not_merged", "This ticket is not merged."));
    };
    if ctx.now > merge.at + UNDO_TIME {
        return Err(DomainError::rule("too_late", "A merge can be undone for an hour."));
    }
    let mut into = Edit::of(target, ctx)?;
    let Merge { was, brought, .. } = *merge;
    into.give_back(from.before.id, brought, wrote);
    into.note(EventKind::MergeReturned { to: from.before.id, number: from.before.number.clone() });
    from.come_back(was);
    Ok((from.finish(ctx), into.finish(ctx)))
}

fn check_allowed(ctx: &Context<'_>) -> Result<(), DomainError> {
    if ctx.may(Permission::TicketsMerge) { Ok(()) } else { Err(DomainError::Forbidden(Vec::new())) }
}

/// What comes along with the source.
fn bring(into: &mut Edit, source: &Ticket, ctx: &Context<'_>) -> Result<Brought, DomainError> {
    let tickets = source.merged.clone();
    into.ticket.merged.push(source.id);
    into.ticket.merged.extend(&tickets);
    if into.ticket.merged.len() > MAX_MERGED {
        return Err(DomainError::rule("too_many_merged", format!("At most {MAX_MERGED} tickets can be merged into one.")));
    }
    let standings = standings(source, &into.before);
    for (person, standing) in &standings {
        into.join(*person, *standing, ctx);
    }
    // Nobody may be lost on the way without anybody noticing; those who wait are seen by what they wrote.
    let lost = standings
        .iter()
        .filter(|(_, standing)| standing.is_told())
        .any(|(person, _)| !into.ticket.participants.contains_key(person));
    if lost {
        return Err(DomainError::rule("too_many_participants", format!("At most {MAX_PARTICIPANTS} may take part in a ticket.")));
    }
    let participants: BTreeMap<_, _> =
        standings.into_iter().filter(|(person, _)| into.ticket.participants.contains_key(person)).collect();
    let followers: BTreeSet<_> = source.followers.difference(&into.before.followers).copied().collect();
    into.ticket.followers.extend(&followers);
    if into.ticket.followers.len() > MAX_FOLLOWERS {
        return Err(DomainError::rule("too_many_followers", format!("At most {MAX_FOLLOWERS} may follow a ticket.")));
    }
    let room = super::create::MAX_TAGS.saturating_sub(into.before.tags.len());
    let tags: BTreeSet<_> = source.tags.difference(&into.before.tags).take(room).cloned().collect();
    into.ticket.tags.extend(tags.iter().cloned());
    into.ticket.attached_bytes += source.attached_bytes;
    into.ticket.pending_bytes += source.pending_bytes;
    if into.ticket.requester == source.requester && into.ticket.last_mail_id.is_none() {
        into.ticket.last_mail_id.clone_from(&source.last_mail_id);
    }
    let (attached_bytes, pending_bytes) = (source.attached_bytes, source.pending_bytes);
    Ok(Brought { tickets, participants, followers, tags, attached_bytes, pending_bytes })
}

/// As what the people of the source come to the target: those who are not on it yet. Who left either stays away.
fn standings(source: &Ticket, target: &Ticket) -> BTreeMap<PersonId, Standing> {
    let of_one_company = source.organization.is_some() && source.organization == target.organization;
    let requester = if of_one_company { Standing::Confirmed } else { Standing::Copied };
    let others = source.participants.iter().filter_map(|(person, participant)| match participant.standing {
        // That they see one ticket is no reason to show them another.
        Standing::Copied | Standing::Confirmed => Some((*person, Standing::Copied)),
        Standing::Pending => Some((*person, Standing::Pending)),
        Standing::Left => None,
    });
    let mut all: BTreeMap<_, _> = others.collect();
    all.insert(source.requester, requester);
    all.retain(|person, _| *person != target.requester && !target.participants.contains_key(person));
    all
}

impl Edit {
    /// Closes for another ticket, and says what it was.
    fn leave_for(&mut self, target: &Ticket, ctx: &Context<'_>) -> Was {
        let before = &self.before;
        let was = Was {
            status: before.status,
            resolved: before.resolved_at.zip(before.resolved_by),
            closed: before.closed_at.zip(before.closed_by),
            waiting_since: before.waiting_since,
            promise: before.promise.clone(),
        };
        self.ticket.merged_into = Some(target.id);
        if self.ticket.status != Status::Closed {
            self.enter(Status::Closed, ctx);
        }
        self.ticket.promise = self.ticket.promise.take().map(Promise::dropped);
        was
    }

    /// Goes on where it stood.
    fn come_back(&mut self, was: Was) {
        let Was { status, resolved, closed, waiting_since, promise } = was;
        let ticket = &mut self.ticket;
        ticket.merged_into = None;
        ticket.status = status;
        (ticket.resolved_at, ticket.resolved_by) = resolved.unzip();
        (ticket.closed_at, ticket.closed_by) = closed.unzip();
        ticket.waiting_since = waiting_since;
        ticket.promise = promise.map(Promise::resumed);
    }

    /// Loses what came with a source.
    fn give_back(&mut self, source: TicketId, brought: Brought, wrote: &BTreeSet<PersonId>) {
        let Brought { tickets, participants, followers, tags, attached_bytes, pending_bytes } = brought;
        let ticket = &mut self.ticket;
        ticket.merged.retain(|merged| *merged != source && !tickets.contains(merged));
        ticket
            .participants
            .retain(|person, participant| participants.get(person) != Some(&participant.standing) || wrote.contains(person));
        ticket.followers.retain(|follower| !followers.contains(follower));
        ticket.tags.retain(|tag| !tags.contains(tag));
        ticket.attached_bytes = ticket.attached_bytes.saturating_sub(attached_bytes);
        ticket.pending_bytes = ticket.pending_bytes.saturating_sub(pending_bytes);
    }
}

impl Ticket {
    /// The ticket that goes on in this one's place, for somebody who answers this one: staff who see it, and customers who take part
    /// in it, though they need not see it. Who has left it or was taken off it is refused as anybody is.
    pub fn answered_on(&self, target: Self, caller: &Caller) -> Result<Self, DomainError> {
        let standing = target.participants.get(&caller.person).map(|participant| participant.standing);
        if caller.sees(&target) || (!caller.is_staff() && standing.is_some_and(Standing::is_told)) {
            return Ok(target);
        }
        Err(DomainError::rule("merged", "This request goes on as part of another."))
    }

    /// Refuses where it was merged: staff are told into which.
    pub fn check_not_merged(&self, ctx: &Context<'_>) -> Result<(), DomainError> {
        match &self.merge {
            None => Ok(()),
            Some(merge) if ctx.by_staff() => Err(DomainError::rule(
                "merged",
                format!("This ticket was merged into {}, which goes on in its place.", merge.number),
            )),
            Some(_) => Err(DomainError::rule("merged", "This request goes on as part of another.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Participant, TicketPatch, delete, leave,
            tests::{Desk, ada, caller, carl, mia},
            update,
        },
        *,
    };
    use crate::{id::OrganizationId, role::Role, sla::tally};

    fn dana() -> Caller {
        caller(Role::Customer, 42)
    }

    fn merged(desk: &mut Desk, source: &Ticket, target: &Ticket) -> Result<(Change, Change), DomainError> {
        desk.act(&ada(), |ctx| merge(source.clone(), target.clone(), ctx))
    }

    fn undone(desk: &mut Desk, source: &Ticket, target: &Ticket, wrote: &[PersonId]) -> Result<(Change, Change), DomainError> {
        let wrote = wrote.iter().copied().collect();
        desk.act(&ada(), |ctx| unmerge(source.clone(), target.clone(), &wrote, ctx))
    }

    fn code<T: std::fmt::Debug>(refused: Result<T, DomainError>) -> &'static str {
        match refused {
            Err(DomainError::Rule { code, .. }) => code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_source_closes_without_being_resolved_and_its_people_come_along() {
        let mut desk = Desk::new(Status::ALL);
        let (mut source, target) = (desk.open(&dana()), desk.open(&carl()));
        let eve = caller(Role::Customer, 50).person;
        source.participants.insert(eve, Participant { standing: Standing::Confirmed, since: desk.now });
        source.followers.insert(mia().person);
        source.tags.insert(Tag::parse("hot").expect("fits"));
        source.attached_bytes = 7;
        let (from, into) = merged(&mut desk, &source, &target).expect("one matter");
        assert_eq!((from.after.status, from.after.merged_into), (Status::Closed, Some(target.id)));
        let names: Vec<_> = from.events.iter().map(|event| event.kind.name()).collect();
        assert!(names.contains(&"ticket.merged") && !names.contains(&"ticket.status_changed"), "{names:?}");
        assert!(from.events.iter().chain(&into.events).all(|event| event.notices(&from.after).is_empty()), "nobody is told");
        assert_eq!(into.after.merged, [source.id]);
        for person in [dana().person, eve] {
            assert_eq!(into.after.participants[&person].standing, Standing::Copied, "told, and not shown what was before");
        }
        assert!(!dana().sees(&into.after) && dana().sees(&from.after));
        assert_eq!((into.after.attached_bytes, into.after.followers.len(), into.after.tags.len()), (7, 1, 1));
        assert_eq!(into.after.status, target.status);
    }

    #[test]
    fn only_who_was_there_or_is_of_the_company_sees_the_target() {
        let mut desk = Desk::new(Status::ALL);
        let (mut source, mut target) = (desk.open(&dana()), desk.open(&carl()));
        let company = OrganizationId::parse("acme").ok();
        (source.organization, target.organization) = (company.clone(), company);
        let (_, into) = merged(&mut desk, &source, &target).expect("one matter");
        assert!(dana().sees(&into.after));
        // Who left the target stays away.
        source.organization = None;
        let left = desk.act(&carl(), |ctx| leave(target.clone(), dana().person, ctx)).after;
        let (_, into) = merged(&mut desk, &source, &left).expect("one matter");
        assert_eq!(into.after.participants[&dana().person].standing, Standing::Left);
        // One requester is one person.
        let own = desk.open(&carl());
        assert!(merged(&mut desk, &own, &target).expect("one matter").1.after.participants.is_empty());
    }

    #[test]
    fn what_was_merged_changes_no_more_and_says_where_it_went() {
        let mut desk = Desk::new(Status::ALL);
        let (source, target) = (desk.open(&dana()), desk.open(&carl()));
        let (from, into) = merged(&mut desk, &source, &target).expect("one matter");
        for refused in [
            desk.status(&ada(), &from.after, Status::InProgress),
            desk.reply(&dana(), &from.after, None),
            desk.act(&mia(), |ctx| delete(from.after.clone(), ctx)),
            desk.act(&ada(), |ctx| update(from.after.clone(), TicketPatch::default(), ctx)),
        ] {
            assert_eq!(code(refused), "merged");
        }
        assert_eq!(code(merged(&mut desk, &from.after, &into.after)), "merged");
        let third = desk.open(&carl());
        assert_eq!(code(merged(&mut desk, &third, &from.after)), "target_merged");
        assert_eq!(code(merged(&mut desk, &into.after, &from.after)), "target_merged", "no circle");
        assert!(matches!(merged(&mut desk, &third, &third), Err(DomainError::Invalid(_))));
        assert!(desk.act(&carl(), |ctx| merge(third.clone(), target.clone(), ctx)).is_err(), "not by a customer");
    }

    #[test]
    fn a_chain_comes_along_whole_and_ends_somewhere() {
        let mut desk = Desk::new(Status::ALL);
        let (a, b, c) = (desk.open(&dana()), desk.open(&carl()), desk.open(&carl()));
        let (a, b) = merged(&mut desk, &a, &b).expect("one matter");
        let (b, c) = merged(&mut desk, &b.after, &c).expect("one matter");
        assert_eq!(c.after.merged, [b.after.id, a.after.id]);
        assert_eq!(code(undone(&mut desk, &a.after, &b.after, &[])), "merged", "first that into which it went");
        let (b, c) = undone(&mut desk, &b.after, &c.after, &[]).expect("in time");
        assert!(c.after.merged.is_empty() && c.after.participants.is_empty());
        assert_eq!(b.after.merged, [a.after.id]);
        let mut full = desk.open(&carl());
        for _ in 0..MAX_MERGED {
            let next = desk.open(&carl());
            full = merged(&mut desk, &next, &full).expect("room").1.after;
        }
        let one = desk.open(&carl());
        assert_eq!(code(merged(&mut desk, &one, &full)), "too_many_merged");
    }

    #[test]
    fn undone_within_the_hour_both_are_what_they_were() {
        let mut desk = Desk::new(Status::ALL);
        let (source, target) = (desk.open(&dana()), desk.open(&carl()));
        let source = desk.status(&ada(), &source, Status::Pending).expect("allowed").after;
        let (from, into) = merged(&mut desk, &source, &target).expect("one matter");
        desk.later(1);
        let (back, left) = undone(&mut desk, &from.after, &into.after, &[]).expect("in time");
        let same =
            |ticket: &Ticket| (ticket.status, ticket.resolved_at, ticket.closed_at, ticket.merge.is_none(), ticket.reopen_count);
        assert_eq!(same(&back.after), same(&source));
        assert_eq!((left.after.merged.len(), left.after.participants.len()), (0, 0));
        assert_eq!(code(undone(&mut desk, &back.after, &left.after, &[])), "not_merged");
        let (_, wrote) = undone(&mut desk, &from.after, &into.after, &[dana().person]).expect("in time");
        assert!(wrote.after.participants.contains_key(&dana().person), "who spoke there stays");
        desk.later(1);
        assert_eq!(code(undone(&mut desk, &from.after, &into.after, &[])), "too_late");
    }

    #[test]
    fn its_promises_are_neither_kept_nor_broken() {
        let mut desk = Desk::new(Status::ALL);
        let targets = serde_json::json!({ "first_response": 240, "resolution": 480 });
        let policy = serde_json::json!({ "id": "standard", "name": "Standard", "targets": targets });
        desk.config.policies = vec![serde_json::from_value(policy).expect("a policy")];
        let (source, target) = (desk.open(&dana()), desk.open(&carl()));
        assert!(source.promise.as_ref().is_some_and(|promise| !promise.clocks.is_empty()), "something is promised");
        let (from, into) = merged(&mut desk, &source, &target).expect("one matter");
        assert!(tally(&from).is_empty() && tally(&into).is_empty());
        assert_eq!(from.after.next_moment(&desk.config), None);
        assert_eq!(into.after.promise, target.promise);
        let due = |ticket: &Ticket| ticket.next_breach().expect("promised");
        desk.later(1);
        let (back, _) = undone(&mut desk, &from.after, &into.after, &[]).expect("in time");
        assert!(tally(&back).is_empty());
        assert_eq!(due(&back.after).duration_since(due(&source)).as_secs(), 3600, "the hour did not count");
        // One that was answered stays counted as it was.
        let answered = desk.reply(&ada(), &back.after, None).expect("hers").after;
        let (from, _) = merged(&mut desk, &answered, &target).expect("one matter");
        assert!(tally(&from).is_empty());
    }
}
