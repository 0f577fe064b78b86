//! What a person leaves where nobody looks first: words on tickets that they are no longer on, files, drafts, reports; and tickets
//! that are too long for one step.

use std::fmt::Write as _;

use axum::http::StatusCode;
use lambdesk_domain::{JobKind, MessageId, PersonId, TenantId, TicketId};
use lambdesk_platform::{BucketName, ObjectError};
use lambdesk_store::{PageRequest, export_key, import_key};
use serde_json::{Value, json};

use super::{ERIKA, TENANT, erika, mails};
use crate::{
    attachments::fetch,
    imports::import,
    inbound::{bring, mail},
    jobs::{ask, finished, path},
    support::{Desk, Session, path_of, text},
};

/// What they get of the desk, line by line.
async fn export(desk: &Desk, admin: &Session, person: &str) -> (Value, Vec<Value>) {
    let job = ask(admin, &format!("/v1/people/{person}/export"), json!({})).await;
    let job = finished(desk, admin, &job).await;
    assert_eq!(job["state"], "done", "{job}");
    let file = admin.get(&format!("{}/file", path(&job))).await.expect(StatusCode::OK);
    let content = String::from_utf8(fetch(admin, &text(&file, "url")).await.body.to_vec()).unwrap();
    (job, content.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

async fn erase(desk: &Desk, admin: &Session, person: &str) -> Value {
    let job = ask(admin, &format!("/v1/people/{person}/erase"), json!({})).await;
    let job = finished(desk, admin, &job).await;
    assert_eq!(job["state"], "done", "{job}");
    job
}

async fn whole(by: &Session, ticket: &Value) -> Value {
    by.get(&format!("{}?include=messages,events", path_of(ticket))).await.expect(StatusCode::OK)
}

fn kinds(thread: &Value) -> Vec<String> {
    thread["events"].as_array().unwrap().iter().map(|event| text(event, "type")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_and_is_off_the_ticket_is_found() {
    let desk = Desk::start().await;
    let people = desk.people(TENANT).await;
    mails(&desk, "first").await;
    let (erika, id) = erika(&desk, &people.admin).await;
    let ticket = people.customer.open("Printer").await;
    let place = format!("{}/participants/{id}", path_of(&ticket));
    people.agent.put(&place, json!({ "standing": "confirmed" })).await.expect(StatusCode::OK);
    let stays = erika.reply(&ticket, "My migraine stays here").await;
    let first = people.customer.reply(&ticket, "And the telephone").await;
    let goes = erika.reply(&ticket, "My migraine goes along").await;
    people.agent.delete(&place).await.expect(StatusCode::OK);
    // Of both it is the other customer's request.
    let moved = json!({ "subject": "Telephone", "messages": [first["id"], goes["id"]] });
    let split = people.agent.post(&format!("{}/split", path_of(&ticket)), moved).await.expect(StatusCode::CREATED);
    assert_eq!(split["requester"], ticket["requester"]);
    let shown = people.agent.read(&ticket).await;
    assert!(shown.get("authors").is_none() && shown["participants"] == json!({}), "for the desk alone: {shown}");

    let (_, lines) = export(&desk, &people.admin, &id).await;
    let of = |ticket: &Value| lines.iter().find(|line| line["number"] == ticket["number"]).cloned().unwrap_or_default();
    for (ticket, said) in [(&ticket, &stays), (&split, &goes)] {
        let line = of(ticket);
        assert_eq!((&line["ticket"], &line["messages"][0]["id"]), (&Value::Null, &said["id"]), "what they said: {line}");
        assert_eq!(line["messages"].as_array().map(Vec::len), Some(1), "and nobody else: {line}");
    }
    erase(&desk, &people.admin, &id).await;
    for ticket in [&ticket, &split] {
        let thread = whole(&people.agent, ticket).await;
        assert!(!thread.to_string().contains("migraine"), "{thread}");
        assert_eq!(kinds(&thread).iter().filter(|kind| *kind == "ticket.person_erased").count(), 1, "{thread}");
        assert_eq!(thread["status"], "new", "it is not theirs");
    }
    assert!(whole(&people.agent, &split).await.to_string().contains("And the telephone"));
    // Asked again, nothing is left to find but where their own requests were.
    let again = erase(&desk, &people.admin, &id).await;
    let items = people.admin.list(&format!("{}/items", path(&again))).await;
    for item in &items {
        let theirs = whole(&people.agent, &json!({ "id": item["key"] })).await;
        assert_eq!(theirs["requester"], id, "{item}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_drafts_and_reports_go_with_them() {
    let desk = Desk::start().await;
    let people = desk.people(TENANT).await;
    mails(&desk, "first").await;
    let (erika, id) = erika(&desk, &people.admin).await;
    let own = erika.open("My migraine").await;
    let draft = format!("{}/draft", path_of(&own));
    people.agent.put(&draft, json!({ "kind": "note", "body": "Poor Erika" })).await.expect(StatusCode::OK);
    erika.put(&draft, json!({ "kind": "reply", "body": "Begun by Erika" })).await.expect(StatusCode::OK);
    desk.settle().await;
    let report = format!(
        "From: MAILER-DAEMON@example.test\nTo: support@ticketing.test\nSubject: Undelivered\nMessage-ID: <dsn@example.test>\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nFailed.\n--b\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.test\n\nFinal-Recipient: rfc822; {ERIKA}\n\
         Action: failed\nStatus: 5.1.1\n\n--b--\n"
    );
    bring(&desk, "support@ticketing.test", &report).await;
    bring(&desk, "support@ticketing.test", &mail("MAILER-DAEMON@other.test", "Undelivered", "x@o.test", "", "to dora@x.test"))
        .await;
    let (written, lines) = export(&desk, &people.admin, &id).await;
    assert_eq!(
        (lines.iter().filter(|line| !line["draft"].is_null()).count(), &lines[1]["draft"]["body"]),
        (1, &json!("Begun by Erika"))
    );
    assert!(!json!(lines).to_string().contains("Poor Erika"), "a note of staff");

    erase(&desk, &people.admin, &id).await;
    people.agent.get(&draft).await.problem(StatusCode::NOT_FOUND);
    people.admin.get(&format!("{}/file", path(&written))).await.problem(StatusCode::NOT_FOUND);
    assert_eq!(people.admin.get(&path(&written)).await.expect(StatusCode::OK)["file"], Value::Null);
    let tenant = TenantId::parse(TENANT).unwrap();
    let job = text(&written, "id").parse().unwrap();
    for name in ["file-1", "rest-1", "file-2", "rest-2"] {
        let found = desk.local.app().objects().info(BucketName::Attachments, &export_key(&tenant, job, name)).await;
        assert!(matches!(found, Err(ObjectError::NotFound)), "{name}: {found:?}");
    }
    let left = people.admin.list("/v1/inbound-mails").await;
    let from: Vec<_> = left.iter().map(|mail| text(mail, "from").to_lowercase()).collect();
    assert_eq!(from, ["mailer-daemon@other.test"], "the report is gone, and another's is not: {left:?}");
    // Who is erased is not written down again.
    let job = ask_anyway(&desk, &people.admin, &id).await;
    assert_eq!((&job["state"], &job["problem"]["code"]), (&json!("failed"), &json!("unknown_person")), "{job}");
}

async fn ask_anyway(desk: &Desk, admin: &Session, person: &str) -> Value {
    let job = ask(admin, &format!("/v1/people/{person}/export"), json!({})).await;
    finished(desk, admin, &job).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_on_a_purged_ticket_goes_with_it() {
    let desk = Desk::start().await;
    let people = desk.people(TENANT).await;
    mails(&desk, "first").await;
    let (erika, id) = erika(&desk, &people.admin).await;
    let ticket = people.customer.open("My illness").await;
    let place = format!("{}/participants/{id}", path_of(&ticket));
    people.agent.put(&place, json!({ "standing": "confirmed" })).await.expect(StatusCode::OK);
    let writers = [&people.agent, &people.customer, &erika];
    for by in writers {
        by.put(&format!("{}/draft", path_of(&ticket)), json!({ "kind": "reply", "body": "illness" }))
            .await
            .expect(StatusCode::OK);
    }
    people.manager.delete(&path_of(&ticket)).await.expect(StatusCode::NO_CONTENT);
    people.admin.post(&format!("{}/purge", path_of(&ticket)), json!({})).await.expect(StatusCode::NO_CONTENT);
    desk.settle().await;
    people.admin.get(&path_of(&ticket)).await.problem(StatusCode::NOT_FOUND);
    let tenant = TenantId::parse(TENANT).unwrap();
    let (part, id): (_, TicketId) = (desk.local.app().desk_of(&tenant), text(&ticket, "id").parse().unwrap());
    for by in writers {
        let draft = part.draft(by.person.parse().unwrap(), id, desk.local.app().now()).await.expect("read");
        assert_eq!(draft, None);
    }
}

/// A ticket with so many messages of six kilobytes each.
fn long(messages: usize) -> String {
    let mut csv =
        "id,subject,status,requester_email,created_at,message_author_email,message_body,message_created_at\n".to_owned();
    for n in 0..messages {
        let (author, words) = (if n % 2 == 0 { "long@old.test" } else { "other@old.test" }, "illness ".repeat(750));
        writeln!(
            csv,
            "L-1,My illness,new,long@old.test,2024-05-01,{author},\"Part {n}: {words}\",2024-05-02T00:{:02}:{:02}Z",
            n / 60,
            n % 60
        )
        .unwrap();
    }
    csv
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_too_long_for_one_step_is_written_whole_and_erased_whole() {
    const MESSAGES: usize = 450;
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let tenant = TenantId::parse("demo").unwrap();
    let brought = import(&admin, json!({ "format": "csv" }), long(MESSAGES)).await;
    let brought = finished(&desk, &admin, &brought).await;
    let row = admin.list(&format!("{}/items", path(&brought))).await.remove(0);
    let id: TicketId = text(&row, "ticket").parse().unwrap();
    let part = desk.local.app().desk_of(&tenant);
    let ticket = part.ticket(&lambdesk_domain::TicketRef::Id(id)).await.expect("came");
    // The file was needed until then.
    for name in ["file", "people.json"] {
        let key = import_key(&tenant, text(&brought, "id").parse().unwrap(), name);
        let found = desk.local.app().objects().info(BucketName::Attachments, &key).await;
        assert!(matches!(found, Err(ObjectError::NotFound)), "{name}: {found:?}");
    }
    let person = ticket.requester.to_string();
    let (_, lines) = export(&desk, &admin, &person).await;
    let said: Vec<_> =
        lines.iter().filter_map(|line| line["messages"].as_array()).flatten().map(|said| text(said, "id")).collect();
    assert_eq!(said.len(), MESSAGES, "all of it, and not the newest megabyte");
    assert!(said.is_sorted() && lines[1]["continued"] == false && lines[2]["continued"] == true, "each once, in order");
    assert!(lines[1]["ticket"].is_object() && lines[2]["ticket"].is_null());

    let job = erase(&desk, &admin, &person).await;
    let job = part.job(text(&job, "id").parse().unwrap()).await.expect("there");
    assert!(matches!(job.kind, JobKind::ErasePerson { .. }) && job.step > 3, "a step does so much and no more: {}", job.step);
    let messages = everything_said(&desk, &tenant, id, ticket.requester).await;
    assert_eq!(messages.len(), MESSAGES);
    assert!(messages.iter().all(|(_, words)| words == "Erased"), "none is left");
    let ticket = part.ticket(&lambdesk_domain::TicketRef::Id(id)).await.expect("its place");
    let row = serde_json::to_string(&ticket).unwrap();
    assert!(!row.contains("L-1") && !row.contains("illness"), "{row}");
    let events = part.events(id, &page(ticket.requester, None)).await.expect("read").items;
    assert!(!serde_json::to_string(&events).unwrap().contains("L-1"), "{events:?}");
}

fn page(viewer: PersonId, cursor: Option<String>) -> PageRequest {
    PageRequest { limit: 100, cursor, viewer }
}

async fn everything_said(desk: &Desk, tenant: &TenantId, ticket: TicketId, viewer: PersonId) -> Vec<(MessageId, String)> {
    let (part, mut all, mut cursor) = (desk.local.app().desk_of(tenant), Vec::new(), None);
    loop {
        let read = part.messages(ticket, &page(viewer, cursor)).await.expect("read");
        all.extend(read.items.into_iter().map(|message| (message.id, message.body.text)));
        cursor = read.next_cursor;
        if cursor.is_none() {
            return all;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_called_off_leaves_no_file() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let file = long(1);
    let announced = admin.post("/v1/imports", json!({ "format": "csv", "size": file.len() })).await.expect(StatusCode::CREATED);
    crate::attachments::put(&admin, &announced, file.as_bytes()).await;
    let key = import_key(&TenantId::parse("demo").unwrap(), text(&announced, "id").parse().unwrap(), "file");
    desk.local.app().objects().info(BucketName::Attachments, &key).await.expect("it is there");
    admin.post(&format!("{}/stop", path(&announced)), json!({})).await.expect(StatusCode::OK);
    desk.advance("PT5M").await;
    desk.settle().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    assert_eq!(admin.get(&path(&announced)).await.expect(StatusCode::OK)["state"], "stopped");
    let found = desk.local.app().objects().info(BucketName::Attachments, &key).await;
    assert!(matches!(found, Err(ObjectError::NotFound)), "{found:?}");
}
