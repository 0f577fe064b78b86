use super::*;
use crate::{
    caller::Caller,
    id::PersonId,
    message::{Enclosed, MessageKind},
    ticket::{
        Assignee, Change, NewMessage, NewTicket, Participant, Standing, Ticket, add_message, assign,
        tests::{Desk, body, caller},
    },
    words::{Channel, Status},
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
    assert_eq!(told(&answer_back), [], "nobody has it, nobody is told");
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

fn taken(desk: &mut Desk, carl: &Caller, ada: &Caller) -> Ticket {
    let ticket = desk.open(carl);
    desk.act(ada, |ctx| assign(ticket, &Assignee::Me, ctx)).unwrap().after
}

fn say(desk: &mut Desk, by: &Caller, on: &Ticket, kind: MessageKind, enclosed: Enclosed) -> Change {
    let new = NewMessage { kind, body: body("text"), channel: Channel::Email, status: None, enclosed };
    desk.act(by, |ctx| add_message(on.clone(), new, ctx)).unwrap()
}

#[test]
fn the_assignee_hears_the_customer() {
    let (carl, ada) = people();
    let mut desk = Desk::new(Status::ALL);
    let ticket = taken(&mut desk, &carl, &ada);
    assert_eq!(told(&desk.reply(&carl, &ticket, None).unwrap()), [(ada.person, Notice::CustomerReply)]);
    let stranger = caller(Role::Customer, 9);
    let pending = Enclosed { pending: true, ..Enclosed::default() };
    let change = say(&mut desk, &stranger, &ticket, MessageKind::Reply, pending);
    assert_eq!(told(&change), [(ada.person, Notice::CustomerReply)], "and nobody outside");
}

#[test]
fn what_is_open_again_is_told_to_who_has_it() {
    let (carl, ada) = people();
    let mut desk = Desk::new(Status::ALL);
    let ticket = taken(&mut desk, &carl, &ada);
    let closed = desk.status(&carl, &ticket, Status::Closed).unwrap().after;
    let reopened = desk.status(&carl, &closed, Status::InProgress).unwrap();
    assert_eq!(told(&reopened), [(ada.person, Notice::Reopened)]);
    assert_eq!(told(&desk.status(&ada, &closed, Status::InProgress).unwrap()), [], "she did it herself");
    let woken = desk.reply(&carl, &closed, None).unwrap();
    assert_eq!(told(&woken), [(ada.person, Notice::CustomerReply)], "one mail says both");
}

#[test]
fn who_takes_part_reads_replies_once_they_belong() {
    let (carl, ada) = people();
    let mut desk = Desk::new(Status::ALL);
    let mut ticket = desk.open(&carl);
    let person = |n| caller(Role::Customer, n).person;
    for (n, standing) in [(5, Standing::Pending), (6, Standing::Copied), (7, Standing::Confirmed), (1, Standing::Confirmed)] {
        ticket.participants.insert(person(n), Participant { standing, since: desk.now });
    }
    let answered = desk.reply(&ada, &ticket, None).unwrap();
    let expected = [person(1), person(6), person(7)].map(|person| (person, Notice::Reply));
    assert_eq!(told(&answered), expected, "each once, and no stranger");
    assert_eq!(told(&desk.status(&ada, &ticket, Status::Resolved).unwrap()), [(carl.person, Notice::Resolution)]);
}

#[test]
fn a_note_tells_those_it_names() {
    let (carl, ada) = people();
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl);
    let ben = PersonId(uuid::Uuid::from_u128(77));
    let mentions = Enclosed { mentions: vec![ben, ada.person], ..Enclosed::default() };
    assert_eq!(told(&say(&mut desk, &ada, &ticket, MessageKind::Note, mentions)), [(ben, Notice::Mention)], "not herself");
}

#[test]
fn a_rating_is_told_to_the_assignee_and_a_bad_one_to_managers() {
    let (carl, ada) = people();
    let mut desk = Desk::new(Status::ALL);
    let ticket = taken(&mut desk, &carl, &ada);
    let done = desk.status(&ada, &ticket, Status::Closed).unwrap().after;
    let mut rated = |ticket: &Ticket, score: i64| {
        let score = crate::ticket::Score::try_from(score).unwrap();
        desk.act(&carl, |ctx| crate::ticket::rate(ticket.clone(), score, None, ctx)).unwrap()
    };
    let bad = rated(&done, 2);
    assert_eq!(told(&bad), [(ada.person, Notice::Rated)]);
    assert!(bad.events[0].groups(&bad.after).is_some_and(|(groups, notice)| groups.len() == 1 && notice == Notice::Rated));
    let better = rated(&bad.after, 3);
    assert_eq!(told(&better), [(ada.person, Notice::Rated)]);
    assert_eq!(better.events[0].groups(&better.after), None);
    let earlier = &bad.events[0];
    assert!(earlier.notices(&better.after).is_empty() && earlier.groups(&better.after).is_none(), "no longer so");
}

#[test]
fn a6_what_a_machine_wrote_is_told_to_nobody() {
    let (carl, ada) = people();
    let mut desk = Desk::new(Status::ALL);
    let ticket = taken(&mut desk, &carl, &ada);
    let mail = serde_json::from_value(serde_json::json!({
        "inbound": "019aa0c5-6b20-7000-8000-000000000010", "from": "carl@example.test", "from_name": null, "subject": "Away",
        "verdicts": { "spf": "pass", "dkim": "pass", "dmarc": "pass", "spam": "pass", "virus": "pass" },
        "automatic": true, "cut": false,
    }));
    let enclosed = Enclosed { mail: Some(mail.unwrap()), ..Enclosed::default() };
    assert_eq!(told(&say(&mut desk, &carl, &ticket, MessageKind::Reply, enclosed)), []);
    let new = NewTicket { quiet: true, ..NewTicket::new(crate::text::Subject::parse("Help").unwrap(), body("x")) };
    assert_eq!(told(&desk.try_open(&carl, new).unwrap()), []);
}

#[test]
fn an_answer_to_a_customers_own_request_cannot_be_muted() {
    let mutable = |role| Notice::mutable_by(role).collect::<Vec<_>>();
    assert_eq!(mutable(Role::Customer), [Notice::Acknowledgement, Notice::Resolution]);
    assert_eq!(mutable(Role::Agent), Notice::ALL);
}
