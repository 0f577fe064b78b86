//! A person's data: written down for them, and erased when they ask for that (GDPR, articles 15, 17 and 20).

mod left;

use axum::http::StatusCode;
use lambdesk_domain::{TenantId, TicketRef};
use lambdesk_platform::{BucketName, ObjectError};
use lambdesk_store::{PageRequest, object_key};
use serde_json::{Value, json};

use crate::{
    attachments::{PNG, fetch, upload},
    jobs::{ask, finished, path},
    support::{Desk, People, Session, deliver, path_of, text},
};

const TENANT: &str = "ticketing";
const ERIKA: &str = "erika@example.test";
/// Words that only Erika's matters hold.
const WORDS: [&str; 6] = ["erika", "Erika", "migraine", "Kopfweh", "penicillin", "Maxstreet"];

async fn erika(desk: &Desk, admin: &Session) -> (Session, String) {
    let erika = desk.sign_in(TENANT, ERIKA).await;
    let id = erika.person.clone();
    admin.get("/v1/meta").await.expect(StatusCode::OK);
    (erika, id)
}

/// Mails of Erika's: one that opens a ticket, and one that is ignored.
async fn mails(desk: &Desk, time: &str) {
    let at = desk.local.smtp().unwrap();
    let mail = format!(
        "From: Erika <{ERIKA}>\nTo: support@ticketing.test\nSubject: My migraine\nMessage-ID: <{time}1@example.test>\n\nKopfweh\n"
    );
    deliver(at, ERIKA, "support@ticketing.test", &mail).await.expect("taken");
    desk.settle().await;
    let machine = format!(
        "From: Erika <{ERIKA}>\nTo: support@ticketing.test\nSubject: Away in Maxstreet\nMessage-ID: <{time}2@example.test>\nAuto-Submitted: auto-replied\nPrecedence: bulk\n\nGone\n"
    );
    deliver(at, ERIKA, "support@ticketing.test", &machine).await.expect("taken");
    desk.settle().await;
}

/// Everything that the tests look at: a ticket of hers with a file, one by mail, one in the bin, and one of somebody else's.
struct Matters {
    own: Value,
    file: String,
    binned: Value,
    other: Value,
    person: String,
}

async fn matters(desk: &Desk, People { customer, agent, manager, .. }: &People) -> Matters {
    mails(desk, "first").await;
    let erika = desk.sign_in(TENANT, ERIKA).await;
    let file = upload(&erika, "/v1/attachments", "prescription.png", PNG).await;
    let open = json!({ "subject": "penicillin for Erika", "body": "I live in Maxstreet", "attachments": [file] });
    let own = erika.open_with(open).await;
    agent.reply(&own, "Dear Erika, take care of the migraine").await;
    agent.note(&own, "Erika again").await;
    agent.patch(&path_of(&own), json!({ "subject": "penicillin, Erika" })).await.expect(StatusCode::OK);
    let binned = erika.open("Erika in the bin").await;
    manager.delete(&path_of(&binned)).await.expect(StatusCode::NO_CONTENT);
    let other = customer.open("Printer").await;
    let place = format!("{}/participants/{}", path_of(&other), erika.person);
    agent.put(&place, json!({ "standing": "confirmed" })).await.expect(StatusCode::OK);
    erika
        .put(&format!("{}/draft", path_of(&other)), json!({ "kind": "reply", "body": "A draft of a migraine" }))
        .await
        .expect(StatusCode::OK);
    erika.reply(&other, "My migraine has nothing to do with it").await;
    customer.reply(&other, "It still burns").await;
    Matters { own, file, binned, other, person: erika.person.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_erased_and_the_trail_stays() {
    let desk = Desk::start().await;
    let people = desk.people(TENANT).await;
    let matters = matters(&desk, &people).await;
    erase_and_look(&desk, &people, &matters).await;
    // What was cut off goes by asking again; and by address they are somebody new.
    erase_and_look(&desk, &people, &matters).await;
    mails(&desk, "again").await;
    let (_, new) = erika(&desk, &people.admin).await;
    assert_ne!(new, matters.person);
}

async fn erase_and_look(desk: &Desk, people: &People, matters: &Matters) {
    let job = ask(&people.admin, &format!("/v1/people/{}/erase", matters.person), json!({})).await;
    let job = finished(desk, &people.admin, &job).await;
    assert_eq!(job["state"], "done", "{job}");
    let tenant = TenantId::parse(TENANT).unwrap();
    let part = desk.local.app().desk_of(&tenant);
    let object = object_key(&tenant, matters.file.parse().unwrap());
    let found = desk.local.app().objects().info(BucketName::Attachments, &object).await;
    assert!(matches!(found, Err(ObjectError::NotFound)), "{found:?}");
    let mut written = String::new();
    for ticket in [&matters.own, &matters.binned, &matters.other] {
        let ticket = part.ticket(&TicketRef::Id(text(ticket, "id").parse().unwrap())).await.expect("still there");
        let page = PageRequest { limit: 100, cursor: None, viewer: ticket.requester };
        let messages = part.messages(ticket.id, &page).await.expect("read").items;
        let events = part.events(ticket.id, &page).await.expect("read").items;
        assert!(events.len() >= 2 && !messages.is_empty(), "the trail stays");
        written.push_str(&serde_json::to_string(&(&ticket, &messages, &events)).unwrap());
    }
    written.push_str(
        &serde_json::to_string(&part.person(matters.person.parse().unwrap()).await.expect("a name of no one")).unwrap(),
    );
    written.push_str(&serde_json::to_string(&people.admin.list("/v1/inbound-mails").await).unwrap());
    written.push_str(&serde_json::to_string(&people.manager.list("/v1/tickets").await).unwrap());
    for word in WORDS {
        assert!(!written.contains(word), "{word} is left in {written}");
    }
    assert!(written.contains("It still burns"), "what others said stays theirs");
    let other = people.agent.get(&format!("{}?include=messages,events", path_of(&matters.other))).await.expect(StatusCode::OK);
    assert_eq!((&other["status"], &other["participants"]), (&json!("new"), &json!({})), "{other}");
    let kinds: Vec<_> = other["events"].as_array().unwrap().iter().map(|event| text(event, "type")).collect();
    assert!(kinds.contains(&"ticket.person_erased".to_owned()), "{kinds:?}");
    assert_eq!(people.agent.read(&matters.own).await["status"], "closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_gets_what_is_theirs_and_no_note() {
    let desk = Desk::start().await;
    let people = desk.people(TENANT).await;
    let matters = matters(&desk, &people).await;
    let job = ask(&people.admin, &format!("/v1/people/{}/export", matters.person), json!({})).await;
    let job = finished(&desk, &people.admin, &job).await;
    assert_eq!(job["state"], "done", "{job}");
    let file = people.admin.get(&format!("{}/file", path(&job))).await.expect(StatusCode::OK);
    let content = fetch(&people.admin, &text(&file, "url")).await;
    let content = String::from_utf8(content.body.to_vec()).unwrap();
    let lines: Vec<Value> = content.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines[0]["person"]["email"], ERIKA);
    let numbers: Vec<_> = lines[1..].iter().filter(|line| line["draft"].is_null()).map(|line| text(line, "number")).collect();
    assert!(content.contains("A draft of a migraine"), "what they began to write is theirs too");
    for ticket in [&matters.own, &matters.other] {
        assert!(numbers.contains(&text(ticket, "number")), "{numbers:?}");
    }
    assert!(content.contains("take care of the migraine") && content.contains("It still burns"));
    assert!(!content.contains("Erika again"), "a note is the staff's");
    people.manager.get(&format!("{}/file", path(&job))).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_only_who_runs_the_whole_desk_has_people_erased() {
    let desk = Desk::start().await;
    let people = desk.people(TENANT).await;
    for verb in ["erase", "export"] {
        let of = |person: &str| format!("/v1/people/{person}/{verb}");
        for by in [&people.customer, &people.agent, &people.manager] {
            by.post(&of(&people.customer.person), json!({})).await.problem(StatusCode::FORBIDDEN);
        }
        let stranger = desk.people("platform").await.admin;
        stranger.post(&of(&people.customer.person), json!({})).await.problem(StatusCode::NOT_FOUND);
        let staff = people.admin.post(&of(&people.agent.person), json!({})).await;
        assert_eq!(staff.problem(StatusCode::CONFLICT)["code"], "is_staff");
        people.admin.post(&of("x"), json!({})).await.problem(StatusCode::NOT_FOUND);
    }
    let carl = people.customer.get("/v1/me").await.expect(StatusCode::OK);
    assert_eq!(carl["role"], "customer");
}

/// All that the worker calls for these jobs.
pub(crate) async fn everything_about_people(desk: &Desk) {
    let people = desk.people(TENANT).await;
    let matters = matters(desk, &people).await;
    erase_and_look(desk, &people, &matters).await;
}
