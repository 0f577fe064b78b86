//! The rules of promises, on a small desk with working hours in Berlin.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::{
    event::EventKind,
    message::MessageKind,
    person::Person,
    text::EmailAddress,
    ticket::{
        self, Change, Ticket, TicketPatch, keep_time,
        tests::{Desk, ada, carl, mia},
    },
    words::{Priority, Status},
};

/// Thursday, 20 November 2025, 13:00 in Berlin: the desk's clock begins there.
const START: &str = "2025-11-20T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn desk(policies: &[Value]) -> Desk {
    let mut desk = Desk::new(Status::ALL);
    desk.now = at(START);
    let hours = json!({ "from": "09:00", "to": "17:00" });
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let hours: serde_json::Map<_, _> = days.iter().map(|day| ((*day).to_owned(), json!([hours]))).collect();
    let calendar = json!({ "id": "office", "name": "Office", "time_zone": "Europe/Berlin", "hours": hours });
    desk.config.calendars = vec![serde_json::from_value(calendar).expect("a calendar")];
    desk.config.policies = policies.iter().map(|policy| serde_json::from_value(policy.clone()).expect("a policy")).collect();
    desk
}

/// One hour to the first answer, two to the next, eight to the solution, in office hours.
fn standard() -> Value {
    json!({
        "id": "standard", "name": "Standard", "calendar": "office",
        "targets": { "first_response": 60, "next_response": 120, "resolution": 480 },
    })
}

fn clock(ticket: &Ticket, metric: Metric) -> &Clock {
    &ticket.promise.as_ref().expect("a promise").clocks[&metric]
}

fn due(ticket: &Ticket, metric: Metric) -> Option<Timestamp> {
    clock(ticket, metric).due_at
}

fn wait(desk: &mut Desk, minutes: i64) {
    desk.now = desk.now.checked_add(SignedDuration::from_mins(minutes)).expect("in range");
}

/// What the desk tells by itself, every minute until `until`.
fn sweep(desk: &mut Desk, ticket: &mut Ticket, until: &str) -> Vec<(String, Metric, Timestamp)> {
    let mut told = Vec::new();
    while desk.now < at(until) {
        wait(desk, 1);
        if ticket.next_moment(&desk.config).is_none_or(|moment| moment > desk.now) {
            continue;
        }
        let change = desk.act_alone(|ctx| keep_time(ticket.clone(), &[], ctx));
        told.extend(change.events.iter().filter_map(passing));
        *ticket = change.after;
    }
    told
}

fn passing(event: &crate::event::Event) -> Option<(String, Metric, Timestamp)> {
    match &event.kind {
        EventKind::SlaWarned { metric, passed_at, .. } | EventKind::SlaBreached { metric, passed_at, .. } => {
            Some((event.kind.name().to_owned(), *metric, *passed_at))
        }
        _ => None,
    }
}

fn prioritise(desk: &mut Desk, ticket: &Ticket, priority: Priority) -> Ticket {
    let patch = TicketPatch { priority: Some(priority), ..TicketPatch::default() };
    desk.act(&ada(), |ctx| ticket::update(ticket.clone(), patch, ctx)).expect("hers").after
}

#[test]
fn clocks_count_working_time() {
    let mut desk = desk(&[standard()]);
    let ticket = desk.open(&carl());
    assert_eq!(due(&ticket, Metric::FirstResponse), Some(at("2025-11-20T13:00:00Z")));
    assert_eq!(due(&ticket, Metric::Resolution), Some(at("2025-11-21T12:00:00Z")), "four hours today, four tomorrow");
    assert_eq!(clock(&ticket, Metric::FirstResponse).warns_at, Some(at("2025-11-20T12:48:00Z")));
    assert!(!ticket.promise.as_ref().expect("one").clocks.contains_key(&Metric::NextResponse), "nobody waits for a next one");
    assert_eq!(ticket.next_moment(&desk.config), Some(at("2025-11-20T12:48:00Z")));
    assert_eq!(ticket.next_breach(), Some(at("2025-11-20T13:00:00Z")));
}

#[test]
fn warning_and_breach_are_told_once_at_their_moment() {
    let mut desk = desk(&[standard()]);
    let mut ticket = desk.open(&carl());
    let told = sweep(&mut desk, &mut ticket, "2025-11-24T12:00:00Z");
    let expected = [
        ("sla.warned", Metric::FirstResponse, "2025-11-20T12:48:00Z"),
        ("sla.breached", Metric::FirstResponse, "2025-11-20T13:00:00Z"),
        ("sla.warned", Metric::Resolution, "2025-11-21T10:24:00Z"),
        ("sla.breached", Metric::Resolution, "2025-11-21T12:00:00Z"),
    ];
    assert_eq!(told, expected.map(|(name, metric, moment)| (name.to_owned(), metric, at(moment))));
    assert_eq!(ticket.next_moment(&desk.config), None, "there is nothing left to tell");
}

#[test]
fn what_passed_unseen_is_told_all_the_same() {
    let mut desk = desk(&[standard()]);
    let ticket = desk.open(&carl());
    wait(&mut desk, 90);
    let mut answered = desk.reply(&ada(), &ticket, None).expect("hers").after;
    assert_eq!(clock(&answered, Metric::FirstResponse).state(), ClockState::Breached, "though nobody told it yet");
    assert!(answered.next_moment(&desk.config).is_some_and(|moment| moment <= desk.now), "the next sweep finds it");
    let told = sweep(&mut desk, &mut answered, "2025-11-20T13:40:00Z");
    assert_eq!(told.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), ["sla.warned", "sla.breached"]);
}

#[test]
fn the_last_moment_is_in_time() {
    let mut desk = desk(&[standard()]);
    let ticket = desk.open(&carl());
    wait(&mut desk, 60);
    let answered = desk.reply(&ada(), &ticket, None).expect("hers").after;
    assert_eq!(clock(&answered, Metric::FirstResponse).state(), ClockState::Met);
    assert_eq!(clock(&answered, Metric::FirstResponse).breached_at, None);
}

#[test]
fn neither_notes_nor_machines_nor_the_customer_answer() {
    let mut desk = desk(&[standard()]);
    let mut ticket = desk.open(&carl());
    ticket = desk.say(&ada(), &ticket, MessageKind::Note, None).expect("hers").after;
    ticket = desk.reply(&carl(), &ticket, None).expect("his").after;
    assert_eq!(clock(&ticket, Metric::FirstResponse).state(), ClockState::Running);
    assert_eq!(ticket.waiting_since, None, "he still waits for the first");
    ticket = desk.reply(&ada(), &ticket, None).expect("hers").after;
    assert_eq!(clock(&ticket, Metric::FirstResponse).state(), ClockState::Met);
    wait(&mut desk, 10);
    ticket = desk.reply(&carl(), &ticket, None).expect("his").after;
    let since = desk.now;
    wait(&mut desk, 10);
    ticket = desk.reply(&carl(), &ticket, None).expect("his").after;
    assert_eq!(clock(&ticket, Metric::NextResponse).started_at, since, "the first that nobody answered");
    ticket = desk.say(&ada(), &ticket, MessageKind::Note, None).expect("hers").after;
    assert_eq!(clock(&ticket, Metric::NextResponse).state(), ClockState::Running);
    ticket = desk.reply(&ada(), &ticket, None).expect("hers").after;
    assert_eq!((clock(&ticket, Metric::NextResponse).state(), ticket.waiting_since), (ClockState::Met, None));
}

#[test]
fn clocks_stand_still_while_it_is_pending() {
    let mut desk = desk(&[standard()]);
    let mut ticket = desk.open(&carl());
    wait(&mut desk, 30);
    ticket = desk.status(&ada(), &ticket, Status::Pending).expect("allowed").after;
    assert_eq!((due(&ticket, Metric::Resolution), clock(&ticket, Metric::Resolution).state()), (None, ClockState::Paused));
    assert_eq!(ticket.next_breach(), None);
    wait(&mut desk, 60);
    let hours = desk.config.hours_of(ticket.promise.as_ref().expect("one"));
    assert_eq!(clock(&ticket, Metric::Resolution).remaining(hours, desk.now), 450 * 60);
    ticket = desk.reply(&carl(), &ticket, None).expect("his").after;
    assert_eq!(due(&ticket, Metric::Resolution), Some(at("2025-11-21T13:00:00Z")), "an hour later than it was");
    assert_eq!(due(&ticket, Metric::FirstResponse), Some(at("2025-11-20T14:00:00Z")));
}

#[test]
fn another_priority_computes_the_clocks_anew_from_the_beginning() {
    let urgent = json!({
        "id": "urgent", "name": "Urgent", "when": { "priority": "urgent" }, "pauses": { "resolution": [] },
        "targets": { "first_response": 15, "resolution": 120 },
    });
    let mut desk = desk(&[standard(), urgent]);
    let mut ticket = desk.open(&carl());
    wait(&mut desk, 10);
    ticket = desk.status(&ada(), &ticket, Status::Pending).expect("allowed").after;
    wait(&mut desk, 30);
    ticket = prioritise(&mut desk, &ticket, Priority::Urgent);
    let promise = ticket.promise.as_ref().expect("one");
    assert_eq!((promise.policy.as_str(), promise.because.as_slice()), ("urgent", [Criterion::Priority].as_slice()));
    assert_eq!(due(&ticket, Metric::Resolution), Some(at("2025-11-20T14:00:00Z")), "around the clock, and never paused");
    let first = clock(&ticket, Metric::FirstResponse);
    assert_eq!((first.state(), first.used), (ClockState::Paused, 600), "ten minutes before it was pending");
    ticket = desk.reply(&carl(), &ticket, None).expect("his").after;
    assert_eq!(due(&ticket, Metric::FirstResponse), Some(at("2025-11-20T12:45:00Z")));
}

#[test]
fn a_shorter_promise_that_has_passed_is_broken_at_once_and_told_once() {
    let urgent = json!({ "id": "urgent", "name": "U", "when": { "priority": "urgent" }, "targets": { "first_response": 15 } });
    let mut desk = desk(&[standard(), urgent]);
    let mut ticket = desk.open(&carl());
    wait(&mut desk, 30);
    ticket = prioritise(&mut desk, &ticket, Priority::Urgent);
    assert_eq!(clock(&ticket, Metric::FirstResponse).breached_at, Some(at("2025-11-20T12:15:00Z")));
    let told = sweep(&mut desk, &mut ticket, "2025-11-20T12:40:00Z");
    assert_eq!(told.len(), 2);
    ticket = prioritise(&mut desk, &ticket, Priority::Low);
    ticket = prioritise(&mut desk, &ticket, Priority::Urgent);
    assert_eq!(sweep(&mut desk, &mut ticket, "2025-11-20T12:50:00Z"), [], "what is told is told");
}

#[test]
fn a_ticket_keeps_its_version_until_it_becomes_another() {
    let mut desk = desk(&[standard()]);
    let mut ticket = desk.open(&carl());
    let mut stricter = desk.config.policies[0].clone();
    stricter.version = 2;
    stricter.targets.first_response = Some(5);
    desk.config.policies.push(stricter);
    ticket = desk.say(&ada(), &ticket, MessageKind::Note, None).expect("hers").after;
    assert_eq!((clock(&ticket, Metric::FirstResponse).target, ticket.promise.as_ref().map(|p| p.version)), (3600, Some(1)));
    ticket = prioritise(&mut desk, &ticket, Priority::High);
    assert_eq!((clock(&ticket, Metric::FirstResponse).target, ticket.promise.as_ref().map(|p| p.version)), (300, Some(2)));
    assert_eq!(clock(&desk.open(&carl()), Metric::FirstResponse).target, 300);
}

#[test]
fn terms_that_were_not_read_are_named_and_nothing_of_them_changes() {
    let mut desk = desk(&[standard()]);
    let mut ticket = desk.open(&carl());
    assert_eq!(desk.config.lacks([&ticket]), [].into());
    let old = (desk.config.policies.clone(), desk.config.calendars.clone());
    desk.config.policies[0].version += 1;
    desk.config.policies[0].targets.first_response = Some(5);
    desk.config.calendars[0].version += 1;
    desk.config.calendars[0].withdrawn = true;
    let (policy, calendar) = (old.0[0].id.clone(), old.1[0].id.clone());
    assert!(desk.config.knows(&ticket), "it is new enough");
    assert_eq!(desk.config.calendar(&calendar), None);
    let lacking = [super::Term::Policy(policy, 1), super::Term::Calendar(calendar, 1)];
    assert_eq!(desk.config.lacks([&ticket]), lacking.into(), "both, once");
    let before = ticket.promise.clone();
    ticket = desk.say(&ada(), &ticket, MessageKind::Note, None).expect("hers").after;
    assert_eq!(ticket.promise, before, "no other promise is made for want of a row");
    desk.config.policies.extend(old.0);
    desk.config.calendars.extend(old.1);
    assert_eq!(desk.config.lacks([&ticket]), [].into());
    ticket = desk.status(&ada(), &ticket, Status::Pending).expect("allowed").after;
    assert_eq!(clock(&ticket, Metric::FirstResponse).state(), ClockState::Paused, "counted by what it has");
}

#[test]
fn the_most_specific_policy_wins() {
    let of = |id: &str, when: Value| json!({ "id": id, "name": id, "when": when, "targets": { "resolution": 60 } });
    let mut desk = desk(&[
        of("any", json!({})),
        of("high", json!({ "priority": "high" })),
        of("brand", json!({ "brand": "demo" })),
        of("brand-high", json!({ "brand": "demo", "priority": "high" })),
        of("phone", json!({ "channel": "phone" })),
        of("billing", json!({ "category": "billing" })),
        of("acme", json!({ "organization": "acme" })),
    ]);
    let mut ticket = desk.open(&carl());
    let chosen = |desk: &Desk, ticket: &Ticket| desk.config.policy_for(ticket).map(|(policy, _)| policy.id.to_string());
    assert_eq!(chosen(&desk, &ticket).as_deref(), Some("brand"));
    ticket.priority = Priority::High;
    assert_eq!(chosen(&desk, &ticket).as_deref(), Some("brand-high"));
    ticket.channel = crate::words::Channel::Phone;
    assert_eq!(chosen(&desk, &ticket).as_deref(), Some("phone"));
    ticket.category = Some(desk.config.categories[0].id.clone());
    assert_eq!(chosen(&desk, &ticket).as_deref(), Some("billing"));
    ticket.organization = crate::id::OrganizationId::parse("acme").ok();
    assert_eq!(chosen(&desk, &ticket).as_deref(), Some("acme"));
    desk.config.policies.retain(|policy| policy.id.as_str() != "any");
    desk.config.policies.iter_mut().for_each(|policy| policy.active = policy.id.as_str() == "high");
    ticket.priority = Priority::Low;
    assert_eq!(chosen(&desk, &ticket), None);
}

#[test]
fn reopening_takes_a_resolution_back() {
    let mut desk = desk(&[standard()]);
    let mut ticket = desk.open(&carl());
    wait(&mut desk, 60);
    let change = desk.status(&ada(), &ticket, Status::Resolved).expect("allowed");
    let met = tally(&change);
    ticket = change.after;
    assert_eq!(met.values().copied().collect::<Vec<_>>(), [1, 1], "solved, and with it answered");
    assert_eq!(clock(&ticket, Metric::Resolution).state(), ClockState::Met);
    wait(&mut desk, 60);
    let reopening = desk.reply(&carl(), &ticket, None).expect("his");
    ticket = reopening.after.clone();
    assert_eq!(
        due(&ticket, Metric::Resolution),
        Some(at("2025-11-21T13:00:00Z")),
        "the hour in which it was solved does not count"
    );
    assert_eq!(clock(&ticket, Metric::FirstResponse).state(), ClockState::Met, "what is resolved is answered");
    assert_eq!(clock(&ticket, Metric::NextResponse).started_at, desk.now);
    let taken_back: Vec<_> = tally(&reopening).into_iter().map(|(tally, n)| (tally.metric, tally.outcome, n)).collect();
    assert_eq!(taken_back, [(Metric::Resolution, Outcome::Met, -1)]);
}

/// A policy that promises a solution alone, for what is urgent; and none for what is low.
fn some_promise_less() -> Vec<Value> {
    let mut standard = standard();
    standard["when"] = json!({ "priority": "medium" });
    vec![standard, json!({ "id": "urgent", "name": "U", "when": { "priority": "urgent" }, "targets": { "resolution": 300 } })]
}

#[test]
fn what_is_promised_no_more_is_not_broken() {
    let mut desk = desk(&some_promise_less());
    for priority in [Priority::Urgent, Priority::Low] {
        desk.now = at(START);
        let ticket = desk.open(&carl());
        let mut other = prioritise(&mut desk, &ticket, priority);
        let told = sweep(&mut desk, &mut other, "2025-11-20T14:00:00Z");
        assert_eq!(told, [], "{priority}: no first answer is promised");
        let view = PromiseView::of(other.promise.as_ref().expect("one"), &desk.config, desk.now);
        assert!(view.clocks.iter().all(|clock| clock.metric != Metric::FirstResponse));
        let mut back = prioritise(&mut desk, &other, Priority::Medium);
        assert_eq!(clock(&back, Metric::FirstResponse).breached_at, Some(at("2025-11-20T13:00:00Z")), "{priority}: it is again");
        assert_eq!(sweep(&mut desk, &mut back, "2025-11-20T14:10:00Z").len(), 2);
    }
}

#[test]
fn a_broken_promise_stays_what_it_was_whatever_comes() {
    let mut desk = desk(&some_promise_less());
    let mut ticket = desk.open(&carl());
    let told = sweep(&mut desk, &mut ticket, "2025-11-20T13:30:00Z");
    assert_eq!(told.len(), 2);
    let broken = clock(&ticket, Metric::FirstResponse).clone();
    for priority in [Priority::Low, Priority::Urgent, Priority::Medium] {
        ticket = prioritise(&mut desk, &ticket, priority);
        let now = clock(&ticket, Metric::FirstResponse);
        assert_eq!((&now.policy, now.due_at, now.breached_at), (&broken.policy, broken.due_at, broken.breached_at), "{priority}");
    }
    assert_eq!(sweep(&mut desk, &mut ticket, "2025-11-20T13:40:00Z"), [], "and is told once");
    let hours = desk.config.hours_of(ticket.promise.as_ref().expect("one"));
    assert_eq!(clock(&ticket, Metric::FirstResponse).remaining(hours, desk.now), -40 * 60);
    let answered = desk.reply(&ada(), &ticket, None).expect("hers").after;
    assert_eq!(clock(&answered, Metric::FirstResponse).stopped_at, Some(desk.now));
}

mod figures;

#[test]
fn rules_of_escalation_are_carried_out_once() {
    let mut policy = standard();
    policy["escalations"] = json!([
        { "on": "warning", "metric": "first_response", "notify": ["team"] },
        { "on": "breach", "metric": "first_response", "notify": ["managers"], "raise_priority": true, "note": "Hurry." },
        { "on": "breach", "metric": "resolution", "assignee": mia().person },
    ]);
    let mut desk = desk(&[policy]);
    let mut person = Person::from_address(mia().person, EmailAddress::parse("mia@demo.test").expect("fits"), desk.now);
    person.role = mia().role;
    let mut ticket = desk.open(&carl());
    let keep = |desk: &mut Desk, ticket: &Ticket| -> Change {
        let staff = [person.clone()];
        desk.act_alone(|ctx| keep_time(ticket.clone(), &staff, ctx))
    };
    desk.now = at("2025-11-20T12:49:00Z");
    let warned = keep(&mut desk, &ticket);
    let told = |change: &Change| {
        change
            .events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::SlaWarned { notify, .. } | EventKind::SlaBreached { notify, .. } => Some(notify.clone()),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&warned), [[Group::Assignee, Group::Team]]);
    desk.now = at("2025-11-20T13:01:00Z");
    let breached = keep(&mut desk, &warned.after);
    assert_eq!(told(&breached), [[Group::Assignee, Group::Managers]]);
    assert_eq!(breached.after.priority, Priority::High);
    let note = breached.message.as_ref().expect("a note");
    assert_eq!((note.kind, note.body.text.trim()), (MessageKind::Note, "Hurry."));
    assert!(keep(&mut desk, &breached.after).is_empty(), "once");
    ticket = breached.after;
    desk.now = at("2025-11-21T12:01:00Z");
    let late = keep(&mut desk, &ticket).after;
    assert_eq!((late.assignee, late.status), (Some(mia().person), Status::Assigned));
}

#[test]
fn nobody_has_it_for_too_long_is_told_once() {
    let mut desk = desk(&[]);
    desk.config.unassigned_minutes = Some(30);
    let mut ticket = desk.open(&carl());
    let too_long = |change: &Change| change.events.iter().any(|event| matches!(event.kind, EventKind::UnassignedTooLong { .. }));
    wait(&mut desk, 30);
    let change = desk.act_alone(|ctx| keep_time(ticket.clone(), &[], ctx));
    assert!(too_long(&change));
    ticket = change.after;
    wait(&mut desk, 60);
    assert!(desk.act_alone(|ctx| keep_time(ticket.clone(), &[], ctx)).is_empty());
    assert_eq!(ticket.next_moment(&desk.config), None);
}

#[test]
fn a_policy_names_all_that_is_wrong_with_it() {
    let desk = desk(&[]);
    let policy: Policy = serde_json::from_value(json!({
        "id": "p", "name": "P", "when": { "brand": "gone", "category": "gone" }, "calendar": "gone", "warn_percent": 100,
        "targets": { "first_response": 0 }, "pauses": { "resolution": ["closed"] }, "escalations": [{ "on": "breach" }],
    }))
    .expect("well-formed");
    let paths: Vec<_> = policy.check(&desk.config).into_iter().map(|error| error.path).collect();
    let expected = [
        "when.brand",
        "when.category",
        "calendar",
        "warn_percent",
        "targets.first_response",
        "pauses.resolution",
        "escalations[0]",
    ];
    assert_eq!(paths, expected);
}
