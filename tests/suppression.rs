//! Mail that fails: its address is sent nothing more, staff see it in the ticket's history, and nobody else does.
//!
//! `bounce@simulator.amazonses.com` and its neighbours fail here as they do on AWS.

use axum::http::StatusCode;
use lambdesk_domain::{EmailAddress, MailFailure, TenantId};
use lambdesk_email::failures::{FailedRecipient, FailureReport, Heard, Source, mail_failed};
use lambdesk_local_sqs::{QueueName, SendMessage};
use serde_json::{Value, json};

use crate::support::{Desk, Session, path_of, text};

const BOUNCE: &str = "bounce@simulator.amazonses.com";
const COMPLAINT: &str = "complaint@simulator.amazonses.com";

/// A ticket that staff open for whoever has the address; its acknowledgement goes there.
pub(crate) async fn open_for(staff: &Session, address: &str) -> Value {
    staff.open_with(json!({ "subject": "By phone", "body": "Called.", "requester": address, "channel": "phone" })).await
}

/// Puts an event on the queue as EventBridge does.
pub(crate) fn say(desk: &Desk, id: &str, detail: Value) {
    let event = json!({
        "version": "0", "id": id, "detail-type": "Email Event", "source": "aws.ses", "account": "000000000000",
        "time": "2026-02-03T04:05:06Z", "region": "us-east-1", "resources": [], "detail": detail,
    });
    let queue = QueueName::parse("mail-events").expect("a name");
    desk.local.queues().send(&queue, &SendMessage::new(event.to_string())).expect("taken");
}

fn mail(tenant: &str) -> Value {
    json!({ "messageId": "of-another-time", "destination": [], "tags": { "tenant": [tenant] } })
}

pub(crate) fn complaint(tenant: &str, address: &str, kind: &str) -> Value {
    let said = json!({ "complainedRecipients": [{ "emailAddress": address }], "complaintFeedbackType": kind });
    json!({ "eventType": "Complaint", "mail": mail(tenant), "complaint": said })
}

fn delay(tenant: &str, address: &str, mail_id: &str) -> Value {
    let said = json!({ "delayedRecipients": [{ "emailAddress": address, "status": "4.4.1" }], "delayType": "MailboxFull" });
    let mail = json!({ "messageId": mail_id, "destination": [], "tags": { "tenant": [tenant] } });
    json!({ "eventType": "DeliveryDelay", "mail": mail, "deliveryDelay": said })
}

fn mails_to(desk: &Desk, address: &str) -> usize {
    desk.local.mailbox().list().iter().filter(|mail| mail.to.iter().any(|to| to == address)).count()
}

async fn suppressed(admin: &Session) -> Vec<(String, String)> {
    let listed = admin.list("/v1/suppressions").await;
    listed.iter().map(|known| (text(known, "address"), text(known, "reason"))).collect()
}

fn one(address: &str, reason: &str) -> Vec<(String, String)> {
    vec![(address.to_owned(), reason.to_owned())]
}

async fn failures(by: &Session, ticket: &Value) -> Vec<Value> {
    let whole = by.get(&format!("{}?include=events", path_of(ticket))).await.expect(StatusCode::OK);
    let events = whole["events"].as_array().expect("the history");
    events.iter().filter(|event| event["type"] == "ticket.mail_failed").cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_suppresses_and_staff_see_it() {
    let desk = Desk::start().await;
    let people = desk.people("ticketing").await;
    let ticket = open_for(&people.agent, BOUNCE).await;
    desk.settle().await;
    assert_eq!(suppressed(&people.admin).await, one(BOUNCE, "hard_bounce"));
    let known = &people.admin.list("/v1/suppressions").await[0];
    assert_eq!((&known["ticket"], &known["failures"], &known["until"]), (&ticket["id"], &json!(1), &Value::Null));
    assert!(text(known, "detail").contains("5.1.1"));

    let events = failures(&people.agent, &ticket).await;
    let [event] = &events[..] else { panic!("one event, not {events:?}") };
    assert_eq!((&event["permanent"], &event["reason"]), (&json!(true), &json!("hard_bounce")));
    assert_eq!((&event["recipient"], &event["actor"]["type"]), (&ticket["requester"], &json!("system")));
    let customer = desk.sign_in("ticketing", BOUNCE).await;
    assert!(failures(&customer, &ticket).await.is_empty(), "not the customer's to know");

    people.agent.reply(&ticket, "Hello?").await;
    desk.settle().await;
    assert_eq!(mails_to(&desk, BOUNCE), 1, "no further mail");
    assert_eq!(people.agent.read(&ticket).await["version"], 3, "created, failed, answered");
    assert!(suppressed(&desk.people("platform").await.admin).await.is_empty(), "another tenant's list is its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_off_the_list_is_sent_mail_again() {
    let desk = Desk::start().await;
    let people = desk.people("ticketing").await;
    let ticket = open_for(&people.agent, BOUNCE).await;
    desk.settle().await;
    let path = format!("/v1/suppressions/{}", BOUNCE.replace('@', "%40"));
    people.admin.delete(&path).await.expect(StatusCode::NO_CONTENT);
    people.admin.delete(&path).await.problem(StatusCode::NOT_FOUND);
    assert!(suppressed(&people.admin).await.is_empty());
    people.agent.reply(&ticket, "And now?").await;
    desk.settle().await;
    assert_eq!(mails_to(&desk, BOUNCE), 2);
    assert_eq!(suppressed(&people.admin).await, one(BOUNCE, "hard_bounce"), "it bounced again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_suppresses_and_is_taken_back() {
    let desk = Desk::start().await;
    let people = desk.people("ticketing").await;
    let ticket = open_for(&people.agent, COMPLAINT).await;
    desk.settle().await;
    assert_eq!(suppressed(&people.admin).await, one(COMPLAINT, "complaint"));
    assert_eq!(failures(&people.agent, &ticket).await[0]["reason"], "complaint");
    say(&desk, "fine", complaint("ticketing", COMPLAINT, "not-spam"));
    desk.settle().await;
    assert!(suppressed(&people.admin).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_late_five_times_waits_a_week_and_the_same_event_counts_once() {
    const TO: &str = "slow@example.test";
    let desk = Desk::start().await;
    let admin = desk.sign_in("ticketing", "admin@ticketing.test").await;
    // EventBridge gives every event a name of its own; a mail that is late is late once, however often SES says so.
    for (id, mail) in ["one", "one", "two", "three", "four", "four"].into_iter().enumerate() {
        say(&desk, &id.to_string(), delay("ticketing", TO, mail));
        desk.settle().await;
    }
    assert!(suppressed(&admin).await.is_empty(), "four times");
    say(&desk, "five", delay("ticketing", TO, "five"));
    desk.settle().await;
    assert_eq!(suppressed(&admin).await, one(TO, "soft_bounce"));
    open_for(&admin, TO).await;
    desk.settle().await;
    assert_eq!(mails_to(&desk, TO), 0);
    desk.advance("P7D").await;
    let admin = desk.sign_in("ticketing", "admin@ticketing.test").await;
    assert!(suppressed(&admin).await.is_empty(), "its time is over");
    open_for(&admin, TO).await;
    desk.settle().await;
    assert_eq!(mails_to(&desk, TO), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_suppress_by_hand_what_is_not_their_own() {
    let desk = Desk::start().await;
    let people = desk.people("ticketing").await;
    let put =
        async |address: &str| people.admin.put(&format!("/v1/suppressions/{address}"), json!({ "detail": "Asked us to." })).await;
    let known = put("Quiet@Example.test").await.expect(StatusCode::OK);
    assert_eq!((&known["address"], &known["reason"]), (&json!("quiet@example.test"), &json!("manual")));
    assert_eq!(put("quiet@example.test").await.expect(StatusCode::OK)["since"], known["since"], "said twice");
    open_for(&people.agent, "quiet@example.test").await;
    desk.settle().await;
    assert_eq!(mails_to(&desk, "quiet@example.test"), 0);

    assert_eq!(put("nonsense").await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["address"]);
    let tenant = TenantId::parse("ticketing").expect("fits");
    let config = desk.local.app().desk_of(&tenant).config().await.expect("configured");
    let own = put(config.brands[0].from.as_str()).await;
    assert_eq!(own.problem(StatusCode::UNPROCESSABLE_ENTITY)["errors"][0]["code"], "own_address");
}

/// A report that came by mail may be forged: it counts only about a mail that the desk sent to that very person.
#[tokio::test(flavor = "multi_thread")]
async fn a6_a_forged_report_silences_nobody() {
    let desk = Desk::start().await;
    let people = desk.people("ticketing").await;
    let ticket = people.customer.open("Help").await;
    people
        .manager
        .put(&format!("{}/assignee", path_of(&ticket)), json!({ "assignee": people.agent.person }))
        .await
        .expect(StatusCode::OK);
    desk.settle().await;
    let last_id = || {
        let sent = desk.local.mailbox().list();
        let to_customer = sent.iter().find(|mail| mail.to == ["customer@ticketing.test"]).expect("sent");
        to_customer.message_id.clone().expect("an id")
    };
    let root = last_id();
    let mut theirs = Vec::new();
    for _ in 0..5 {
        people.agent.reply(&ticket, "Well?").await;
        desk.settle().await;
        theirs.push(last_id());
    }

    let tenant = TenantId::parse("ticketing").expect("fits");
    let app = desk.local.app();
    let config = app.desk_of(&tenant).config().await.expect("configured");
    let report = async |id: &str, message_id: Option<&str>, to: &str| {
        let failed =
            FailedRecipient { address: EmailAddress::parse(to).expect("fits"), failure: MailFailure::HardBounce, detail: None };
        let original_message_id = message_id.map(str::to_owned);
        let report = FailureReport { id: id.to_owned(), source: Source::Mail, original_message_id, recipients: vec![failed] };
        mail_failed(app, &app.desk_of(&tenant), &config, &report).await.expect("heard")
    };
    let to = "customer@ticketing.test";
    assert_eq!(report("0", Some(&root), to).await, Heard::Ignored, "all who had any mail of the ticket know it");
    assert_eq!(report("1", Some(&theirs[0]), "agent@ticketing.test").await, Heard::Ignored, "it went to another");
    assert_eq!(report("2", Some("made.up@ticketing.test"), "customer@ticketing.test").await, Heard::Ignored);
    assert_eq!(report("3", None, "customer@ticketing.test").await, Heard::Ignored);
    assert!(suppressed(&people.admin).await.is_empty());
    for (n, id) in theirs.iter().enumerate() {
        assert!(suppressed(&people.admin).await.is_empty(), "what calls itself permanent may be forged: {n}");
        assert_eq!(report(id, Some(id), to).await, Heard::Counted);
        assert_eq!(report(id, Some(id), to).await, Heard::Before);
    }
    assert_eq!(failures(&people.agent, &ticket).await.len(), 5);
    assert_eq!(suppressed(&people.admin).await, one(to, "soft_bounce"));
    assert!(people.admin.list("/v1/suppressions").await[0]["until"].is_string(), "for a while");
    desk.advance("P7D").await;
    let admin = desk.sign_in("ticketing", "admin@ticketing.test").await;
    assert!(suppressed(&admin).await.is_empty());
}
