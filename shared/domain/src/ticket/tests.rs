//! A small desk for the tests of tickets, and the rules with a sentence of their own in the product's description.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use crate::{
    caller::Brands,
    config::tests::config,
    error::DomainError,
    event::EventKind,
    id::MessageId,
    markup::{Body, BodyFormat},
    message::MessageKind,
    person::Person,
    role::Role,
    text::{EmailAddress, RatingComment},
};

pub(crate) struct Desk {
    pub(crate) config: TenantConfig,
    pub(crate) now: Timestamp,
    last_id: u128,
}

impl Desk {
    pub(crate) fn new(statuses: &[Status]) -> Self {
        Self { config: config(statuses), now: Timestamp::constant(1_763_640_000, 0), last_id: 1000 }
    }

    pub(crate) fn later(&mut self, hours: i64) {
        self.now = self.now.checked_add(SignedDuration::from_hours(hours)).expect("in range");
    }

    pub(crate) fn act<T>(&mut self, caller: &Caller, command: impl FnOnce(&mut Context<'_>) -> T) -> T {
        self.act_as(Some(caller), command)
    }

    /// By a rule of the desk, without a caller.
    pub(crate) fn act_alone<T>(&mut self, command: impl FnOnce(&mut Context<'_>) -> T) -> T {
        self.act_as(None, command)
    }

    fn act_as<T>(&mut self, caller: Option<&Caller>, command: impl FnOnce(&mut Context<'_>) -> T) -> T {
        let last_id = &mut self.last_id;
        let mut ids = || {
            *last_id += 1;
            Uuid::from_u128(*last_id)
        };
        command(&mut Context { config: &self.config, caller, now: self.now, ids: &mut ids })
    }

    pub(crate) fn open(&mut self, caller: &Caller) -> Ticket {
        self.try_open(caller, NewTicket::new(Subject::parse("Help").expect("fits"), body("Please")))
            .expect("a plain ticket")
            .after
    }

    pub(crate) fn try_open(&mut self, caller: &Caller, new: NewTicket) -> Result<Change, DomainError> {
        let number = TicketNumber::parse("DEMO-2025-0001").expect("fits");
        self.act(caller, |ctx| new.check(ctx)?.open(number, ctx))
    }

    pub(crate) fn reply(&mut self, caller: &Caller, ticket: &Ticket, status: Option<Status>) -> Result<Change, DomainError> {
        self.say(caller, ticket, MessageKind::Reply, status)
    }

    pub(crate) fn say(
        &mut self,
        by: &Caller,
        on: &Ticket,
        kind: MessageKind,
        status: Option<Status>,
    ) -> Result<Change, DomainError> {
        let new =
            NewMessage { kind, body: body("text"), channel: Channel::Api, status, enclosed: crate::message::Enclosed::default() };
        self.act(by, |ctx| add_message(on.clone(), new, ctx))
    }

    pub(crate) fn status(&mut self, caller: &Caller, ticket: &Ticket, status: Status) -> Result<Change, DomainError> {
        let patch = TicketPatch { status: Some(status), ..TicketPatch::default() };
        self.act(caller, |ctx| update(ticket.clone(), patch, ctx))
    }
}

pub(crate) fn caller(role: Role, person: u128) -> Caller {
    Caller {
        tenant: TenantId::parse("demo").expect("fits"),
        person: PersonId(Uuid::from_u128(person)),
        role,
        brands: Brands::All,
        audiences: Vec::new(),
        organization: None,
        scopes: None,
    }
}

pub(crate) fn body(text: &str) -> Body {
    Body::parse(text, BodyFormat::Markdown).expect("fits")
}

pub(crate) fn carl() -> Caller {
    caller(Role::Customer, 1)
}

pub(crate) fn ada() -> Caller {
    caller(Role::Agent, 2)
}

pub(crate) fn mia() -> Caller {
    caller(Role::Manager, 3)
}

fn person(caller: &Caller, brands: Brands) -> Assignee {
    let mut person =
        Person::from_address(caller.person, EmailAddress::parse("x@demo.test").expect("fits"), Timestamp::UNIX_EPOCH);
    person.role = caller.role;
    person.brands = brands;
    Assignee::Person(Box::new(person))
}

fn code(result: Result<Change, DomainError>) -> &'static str {
    match result.expect_err("a refusal") {
        DomainError::Rule { code, .. } => code,
        DomainError::Invalid(fields) => fields[0].code,
        DomainError::Forbidden(_) => "forbidden",
        DomainError::NotFound => "not_found",
    }
}

#[test]
fn a_customers_reply_reopens_a_resolved_ticket() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    let ticket = desk.act(&ada(), |ctx| assign(ticket, &Assignee::Me, ctx)).expect("hers").after;
    let resolved = desk.reply(&ada(), &ticket, Some(Status::Resolved)).expect("allowed").after;
    assert!(resolved.resolved_at.is_some());
    let woken = desk.reply(&carl(), &resolved, None).expect("his");
    assert_eq!(woken.after.status, Status::InProgress);
    assert_eq!((woken.after.resolved_at, woken.after.reopen_count), (None, 1));
    let names: Vec<_> = woken.events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(names, ["ticket.message_added", "ticket.status_changed"]);
}

#[test]
fn a_customers_reply_puts_an_unassigned_pending_ticket_back_in_the_queue() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    let pending = desk.status(&ada(), &ticket, Status::Pending).expect("allowed").after;
    assert_eq!(desk.reply(&carl(), &pending, None).expect("his").after.status, Status::New);
}

#[test]
fn a_late_reply_opens_a_follow_up_and_an_early_one_reopens() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    let closed = desk.status(&carl(), &ticket, Status::Closed).expect("his").after;
    assert!(closed.closed_at.is_some());
    desk.later(14 * 24);
    assert!(!desk.act(&carl(), |ctx| opens_follow_up(&closed, ctx)));
    let reopened = desk.reply(&carl(), &closed, None).expect("his").after;
    assert_eq!((reopened.status, reopened.closed_at), (Status::InProgress, None));
    desk.later(1);
    assert!(desk.act(&carl(), |ctx| opens_follow_up(&closed, ctx)));
    assert_eq!(code(desk.status(&ada(), &closed, Status::InProgress)), "reopen_window_passed");
    let follow_up = {
        let new = NewTicket::follow_up(&closed, body("again"), &desk.config);
        desk.try_open(&carl(), new).expect("his")
    };
    assert_eq!(follow_up.after.follow_up_of, Some(closed.id));
    assert!(follow_up.events.iter().any(|event| event.kind == EventKind::FollowUpOpened { follows: closed.id }));
}

#[test]
fn assigning_moves_a_new_ticket_on_and_unassigning_moves_it_back() {
    for (statuses, working) in
        [(Status::ALL, Status::Assigned), (&[Status::New, Status::InProgress, Status::Closed], Status::InProgress)]
    {
        let mut desk = Desk::new(statuses);
        let ticket = desk.open(&carl());
        let assigned = desk.act(&mia(), |ctx| assign(ticket, &person(&ada(), Brands::All), ctx)).expect("hers to give").after;
        assert_eq!((assigned.status, assigned.assignee), (working, Some(ada().person)));
        let back = desk.act(&ada(), |ctx| unassign(assigned, ctx)).expect("her own").after;
        assert_eq!((back.status, back.assignee), (Status::New, None));
    }
}

#[test]
fn agents_take_tickets_but_do_not_give_them_to_others() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    let ben = caller(Role::Agent, 4);
    assert_eq!(code(desk.act(&ada(), |ctx| assign(ticket.clone(), &person(&ben, Brands::All), ctx))), "forbidden");
    let bens = desk.act(&ben, |ctx| assign(ticket.clone(), &Assignee::Me, ctx)).expect("his to take").after;
    assert_eq!(code(desk.status(&ada(), &bens, Status::New)), "forbidden", "nor by another name");
    assert_eq!(code(desk.act(&ada(), |ctx| unassign(bens, ctx))), "forbidden");
    assert_eq!(code(desk.act(&mia(), |ctx| assign(ticket.clone(), &person(&carl(), Brands::All), ctx))), "unknown_person");
    let elsewhere = Brands::Only(BTreeSet::from([BrandId::parse("other").expect("fits")]));
    assert_eq!(code(desk.act(&mia(), |ctx| assign(ticket.clone(), &person(&ben, elsewhere), ctx))), "unknown_person");
}

#[test]
fn a_customer_changes_nothing_but_closing_and_reopening() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    let patch = TicketPatch { priority: Some(Priority::Urgent), status: Some(Status::Resolved), ..TicketPatch::default() };
    let refusal = desk.act(&carl(), |ctx| update(ticket.clone(), patch, ctx)).expect_err("not his");
    let DomainError::Forbidden(fields) = refusal else { panic!("{refusal:?}") };
    assert_eq!(fields.iter().map(|field| field.path.as_str()).collect::<Vec<_>>(), ["priority", "status"]);
    let closed = desk.status(&carl(), &ticket, Status::Closed).expect("his").after;
    assert_eq!(desk.status(&carl(), &closed, Status::InProgress).expect("his").after.status, Status::InProgress);
    assert_eq!(code(desk.say(&carl(), &ticket, MessageKind::Note, None)), "forbidden");
}

#[test]
fn d4_a_customer_cannot_open_a_ticket_as_somebody_else() {
    let mut desk = Desk::new(Status::ALL);
    let mut new = NewTicket::new(Subject::parse("Help").expect("fits"), body("Please"));
    new.assignee = Some(Assignee::Me);
    new.tags = BTreeSet::from([Tag::parse("vip").expect("fits")]);
    let Assignee::Person(someone) = person(&ada(), Brands::All) else { panic!() };
    new.requester = Some(someone);
    let DomainError::Forbidden(fields) = desk.try_open(&carl(), new).expect_err("not his") else { panic!() };
    assert_eq!(fields.iter().map(|field| field.path.as_str()).collect::<Vec<_>>(), ["requester", "assignee", "tags"]);
}

#[test]
fn the_first_public_answer_by_staff_is_the_first_response() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    let noted = desk.say(&ada(), &ticket, MessageKind::Note, None).expect("hers").after;
    assert_eq!(noted.first_response_at, None, "a note answers nobody");
    let nagged = desk.reply(&carl(), &noted, None).expect("his").after;
    assert_eq!(nagged.first_response_at, None, "the customer's own message is no answer");
    desk.later(1);
    let answered = desk.reply(&ada(), &nagged, None).expect("hers").after;
    assert_eq!((answered.first_response_at, answered.first_response_by), (Some(desk.now), Some(ada().person)));
}

#[test]
fn wrong_moves_name_what_is_possible() {
    let mut desk = Desk::new(&[Status::New, Status::InProgress, Status::Closed]);
    let ticket = desk.open(&carl());
    assert_eq!(code(desk.status(&ada(), &ticket, Status::Pending)), "status_not_in_use");
    let closed = desk.status(&ada(), &ticket, Status::Closed).expect("allowed").after;
    let Err(DomainError::Rule { code, message }) = desk.status(&ada(), &closed, Status::New) else { panic!() };
    assert_eq!(code, "transition_not_allowed");
    assert!(message.contains("can move to in_progress"), "{message}");
}

#[test]
fn a_rating_is_the_requesters_and_comes_after_the_work() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    let score = Score::try_from(5).expect("fits");
    let comment = RatingComment::parse("Thanks").ok();
    assert_eq!(code(desk.act(&carl(), |ctx| rate(ticket.clone(), score, comment.clone(), ctx))), "not_resolved");
    let resolved = desk.status(&ada(), &ticket, Status::Resolved).expect("allowed").after;
    assert_eq!(code(desk.act(&ada(), |ctx| rate(resolved.clone(), score, None, ctx))), "forbidden");
    let rated = desk.act(&carl(), |ctx| rate(resolved, score, comment.clone(), ctx)).expect("his").after;
    let again = desk.act(&carl(), |ctx| rate(rated.clone(), score, comment, ctx)).expect("his");
    assert!(again.is_empty(), "the same rating changes nothing");
    assert!(Score::try_from(0).is_err() && Score::try_from(6).is_err());
}

#[test]
fn a_deleted_ticket_exists_for_those_who_may_restore_it() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    assert_eq!(code(desk.act(&ada(), |ctx| delete(ticket.clone(), ctx))), "forbidden");
    let deleted = desk.act(&mia(), |ctx| delete(ticket, ctx)).expect("hers").after;
    assert!(!carl().sees(&deleted) && !ada().sees(&deleted) && mia().sees(&deleted));
    assert_eq!(code(desk.reply(&mia(), &deleted, None)), "ticket_deleted");
    let restored = desk.act(&mia(), |ctx| restore(deleted, ctx)).expect("hers").after;
    assert!(carl().sees(&restored));
    assert_eq!(code(desk.act(&mia(), |ctx| restore(restored, ctx))), "not_deleted");
}

#[test]
fn d2_another_customer_and_another_brand_see_nothing() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    assert!(carl().sees(&ticket) && !caller(Role::Customer, 9).sees(&ticket));
    let mut elsewhere = ada();
    elsewhere.brands = Brands::Only(BTreeSet::from([BrandId::parse("other").expect("fits")]));
    assert!(ada().sees(&ticket) && !elsewhere.sees(&ticket));
    let mut key = ada();
    key.scopes = Some(BTreeSet::from([Permission::KbRead]));
    assert!(!key.sees(&ticket), "a key has no more than its scopes");
}

/// A mail to staff may show a note, or what a stranger wrote; the program of who answers it quotes it.
#[test]
fn what_staff_quote_never_reaches_a_customer() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    let quoting = |desk: &mut Desk, by: &Caller, quoted_for_staff| {
        let mut message = desk.reply(by, &ticket, None).expect("allowed").message.expect("a message");
        message.enclosed.quoted = Some(body("> a note"));
        message.enclosed.quoted_for_staff = quoted_for_staff;
        message
    };
    let seen_by = |reader: &Caller, message| MessageView::of(message, reader).expect("seen").quoted.is_some();
    let answers = [quoting(&mut desk, &ada(), false), quoting(&mut desk, &carl(), true), quoting(&mut desk, &carl(), false)];
    assert_eq!(answers.each_ref().map(|message| seen_by(&ada(), message)), [true; 3]);
    assert_eq!(answers.each_ref().map(|message| seen_by(&carl(), message)), [false, false, true]);
}

#[test]
fn the_staffs_part_never_reaches_a_customer() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    let view = serde_json::to_value(TicketView::of(&ticket, &carl(), (&desk.config, desk.now))).expect("plain data");
    for field in
        ["team", "tags", "sla", "waiting_since", "snoozed", "unassigned_since", "audiences", "created_by", "deleted_at", "tenant"]
    {
        assert!(view.get(field).is_none(), "{field} reached a customer");
    }
    assert!(view["merged_into"].is_null(), "only where they see the other");
    assert!(
        serde_json::to_value(TicketView::of(&ticket, &ada(), (&desk.config, desk.now)))
            .expect("plain data")
            .get("tags")
            .is_some()
    );
    let note = desk.say(&ada(), &ticket, MessageKind::Note, Some(Status::Pending)).expect("hers");
    assert_eq!(MessageView::of(note.message.as_ref().expect("a note"), &carl()), None);
    let seen: Vec<_> = note.events.iter().filter_map(|event| EventView::of(event, &carl())).collect();
    assert_eq!(seen.len(), 1, "only the status change");
    let text = serde_json::to_string(&seen).expect("plain data");
    assert!(!text.contains(&MessageId(note.message.expect("a note").id.0).to_string()), "not even the note's id");
}
