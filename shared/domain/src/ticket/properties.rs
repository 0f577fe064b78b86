//! What holds after any sequence of commands by anybody.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    tests::{Desk, body, caller},
    *,
};
use crate::{
    error::DomainError, event::EventKind, message::MessageKind, role::Role, suppression::MailFailure, text::RatingComment,
};

#[derive(Debug, Clone)]
enum Command {
    Reply(Option<Status>),
    Note(Option<Status>),
    Move(Status),
    AssignMe,
    Unassign,
    Prioritise(Priority),
    Categorise(Option<usize>),
    Tag(u8),
    Rename(u8),
    AssignAndMove(Status),
    Rate(i64),
    Delete,
    Restore,
    Wait(u16),
    AutoClose,
    MailFails,
}

fn command() -> impl Strategy<Value = Command> {
    let status = || proptest::sample::select(Status::ALL);
    let maybe_status = || proptest::option::weighted(0.3, status());
    prop_oneof![
        4 => maybe_status().prop_map(Command::Reply),
        2 => maybe_status().prop_map(Command::Note),
        4 => status().prop_map(Command::Move),
        3 => Just(Command::AssignMe),
        2 => Just(Command::Unassign),
        1 => proptest::sample::select(Priority::ALL).prop_map(Command::Prioritise),
        1 => proptest::option::of(0usize..2).prop_map(Command::Categorise),
        1 => any::<u8>().prop_map(Command::Tag),
        1 => any::<u8>().prop_map(Command::Rename),
        2 => status().prop_map(Command::AssignAndMove),
        1 => (1i64..6).prop_map(Command::Rate),
        1 => Just(Command::Delete),
        1 => Just(Command::Restore),
        1 => (0u16..600).prop_map(Command::Wait),
        2 => Just(Command::AutoClose),
        1 => Just(Command::MailFails),
    ]
}

fn who() -> impl Strategy<Value = Caller> {
    proptest::sample::select(vec![
        caller(Role::Customer, 1),
        caller(Role::Agent, 2),
        caller(Role::Agent, 3),
        caller(Role::Manager, 4),
        caller(Role::Admin, 5),
    ])
}

fn statuses_in_use() -> impl Strategy<Value = Vec<Status>> {
    let optional = proptest::sample::subsequence(vec![Status::Assigned, Status::Pending, Status::Resolved], 0..=3);
    optional.prop_map(|mut extra| {
        extra.extend([Status::New, Status::InProgress, Status::Closed]);
        extra
    })
}

fn run(desk: &mut Desk, by: &Caller, ticket: &Ticket, command: &Command) -> Option<Result<Change, DomainError>> {
    let ticket = ticket.clone();
    let patch = match command {
        Command::Wait(hours) => {
            desk.later(i64::from(*hours));
            return None;
        }
        Command::Reply(status) => return Some(desk.say(by, &ticket, MessageKind::Reply, *status)),
        Command::Note(status) => return Some(desk.say(by, &ticket, MessageKind::Note, *status)),
        Command::AssignMe => return Some(desk.act(by, |ctx| assign(ticket, &Assignee::Me, ctx))),
        Command::Unassign => return Some(desk.act(by, |ctx| unassign(ticket, ctx))),
        Command::Rate(score) => {
            let score = Score::try_from(*score).expect("1 to 5");
            return Some(desk.act(by, |ctx| rate(ticket, score, RatingComment::parse("ok").ok(), ctx)));
        }
        Command::Delete => return Some(desk.act(by, |ctx| delete(ticket, ctx))),
        Command::Restore => return Some(desk.act(by, |ctx| restore(ticket, ctx))),
        Command::AutoClose => return Some(Ok(desk.act_alone(|ctx| keep_time(ticket, &[], ctx)))),
        Command::MailFails => {
            let mail = UndeliveredMail { recipient: by.person, failure: MailFailure::SoftBounce, detail: None };
            return Some(desk.act_alone(|ctx| note_failed_mail(ticket, mail, ctx)));
        }
        Command::Move(status) => TicketPatch { status: Some(*status), ..TicketPatch::default() },
        Command::AssignAndMove(status) => {
            TicketPatch { status: Some(*status), assignee: Some(Some(Assignee::Me)), ..TicketPatch::default() }
        }
        Command::Prioritise(priority) => TicketPatch { priority: Some(*priority), ..TicketPatch::default() },
        Command::Categorise(index) => {
            let category = index.map(|index| desk.config.categories[index].id.clone());
            TicketPatch { category: Some(category), ..TicketPatch::default() }
        }
        Command::Tag(n) => {
            let tags = BTreeSet::from([Tag::parse(&format!("t{n}")).expect("fits")]);
            TicketPatch { tags: Some(tags), ..TicketPatch::default() }
        }
        Command::Rename(n) => TicketPatch { subject: Subject::parse(&format!("s{n}")).ok(), ..TicketPatch::default() },
    };
    Some(desk.act(by, |ctx| update(ticket, patch, ctx)))
}

/// Legal, whatever happened before.
fn check_state(ticket: &Ticket, desk: &Desk) -> Result<(), TestCaseError> {
    prop_assert!(desk.config.uses(ticket.status), "status {} is not in use", ticket.status);
    prop_assert_eq!(ticket.closed_at.is_some(), ticket.status == Status::Closed, "closed_at tells of closed");
    prop_assert_eq!(ticket.resolved_at.is_some(), !ticket.status.is_open(), "resolved_at tells of done");
    prop_assert!(ticket.status != Status::New || ticket.assignee.is_none(), "new is unassigned");
    prop_assert!(ticket.status != Status::Assigned || ticket.assignee.is_some(), "assigned has an assignee");
    prop_assert!(ticket.rating.is_none() || ticket.version > 1);
    Ok(())
}

/// A ticket closes by itself when its time has come and not before, and once.
fn check_auto_close(change: &Change, desk: &mut Desk) -> Result<(), TestCaseError> {
    let before = change.before.as_ref().expect("a change of a ticket");
    let due = before.closes_at(&desk.config).is_some_and(|at| at <= desk.now);
    prop_assert_eq!((change.after.status == Status::Closed && !change.is_empty(), change.events.len()), (due, usize::from(due)));
    prop_assert!(change.events.iter().all(|event| event.actor == Actor::System));
    let again = desk.act_alone(|ctx| keep_time(change.after.clone(), &[], ctx));
    prop_assert!(again.is_empty());
    Ok(())
}

/// The events alone lead from before to after: none is missing, none too many, none wrong.
fn check_events(change: &Change) -> Result<(), TestCaseError> {
    let before = change.before.as_ref().expect("a change of a ticket");
    let after = &change.after;
    let mut replayed = before.clone();
    let mut messages = 0;
    for event in &change.events {
        prop_assert_eq!(event.version, after.version);
        match &event.kind {
            EventKind::MessageAdded { message, .. } => {
                messages += 1;
                prop_assert_eq!(Some(*message), change.message.as_ref().map(|message| message.id));
            }
            EventKind::StatusChanged { from, to, .. } => {
                prop_assert_eq!((replayed.status, from != to), (*from, true));
                replayed.status = *to;
            }
            EventKind::Assigned { from, to } => {
                prop_assert_eq!((replayed.assignee, from != to), (*from, true));
                replayed.assignee = *to;
            }
            EventKind::TeamChanged { to, .. } => replayed.team.clone_from(to),
            EventKind::FieldChanged { field, from, to } => {
                let mut state = serde_json::to_value(&replayed).expect("plain data");
                prop_assert_eq!(&state[field.as_str()], from);
                state[field.as_str()] = to.clone();
                replayed = serde_json::from_value(state).expect("still a ticket");
            }
            EventKind::Rated { score, .. } => {
                prop_assert_eq!(after.rating.as_ref().map(|rating| rating.score.get()), Some(*score));
                replayed.rating.clone_from(&after.rating);
            }
            EventKind::ParticipantChanged { participant, from, to } => {
                let standing = replayed.participants.get(participant).map(|known| known.standing);
                prop_assert_eq!((standing, from != to), (*from, true));
                replayed.participants.clone_from(&after.participants);
            }
            EventKind::MessagesReleased { .. } => prop_assert!(false, "nothing waits here"),
            EventKind::MailFailed { .. } | EventKind::SendFailed { .. } => prop_assert_eq!(event.actor, Actor::System),
            EventKind::Deleted {} | EventKind::Restored {} => replayed.deleted_at = after.deleted_at,
            EventKind::Snoozed { .. }
            | EventKind::SnoozeEnded { .. }
            | EventKind::PolicyApplied { .. }
            | EventKind::SlaWarned { .. }
            | EventKind::SlaBreached { .. }
            | EventKind::UnassignedTooLong { .. }
            | EventKind::Routed(_)
            | EventKind::Transferred { .. } => {}
            EventKind::Purged {} | EventKind::PersonErased { .. } => prop_assert!(false, "nobody empties a bin here"),
            EventKind::Merged { .. }
            | EventKind::MergeReceived { .. }
            | EventKind::Unmerged { .. }
            | EventKind::MergeReturned { .. }
            | EventKind::SplitOff { .. }
            | EventKind::SplitFrom { .. }
            | EventKind::LinkChanged { .. }
            | EventKind::FollowerChanged { .. } => prop_assert!(false, "nobody joins or links here"),
            EventKind::Created { .. } | EventKind::Imported { .. } | EventKind::FollowUpOpened { .. } => {
                prop_assert!(false, "not on an old ticket");
            }
        }
    }
    prop_assert_eq!(messages, usize::from(change.message.is_some()));
    // What follows from the events: times, names and counters.
    for derived in [
        "updated_at",
        "version",
        "first_response_at",
        "first_response_by",
        "resolved_at",
        "resolved_by",
        "closed_at",
        "closed_by",
        "reopen_count",
        "stays",
        "waiting_since",
        "promise",
        "snoozed",
        "unassigned",
        "routing",
    ] {
        let (mut copy, source) =
            (serde_json::to_value(&replayed).expect("plain data"), serde_json::to_value(after).expect("plain data"));
        let copy = {
            let fields = copy.as_object_mut().expect("an object");
            match source.get(derived) {
                Some(value) => drop(fields.insert(derived.to_owned(), value.clone())),
                None => drop(fields.remove(derived)),
            }
            copy
        };
        replayed = serde_json::from_value(copy).expect("still a ticket");
    }
    prop_assert_eq!(&replayed, after);
    prop_assert_eq!(after.version, before.version + u64::from(!change.is_empty()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_sequence_of_commands_reaches_an_illegal_state(
        statuses in statuses_in_use(),
        commands in proptest::collection::vec((who(), command()), 1..40),
    ) {
        let mut desk = Desk::new(&statuses);
        // What is deleted here may come back, however late.
        desk.config.bin_days = 0;
        let customer = caller(Role::Customer, 1);
        let mut ticket = desk.open(&customer);
        let mut messages = Vec::new();
        for (by, command) in &commands {
            let Some(Ok(change)) = run(&mut desk, by, &ticket, command) else { continue };
            check_events(&change)?;
            check_state(&change.after, &desk)?;
            if matches!(command, Command::AutoClose) {
                check_auto_close(&change, &mut desk)?;
            }
            messages.extend(change.message.clone());
            ticket = change.after;
        }
        for message in &messages {
            let seen = MessageView::of(message, &customer);
            prop_assert_eq!(seen.is_some(), message.kind == MessageKind::Reply, "a customer sees replies and only replies");
        }
    }

    #[test]
    fn an_opened_ticket_is_legal_and_its_events_say_so(statuses in statuses_in_use(), by in who(), assign in any::<bool>()) {
        let mut desk = Desk::new(&statuses);
        let mut new = NewTicket::new(Subject::parse("Help").expect("fits"), body("x"));
        if assign && by.is_staff() {
            new.assignee = Some(Assignee::Me);
        }
        let change = desk.try_open(&by, new).expect("allowed");
        check_state(&change.after, &desk)?;
        let names: Vec<_> = change.events.iter().map(|event| event.kind.name()).collect();
        prop_assert_eq!(&names[..2], ["ticket.created", "ticket.message_added"]);
        prop_assert_eq!(names.contains(&"ticket.assigned"), change.after.assignee.is_some());
        prop_assert_eq!(names.contains(&"ticket.status_changed"), change.after.status != Status::New);
    }
}
