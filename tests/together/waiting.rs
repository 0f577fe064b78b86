//! Replies that wait: taken back in time, or sent once, when their time has come.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use futures_util::future::{join, join_all};
use lambdesk_domain::TenantId;
use lambdesk_platform::SlaJob;
use serde_json::{Value, json};

use super::{everything_read_by, sign_in, three};
use crate::{
    attachments::upload,
    crash::Process,
    mail::mails_about,
    support::{Answer, Client, Desk, Session, eventually, path_of, text},
};

async fn post(by: &Session, ticket: &Value, more: Value) -> Answer {
    let mut body = json!({ "kind": "reply", "body": "Please unplug it." });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    by.post(&format!("{}/messages", path_of(ticket)), body).await
}

fn place_of(waiting: &Value) -> String {
    format!("/v1/tickets/{}/scheduled/{}", text(waiting, "ticket"), text(waiting, "id"))
}

async fn messages(reader: &Session, ticket: &Value) -> Vec<Value> {
    reader.list(&format!("{}/messages", path_of(ticket))).await
}

async fn waiting(reader: &Session, ticket: &Value) -> Vec<Value> {
    reader.list(&format!("{}/scheduled", path_of(ticket))).await
}

/// A time so many minutes from now.
fn in_minutes(desk: &Desk, minutes: i64) -> String {
    (desk.local.app().now() + jiff::SignedDuration::from_mins(minutes)).to_string()
}

async fn configure(desk: &Desk, undo_seconds: u16) {
    let tenant = TenantId::parse("demo").unwrap();
    let part = desk.local.app().desk_of(&tenant);
    let mut config = (*part.config().await.unwrap()).clone();
    config.undo_seconds = undo_seconds;
    part.put_config(&config).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_waits_ten_seconds_unseen_by_the_customer_and_is_sent_once() {
    let (desk, carl, ada, _) = three().await;
    let ticket = carl.open("Help").await;
    let place = format!("{}/draft", path_of(&ticket));
    ada.put(&place, json!({ "kind": "reply", "body": "Please unplug it." })).await.expect(StatusCode::OK);
    let held =
        post(&ada, &ticket, json!({ "undo": true, "status": "pending", "draft": true })).await.expect(StatusCode::ACCEPTED);
    ada.get(&place).await.problem(StatusCode::NOT_FOUND);
    let lasts = text(&held, "send_at").parse::<jiff::Timestamp>().unwrap()
        - text(&held, "created_at").parse::<jiff::Timestamp>().unwrap();
    assert_eq!(lasts.get_seconds(), 10);

    let whole = ada.get(&format!("{}?include=messages,events", path_of(&ticket))).await.expect(StatusCode::OK);
    assert_eq!((&whole["scheduled"], whole["messages"].as_array().unwrap().len()), (&json!([held]), 1));
    assert_eq!(json!(waiting(&ada, &ticket).await), json!([held]));
    assert_eq!((&whole["version"], &whole["first_response_at"], &whole["status"]), (&json!(1), &Value::Null, &json!("new")));
    assert!(ada.read(&ticket).await.get("scheduled").is_none(), "only with the messages");
    let seen = everything_read_by(&carl, &ticket).await;
    assert!(!seen.contains("unplug") && !seen.contains("scheduled") && !seen.contains(&text(&held, "id")), "{seen}");
    carl.get(&format!("{}/scheduled", path_of(&ticket))).await.problem(StatusCode::FORBIDDEN);
    carl.delete(&place_of(&held)).await.problem(StatusCode::FORBIDDEN);

    desk.advance("PT10S").await;
    desk.settle().await;
    let said = messages(&carl, &ticket).await;
    assert_eq!((said.len(), &said[1]["id"], &said[1]["author"]["person"]), (2, &held["id"], &json!(ada.person)));
    let now = ada.read(&ticket).await;
    assert_eq!((&now["status"], &now["version"]), (&json!("pending"), &json!(2)));
    assert_eq!(now["first_response_at"], said[1]["created_at"], "when it was sent");
    assert!(text(&now, "first_response_at") >= text(&held, "send_at"));
    assert!(waiting(&ada, &ticket).await.is_empty());
    assert_eq!(ada.delete(&place_of(&held)).await.problem(StatusCode::CONFLICT)["code"], "sent_already");
    let answers = mails_about(&desk, &ticket).await.into_iter().filter(|mail| mail.text.contains("unplug")).count();
    assert_eq!(answers, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn however_often_a_job_comes_the_reply_is_sent_once() {
    let (desk, carl, ada, _) = three().await;
    let ticket = carl.open("Help").await;
    let held = post(&ada, &ticket, json!({ "send_at": in_minutes(&desk, 20) })).await.expect(StatusCode::ACCEPTED);
    let job = SlaJob::Send {
        tenant: TenantId::parse("demo").unwrap(),
        ticket: text(&ticket, "id").parse().unwrap(),
        message: text(&held, "id").parse().unwrap(),
    };
    let deliver = async || assert!(desk.local.app().queues().send(&vec![job.clone(); 25]).await.is_empty());
    deliver().await;
    desk.settle().await;
    assert_eq!(messages(&carl, &ticket).await.len(), 1, "too early");
    // Nothing is on the queue for it: the sweep finds it in what is due, and more jobs come at the same time.
    desk.advance("PT20M").await;
    deliver().await;
    desk.settle().await;
    deliver().await;
    desk.settle().await;
    let (carl, ada, _) = sign_in(&desk).await;
    assert_eq!(messages(&carl, &ticket).await.len(), 2);
    let events = ada.list(&format!("{}/events", path_of(&ticket))).await;
    assert_eq!(events.iter().filter(|event| event["message"] == held["id"]).count(), 1);
    let answers = mails_about(&desk, &ticket).await.into_iter().filter(|mail| mail.text.contains("unplug")).count();
    assert_eq!(answers, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_back_and_sending_at_once_one_of_them_wins() {
    let (desk, carl, ada, _) = three().await;
    let ticket = carl.open("Help").await;
    let (mut sent, mut taken_back) = (0, 0);
    for n in 0..50 {
        let held = post(&ada, &ticket, json!({ "undo": true })).await.expect(StatusCode::ACCEPTED);
        let place = place_of(&held);
        let take_back = async {
            // Now before the worker, now after it.
            tokio::time::sleep(Duration::from_millis(n % 10)).await;
            ada.delete(&place).await
        };
        let ((), answer) = join(desk.advance("PT10S"), take_back).await;
        match answer.status {
            StatusCode::OK => taken_back += 1,
            StatusCode::CONFLICT => {
                assert_eq!(answer.problem(StatusCode::CONFLICT)["code"], "sent_already");
                sent += 1;
            }
            other => panic!("{other}"),
        }
        desk.settle().await;
        assert!(waiting(&ada, &ticket).await.is_empty());
        assert_eq!(messages(&carl, &ticket).await.len(), 1 + sent, "after {n}: {sent} sent, {taken_back} taken back");
    }
    assert_eq!(sent + taken_back, 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_comes_back_whole() {
    let (desk, carl, ada, _) = three().await;
    let ticket = carl.open("Help").await;
    let file = upload(&ada, &format!("{}/attachments", path_of(&ticket)), "plan.txt", b"plan").await;
    let more = json!({ "send_at": in_minutes(&desk, 60 * 48), "attachments": [file], "status": "pending" });
    let held = post(&ada, &ticket, more.clone()).await.expect(StatusCode::ACCEPTED);
    // Its file is claimed: it outlives the day after which uploads are forgotten, and nobody else takes it.
    let twice = post(&ada, &ticket, more).await;
    assert_eq!(twice.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["attachments[0]"]);
    desk.advance("PT25H").await;
    desk.settle().await;
    let (carl, ada, mia) = sign_in(&desk).await;
    let ben = desk.sign_in("demo", "ben@demo.test").await;
    ben.get(&format!("/v1/attachments/{file}")).await.expect(StatusCode::OK);
    carl.get(&format!("/v1/attachments/{file}")).await.problem(StatusCode::NOT_FOUND);
    ben.delete(&place_of(&held)).await.problem(StatusCode::FORBIDDEN);
    let back = mia.delete(&place_of(&held)).await.expect(StatusCode::OK);
    assert_eq!(back, held, "all that was written");
    mia.delete(&place_of(&held)).await.problem(StatusCode::NOT_FOUND);
    // Ada writes again, with the same file, at once.
    let sent = post(&ada, &ticket, json!({ "attachments": [file] })).await.expect(StatusCode::CREATED);
    assert_eq!(sent["attachments"][0]["id"], json!(file));
    carl.get(&format!("/v1/attachments/{file}")).await.expect(StatusCode::OK);
    desk.advance("P3D").await;
    desk.settle().await;
    let (carl, ..) = sign_in(&desk).await;
    assert_eq!(messages(&carl, &ticket).await.len(), 2, "and what was taken back is not sent");
    carl.get(&format!("/v1/attachments/{file}")).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_no_longer_be_sent_stays_and_its_author_is_told() {
    let (desk, carl, ada, mia) = three().await;
    let (answered, deleted, other) = (carl.open("One").await, carl.open("Two").await, carl.open("Three").await);
    let more = json!({ "send_at": in_minutes(&desk, 30), "unless_answered": true });
    for ticket in [&answered, &deleted, &other] {
        post(&ada, ticket, more.clone()).await.expect(StatusCode::ACCEPTED);
    }
    carl.reply(&answered, "I found it myself.").await;
    mia.delete(&path_of(&deleted)).await.expect(StatusCode::NO_CONTENT);
    // A colleague's answer is no reason to keep it back.
    mia.reply(&other, "We look into it.").await;
    desk.advance("PT30M").await;
    desk.settle().await;
    let (carl, ada, mia) = sign_in(&desk).await;
    assert_eq!(messages(&carl, &answered).await.len(), 2);
    assert_eq!(messages(&carl, &other).await.len(), 3);
    for (ticket, code) in [(&answered, "answered"), (&deleted, "ticket_deleted")] {
        let kept = waiting(&mia, ticket).await;
        assert_eq!((kept.len(), &kept[0]["failed"]["code"]), (1, &json!(code)));
        let told: Vec<_> =
            mails_about(&desk, ticket).await.into_iter().filter(|mail| mail.text.contains("was not sent")).collect();
        assert_eq!(told.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ada@demo.test"], "{code}");
    }
    let seen = everything_read_by(&carl, &answered).await;
    assert!(!seen.contains("send_failed") && !seen.contains("unplug"), "{seen}");
    let events = ada.list(&format!("{}/events", path_of(&answered))).await;
    let failed: Vec<_> = events.iter().filter(|event| event["type"] == "ticket.send_failed").collect();
    assert_eq!((failed.len(), &failed[0]["by"]), (1, &json!(ada.person)), "once");
    let kept = waiting(&ada, &answered).await.remove(0);
    assert_eq!(ada.delete(&place_of(&kept)).await.expect(StatusCode::OK)["body"], "Please unplug it.");
    assert!(waiting(&ada, &answered).await.is_empty());
}

/// The customer's answer counts however much happened after it.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_seen_behind_a_hundred_changes() {
    let (desk, carl, ada, mia) = three().await;
    let ticket = carl.open("One").await;
    let before = ada.read(&ticket).await["version"].clone();
    let more = json!({ "send_at": in_minutes(&desk, 30), "unless_answered": true });
    post(&ada, &ticket, more).await.expect(StatusCode::ACCEPTED);
    carl.reply(&ticket, "I found it myself.").await;
    for n in 0..120 {
        let priority = if n % 2 == 0 { "low" } else { "high" };
        mia.patch(&path_of(&ticket), json!({ "priority": priority })).await.expect(StatusCode::OK);
    }
    let known = format!("\"{before}\"");
    let stale =
        ada.send(Method::PATCH, &path_of(&ticket), &[("if-match", known.as_str())], Some(json!({ "priority": "urgent" }))).await;
    let told = stale.problem(StatusCode::PRECONDITION_FAILED)["changes"].as_array().map(Vec::len);
    assert_eq!(told, Some(100), "the newest of them");
    desk.advance("PT30M").await;
    desk.settle().await;
    let (.., mia) = sign_in(&desk).await;
    let kept = waiting(&mia, &ticket).await;
    assert_eq!((kept.len(), &kept[0]["failed"]["code"]), (1, &json!("answered")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_waits_only_where_it_may_and_once_for_its_key() {
    let (desk, carl, ada, _) = three().await;
    let ticket = carl.open("Help").await;
    let both = json!({ "undo": true, "send_at": "2020-01-01T00:00:00Z" });
    let refused = post(&ada, &ticket, both.clone()).await;
    assert_eq!(refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["undo", "send_at"]);
    assert_eq!(post(&carl, &ticket, both).await.wrong_fields(StatusCode::FORBIDDEN), ["undo", "send_at"]);
    let note = post(&ada, &ticket, json!({ "kind": "note", "undo": true })).await;
    assert_eq!(note.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["undo"]);
    let never = post(&ada, &ticket, json!({ "undo": true, "status": "assigned" })).await.problem(StatusCode::CONFLICT);
    assert_eq!(never["code"], "assignee_required", "what could not be sent is refused at once");
    let path = format!("{}/messages", path_of(&ticket));
    let stale = Some(json!({ "kind": "reply", "body": "x", "undo": true }));
    ada.send(Method::POST, &path, &[("if-match", "\"7\"")], stale).await.problem(StatusCode::PRECONDITION_FAILED);

    let body = Some(json!({ "kind": "reply", "body": "Please unplug it.", "undo": true }));
    let once = [("idempotency-key", "one")];
    let first = ada.send(Method::POST, &path, &once, body.clone()).await.expect(StatusCode::ACCEPTED);
    let again = ada.send(Method::POST, &path, &once, body).await;
    assert_eq!((again.header("idempotency-replayed"), again.expect(StatusCode::ACCEPTED)), ("true", first.clone()));
    assert_eq!(waiting(&ada, &ticket).await, [first]);

    configure(&desk, 0).await;
    post(&ada, &ticket, json!({ "undo": true })).await.expect(StatusCode::CREATED);
    assert_eq!(messages(&carl, &ticket).await.len(), 2, "this desk sends at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_survives_kill_9_and_is_sent_once() {
    let data = tempfile::tempdir().expect("a directory");
    let process = Process::start(data.path());
    let (carl, ada) = both(&process.client).await;
    let mut tickets = Vec::new();
    for _ in 0..4 {
        tickets.extend(join_all((0..10).map(|_| carl.open("Help"))).await);
    }
    for ticket in &tickets {
        post(&ada, ticket, json!({ "undo": true })).await.expect(StatusCode::ACCEPTED);
    }
    let is_sent = async |reader: &Session, ticket: &Value| messages(reader, ticket).await.len() > 1;
    process.client.anonymous().post("/local/clock", json!({ "advance": "PT10S" })).await.expect(StatusCode::OK);
    // Killed somewhere between the first and the last.
    eventually("the first is sent", async || is_sent(&carl, &tickets[0]).await.then_some(())).await;
    process.kill();

    let process = Process::start(data.path());
    let (carl, ada) = both(&process.client).await;
    for ticket in &tickets {
        eventually("it is sent", async || waiting(&ada, ticket).await.is_empty().then_some(())).await;
        assert_eq!(messages(&carl, ticket).await.len(), 2);
    }
    process.kill();
}

async fn both(client: &Client) -> (Session, Session) {
    (client.sign_in("demo", "carl@example.test").await, client.sign_in("demo", "ada@demo.test").await)
}

/// All that is done with waiting replies, once: what roles allow is compared with it.
pub(crate) async fn everything_that_waits(desk: &Desk) {
    let people = desk.people("ticketing").await;
    let ticket = people.customer.open("All of it").await;
    let file = upload(&people.agent, &format!("{}/attachments", path_of(&ticket)), "a.txt", b"x").await;
    let held = post(&people.agent, &ticket, json!({ "undo": true, "attachments": [file] })).await.expect(StatusCode::ACCEPTED);
    people.agent.delete(&place_of(&held)).await.expect(StatusCode::OK);
    post(&people.agent, &ticket, json!({ "undo": true })).await.expect(StatusCode::ACCEPTED);
    desk.advance("PT10S").await;
    desk.settle().await;
    assert_eq!(messages(&people.customer, &ticket).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_waits_on_a_ticket_that_was_deleted_meanwhile() {
    use lambdesk_domain::{
        Body, BodyFormat, Caller, Channel, MessageKind, TicketRef,
        message::Enclosed,
        ticket::{Delay, NewMessage, schedule},
    };
    let (desk, carl, ada, mia) = three().await;
    let ticket = carl.open("Help").await;
    let (tenant, app) = (TenantId::parse("demo").unwrap(), desk.local.app());
    let part = app.desk_of(&tenant);
    let read = part.ticket(&TicketRef::Id(text(&ticket, "id").parse().unwrap())).await.unwrap();
    let caller = Caller::of(&part.person(ada.person.parse().unwrap()).await.unwrap(), &tenant);
    let body = Body::parse("Please unplug it.", BodyFormat::Text).unwrap();
    let new = NewMessage { kind: MessageKind::Reply, body, channel: Channel::Api, status: None, enclosed: Enclosed::default() };
    let delay = Delay { undo: true, ..Delay::default() };
    let config = part.config().await.unwrap();
    let scheduled = app.act(&caller, &config, |ctx| schedule(&read, &new, delay, ctx)).unwrap().expect("it waits");
    // Decided, and not yet saved.
    mia.delete(&path_of(&ticket)).await.expect(StatusCode::NO_CONTENT);
    let late = part.schedule((&scheduled, &read), (&[], None), None, app.now()).await;
    assert!(matches!(late, Err(lambdesk_store::StoreError::Stale)), "{late:?}");
    assert!(part.all_scheduled(read.id).await.unwrap().is_empty());
    // A manager sees it all the same, and is told why not.
    let refused = post(&mia, &ticket, json!({ "undo": true })).await;
    assert_eq!(refused.problem(StatusCode::CONFLICT)["code"], "ticket_deleted");
}
