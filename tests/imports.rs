//! Tickets from other desks: what becomes of a file, whole, twice, in pieces; and who may bring one.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    time::{Duration, Instant},
};

use axum::http::{Method, StatusCode};
use futures_util::future::join_all;
use lambdesk_domain::{
    Message, SourceId, TenantId,
    ticket::{ImportedFrom, NewImport},
};
use lambdesk_store::PageRequest;
use serde_json::{Value, json};

use crate::{
    attachments::put,
    crash::Process,
    jobs::{finished, path},
    support::{Desk, Session, deliver, path_of, text},
};

const CSV: &[u8] = include_bytes!("../shared/transfer/tests/fixtures/tickets.csv");
const ZENDESK: &[u8] = include_bytes!("../shared/transfer/tests/fixtures/zendesk_export.jsonl");
const ZENDESK_API: &[u8] = include_bytes!("../shared/transfer/tests/fixtures/zendesk_api.json");
const ZAMMAD: &[u8] = include_bytes!("../shared/transfer/tests/fixtures/zammad.json");

/// Announces a file, uploads it, and begins.
pub(crate) async fn import(by: &Session, mut how: Value, file: impl AsRef<[u8]>) -> Value {
    let file = file.as_ref();
    how["size"] = json!(file.len());
    let announced = by.post("/v1/imports", how).await.expect(StatusCode::CREATED);
    assert_eq!(announced["state"], "waiting", "{announced}");
    assert_eq!(put(by, &announced, file).await.status, StatusCode::OK);
    by.post(&start(&announced), json!({})).await.expect(StatusCode::ACCEPTED)
}

fn start(job: &Value) -> String {
    format!("/v1/imports/{}/start", text(job, "id"))
}

async fn done(desk: &Desk, by: &Session, how: Value, file: impl AsRef<[u8]>) -> Value {
    let asked = import(by, how, file).await;
    let job = finished(desk, by, &asked).await;
    assert_eq!(job["state"], "done", "{job}");
    job
}

async fn items(by: &Session, job: &Value) -> Vec<Value> {
    by.list(&format!("{}/items?limit=100", path(job))).await
}

/// How many rows ended how, without those that none did.
fn counts(job: &Value) -> BTreeMap<String, u64> {
    let counts = job["counts"].as_object().unwrap().iter().map(|(name, count)| (name.clone(), count.as_u64().unwrap()));
    counts.filter(|(_, count)| *count > 0).collect()
}

fn only(outcome: &str, count: u64) -> BTreeMap<String, u64> {
    BTreeMap::from([(outcome.to_owned(), count)])
}

async fn thread(by: &Session, item: &Value) -> Value {
    by.get(&format!("/v1/tickets/{}?include=messages,events", text(item, "ticket"))).await.expect(StatusCode::OK)
}

async fn mailbox(desk: &Desk) -> usize {
    desk.client.anonymous().get("/local/mailbox").await.expect(StatusCode::OK)["items"].as_array().unwrap().len()
}

/// Tickets with so many messages each, a minute apart, by ten customers and Ada.
pub(crate) fn table(tickets: u32, messages: u32) -> String {
    let mut csv = "id,subject,status,requester_email,requester_name,created_at,closed_at,message_author_email,message_body,message_created_at\n"
        .to_owned();
    for n in 0..tickets {
        let (day, hour, minute) = (1 + n / 1440 % 28, n / 60 % 24, n % 60);
        let (customer, opened) = (n % 10, format!("2024-05-{day:02}T{hour:02}:{minute:02}"));
        for message in 0..messages {
            let author = if message % 2 == 0 { "" } else { "ada@demo.test" };
            let at = format!("{opened}:{:02}.{:03}Z", message / 1000 % 60, message % 1000);
            writeln!(
                csv,
                "T-{n},Printer {n} burns,closed,c{customer}@old.test,Customer {customer},{opened}:00Z,2024-06-20,{author},\"Message {message} of {n}, which says a little more than nothing.\",{at}"
            )
            .unwrap();
        }
    }
    csv
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_becomes_tickets_once_and_nobody_is_told() {
    let desk = Desk::start().await;
    let (admin, ada) = (desk.sign_in("demo", "admin@demo.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ours = carl.open("Ours").await;
    desk.settle().await;
    let told = mailbox(&desk).await;
    let csv = "id,subject,status,priority,category,brand,requester_email,requester_name,assignee_email,team,tags,created_at,resolved_at,closed_at,field.plan,message_kind,message_author_email,message_author_name,message_body,message_created_at\n\
        A-1,Old printer,closed,high,Technical,,carl@example.test,,ada@demo.test,,old,2020-01-02,,2020-02-01,gold,reply,,,It burns.,\n\
        A-1,,,,,,,,,,,,,,,note,ada@demo.test,,Again!,2020-01-03\n\
        A-1,,,,,,,,,,,,,,,reply,ada@demo.test,,Unplug it.,2020-01-04\n\
        A-2,New printer,new,,Cars,Elsewhere,eve@new.test,Eve,gone@old.test,Nobody,,2024-01-02,,,,reply,bob@old.test,Bob,Hello,2024-01-03\n";
    let job = done(&desk, &admin, json!({ "format": "csv", "name": "Old desk" }), csv).await;
    assert_eq!((counts(&job), &job["total"]), (only("changed", 2), &json!(2)), "{job}");
    let report = items(&admin, &job).await;
    assert_eq!(
        (&report[0]["key"], &report[0]["external_id"], &report[0]["code"]),
        (&json!("0000000002"), &json!("A-1"), &Value::Null)
    );
    let warned = text(&report[1], "message");
    for path in ["brand:", "category:", "team:", "assignee:", "messages: 1 by staff"] {
        assert!(warned.contains(path), "{path} is missing in {warned}");
    }
    let old = thread(&ada, &report[0]).await;
    assert_eq!(
        (&old["status"], &old["priority"], &old["category"]),
        (&json!("closed"), &json!("high"), &json!("technical")),
        "{old}"
    );
    assert_eq!((&old["created_at"], &old["closed_at"]), (&json!("2020-01-02T00:00:00Z"), &json!("2020-02-01T00:00:00Z")));
    assert_eq!((&old["requester"], &old["assignee"], &old["version"]), (&json!(carl.person), &json!(ada.person), &json!(1)));
    assert_eq!(
        (&old["fields"]["plan"], &old["imported"]["external_id"], &old["sla"]),
        (&json!("gold"), &json!("A-1"), &Value::Null)
    );
    let said: Vec<_> = old["messages"].as_array().unwrap().iter().map(|message| text(message, "body_text")).collect();
    assert_eq!(said, ["It burns.", "Again!", "Unplug it."]);
    assert_eq!((&old["first_response_at"], &old["first_response_by"]), (&json!("2020-01-04T00:00:00Z"), &json!(ada.person)));
    let history: Vec<_> = old["events"].as_array().unwrap().iter().map(|event| text(event, "type")).collect();
    assert_eq!(history, ["ticket.imported"]);
    let new = thread(&admin, &report[1]).await;
    let message = &new["messages"][0];
    assert_eq!((&new["status"], &message["author"]["type"]), (&json!("new"), &json!("system")), "a file makes no staff");
    assert_eq!(message["imported"]["author"], "Bob");
    assert_eq!(mailbox(&desk).await, told, "no mail");
    let mut listed = admin.numbers("/v1/tickets?sort=created_at&order=asc").await;
    // Between them stand the tickets that the desk had already.
    listed.drain(2..listed.len() - 1);
    assert_eq!(listed, [&old["number"], &new["number"], &ours["number"]].map(|number| number.as_str().unwrap()));
    // Carl sees his old request, and nothing that was internal.
    let seen = carl.get(&format!("{}?include=messages,events", path_of(&old))).await.expect(StatusCode::OK);
    assert!(!seen.to_string().contains("Again!") && !seen.to_string().contains("A-1"), "{seen}");

    let there = admin.list("/v1/tickets").await.len();
    let before = (admin.read(&old).await, admin.read(&new).await, admin.get("/v1/stats").await.body);
    let again = done(&desk, &admin, json!({ "format": "csv" }), csv).await;
    assert_eq!(counts(&again), only("unchanged", 2), "{again}");
    assert_eq!(items(&admin, &again).await[0]["ticket"], old["id"]);
    assert_eq!((admin.read(&old).await, admin.read(&new).await, admin.get("/v1/stats").await.body), before);
    assert_eq!(admin.list("/v1/tickets").await.len(), there, "no ticket more");
    let other = done(&desk, &admin, json!({ "format": "csv", "source": "other" }), csv).await;
    assert_eq!(counts(&other), only("changed", 2), "another desk's A-1 is another ticket");
    desk.advance("PT6M").await;
    desk.settle().await;
    assert_eq!(mailbox(&desk).await, told, "nor later");
}

#[tokio::test(flavor = "multi_thread")]
async fn life_goes_on_after_it_was_imported() {
    let desk = Desk::start().await;
    let (admin, ada) = (desk.sign_in("demo", "admin@demo.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let csv = "id,subject,status,requester_email,created_at,message_body\n1,Open,in_progress,carl@example.test,2020-01-02,Help\n\
               2,Closed,closed,carl@example.test,2020-01-02,Help\n";
    let job = done(&desk, &admin, json!({ "format": "csv" }), csv).await;
    let report = items(&admin, &job).await;
    let (open, closed) = (thread(&ada, &report[0]).await, thread(&ada, &report[1]).await);
    let carl = desk.sign_in("demo", "carl@example.test").await;
    carl.reply(&open, "Still burning.").await;
    ada.patch(&path_of(&open), json!({ "priority": "urgent" })).await.expect(StatusCode::OK);
    let touched = ada.read(&open).await;
    assert_eq!((&touched["sla"], &touched["version"]), (&Value::Null, &json!(3)), "its time would have gone years ago");
    ada.reply(&open, "Unplug it.").await;
    desk.settle().await;
    // Her answer goes to him, and his answer to that comes back.
    let listed = desk.client.anonymous().get("/local/mailbox").await.expect(StatusCode::OK);
    let raw = desk.client.anonymous().get(&format!("/local/mailbox/{}", text(&listed["items"][0], "id"))).await.body;
    let mail = mail_parser::MessageParser::default().parse(&raw).expect("a mail");
    let reply_to = mail.reply_to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap().to_owned();
    let answer =
        "From: Carl <carl@example.test>\nTo: help@demo.test\nSubject: Re\nMessage-ID: <back@example.test>\n\nIt is out.\n";
    deliver(desk.local.smtp().unwrap(), "carl@example.test", &reply_to, answer).await.expect("taken");
    desk.settle().await;
    let said = ada.list(&format!("{}/messages", path_of(&open))).await;
    let said: Vec<_> = said.iter().map(|message| text(message, "body_text").trim().to_owned()).collect();
    assert_eq!(said, ["Help", "Still burning.", "Unplug it.", "It is out."]);
    let late = carl.post(&format!("{}/messages", path_of(&closed)), json!({ "kind": "reply", "body": "Late" })).await;
    assert!(late.status.is_success(), "{}", late.json());
    assert!(
        ada.list("/v1/tickets").await.iter().any(|ticket| ticket["follow_up_of"] == closed["id"]),
        "closed for years: a new one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_of_other_desks_are_read() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    for (format, source, file, made) in
        [("csv", "a", CSV, 1), ("zendesk", "b", ZENDESK, 1), ("zendesk", "c", ZENDESK_API, 1), ("zammad", "d", ZAMMAD, 1)]
    {
        let how = json!({ "format": format, "source": source });
        let job = done(&desk, &admin, how.clone(), file).await;
        let report = items(&admin, &job).await;
        assert!(counts(&job)["changed"] >= made, "{job}");
        for item in report.iter().filter(|item| item["outcome"] == "changed") {
            let ticket = thread(&admin, item).await;
            assert_eq!(ticket["imported"]["external_id"], item["external_id"]);
            assert!(!ticket.to_string().contains(" src=\\\"http"), "pictures from elsewhere are not asked for: {ticket}");
        }
        let again = done(&desk, &admin, how, file).await;
        assert_eq!(again["counts"]["unchanged"], job["counts"]["changed"]);
        assert_eq!(again["counts"]["changed"], 0, "{again}");
    }
    let staff = admin.list("/v1/agents").await;
    assert!(!json!(staff).to_string().contains("grace@acme.test"), "no file makes staff");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_and_the_rest_is_made() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let long = "x".repeat(5 * 1024 * 1024);
    let csv = format!(
        "id,subject,status,requester_email,requester_name,created_at,message_body,message_format,message_created_at\n\
         1,Good,new,a@x.test,<script>alert(1)</script>,2024-01-01,\"<p>Hi<script>alert(1)</script><img src=x onerror=alert(1)></p>\",html,\n\
         2,,lost,nobody,,yesterday,x,,\n\
         3,Long,new,a@x.test,,2024-01-01,{long},,\n\
         1,Again,new,a@x.test,,2024-01-01,x,,\n\
         4,Tomorrow,new,a@x.test,,2099-01-01,x,,2099-01-02\n\
         5,=1+1,new,=cmd@x.test,,2024-01-01,\"=HYPERLINK(\"\"http://evil.example\"\")\",,\n\
         6,Admin,new,admin@demo.test,,2024-01-01,x,,\n"
    );
    let job = done(&desk, &admin, json!({ "format": "csv" }), &csv).await;
    let report = items(&admin, &job).await;
    let outcome = |n: usize| (text(&report[n], "outcome"), report[n]["message"].as_str().unwrap_or_default().to_owned());
    assert_eq!(report.len(), 7, "{report:?}");
    assert_eq!(outcome(0).0, "changed");
    let (refused, why) = outcome(1);
    assert_eq!(refused, "refused");
    for path in ["subject:", "status:", "requester.email:", "created_at:"] {
        assert!(why.contains(path), "{path} is missing in {why}");
    }
    assert!(outcome(2).0 == "refused" && outcome(2).1.contains("messages[0].body"), "{:?}", outcome(2));
    assert!(outcome(3).0 == "refused" && outcome(3).1.contains("row 2"), "{:?}", outcome(3));
    assert!(outcome(4).1.contains("messages[0].created_at") && outcome(4).1.contains("created_at: must not"), "{:?}", outcome(4));
    let hostile = thread(&admin, &report[0]).await;
    let body = text(&hostile["messages"][0], "body");
    assert!(!body.contains("script") && !body.contains("onerror"), "{body}");
    assert_eq!(outcome(5).0, "changed", "a formula is a text: {:?}", outcome(5));
    let of_admin = thread(&admin, &report[6]).await;
    assert_eq!((&of_admin["requester"], &of_admin["messages"][0]["author"]["type"]), (&json!(admin.person), &json!("staff")));

    for (how, file, code) in [
        (json!({ "format": "csv" }), "id;titel\n1;x\n", "unreadable_file"),
        (json!({ "format": "zammad" }), "[{\"id\":1,", "unreadable_file"),
        (json!({ "format": "zendesk" }), "PK\u{3}\u{4}", "unreadable_file"),
    ] {
        let job = import(&admin, how, file).await;
        let job = finished(&desk, &admin, &job).await;
        assert_eq!((&job["state"], &job["problem"]["code"]), (&json!("failed"), &json!(code)), "{job}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_makes_nothing_and_says_what_would_be() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let there = admin.numbers("/v1/tickets?sort=created_at").await;
    let csv = "id,subject,requester_email,created_at,category\n1,A,new@x.test,2024-01-01,Cars\n1,B,new@x.test,2024-01-01,\n\
               2,B,new@x.test,2024-01-01,\n1,A,new@x.test,2024-01-01,\n";
    let job = done(&desk, &admin, json!({ "format": "csv", "dry_run": true }), csv).await;
    let report = items(&admin, &job).await;
    let codes: Vec<_> = report.iter().map(|item| text(item, "code")).collect();
    assert_eq!(codes, ["contradicts", "would_be_made", "would_be_made"], "{report:?}");
    assert_eq!(admin.numbers("/v1/tickets?sort=created_at").await, there);
    assert!(report.iter().all(|item| item["ticket"].is_null()));
    let (fresh, next) = (admin.open("Next").await, there.len() + 1);
    assert!(text(&fresh, "number").ends_with(&format!("-{next:04}")), "no number was drawn: {fresh}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_runs_the_desk_brings_tickets_and_only_once() {
    let desk = Desk::start().await;
    let (admin, mia) = (desk.sign_in("demo", "admin@demo.test").await, desk.sign_in("demo", "mia@demo.test").await);
    let stranger = desk.sign_in("platform", "admin@platform.test").await;
    let how = json!({ "format": "csv", "size": CSV.len() });
    for by in [&mia, &desk.sign_in("demo", "ada@demo.test").await, &desk.sign_in("demo", "carl@example.test").await] {
        by.post("/v1/imports", how.clone()).await.problem(StatusCode::FORBIDDEN);
    }
    let wrong = json!({
        "format": "xls", "source": "a b", "size": 0, "brand": "nope", "statuses": { "x": "lost" }, "fields": 1, "colour": 1
    });
    let wrong = admin.post("/v1/imports", wrong).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong, ["format", "source", "brand", "statuses.x", "fields", "colour"]);
    let wrong = json!({ "format": "zammad", "size": 209_715_201, "fields": { "a": "b c", "d": "b c" }, "own_export": true });
    let wrong = admin.post("/v1/imports", wrong).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong, ["size", "fields.a", "fields.d", "fields", "own_export"]);
    let once = [("idempotency-key", "one")];
    let first = admin.send(Method::POST, "/v1/imports", &once, Some(how.clone())).await.expect(StatusCode::CREATED);
    let again = admin.send(Method::POST, "/v1/imports", &once, Some(how.clone())).await.expect(StatusCode::CREATED);
    assert_eq!(first, again);
    desk.advance("PT3M").await;
    desk.settle().await;
    let job = admin.get(&path(&first)).await.expect(StatusCode::OK);
    assert_eq!(job["state"], "waiting", "nobody begins it by mistake");
    for path in [start(&first), format!("{}/stop", path(&first))] {
        stranger.post(&path, json!({})).await.problem(StatusCode::NOT_FOUND);
    }
    let missing = admin.post(&start(&first), json!({})).await.problem(StatusCode::CONFLICT);
    assert_eq!(missing["code"], "file_missing");
    assert_eq!(put(&admin, &first, CSV).await.status, StatusCode::OK);
    assert!(!put(&admin, &first, CSV).await.status.is_success(), "once");
    let begun = admin.send(Method::POST, &start(&first), &once, None).await.expect(StatusCode::ACCEPTED);
    let again = admin.send(Method::POST, &start(&first), &once, None).await.expect(StatusCode::ACCEPTED);
    assert_eq!(begun, again);
    assert_eq!(admin.post(&start(&first), json!({})).await.problem(StatusCode::CONFLICT)["code"], "job_begun");
    mia.get(&path(&first)).await.problem(StatusCode::NOT_FOUND);
    let export = admin.post("/v1/exports", json!({ "format": "csv" })).await.expect(StatusCode::ACCEPTED);
    admin.post(&start(&export), json!({})).await.problem(StatusCode::NOT_FOUND);
    let stopped = admin.post("/v1/imports", how).await.expect(StatusCode::CREATED);
    admin.post(&format!("{}/stop", path(&stopped)), json!({})).await.expect(StatusCode::OK);
    admin.post(&start(&stopped), json!({})).await.problem(StatusCode::CONFLICT);
    desk.settle().await;
}

/// More messages than a transaction takes, and in the order of their times.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_conversation_comes_whole() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let job = done(&desk, &admin, json!({ "format": "csv" }), &table(2, 250)).await;
    assert_eq!(counts(&job), only("changed", 2), "{job}");
    for item in items(&admin, &job).await {
        let said = admin.list(&format!("/v1/tickets/{}/messages?limit=100", text(&item, "ticket"))).await;
        assert_eq!(said.len(), 250);
        for (n, message) in said.iter().enumerate() {
            assert!(text(message, "body_text").starts_with(&format!("Message {n} of")), "{message}");
        }
    }
}

/// Of a long ticket that another import brought first nothing is left that was written ahead of it.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_second_leaves_nothing_behind() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let (file, app) = (table(3, 120), desk.local.app().clone());
    let tenant = TenantId::parse("demo").unwrap();
    let store = app.desk_of(&tenant);
    let both = tokio::join!(import(&admin, json!({ "format": "csv" }), &file), import(&admin, json!({ "format": "csv" }), &file));
    let mut jobs = vec![finished(&desk, &admin, &both.0).await, finished(&desk, &admin, &both.1).await];
    // A step of a third died when it had written a part; its other message stands for that.
    let third = admin.post("/v1/imports", json!({ "format": "csv", "size": file.len() })).await.expect(StatusCode::CREATED);
    put(&admin, &third, file.as_bytes()).await;
    let made = thread(&admin, &items(&admin, &jobs[0]).await[0]).await;
    let id = |job: &Value, ticket: &Value| {
        let source = ticket["imported"]["source"].as_str().unwrap();
        let external_id = text(&ticket["imported"], "external_id");
        let from = ImportedFrom { source: SourceId::parse(source).unwrap(), external_id, at: app.now() };
        NewImport::id(&text(job, "id"), &from, text(ticket, "created_at").parse().unwrap())
    };
    let written = store.messages(text(&made, "id").parse().unwrap(), &first_page()).await.unwrap().items.remove(0);
    store.rewrite_message(&Message { ticket: id(&third, &made), ..written }).await.unwrap();
    admin.post(&start(&third), json!({})).await.expect(StatusCode::ACCEPTED);
    jobs.push(finished(&desk, &admin, &third).await);
    let total: u64 = jobs.iter().map(|job| counts(job).get("changed").copied().unwrap_or_default()).sum();
    assert_eq!((total, counts(&jobs[2])), (3, only("unchanged", 3)), "{jobs:?}");
    for item in items(&admin, &jobs[0]).await {
        let ticket = thread(&admin, &item).await;
        assert_eq!(admin.list(&format!("/v1/tickets/{}/messages?limit=100", text(&ticket, "id"))).await.len(), 120);
        for unborn in jobs.iter().map(|job| id(job, &ticket)).filter(|id| id.to_string() != text(&ticket, "id")) {
            assert!(store.messages(unborn, &first_page()).await.unwrap().items.is_empty(), "{unborn}");
        }
    }
}

fn first_page() -> PageRequest {
    PageRequest { limit: 100, cursor: None, viewer: lambdesk_domain::PersonId(uuid::Uuid::nil()) }
}

/// What the desk has no field for, or what does not fit into it, is left out and said; the ticket comes.
#[tokio::test(flavor = "multi_thread")]
async fn fields_are_held_against_what_the_desk_defined() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    for (id, kind) in [("count", "number"), ("paid", "checkbox"), ("day", "date")] {
        let field = json!({ "id": id, "label": id, "kind": kind });
        admin.post("/v1/ticket-fields", field).await.expect(StatusCode::CREATED);
    }
    let csv = "id,subject,requester_email,created_at,message_body,field.count,field.paid,field.day,field.other\n\
               1,Fits,eve@example.test,2024-05-01,x,12,true,2024-05-02,\n\
               2,Does not,eve@example.test,2024-05-01,x,many,perhaps,tomorrow,lost\n";
    let job = done(&desk, &admin, json!({ "format": "csv" }), csv).await;
    assert_eq!(counts(&job), only("changed", 2), "{job}");
    let items = items(&admin, &job).await;
    let fields = |item: &Value| format!("/v1/tickets/{}", text(item, "ticket"));
    let fits = admin.get(&fields(&items[0])).await.json();
    assert_eq!((&items[0]["code"], &fits["fields"]), (&Value::Null, &json!({ "count": 12, "paid": true, "day": "2024-05-02" })));
    assert_eq!((&items[1]["code"], &admin.get(&fields(&items[1])).await.json()["fields"]), (&json!("adjusted"), &json!({})));
    let said = text(&items[1], "message");
    assert!(["count", "paid", "day", "other"].iter().all(|name| said.contains(&format!("fields.{name}"))), "{said}");
}

/// The desk dies in the middle, twice; it goes on by itself, and nothing is there twice or half.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_survives_kill_9() {
    const TICKETS: u32 = 1500;
    let data = tempfile::tempdir().expect("a directory");
    let sign_in = async |process: &Process| process.client.sign_in("demo", "admin@demo.test").await;
    let mut process = Process::start(data.path());
    let mut admin = sign_in(&process).await;
    let job = import(&admin, json!({ "format": "csv" }), &table(TICKETS, 3)).await;
    let enough = async |admin: &Session, least: usize| {
        let some = async || {
            let page = admin.try_send(Method::GET, "/v1/tickets?limit=100&status=closed", &[], None).await?;
            (page.json()["items"].as_array()?.len() >= least).then_some(())
        };
        // What the kill interrupted comes again when its message does, after its time.
        let deadline = Instant::now() + Duration::from_secs(300);
        while some().await.is_none() {
            assert!(Instant::now() < deadline, "{least} tickets did not come");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    for least in [10, 100] {
        enough(&admin, least).await;
        process.kill();
        process = Process::start(data.path());
        admin = sign_in(&process).await;
    }
    let deadline = Instant::now() + Duration::from_secs(300);
    let job = loop {
        // What lost its message is looked for after two minutes.
        let now = admin.try_send(Method::GET, &path(&job), &[], None).await.map_or(Value::Null, |answer| answer.json());
        if now["finished_at"].is_string() {
            break now;
        }
        assert!(Instant::now() < deadline, "{now}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    assert_eq!((&job["state"], counts(&job)), (&json!("done"), only("changed", u64::from(TICKETS))), "{job}");
    let mut tickets = admin.list("/v1/tickets?limit=100&status=closed").await;
    tickets.retain(|ticket| text(ticket, "subject").starts_with("Printer "));
    assert_eq!(tickets.len(), TICKETS as usize);
    let names: std::collections::BTreeSet<_> = tickets.iter().map(|ticket| text(ticket, "subject")).collect();
    assert_eq!(names.len(), TICKETS as usize, "none twice");
    for chunk in tickets.chunks(100).step_by(5) {
        let said = async |ticket| admin.list(&format!("{}/messages", path_of(ticket))).await.len();
        assert!(join_all(chunk.iter().map(said)).await.iter().all(|count| *count == 3));
    }
    process.kill();
}

/// Every call that an import makes.
pub(crate) async fn everything_that_imports_do(desk: &Desk) {
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let once = [("idempotency-key", "imports")];
    let how = json!({ "format": "zendesk", "size": ZENDESK.len() });
    let job = admin.send(Method::POST, "/v1/imports", &once, Some(how.clone())).await.expect(StatusCode::CREATED);
    admin.send(Method::POST, "/v1/imports", &once, Some(how)).await.expect(StatusCode::CREATED);
    put(&admin, &job, ZENDESK).await;
    admin.send(Method::POST, &start(&job), &once, None).await.expect(StatusCode::ACCEPTED);
    admin.send(Method::POST, &start(&job), &once, None).await.expect(StatusCode::ACCEPTED);
    assert_eq!(finished(desk, &admin, &job).await["state"], "done");
}
