//! Who is told what by mail.

use crate::{
    event::{Actor, Event, EventKind},
    id::PersonId,
    message::MessageKind,
    ticket::Ticket,
    words::{Status, word},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ParseError;

word!(
    /// A kind of mail.
    Notice {
        /// To the requester: we have your request.
        Acknowledgement = "acknowledgement",
        /// To the requester: we answered.
        Reply = "reply",
        /// To the agent: this is yours now.
        Assignment = "assignment",
        /// To the requester: we think it is solved.
        Resolution = "resolution",
    }
);

impl Event {
    /// Whether the event may lead to mail; the cheap look that spares most events a job.
    pub fn may_notify(&self) -> bool {
        match &self.kind {
            EventKind::Created { .. } => true,
            EventKind::MessageAdded { kind, .. } => *kind == MessageKind::Reply && self.is_staffs() && !self.is_opening(),
            EventKind::Assigned { to, .. } => to.is_some() && *to != self.actor.person(),
            EventKind::StatusChanged { from, to, message } => self.is_staffs() && message.is_none() && is_resolution(*from, *to),
            EventKind::TeamChanged { .. }
            | EventKind::FieldChanged { .. }
            | EventKind::Rated { .. }
            | EventKind::FollowUpOpened { .. }
            | EventKind::Deleted {}
            | EventKind::Restored {} => false,
        }
    }

    /// Who is told what, given the ticket as it is now. Nobody is told of what they did themselves, nor of what is no
    /// longer so: an assignment that went on to somebody else, a resolution that was taken back, a deleted ticket.
    pub fn notices(&self, ticket: &Ticket) -> Vec<(PersonId, Notice)> {
        if !self.may_notify() || ticket.deleted_at.is_some() {
            return Vec::new();
        }
        let (person, notice) = match &self.kind {
            EventKind::Created { requester, .. } => (*requester, Notice::Acknowledgement),
            EventKind::MessageAdded { .. } => (ticket.requester, Notice::Reply),
            EventKind::Assigned { to: Some(agent), .. } if ticket.assignee == Some(*agent) => (*agent, Notice::Assignment),
            EventKind::StatusChanged { .. } if !ticket.status.is_open() => (ticket.requester, Notice::Resolution),
            _ => return Vec::new(),
        };
        let own_doing = self.actor.person() == Some(person) && notice != Notice::Acknowledgement;
        if own_doing { Vec::new() } else { vec![(person, notice)] }
    }

    fn is_staffs(&self) -> bool {
        !matches!(self.actor, Actor::Customer { .. })
    }

    /// Part of opening the ticket, which the acknowledgement covers.
    fn is_opening(&self) -> bool {
        self.version == 1
    }
}

/// Solved: resolved, or closed on a desk or a day that skips resolved.
fn is_resolution(from: Status, to: Status) -> bool {
    to == Status::Resolved || (to == Status::Closed && from != Status::Resolved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        caller::Caller,
        message::MessageKind,
        role::Role,
        ticket::{
            Assignee, Change, assign,
            tests::{Desk, caller},
        },
    };

    fn told(change: &Change) -> Vec<(PersonId, Notice)> {
        change.events.iter().flat_map(|event| event.notices(&change.after)).collect()
    }

    fn people() -> (Caller, Caller) {
        (caller(Role::Customer, 1), caller(Role::Agent, 2))
    }

    #[test]
    fn a_request_is_acknowledged_and_an_answer_mailed_once() {
        let (carl, ada) = people();
        let mut desk = Desk::new(Status::ALL);
        let new = crate::ticket::NewTicket::new(crate::text::Subject::parse("Help").unwrap(), crate::ticket::tests::body("x"));
        let opened = desk.try_open(&carl, new).unwrap();
        assert_eq!(told(&opened), [(carl.person, Notice::Acknowledgement)]);
        let answered = desk.reply(&ada, &opened.after, Some(Status::Resolved)).unwrap();
        assert_eq!(told(&answered), [(carl.person, Notice::Reply)], "one mail says both");
        let answer_back = desk.reply(&carl, &answered.after, None).unwrap();
        assert_eq!(told(&answer_back), []);
    }

    #[test]
    fn what_is_no_longer_so_is_not_told() {
        let (carl, ada) = people();
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl);
        let resolved = desk.status(&ada, &ticket, Status::Resolved).unwrap();
        let taken_back = desk.reply(&carl, &resolved.after, None).unwrap().after;
        assert!(resolved.events.iter().all(|event| event.notices(&taken_back).is_empty()));
    }

    #[test]
    fn notes_and_own_doings_tell_nobody() {
        let (carl, ada) = people();
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl);
        assert_eq!(told(&desk.say(&ada, &ticket, MessageKind::Note, Some(Status::Pending)).unwrap()), []);
        assert_eq!(told(&desk.act(&ada, |ctx| assign(ticket.clone(), &Assignee::Me, ctx)).unwrap()), []);
        assert_eq!(told(&desk.status(&carl, &ticket, Status::Closed).unwrap()), [], "he closed it himself");
        assert_eq!(told(&desk.status(&ada, &ticket, Status::Closed).unwrap()), [(carl.person, Notice::Resolution)]);
    }
}
