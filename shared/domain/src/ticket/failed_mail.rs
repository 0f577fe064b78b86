//! A mail about the ticket did not arrive: the history says so, and staff see it there.

use super::{Change, Context, Ticket, edit::Edit};
use crate::{error::DomainError, event::EventKind, id::PersonId, suppression::MailFailure, text::FailureDetail};

/// A mail that somebody did not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndeliveredMail {
    /// Whom it was for.
    pub recipient: PersonId,
    /// How it failed.
    pub failure: MailFailure,
    /// What the server said.
    pub detail: Option<FailureDetail>,
}

/// Notes that a mail about the ticket failed. Nothing of the ticket itself changes but its version.
///
/// A rule of the desk, to be run without a caller.
pub fn note_failed_mail(ticket: Ticket, mail: UndeliveredMail, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let UndeliveredMail { recipient, failure, detail } = mail;
    // What was merged keeps the history of its mails.
    let mut edit = Edit::of_undeleted(ticket)?;
    edit.note(EventKind::MailFailed { recipient, permanent: failure.is_permanent(), reason: failure, detail });
    Ok(edit.finish(ctx))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            EventView, delete,
            tests::{Desk, ada, carl, mia},
        },
        *,
    };
    use crate::{event::Actor, words::Status};

    fn bounced() -> UndeliveredMail {
        let detail = FailureDetail::cleaned("550 5.1.1 user unknown");
        UndeliveredMail { recipient: carl().person, failure: MailFailure::HardBounce, detail }
    }

    #[test]
    fn it_is_an_event_for_staff_and_tells_nobody() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let change = desk.act_alone(|ctx| note_failed_mail(ticket.clone(), bounced(), ctx)).expect("allowed");
        assert_eq!(change.after, Ticket { version: 2, updated_at: desk.now, ..ticket });
        let [event] = &change.events[..] else { panic!("one event") };
        assert_eq!((event.kind.name(), event.actor, event.version), ("ticket.mail_failed", Actor::System, 2));
        assert!(EventView::of(event, &ada()).is_some() && EventView::of(event, &carl()).is_none());
        assert!(!event.may_notify() && event.notices(&change.after).is_empty());
    }

    #[test]
    fn a_deleted_ticket_is_left_alone() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let deleted = desk.act(&mia(), |ctx| delete(ticket, ctx)).expect("hers").after;
        assert!(desk.act_alone(|ctx| note_failed_mail(deleted, bounced(), ctx)).is_err());
    }
}
