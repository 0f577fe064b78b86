//! Putting a ticket off until a time, and taking it up again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Change, Context, Ticket, edit::Edit};
use crate::{error::DomainError, event::EventKind, id::PersonId};

/// The longest time that a ticket can be put off.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Until when somebody put a ticket off. Its clocks go on: a promise is not put off with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Snoozed {
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Who did, and is reminded.
    pub by: PersonId,
}

/// Puts an open ticket off. Its time ends it, and so does whatever the customer says.
pub fn snooze(ticket: Ticket, until: Timestamp, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let Some(caller) = ctx.caller else { return Err(DomainError::Forbidden(Vec::new())) };
    let mut edit = Edit::of(ticket, ctx)?;
    let in_range = until > ctx.now && until.duration_since(ctx.now) <= LONGEST;
    if !in_range {
        return Err(DomainError::invalid("until", "out_of_range", "must be a time within the next year"));
    }
    if !edit.ticket.status.is_open() {
        return Err(DomainError::rule("not_open", "What is resolved or closed cannot be put off."));
    }
    edit.ticket.snoozed = Some(Snoozed { until, by: caller.person });
    Ok(edit.finish(ctx))
}

/// Takes it up again before its time.
pub fn unsnooze(ticket: Ticket, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let mut edit = Edit::of(ticket, ctx)?;
    edit.end_snooze(false);
    Ok(edit.finish(ctx))
}

impl Edit {
    /// Ends it if its time has come.
    pub(super) fn end_snooze_if_due(&mut self, now: Timestamp) {
        if self.ticket.snoozed.is_some_and(|snoozed| snoozed.until <= now) {
            self.end_snooze(true);
        }
    }

    /// Ends it, and says so.
    pub(super) fn end_snooze(&mut self, due: bool) {
        if let Some(snoozed) = self.ticket.snoozed.take() {
            self.note(EventKind::SnoozeEnded { by: snoozed.by, due });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            keep_time,
            tests::{Desk, ada, carl},
        },
        *,
    };
    use crate::words::Status;

    fn until(desk: &Desk, hours: i64) -> Timestamp {
        desk.now + SignedDuration::from_hours(hours)
    }

    #[test]
    fn it_ends_by_itself_once_and_says_to_whom() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let at = until(&desk, 4);
        let ticket = desk.act(&ada(), |ctx| snooze(ticket, at, ctx)).expect("hers").after;
        assert_eq!(ticket.next_moment(&desk.config), Some(at));
        desk.later(3);
        assert!(desk.act_alone(|ctx| keep_time(ticket.clone(), &[], ctx)).is_empty(), "too early");
        desk.later(1);
        let change = desk.act_alone(|ctx| keep_time(ticket, &[], ctx));
        assert_eq!(change.events[0].kind, EventKind::SnoozeEnded { by: ada().person, due: true });
        assert!(desk.act_alone(|ctx| keep_time(change.after.clone(), &[], ctx)).is_empty(), "once");
    }

    #[test]
    fn the_customer_ends_it_by_speaking() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let at = until(&desk, 4);
        let ticket = desk.act(&ada(), |ctx| snooze(ticket, at, ctx)).expect("hers").after;
        let change = desk.reply(&carl(), &ticket, None).expect("his");
        assert_eq!(change.after.snoozed, None);
        assert!(change.events.iter().any(|event| event.kind == EventKind::SnoozeEnded { by: ada().person, due: false }));
    }

    #[test]
    fn only_what_is_open_and_only_for_a_time_to_come() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        for hours in [0, -1, 400 * 24] {
            let at = until(&desk, hours);
            assert!(desk.act(&ada(), |ctx| snooze(ticket.clone(), at, ctx)).is_err(), "{hours}");
        }
        let closed = desk.status(&ada(), &ticket, Status::Closed).expect("allowed").after;
        let at = until(&desk, 1);
        assert!(desk.act(&ada(), |ctx| snooze(closed, at, ctx)).is_err());
    }
}
