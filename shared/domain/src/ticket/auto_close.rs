//! Closing by itself: the rule "a resolved ticket is closed after days of silence".

use super::{Change, Context, Ticket, edit::Edit};
use crate::words::Status;

/// Closes the ticket if its time has come; otherwise changes nothing. Whoever asks may be late or ask twice: the customer
/// spoke in between, staff moved or deleted it, the configuration changed, it is closed already.
///
/// A rule of the desk, to be run without a caller: the history then says that nobody did it by hand.
pub fn auto_close(ticket: Ticket, ctx: &mut Context<'_>) -> Change {
    let due = ticket.closes_at(ctx.config).is_some_and(|at| at <= ctx.now);
    let mut edit = Edit::of_any(ticket);
    if due {
        edit.enter(Status::Closed, ctx);
    }
    edit.finish(ctx)
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
        assert!(desk.act_alone(|ctx| auto_close(ticket.clone(), ctx)).is_empty(), "an hour too early");
        desk.later(1);
        let change = desk.act_alone(|ctx| auto_close(ticket.clone(), ctx));
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
        let closed = desk.act_alone(|ctx| auto_close(ticket, ctx)).after;
        let again = desk.act_alone(|ctx| auto_close(closed.clone(), ctx));
        assert!(again.is_empty() && again.after == closed);
    }

    #[test]
    fn it_stays_open_once_somebody_took_it_up_again() {
        let (mut desk, ticket) = resolved();
        desk.later(WEEK - 1);
        let woken = desk.reply(&carl(), &ticket, None).expect("his").after;
        desk.later(WEEK);
        assert!(desk.act_alone(|ctx| auto_close(woken.clone(), ctx)).is_empty());
        let again = desk.status(&ada(), &woken, Status::Resolved).expect("allowed").after;
        desk.later(WEEK - 1);
        assert!(desk.act_alone(|ctx| auto_close(again.clone(), ctx)).is_empty(), "its days began anew");
        desk.later(1);
        assert_eq!(desk.act_alone(|ctx| auto_close(again, ctx)).after.status, Status::Closed);
    }

    #[test]
    fn the_configuration_of_today_counts() {
        let (mut desk, ticket) = resolved();
        desk.later(WEEK);
        desk.config.auto_close_days = Some(8);
        assert!(desk.act_alone(|ctx| auto_close(ticket.clone(), ctx)).is_empty());
        desk.config.auto_close_days = None;
        desk.later(100 * WEEK);
        assert!(desk.act_alone(|ctx| auto_close(ticket.clone(), ctx)).is_empty(), "never");
        desk.config.auto_close_days = Some(1);
        assert_eq!(desk.act_alone(|ctx| auto_close(ticket, ctx)).after.status, Status::Closed);
    }

    #[test]
    fn a_deleted_ticket_waits_until_it_is_restored() {
        let (mut desk, ticket) = resolved();
        let deleted = desk.act(&mia(), |ctx| delete(ticket, ctx)).expect("hers").after;
        desk.later(WEEK);
        assert!(desk.act_alone(|ctx| auto_close(deleted.clone(), ctx)).is_empty());
        let restored = desk.act(&mia(), |ctx| restore(deleted, ctx)).expect("hers").after;
        assert_eq!(desk.act_alone(|ctx| auto_close(restored, ctx)).after.status, Status::Closed);
    }
}
