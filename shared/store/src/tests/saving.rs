//! Saving: all or nothing, once, by the version that was read.

use std::{collections::BTreeSet, time::Duration};

use jiff::SignedDuration;
use lambdesk_domain::{
    EmailAddress, Person, PersonId, Status, TenantId, TicketRef,
    ticket::{self, Assignee, NewMessage},
};
use uuid::Uuid;

use super::*;
use crate::{Include, MailClaim, PageRequest, SentMail, measure};

fn answer(text: &str) -> Answer {
    Answer { status: 201, headers: Vec::new(), body: text.to_owned() }
}

fn key(person: PersonId, key: &str, request: &str) -> IdempotencyKey {
    IdempotencyKey { person, function: "tickets-create", key: key.to_owned(), request: request.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_parallel_creates_have_two_hundred_numbers() {
    let desk = TestDesk::new().await;
    let carl = carl();
    let opened = futures_util::future::join_all((0..200).map(|_| desk.open(&carl))).await;
    let numbers: BTreeSet<_> = opened.iter().map(|ticket| ticket.number.to_string()).collect();
    assert_eq!(numbers.len(), 200);
    assert!(numbers.iter().all(|number| number.starts_with("KA-2025-")), "all of the year: {numbers:?}");
    let ticket = &opened[7];
    assert_eq!(desk.desk().ticket(&TicketRef::Number(ticket.number.clone())).await.expect("by number"), *ticket);
}

#[tokio::test]
async fn messages_are_written_again_also_where_nothing_else_changes() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    let all = Include { messages: true, events: true };
    let thread = desk.desk().thread(&TicketRef::Id(ticket.id), all).await.expect("there");
    let mut message = thread.messages[0].clone();
    message.enclosed.pending = true;
    let change = Change { before: Some(ticket.clone()), after: ticket.clone(), message: None, events: Vec::new() };
    let rewritten = [message];
    desk.desk().save(Save { rewritten: &rewritten, ..Save::of(&change, &desk.config, START) }).await.expect("saved");
    let thread = desk.desk().thread(&TicketRef::Id(ticket.id), all).await.expect("there");
    assert_eq!((&thread.messages[..], &thread.ticket), (&rewritten[..], &ticket));
}

#[tokio::test]
async fn a_change_and_its_events_are_one() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    let new = NewMessage {
        kind: lambdesk_domain::MessageKind::Note,
        body: Body::parse("internal", BodyFormat::Text).expect("fits"),
        channel: lambdesk_domain::Channel::Api,
        status: Some(Status::Pending),
        enclosed: lambdesk_domain::Enclosed::default(),
    };
    let change = desk.act(&ada(), |ctx| ticket::add_message(ticket.clone(), new, ctx)).expect("allowed");
    let rival = desk.act(&mia(), |ctx| ticket::delete(ticket.clone(), ctx)).expect("allowed");
    desk.save(&rival).await.expect("first");
    assert!(matches!(desk.save(&change).await, Err(StoreError::Stale)), "decided on a version that is gone");
    let all = Include { messages: true, events: true };
    let thread = desk.desk().thread(&TicketRef::Id(ticket.id), all).await.expect("there");
    assert_eq!(thread.ticket, rival.after);
    assert_eq!(thread.messages.len(), 1, "the refused note left nothing behind");
    assert_eq!(
        thread.events.iter().map(|event| event.kind.name()).collect::<Vec<_>>(),
        ["ticket.created", "ticket.message_added", "ticket.deleted"]
    );
}

#[tokio::test]
async fn a_number_that_is_taken_takes_nothing_with_it() {
    let desk = TestDesk::new().await;
    let first = desk.open(&carl()).await;
    let mut second = desk.opening(&carl(), |_| {}).await;
    second.after.number = first.number.clone();
    assert!(matches!(desk.save(&second).await, Err(StoreError::Taken("number"))));
    assert!(matches!(desk.desk().ticket(&TicketRef::Id(second.after.id)).await, Err(StoreError::NotFound)));
    let counts = desk.desk().counts(&lambdesk_domain::Brands::All).await.expect("counted");
    assert_eq!(counts.values().sum::<i64>(), 1);
}

#[tokio::test]
async fn the_same_key_is_done_once_and_answered_the_same() {
    let desk = TestDesk::new().await;
    let (carl, ada) = (carl(), ada());
    let (first, again) = (desk.opening(&carl, |_| {}).await, desk.opening(&carl, |_| {}).await);
    desk.save_once(&first, Some((&key(carl.person, "k", "body"), &answer("one")))).await.expect("first");
    match desk.save_once(&again, Some((&key(carl.person, "k", "body"), &answer("two")))).await {
        Err(StoreError::Answered(kept)) => assert_eq!(*kept, answer("one")),
        other => panic!("{other:?}"),
    }
    let reused = desk.save_once(&again, Some((&key(carl.person, "k", "another body"), &answer("two")))).await;
    assert!(matches!(reused, Err(StoreError::KeyReused)));
    assert!(matches!(desk.desk().ticket(&TicketRef::Id(again.after.id)).await, Err(StoreError::NotFound)));
    desk.save_once(&again, Some((&key(ada.person, "k", "body"), &answer("two"))))
        .await
        .expect("another person's key is another key");
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day_also_before_it_is_swept() {
    let desk = TestDesk::new().await;
    let carl = carl();
    let (first, second) = (desk.opening(&carl, |_| {}).await, desk.opening(&carl, |_| {}).await);
    let key = key(carl.person, "k", "body");
    desk.save_once(&first, Some((&key, &answer("one")))).await.expect("first");
    let tomorrow = START + SignedDuration::from_hours(25);
    assert!(desk.desk().answered(&key, tomorrow).await.expect("asked").is_none());
    let save = Save { answer: Some((&key, &answer("two"))), ..Save::of(&second, &desk.config, tomorrow) };
    desk.desk().save(save).await.expect("a new request");
}

#[tokio::test]
async fn figures_follow_every_change() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    let ticket = desk.change(&ada(), &ticket, |ticket, ctx| ticket::assign(ticket, &Assignee::Me, ctx)).await;
    let load = |workload: crate::Workload| workload.get(&ada().person).map(|counts| counts.values().sum::<i64>()).unwrap_or(0);
    assert_eq!(load(desk.desk().workload().await.expect("counted")), 1);
    let closing = ticket::TicketPatch { status: Some(Status::Closed), ..Default::default() };
    let ticket = desk.change(&ada(), &ticket, |ticket, ctx| ticket::update(ticket, closing, ctx)).await;
    assert_eq!(load(desk.desk().workload().await.expect("counted")), 0, "a closed ticket is no load");
    let counts = desk.desk().counts(&lambdesk_domain::Brands::All).await.expect("counted");
    assert_eq!(counts.into_iter().map(|((_, status, _), count)| (status, count)).collect::<Vec<_>>(), [(Status::Closed, 1)]);
    desk.change(&mia(), &ticket, ticket::delete).await;
    assert!(desk.desk().counts(&lambdesk_domain::Brands::All).await.expect("counted").is_empty());
}

#[tokio::test]
async fn d1_nothing_of_one_tenant_is_found_in_another() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    let other = TenantId::parse("other").expect("fits");
    let elsewhere = desk.store.desk(&other);
    assert!(matches!(elsewhere.ticket(&TicketRef::Id(ticket.id)).await, Err(StoreError::NotFound)));
    assert!(matches!(elsewhere.ticket(&TicketRef::Number(ticket.number.clone())).await, Err(StoreError::NotFound)));
    assert!(matches!(elsewhere.config().await, Err(StoreError::NotFound)));
    let page = |cursor| PageRequest { limit: 1, cursor, viewer: ada().person };
    assert!(elsewhere.messages(ticket.id, &page(None)).await.expect("empty").items.is_empty());
    let cursor = desk.desk().events(ticket.id, &page(None)).await.expect("a page").next_cursor;
    assert!(matches!(elsewhere.events(ticket.id, &page(cursor)).await, Err(StoreError::InvalidCursor)));
}

#[tokio::test]
async fn an_address_is_one_person() {
    let desk = TestDesk::new().await;
    let address = EmailAddress::parse("new@example.test").expect("fits");
    let person = |id| Person::from_address(PersonId(Uuid::from_u128(id)), address.clone(), START);
    desk.desk().add_person(&person(50)).await.expect("new");
    assert!(matches!(desk.desk().add_person(&person(51)).await, Err(StoreError::Taken("email"))));
    assert_eq!(desk.desk().person_by_address(&address).await.expect("there").id, person(50).id);
    assert!(matches!(desk.desk().person(person(51).id).await, Err(StoreError::NotFound)), "nothing half-written");
}

#[tokio::test]
async fn a_mail_has_one_sender_at_a_time_and_is_sent_once() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    let mail = SentMail {
        event: lambdesk_domain::EventId(Uuid::from_u128(1)),
        recipient: carl().person,
        ticket: Some(ticket.id),
        message_id: "a@demo.test".to_owned(),
    };
    let claim = |seconds| {
        let (desk, mail) = (&desk, &mail);
        async move { desk.desk().claim_mail(mail, START + SignedDuration::from_secs(seconds)).await.expect("asked") }
    };
    assert_eq!(claim(0).await, MailClaim::Granted { again: false });
    assert_eq!(claim(27).await, MailClaim::Busy);
    assert_eq!(claim(29).await, MailClaim::Granted { again: true }, "the first sender died");
    desk.desk().mark_mail_sent(&mail, "0100@email.amazonses.com", START + SignedDuration::from_secs(30)).await.expect("marked");
    assert_eq!(claim(3600).await, MailClaim::Settled);
}

#[tokio::test]
async fn a_change_is_one_call_whatever_it_holds() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    let change = desk.act(&ada(), |ctx| ticket::assign(ticket, &Assignee::Me, ctx)).expect("allowed");
    let (saved, usage) = measure(desk.save(&change)).await;
    saved.expect("saved");
    assert_eq!(usage.calls, 1);
    assert!(usage.write_units > 0.0 && usage.read_units == 0.0, "{usage:?}");
    assert!(crate::request::jittered(Duration::from_millis(10)) <= Duration::from_millis(10));
}
