//! What a desk does with a ticket because time has passed: it tells of promises, escalates, ends what was put off, says that
//! nobody has it, closes what was resolved long ago.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Change, Context, Ticket, edit::Edit, purge};
use crate::{
    config::TenantConfig,
    event::{Actor, EventKind},
    id::{MessageId, PersonId},
    markup::{Body, BodyFormat},
    message::{Enclosed, Message, MessageKind},
    person::Person,
    sla::{self, Escalated, Owed, Passing, escalate},
    words::{Channel, Status},
};

/// Since when nobody has a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unassigned {
    /// Since when.
    pub since: Timestamp,
    /// Whether somebody was told that it is too long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub told: bool,
}

impl Ticket {
    /// The next moment at which time alone changes something. What is deleted waits to be erased; what was erased is due until
    /// nothing is left of it.
    pub fn next_moment(&self, config: &TenantConfig) -> Option<Timestamp> {
        if self.deleted_at.is_some() {
            return self.purged_at.or_else(|| self.leaves_bin_at(config));
        }
        let promised = self.promise.as_ref().and_then(sla::Promise::next_moment);
        let snoozed = self.snoozed.as_ref().map(|snoozed| snoozed.until);
        [promised, snoozed, self.unassigned_too_long_at(config), self.closes_at(config)].into_iter().flatten().min()
    }

    /// When the first promise about it would be broken that is not yet.
    pub fn next_breach(&self) -> Option<Timestamp> {
        self.promise.as_ref().filter(|_| self.deleted_at.is_none())?.next_breach()
    }

    /// When it will be without an agent for too long, if that was not told yet.
    fn unassigned_too_long_at(&self, config: &TenantConfig) -> Option<Timestamp> {
        let unassigned = self.unassigned.as_ref().filter(|unassigned| !unassigned.told)?;
        let of_team = self.team.as_ref().and_then(|team| config.team(team)?.unassigned_minutes);
        let minutes = of_team.or(config.unassigned_minutes)?;
        unassigned.since.checked_add(SignedDuration::from_mins(i64::from(minutes))).ok()
    }

    /// Notes since when nobody has it. What waits for the customer, or is done, needs nobody.
    pub(super) fn note_unassigned(&mut self, now: Timestamp) {
        let needs_somebody = self.assignee.is_none() && self.status.is_open() && self.status != Status::Pending;
        self.unassigned = needs_somebody.then(|| self.unassigned.unwrap_or(Unassigned { since: now, told: false }));
    }
}

/// Does what has become due, and changes nothing where nothing has. Whoever asks may be late or ask twice: what was done is
/// known to the ticket.
///
/// A rule of the desk, to be run without a caller: the history then says that nobody did it by hand. `staff` are those whom
/// rules of escalation name; whoever is missing is passed over.
pub fn keep_time(ticket: Ticket, staff: &[Person], ctx: &mut Context<'_>) -> Change {
    if ticket.leaves_bin_at(ctx.config).is_some_and(|at| at <= ctx.now) {
        return purge::erase(ticket, ctx);
    }
    let mut edit = Edit::of_any(ticket);
    if edit.ticket.deleted_at.is_none() {
        tell_what_passed(&mut edit, staff, ctx);
        edit.end_snooze_if_due(ctx.now);
        tell_that_nobody_has_it(&mut edit, ctx);
        if edit.ticket.closes_at(ctx.config).is_some_and(|at| at <= ctx.now) {
            edit.enter(Status::Closed, ctx);
        }
    }
    edit.finish(ctx)
}

fn tell_what_passed(edit: &mut Edit, staff: &[Person], ctx: &mut Context<'_>) {
    sla::pass(&mut edit.ticket, ctx.now);
    let owed = edit.ticket.promise.as_mut().map(|promise| std::mem::take(&mut promise.owed)).unwrap_or_default();
    let mut notes = Vec::new();
    for owed in owed {
        let escalated = escalate(ctx.config.policy_version(&owed.policy, owed.version), owed.metric, owed.passing);
        // What is done since needs no one to hurry, but the history says that it was late.
        if edit.ticket.status.is_open() {
            notes.extend(escalated.notes.iter().map(|note| note.as_str().to_owned()));
            carry_out(edit, &escalated, staff, ctx);
        }
        edit.note(told(owed, escalated));
    }
    if !notes.is_empty() {
        edit.leave_note(&notes.join("\n\n"), ctx);
    }
}

fn told(owed: Owed, escalated: Escalated) -> EventKind {
    let Owed { metric, passing, at, due_at, policy, version: _ } = owed;
    let notify = escalated.notify;
    match passing {
        Passing::Warning => EventKind::SlaWarned { metric, policy, passed_at: at, due_at, notify },
        Passing::Breach => EventKind::SlaBreached { metric, policy, passed_at: at, notify },
    }
}

/// Whom a rule of escalation names gets it, whether or not they are there or have room: that is what it is for.
fn carry_out(edit: &mut Edit, escalated: &Escalated, staff: &[Person], ctx: &mut Context<'_>) {
    let ticket = &mut edit.ticket;
    if escalated.raise_priority {
        ticket.priority = ticket.priority.raised();
    }
    if let Some(team) = escalated
        .team
        .as_ref()
        .filter(|team| ctx.config.team(team).is_some_and(|team| team.serves(&ticket.brand)) && ticket.team.as_ref() != Some(team))
    {
        ticket.team = Some(team.clone());
        ticket.assignee = None;
        if matches!(ticket.status, Status::Assigned | Status::InProgress) {
            edit.enter(Status::New, ctx);
        }
    }
    let ticket = &mut edit.ticket;
    let serves = |person: &&Person| person.role.is_staff() && person.brands.include(&ticket.brand);
    let named = escalated.assignee.and_then(|id: PersonId| staff.iter().filter(serves).find(|person| person.id == id));
    if let Some(person) = named {
        ticket.assignee = Some(person.id);
        edit.enter_assigned(ctx);
    }
}

fn tell_that_nobody_has_it(edit: &mut Edit, ctx: &Context<'_>) {
    let due = edit.ticket.unassigned_too_long_at(ctx.config).is_some_and(|at| at <= ctx.now);
    if let Some(unassigned) = edit.ticket.unassigned.as_mut().filter(|_| due) {
        unassigned.told = true;
        let since = unassigned.since;
        edit.note(EventKind::UnassignedTooLong { since });
    }
}

impl Edit {
    /// Leaves a note by the desk itself.
    fn leave_note(&mut self, text: &str, ctx: &mut Context<'_>) {
        let Ok(body) = Body::parse(text, BodyFormat::Text) else { return };
        let message = Message {
            id: MessageId(ctx.ids.next_id()),
            ticket: self.ticket.id,
            kind: MessageKind::Note,
            author: Actor::System,
            channel: Channel::Api,
            body,
            created_at: ctx.now,
            enclosed: Enclosed::default(),
        };
        self.add(message);
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, ada, carl, mia},
        *,
    };
    use crate::{
        event::{Actor, EventKind},
        ticket::{delete, restore},
    };

    const WEEK: i64 = 7 * 24;

    /// A desk with a ticket that Ada has just resolved; it closes after seven days.
    fn resolved() -> (Desk, Ticket) {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let ticket = desk.status(&ada(), &ticket, Status::Resolved).expect("allowed").after;
        (desk, ticket)
    }

    #[test]
    fn a_resolved_ticket_is_closed_by_the_desk_when_its_days_are_over() {
        let (mut desk, ticket) = resolved();
        desk.later(WEEK - 1);
        assert!(desk.act_alone(|ctx| keep_time(ticket.clone(), &[], ctx)).is_empty(), "an hour too early");
        desk.later(1);
        let change = desk.act_alone(|ctx| keep_time(ticket.clone(), &[], ctx));
        let closed = &change.after;
        assert_eq!((closed.status, closed.closed_at, closed.closed_by), (Status::Closed, Some(desk.now), Some(Actor::System)));
        assert_eq!((closed.resolved_at, closed.resolved_by), (ticket.resolved_at, ticket.resolved_by), "still hers");
        let told: Vec<_> = change.events.iter().map(|event| (event.actor, event.kind.clone())).collect();
        let moved = EventKind::StatusChanged { from: Status::Resolved, to: Status::Closed, message: None };
        assert_eq!(told, [(Actor::System, moved)]);
        assert!(change.events[0].notices(closed).is_empty(), "they were told when it was resolved");
    }

    #[test]
    fn asked_again_it_changes_nothing() {
        let (mut desk, ticket) = resolved();
        desk.later(WEEK);
        let closed = desk.act_alone(|ctx| keep_time(ticket, &[], ctx)).after;
        let again = desk.act_alone(|ctx| keep_time(closed.clone(), &[], ctx));
        assert!(again.is_empty() && again.after == closed);
    }

    #[test]
    fn it_stays_open_once_somebody_took_it_up_again() {
        let (mut desk, ticket) = resolved();
        desk.later(WEEK - 1);
        let woken = desk.reply(&carl(), &ticket, None).expect("his").after;
        desk.later(WEEK);
        assert!(desk.act_alone(|ctx| keep_time(woken.clone(), &[], ctx)).is_empty());
        let again = desk.status(&ada(), &woken, Status::Resolved).expect("allowed").after;
        desk.later(WEEK - 1);
        assert!(desk.act_alone(|ctx| keep_time(again.clone(), &[], ctx)).is_empty(), "its days began anew");
        desk.later(1);
        assert_eq!(desk.act_alone(|ctx| keep_time(again, &[], ctx)).after.status, Status::Closed);
    }

    #[test]
    fn the_configuration_of_today_counts() {
        let (mut desk, ticket) = resolved();
        desk.later(WEEK);
        desk.config.auto_close_days = Some(8);
        assert!(desk.act_alone(|ctx| keep_time(ticket.clone(), &[], ctx)).is_empty());
        desk.config.auto_close_days = None;
        desk.later(100 * WEEK);
        assert!(desk.act_alone(|ctx| keep_time(ticket.clone(), &[], ctx)).is_empty(), "never");
        desk.config.auto_close_days = Some(1);
        assert_eq!(desk.act_alone(|ctx| keep_time(ticket, &[], ctx)).after.status, Status::Closed);
    }

    #[test]
    fn a_deleted_ticket_waits_until_it_is_restored() {
        let (mut desk, ticket) = resolved();
        let deleted = desk.act(&mia(), |ctx| delete(ticket, ctx)).expect("hers").after;
        desk.later(WEEK);
        assert!(desk.act_alone(|ctx| keep_time(deleted.clone(), &[], ctx)).is_empty());
        let restored = desk.act(&mia(), |ctx| restore(deleted, ctx)).expect("hers").after;
        assert_eq!(desk.act_alone(|ctx| keep_time(restored, &[], ctx)).after.status, Status::Closed);
    }
}
