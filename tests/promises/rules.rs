//! Single rules of promises: who sees them, what is an answer, and the very last moment.

use std::{cell::RefCell, collections::BTreeMap};

use axum::http::StatusCode;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{
    Body, BodyFormat, Brands, Caller, Change, Channel, Context, Enclosed, MessageKind, PersonId, Priority, Role, Status, Subject,
    TenantConfig, TenantId, Ticket, TicketNumber,
    sla::{Tally, tally},
    ticket::{NewMessage, NewTicket, TicketPatch, TicketView, add_message, keep_time, update},
};
use lambdesk_platform::Clock as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::history::moment;
use crate::support::{Desk, Session, path_of, text};

/// The clock of something promised, in a ticket as staff see it.
#[track_caller]
fn clock(ticket: &Value, metric: &str) -> Value {
    let clocks = ticket["sla"]["clocks"].as_array().unwrap_or_else(|| panic!("no clocks in {ticket}"));
    clocks.iter().find(|clock| clock["metric"] == metric).cloned().unwrap_or(Value::Null)
}

/// The end of a promise around the clock: fractions of a second do not count.
fn end_of(begin: i64, minutes: i64) -> i64 {
    begin - begin.rem_euclid(1000) + minutes * 60_000
}

fn urgent() -> Value {
    json!({ "subject": "Help", "body": "Please help.", "priority": "urgent" })
}

async fn carl_and_ada(desk: &Desk) -> (Session, Session) {
    (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await)
}

/// Every name of a field and every type of an event in a value.
fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                found.push(name.clone());
                found.extend(value.as_str().filter(|_| name == "type").map(str::to_owned));
                names(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_learn_nothing_of_promises() {
    let desk = Desk::start().await;
    let (carl, ada) = carl_and_ada(&desk).await;
    let ticket = carl.open_with(urgent()).await;
    ada.reply(&ticket, "Have you tried turning it off?").await;
    let replied = carl.reply(&ticket, "Yes.").await;
    // Far over all of it: a next response is broken, and the resolution.
    desk.advance("PT10H").await;
    desk.settle().await;
    let (carl, ada) = carl_and_ada(&desk).await;
    let told = ada.list(&format!("{}/events", path_of(&ticket))).await;
    let told: Vec<_> = told.iter().filter_map(|event| event["type"].as_str()?.strip_prefix("sla.")).collect();
    assert_eq!(told.iter().filter(|told| **told == "breached").count(), 2, "staff do: {told:?}");
    let path = path_of(&ticket);
    let mut answers = vec![ticket, replied];
    answers.push(carl.get(&format!("{path}?include=messages,events")).await.expect(StatusCode::OK));
    for path in [format!("{path}/messages"), "/v1/tickets".to_owned(), "/v1/meta".to_owned()] {
        answers.push(carl.get(&path).await.expect(StatusCode::OK));
    }
    answers.push(carl.set_status(&answers[0], "closed").await.expect(StatusCode::OK));
    let mut found = Vec::new();
    answers.iter().for_each(|answer| names(answer, &mut found));
    let internal =
        |name: &&String| name.starts_with("sla") || ["waiting_since", "due_at", "policy", "snoozed"].contains(&name.as_str());
    assert_eq!(found.iter().filter(internal).collect::<Vec<_>>(), Vec::<&String>::new());
    for path in ["/v1/sla/upcoming", "/v1/sla/summary", &format!("{path}/events")] {
        carl.get(path).await.problem(StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_and_the_customers_own_message_are_no_answer() {
    let desk = Desk::start().await;
    let (carl, ada) = carl_and_ada(&desk).await;
    let ticket = carl.open_with(urgent()).await;
    let begun = clock(&ada.read(&ticket).await, "first_response");
    assert_eq!((&begun["state"], &begun["started_at"]), (&json!("running"), &ticket["created_at"]));
    assert_eq!(moment(&begun, "due_at"), end_of(moment(&ticket, "created_at"), 30));
    ada.note(&ticket, "Who knows printers?").await;
    carl.reply(&ticket, "It is the printer on the left.").await;
    let (still, first) = (ada.read(&ticket).await, |ticket: &Value| clock(ticket, "first_response"));
    assert_eq!((&first(&still)["state"], &first(&still)["due_at"]), (&json!("running"), &begun["due_at"]));
    assert_eq!(clock(&still, "next_response"), Value::Null, "they wait for the first answer yet");
    let answer = ada.reply(&ticket, "Which one?").await;
    let answered = ada.read(&ticket).await;
    assert_eq!((&first(&answered)["state"], &first(&answered)["stopped_at"]), (&json!("met"), &answer["created_at"]));
    let asked = carl.reply(&ticket, "The left one.").await;
    carl.reply(&ticket, "As I said.").await;
    ada.note(&ticket, "The left one!").await;
    let waiting = clock(&ada.read(&ticket).await, "next_response");
    assert_eq!((&waiting["state"], &waiting["started_at"]), (&json!("running"), &asked["created_at"]), "since the first message");
}

/// Forty answers around the end of the second in which their time ends: each is judged by its own.
#[tokio::test(flavor = "multi_thread")]
async fn answers_around_the_last_second_are_each_judged_by_their_own_moment() {
    let desk = Desk::start().await;
    let (carl, _) = carl_and_ada(&desk).await;
    let tickets = join_all((0..40).map(|_| carl.open_with(urgent()))).await;
    let opened: Vec<_> = tickets.iter().map(|ticket| moment(ticket, "created_at")).collect();
    let middle = end_of(opened.iter().sum::<i64>() / 40, 30) + 1000;
    let (_, ada) = carl_and_ada(&desk).await;
    // A little before, for the answers take their time too.
    let left = middle - desk.local.clock().now().as_millisecond() - 60;
    desk.advance(&SignedDuration::from_millis(left).to_string()).await;
    let answers = join_all(tickets.iter().map(|ticket| ada.reply(ticket, "Which one?"))).await;
    desk.settle().await;
    let late = |(answer, opened): (&Value, &i64)| end_of(moment(answer, "created_at"), 0) > end_of(*opened, 30);
    let late: Vec<_> = answers.iter().zip(&opened).map(late).collect();
    for (ticket, late) in tickets.iter().zip(late) {
        let read = ada.get(&format!("{}?include=events", path_of(ticket))).await.expect(StatusCode::OK);
        let told = read["events"].as_array().unwrap().iter();
        let told = told.filter(|event| event["type"] == "sla.breached" && event["metric"] == "first_response").count();
        let state = if late { "breached" } else { "met" };
        assert_eq!((&clock(&read, "first_response")["state"], told), (&json!(state), usize::from(late)), "{read}");
    }
}

/// A desk without a clock: every moment is said.
struct Stage {
    config: TenantConfig,
    customer: Caller,
    agent: Caller,
    figures: RefCell<BTreeMap<Tally, i64>>,
}

impl Stage {
    fn set(policies: Value) -> Self {
        let statuses = ["new", "in_progress", "pending", "resolved", "closed"].map(|id| json!({ "status": id, "label": id }));
        let config = json!({
            "id": "demo", "name": "Demo", "default_brand": "demo", "statuses": statuses,
            "brands": [{ "id": "demo", "name": "Demo", "number_pattern": "DEMO-{year}-{seq:4}", "from": "help@demo.test" }],
            "policies": policies,
        });
        let person = |role, id| Caller {
            tenant: TenantId::parse("demo").unwrap(),
            person: PersonId(Uuid::from_u128(id)),
            role,
            brands: Brands::All,
            audiences: Vec::new(),
            organization: None,
            scopes: None,
        };
        let config = serde_json::from_value(config).expect("a configuration");
        Self { config, customer: person(Role::Customer, 1), agent: person(Role::Agent, 2), figures: RefCell::default() }
    }

    /// With one promise for all.
    fn simple() -> Self {
        Self::set(json!([{ "id": "all", "name": "All",
            "targets": { "first_response": 30, "next_response": 60, "resolution": 240 } }]))
    }

    fn act(&self, now: Timestamp, by: Option<&Caller>, act: impl FnOnce(&mut Context<'_>) -> Change) -> Change {
        let mut last = 100;
        let mut ids = || {
            last += 1;
            Uuid::from_u128(last)
        };
        let change = act(&mut Context { config: &self.config, caller: by, now, ids: &mut ids });
        for (counted, count) in tally(&change) {
            *self.figures.borrow_mut().entry(counted).or_default() += count;
        }
        change
    }

    fn open(&self, now: Timestamp, priority: Priority) -> Ticket {
        let new = NewTicket::new(Subject::parse("Help").unwrap(), Body::parse("Please help.", BodyFormat::Text).unwrap());
        let new = NewTicket { priority: Some(priority), ..new };
        let number = TicketNumber::parse("DEMO-2026-0001").unwrap();
        self.act(now, Some(&self.customer), |ctx| new.check(ctx).unwrap().open(number, ctx).unwrap()).after
    }

    fn reply(&self, ticket: &Ticket, now: Timestamp, by: &Caller) -> Ticket {
        let body = Body::parse("So it is.", BodyFormat::Text).unwrap();
        let new =
            NewMessage { kind: MessageKind::Reply, body, channel: Channel::Api, status: None, enclosed: Enclosed::default() };
        self.act(now, Some(by), |ctx| add_message(ticket.clone(), new, ctx).unwrap()).after
    }

    fn update(&self, ticket: &Ticket, now: Timestamp, patch: TicketPatch) -> Ticket {
        self.act(now, Some(&self.agent), |ctx| update(ticket.clone(), patch, ctx).unwrap()).after
    }

    fn enter(&self, ticket: &Ticket, now: Timestamp, status: Status) -> Ticket {
        self.update(ticket, now, TicketPatch { status: Some(status), ..TicketPatch::default() })
    }

    fn prioritise(&self, ticket: &Ticket, now: Timestamp, priority: Priority) -> Ticket {
        self.update(ticket, now, TicketPatch { priority: Some(priority), ..TicketPatch::default() })
    }

    /// What the desk by itself makes of the ticket, and which promises it says were broken.
    fn sweep(&self, ticket: &Ticket, now: Timestamp) -> (Ticket, Vec<String>) {
        let change = self.act(now, None, |ctx| keep_time(ticket.clone(), &[], ctx));
        let events = change.events.iter().filter(|event| event.kind.name() == "sla.breached");
        let broken = events.map(|event| serde_json::to_value(&event.kind).unwrap());
        let broken = broken.map(|event| format!("{} {}", text(&event, "metric"), text(&event, "policy"))).collect();
        (change.after, broken)
    }

    fn clock(&self, ticket: &Ticket, metric: &str, now: Timestamp) -> Value {
        clock(&serde_json::to_value(TicketView::of(ticket, &self.agent, (&self.config, now))).unwrap(), metric)
    }

    /// What was counted as broken, by metric and policy.
    fn counted_broken(&self) -> Vec<(String, i64)> {
        let figures = self.figures.borrow();
        let broken = figures.iter().filter(|(tally, count)| tally.outcome.as_str() == "breached" && **count != 0);
        broken.map(|(tally, count)| (format!("{} {}", tally.metric, tally.policy.as_str()), *count)).collect()
    }
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

#[test]
fn what_is_done_in_the_last_moment_is_done_in_time() {
    let stage = Stage::simple();
    let begin: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let opened = stage.open(begin, Priority::Medium);
    let asked = stage.reply(&stage.reply(&opened, begin, &stage.agent), begin, &stage.customer);
    let answer = |ticket: &Ticket, now| stage.reply(ticket, now, &stage.agent);
    let resolve = |ticket: &Ticket, now| stage.enter(ticket, now, Status::Resolved);
    type Act<'a> = &'a dyn Fn(&Ticket, Timestamp) -> Ticket;
    let cases: [(&str, &Ticket, i64, Act<'_>); 4] = [
        ("first_response", &opened, 30, &answer),
        ("first_response", &opened, 30, &resolve),
        ("next_response", &asked, 60, &answer),
        ("resolution", &opened, 240, &resolve),
    ];
    for (metric, ticket, promised, act) in cases {
        let due = begin + minutes(promised);
        for (now, state) in [(due, "met"), (due + SignedDuration::from_secs(1), "breached")] {
            assert_eq!(stage.clock(&act(ticket, now), metric, now)["state"], state, "{metric} at {now}");
        }
    }
    // Nor does the desk itself call it broken in that moment: somebody may answer yet.
    let due = begin + minutes(30);
    assert_eq!(stage.sweep(&opened, due).1, Vec::<String>::new());
    assert_eq!(stage.clock(&opened, "first_response", due)["state"], "running");
    assert_eq!(stage.sweep(&opened, due + SignedDuration::from_secs(1)).1, ["first_response all"]);
}

/// A promise may be counted in whole seconds, but not so that somebody has less time than they were promised.
#[test]
fn a_fraction_of_a_second_takes_nothing_from_the_promised_time() {
    let stage = Stage::simple();
    let ticket = stage.open("2026-11-23T09:00:00.900Z".parse().unwrap(), Priority::Medium);
    let answered = "2026-11-23T09:30:00.100Z".parse().unwrap();
    assert_eq!(stage.sweep(&ticket, answered).1, Vec::<String>::new(), "29 minutes and 59.2 seconds");
    let ticket = stage.reply(&ticket, answered, &stage.agent);
    assert_eq!(stage.clock(&ticket, "first_response", answered)["state"], "met", "29 minutes and 59.2 seconds");
}

#[test]
fn when_a_broken_promise_was_due_stays_when_it_was() {
    let stage = Stage::simple();
    let begin: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let ticket = stage.sweep(&stage.open(begin, Priority::Medium), begin + minutes(31)).0;
    let due = json!(begin + minutes(30));
    assert_eq!(stage.clock(&ticket, "first_response", begin + minutes(31))["due_at"], due);
    let ticket = stage.enter(&ticket, begin + minutes(40), Status::Pending);
    let ticket = stage.enter(&ticket, begin + minutes(50), Status::InProgress);
    let shown = stage.clock(&ticket, "first_response", begin + minutes(50));
    assert_eq!((&shown["breached_at"], &shown["due_at"]), (&due, &due), "{shown}");
}

fn by_priority() -> Stage {
    Stage::set(json!([
        { "id": "urgent", "name": "Urgent", "when": { "priority": "urgent" },
            "targets": { "first_response": 30, "next_response": 45, "resolution": 240 } },
        { "id": "low", "name": "Low", "when": { "priority": "low" }, "targets": { "first_response": 600, "resolution": 2400 } },
    ]))
}

#[test]
fn a_broken_promise_counts_against_the_policy_that_was_broken() {
    let stage = by_priority();
    let begin: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let (ticket, told) = stage.sweep(&stage.open(begin, Priority::Urgent), begin + minutes(31));
    assert_eq!(told, ["first_response urgent"]);
    let broken = [("first_response urgent".to_owned(), 1)];
    assert_eq!(stage.counted_broken(), broken);
    let ticket = stage.prioritise(&ticket, begin + minutes(40), Priority::Low);
    assert_eq!(stage.counted_broken(), broken, "who promised ten hours has broken nothing");
    stage.reply(&ticket, begin + minutes(50), &stage.agent);
    assert_eq!(stage.counted_broken(), broken);
}

#[test]
fn a_broken_promise_counts_also_when_nothing_is_promised_any_more() {
    let stage = by_priority();
    let begin: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let ticket = stage.sweep(&stage.open(begin, Priority::Urgent), begin + minutes(31)).0;
    stage.prioritise(&ticket, begin + minutes(40), Priority::Medium);
    assert_eq!(stage.counted_broken(), [("first_response urgent".to_owned(), 1)]);
}

#[test]
fn what_is_not_promised_any_more_cannot_be_broken() {
    let stage = by_priority();
    let begin: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let ticket = stage.reply(&stage.open(begin, Priority::Urgent), begin + minutes(1), &stage.agent);
    let asked = stage.reply(&ticket, begin + minutes(2), &stage.customer);
    assert_eq!(stage.clock(&asked, "next_response", begin + minutes(2))["state"], "running");
    // Nobody promises a next response to what is low.
    let lowered = stage.prioritise(&asked, begin + minutes(3), Priority::Low);
    assert_ne!(stage.clock(&lowered, "next_response", begin + minutes(3))["state"], "running");
    let answered = stage.reply(&lowered, begin + minutes(4), &stage.agent);
    for ticket in [lowered, answered] {
        assert_eq!(stage.sweep(&ticket, begin + minutes(200)).1, Vec::<String>::new());
    }
    assert_eq!(stage.counted_broken(), []);
}
