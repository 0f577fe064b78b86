//! Who is told what.

use super::Notice;
use crate::{
    event::{Actor, Event, EventKind},
    id::PersonId,
    message::MessageKind,
    sla::Group,
    ticket::Ticket,
    words::Status,
};

impl Event {
    /// Whether the event may lead to mail; the cheap look that spares most events a job.
    pub fn may_notify(&self) -> bool {
        match &self.kind {
            EventKind::Created { quiet, .. } => !quiet,
            // What a machine wrote is told to nobody: its answer would be written by a machine again.
            EventKind::MessageAdded { automatic: true, .. } => false,
            EventKind::MessageAdded { kind: MessageKind::Reply, .. } => !self.is_opening(),
            EventKind::MessageAdded { kind: MessageKind::Note, mentions, followed, .. } => !mentions.is_empty() || *followed,
            EventKind::Assigned { to, .. } => to.is_some() && *to != self.actor.person(),
            EventKind::StatusChanged { from, to, message: None } => {
                (self.is_staffs() && is_resolution(*from, *to)) || is_reopening(*from, *to)
            }
            EventKind::SlaWarned { .. } | EventKind::SlaBreached { .. } | EventKind::UnassignedTooLong { .. } => true,
            EventKind::SnoozeEnded { due, .. } => *due,
            EventKind::Rated { .. } | EventKind::SendFailed { .. } => true,
            EventKind::StatusChanged { message: Some(_), .. }
            | EventKind::Imported { .. }
            | EventKind::PolicyApplied { .. }
            | EventKind::Snoozed { .. }
            | EventKind::Transferred { .. }
            | EventKind::Routed(_)
            | EventKind::TeamChanged { .. }
            | EventKind::ParticipantChanged { .. }
            | EventKind::MessagesReleased { .. }
            | EventKind::MailFailed { .. }
            | EventKind::FieldChanged { .. }
            | EventKind::FollowUpOpened { .. }
            | EventKind::Merged { .. }
            | EventKind::MergeReceived { .. }
            | EventKind::Unmerged { .. }
            | EventKind::MergeReturned { .. }
            | EventKind::SplitOff { .. }
            | EventKind::SplitFrom { .. }
            | EventKind::LinkChanged { .. }
            | EventKind::FollowerChanged { .. }
            | EventKind::Deleted {}
            | EventKind::Restored {}
            | EventKind::PersonErased { .. }
            | EventKind::Purged {} => false,
        }
    }

    /// Who is told what, given the ticket as it is now. Nobody is told of what they did themselves, nor of what is no
    /// longer so: an assignment that went on to somebody else, a resolution that was taken back, a deleted ticket.
    pub fn notices(&self, ticket: &Ticket) -> Vec<(PersonId, Notice)> {
        // What was not sent is told also because the ticket is deleted.
        let is_gone = ticket.deleted_at.is_some() && !matches!(self.kind, EventKind::SendFailed { .. });
        if !self.may_notify() || is_gone {
            return Vec::new();
        }
        let own_doing = |person: PersonId, notice| self.actor.person() == Some(person) && notice != Notice::Acknowledgement;
        let mut told = self.concerned(ticket);
        if matches!(self.kind, EventKind::MessageAdded { .. }) {
            let others = ticket.followers.iter().filter(|follower| told.iter().all(|(person, _)| person != *follower));
            let others: Vec<_> = others.map(|follower| (*follower, Notice::Followed)).collect();
            told.extend(others);
        }
        told.retain(|(person, notice)| !own_doing(*person, *notice));
        told
    }

    fn concerned(&self, ticket: &Ticket) -> Vec<(PersonId, Notice)> {
        let assignee = |notice| ticket.assignee.map(|assignee| (assignee, notice)).into_iter().collect();
        match &self.kind {
            EventKind::Created { requester, .. } => vec![(*requester, Notice::Acknowledgement)],
            EventKind::MessageAdded { kind: MessageKind::Note, mentions, .. } => {
                mentions.iter().map(|person| (*person, Notice::Mention)).collect()
            }
            EventKind::MessageAdded { pending, .. } if *pending || !self.is_staffs() => assignee(Notice::CustomerReply),
            EventKind::MessageAdded { .. } => audience(ticket).map(|person| (person, Notice::Reply)).collect(),
            EventKind::Assigned { to: Some(agent), .. } if ticket.assignee == Some(*agent) => {
                vec![(*agent, Notice::Assignment)]
            }
            EventKind::StatusChanged { from, to, .. } if is_reopening(*from, *to) && ticket.status.is_open() => {
                assignee(Notice::Reopened)
            }
            EventKind::StatusChanged { from, to, .. } if is_resolution(*from, *to) && !ticket.status.is_open() => {
                vec![(ticket.requester, Notice::Resolution)]
            }
            EventKind::SendFailed { by, .. } => vec![(*by, Notice::SendFailed)],
            EventKind::Rated { score, .. } if is_rated(ticket, *score) => assignee(Notice::Rated),
            EventKind::SnoozeEnded { by, due: true } => vec![(*by, Notice::Reminder)],
            EventKind::SlaWarned { notify, .. } | EventKind::SlaBreached { notify, .. } if notify.contains(&Group::Assignee) => {
                self.group_notice(ticket).map_or_else(Vec::new, assignee)
            }
            _ => Vec::new(),
        }
    }

    /// The groups of staff that the event concerns besides single people, and what they are told.
    pub fn groups(&self, ticket: &Ticket) -> Option<(&[Group], Notice)> {
        const MANAGERS: &[Group] = &[Group::Managers];
        if let EventKind::Rated { score, .. } = &self.kind {
            let is_bad = *score <= BAD && ticket.deleted_at.is_none() && is_rated(ticket, *score);
            return is_bad.then_some((MANAGERS, Notice::Rated));
        }
        let notice = self.group_notice(ticket)?;
        match &self.kind {
            EventKind::SlaWarned { notify, .. } | EventKind::SlaBreached { notify, .. } => Some((notify.as_slice(), notice)),
            EventKind::UnassignedTooLong { .. } => Some((MANAGERS, notice)),
            _ => None,
        }
        .filter(|(groups, _)| groups.iter().any(|group| *group != Group::Assignee))
    }

    /// What is told of a time that passed, while it still matters: what was answered or taken since is not.
    fn group_notice(&self, ticket: &Ticket) -> Option<Notice> {
        let clock = |metric| ticket.promise.as_ref().and_then(|promise| promise.clocks.get(&metric));
        if ticket.deleted_at.is_some() || !ticket.status.is_open() {
            return None;
        }
        match &self.kind {
            EventKind::SlaWarned { metric, .. } => {
                let still = clock(*metric).is_some_and(|clock| clock.stopped_at.is_none() && clock.breached_at.is_none());
                still.then_some(Notice::SlaWarning)
            }
            EventKind::SlaBreached { metric, .. } => {
                clock(*metric).is_some_and(|clock| clock.stopped_at.is_none()).then_some(Notice::SlaBreach)
            }
            EventKind::UnassignedTooLong { .. } => ticket.assignee.is_none().then_some(Notice::UnassignedTooLong),
            _ => None,
        }
    }

    fn is_staffs(&self) -> bool {
        !matches!(self.actor, Actor::Customer { .. })
    }

    /// Part of opening the ticket, which the acknowledgement covers.
    fn is_opening(&self) -> bool {
        self.version == 1
    }
}

/// Scores up to this one managers hear of.
const BAD: u8 = 2;

/// Whether that is still what the requester thinks of it; what they think now is told by a later event.
fn is_rated(ticket: &Ticket, score: u8) -> bool {
    ticket.rating.as_ref().is_some_and(|rating| rating.score.get() == score)
}

/// Who reads public replies: the requester, and those who take part, once somebody who belongs to the ticket said so.
fn audience(ticket: &Ticket) -> impl Iterator<Item = PersonId> {
    let told = ticket.participants.iter().filter(|(_, participant)| participant.standing.is_told());
    let others = told.map(|(person, _)| *person).filter(|person| *person != ticket.requester);
    std::iter::once(ticket.requester).chain(others)
}

/// Solved: resolved, or closed on a desk or a day that skips resolved.
fn is_resolution(from: Status, to: Status) -> bool {
    to == Status::Resolved || (to == Status::Closed && from != Status::Resolved)
}

/// Open again. With a reply that did it, the reply is what is told.
fn is_reopening(from: Status, to: Status) -> bool {
    !from.is_open() && to.is_open()
}
