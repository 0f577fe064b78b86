//! Background jobs: bulk changes, renamed tags, exports; their progress and results, their end, and who may see them.

mod files;
mod races;

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use futures_util::future::join_all;
use lambdesk_domain::{
    Brands, Job, JobKind, Role, Tag, TenantId,
    id::{BrandId, JobId},
    job::BulkChanges,
};
use lambdesk_platform::BackgroundJob;
use lambdesk_store::JobPlan;
use serde_json::{Value, json};

use crate::{
    costs::{multiply, spoil},
    support::{Answer, Desk, PATIENCE, Session, path_of, text},
};

const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// Asks for a job.
pub(crate) async fn ask(by: &Session, path: &str, body: Value) -> Value {
    by.post(path, body).await.expect(StatusCode::ACCEPTED)
}

/// Waits for all jobs, and reads this one.
pub(crate) async fn finished(desk: &Desk, by: &Session, job: &Value) -> Value {
    desk.local.settle(6 * PATIENCE).await.expect("the queues drain");
    read(by, job).await
}

async fn read(by: &Session, job: &Value) -> Value {
    by.get(&path(job)).await.expect(StatusCode::OK)
}

pub(crate) fn path(job: &Value) -> String {
    format!("/v1/jobs/{}", text(job, "id"))
}

/// What came of each thing, by its key.
async fn items(by: &Session, job: &Value) -> BTreeMap<String, Value> {
    let items = by.list(&format!("{}/items?limit=100", path(job))).await;
    items.into_iter().map(|item| (text(&item, "key"), item)).collect()
}

fn ids(tickets: &[Value]) -> Vec<&Value> {
    tickets.iter().map(|ticket| &ticket["id"]).collect()
}

async fn open(by: &Session, count: usize) -> Vec<Value> {
    join_all((0..count).map(|n| async move { by.open(&format!("Ticket {n}")).await })).await
}

struct Demo {
    desk: Desk,
    carl: Session,
    ada: Session,
    mia: Session,
}

async fn demo() -> Demo {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    Demo { desk, carl, ada, mia }
}

/// A job that is written down, and of which no message was sent.
pub(crate) async fn write_down(desk: &Desk, by: &Session, kind: JobKind, tickets: &[Value]) -> JobId {
    let tenant = TenantId::parse("demo").unwrap();
    let (app, person) = (desk.local.app(), by.person.parse().unwrap());
    let store = app.desk_of(&tenant);
    let person = store.person(person).await.expect("somebody");
    let caller = lambdesk_domain::Caller {
        tenant: tenant.clone(),
        person: person.id,
        role: person.role,
        brands: person.brands.clone(),
        audiences: Vec::new(),
        organization: None,
        scopes: None,
    };
    let plan = JobPlan { tickets: tickets.iter().map(|ticket| text(ticket, "id").parse().unwrap()).collect(), note: None };
    let total = (!tickets.is_empty()).then_some(tickets.len() as u64);
    let job = Job::new(JobId(app.new_id()), kind, caller, total, app.now());
    store.add_job(&job, Some(&plan), None, app.now()).await.expect("written");
    job.id
}

pub(crate) fn urgent() -> JobKind {
    let changes = BulkChanges { priority: Some(lambdesk_domain::Priority::Urgent), ..BulkChanges::default() };
    JobKind::Bulk { changes, filter: None }
}

async fn send(desk: &Desk, tenant: &str, id: JobId, step: Option<u32>) {
    let job = BackgroundJob::Step { tenant: TenantId::parse(tenant).unwrap(), id, step };
    assert!(desk.local.app().queues().send(&[job]).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_change_says_what_came_of_each_ticket() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = open(&carl, 4).await;
    ada.patch(&path_of(&tickets[1]), json!({ "priority": "high", "tags": ["fire"] })).await.expect(StatusCode::OK);
    mia.delete(&path_of(&tickets[2])).await.expect(StatusCode::NO_CONTENT);
    let gone = "019aa0c5-6b20-7000-8000-000000000010";
    let mut named: Vec<Value> = ids(&tickets[..3]).into_iter().cloned().collect();
    named.extend([json!(gone), tickets[0]["id"].clone()]);
    let changes = json!({ "priority": "high", "tags_add": ["fire"], "tags_remove": ["ice"] });
    let asked = ask(&mia, "/v1/bulk", json!({ "tickets": named, "changes": changes })).await;
    assert_eq!((&asked["kind"], &asked["state"], &asked["total"]), (&json!("bulk"), &json!("queued"), &json!(4)), "{asked}");
    let job = finished(&desk, &mia, &asked).await;
    assert_eq!((&job["state"], &job["done"]), (&json!("done"), &json!(4)), "{job}");
    let counts = json!({ "changed": 1, "unchanged": 1, "conflict": 0, "refused": 1, "not_found": 1, "failed": 0 });
    assert_eq!(job["counts"], counts);
    let items = items(&mia, &job).await;
    let of = |id: &Value| (text(&items[id.as_str().unwrap()], "outcome"), items[id.as_str().unwrap()]["code"].clone());
    assert_eq!(of(&tickets[0]["id"]), ("changed".to_owned(), Value::Null));
    assert_eq!(of(&tickets[1]["id"]), ("unchanged".to_owned(), Value::Null));
    assert_eq!(of(&tickets[2]["id"]), ("refused".to_owned(), json!("ticket_deleted")));
    assert_eq!(of(&json!(gone)), ("not_found".to_owned(), Value::Null));
    let changed = ada.read(&tickets[0]).await;
    assert_eq!((&changed["priority"], &changed["tags"], &changed["version"]), (&json!("high"), &json!(["fire"]), &json!(2)));
    assert_eq!(ada.read(&tickets[3]).await["version"], 1, "it was not named");
    let events = ada.list(&format!("{}/events", path_of(&tickets[0]))).await;
    let by_mia = events.iter().filter(|event| event["actor"]["person"] == json!(mia.person)).count();
    assert_eq!(by_mia, 2, "priority and tags, in her name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_a_status_and_an_assignee_are_one_change_and_customers_see_none_of_the_note() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = open(&carl, 2).await;
    let changes = json!({ "status": "in_progress", "assignee": ada.person, "note": "@ada please **all** of these" });
    let job = ask(&mia, "/v1/bulk", json!({ "tickets": ids(&tickets), "changes": changes })).await;
    assert!(!job.to_string().contains("please"), "what a note says stands in no list");
    let job = finished(&desk, &mia, &job).await;
    assert_eq!(job["counts"]["changed"], 2, "{job}");
    for ticket in &tickets {
        let thread = ada.get(&format!("{}?include=messages,events", path_of(ticket))).await.expect(StatusCode::OK);
        assert_eq!(
            (&thread["status"], &thread["assignee"], &thread["version"]),
            (&json!("in_progress"), &json!(ada.person), &json!(2))
        );
        let note = &thread["messages"][1];
        assert_eq!((&note["kind"], &note["mentions"]), (&json!("note"), &json!([ada.person])), "{note}");
        let versions: Vec<_> = thread["events"].as_array().unwrap().iter().map(|event| &event["version"]).collect();
        assert!(versions.iter().filter(|version| ***version == json!(2)).count() >= 3, "{versions:?}");
        assert_eq!(carl.list(&format!("{}/messages", path_of(ticket))).await.len(), 1);
    }
    let bin = ask(&mia, "/v1/bulk", json!({ "tickets": ids(&tickets), "changes": { "delete": true } })).await;
    assert_eq!(finished(&desk, &mia, &bin).await["counts"]["changed"], 2);
    carl.get(&path_of(&tickets[0])).await.problem(StatusCode::NOT_FOUND);
    mia.post(&format!("{}/restore", path_of(&tickets[0])), json!({})).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_name_every_field() {
    let Demo { desk: _desk, mia, .. } = demo().await;
    let wrong = async |path: &str, body: Value| mia.post(path, body).await.wrong_fields(UNPROCESSABLE);
    let all = json!({
        "filter": { "status": ["lost"], "brand": "nope", "colour": 1 },
        "changes": { "status": "gone", "category": "nope", "assignee": "you", "note": "", "purge": true },
        "then": 1,
    });
    let expected = [
        "filter.status[0]",
        "filter.brand",
        "filter.colour",
        "changes.status",
        "changes.category",
        "changes.assignee",
        "changes.note",
        "changes.purge",
        "then",
    ];
    assert_eq!(wrong("/v1/bulk", all).await, expected);
    let close = json!({ "status": "closed" });
    let some = json!(["019aa0c5-6b20-7000-8000-000000000010"]);
    for (body, path) in [
        (json!({ "changes": close }), "tickets"),
        (json!({ "tickets": some, "filter": {}, "changes": close }), "tickets"),
        (json!({ "tickets": [], "changes": close }), "tickets"),
        (json!({ "tickets": ["x"], "changes": close }), "tickets[0]"),
        (json!({ "tickets": vec![&some[0]; 501], "changes": close }), "tickets"),
        (json!({ "tickets": some }), "changes"),
        (json!({ "tickets": some, "changes": {} }), "changes"),
        (json!({ "tickets": some, "changes": { "if_unchanged_since": "2026-01-01T00:00:00Z" } }), "changes"),
        (json!({ "tickets": some, "changes": { "tags_add": ["a"], "tags_remove": ["a"] } }), "changes.tags_remove"),
        (json!({ "tickets": some, "changes": { "note": "<p> </p>", "note_format": "html" } }), "changes.note"),
    ] {
        assert_eq!(wrong("/v1/bulk", body.clone()).await, [path], "{body}");
    }
    assert_eq!(wrong("/v1/tags/old/rename", json!({ "to": "two words" })).await, ["to"]);
    assert_eq!(wrong("/v1/tags/old/rename", json!({ "to": "OLD" })).await, ["to"]);
    mia.post("/v1/tags/two%20words/rename", json!({ "to": "new" })).await.problem(StatusCode::NOT_FOUND);
    assert_eq!(wrong("/v1/exports", json!({ "format": "xls" })).await, ["format"]);
    assert_eq!(wrong("/v1/exports", json!({ "format": "jsonl", "columns": ["id"] })).await, ["columns"]);
    assert_eq!(
        wrong("/v1/exports", json!({ "format": "csv", "messages": true, "columns": ["password"] })).await,
        ["columns[0]", "messages"]
    );
    assert!(mia.list("/v1/jobs").await.is_empty(), "nothing was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_finds_what_it_says_and_too_many_are_refused_before_anything_changes() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = open(&carl, 3).await;
    let fire = json!({ "tags": ["fire"], "category": null });
    ada.patch(&path_of(&tickets[0]), fire.clone()).await.expect(StatusCode::OK);
    ada.patch(&path_of(&tickets[1]), fire).await.expect(StatusCode::OK);
    ada.set_status(&tickets[1], "closed").await.expect(StatusCode::OK);
    let filter = json!({ "status": ["open"], "tags": ["fire"], "requester": carl.person, "assignee": "none" });
    let body = json!({ "filter": filter, "changes": { "team": "fire-brigade", "if_unchanged_since": "2100-01-01T00:00:00Z" } });
    let once = [("idempotency-key", "one")];
    let first = mia.send(Method::POST, "/v1/bulk", &once, Some(body.clone())).await;
    let again = mia.send(Method::POST, "/v1/bulk", &once, Some(body)).await;
    assert_eq!(first.expect(StatusCode::ACCEPTED), again.expect(StatusCode::ACCEPTED), "one job");
    assert_eq!(first.header("location"), path(&first.json()));
    let job = finished(&desk, &mia, &first.json()).await;
    assert_eq!((&job["total"], &job["counts"]["changed"]), (&json!(1), &json!(1)), "{job}");
    assert_eq!(ada.read(&tickets[0]).await["team"], "fire-brigade");
    assert_eq!(mia.list("/v1/jobs").await.len(), 1);
    let old = json!({ "tickets": [tickets[0]["id"]], "changes": { "team": null, "if_unchanged_since": "2020-01-01T00:00:00Z" } });
    let left = ask(&mia, "/v1/bulk", old).await;
    let left = finished(&desk, &mia, &left).await;
    assert_eq!(left["counts"]["conflict"], 1, "{left}");
    assert_eq!(items(&mia, &left).await.values().next().unwrap()["code"], "changed_since");

    let others = ada.list("/v1/tickets?status=new&limit=100").await.len();
    multiply(&desk, "demo", &tickets[2], 0, 510).await;
    let all = ask(&mia, "/v1/bulk", json!({ "filter": { "status": ["new"] }, "changes": { "priority": "urgent" } })).await;
    let failed = finished(&desk, &mia, &all).await;
    assert_eq!((&failed["state"], &failed["problem"]["code"]), (&json!("failed"), &json!("too_many")), "{failed}");
    assert!(text(&failed["problem"], "message").starts_with(&format!("{} tickets fit", others + 510)), "{failed}");
    assert_eq!(failed["done"], 0);
    assert_eq!(ada.read(&tickets[2]).await["priority"], tickets[2]["priority"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_tag_is_renamed_everywhere_and_merged_where_both_were() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = open(&carl, 5).await;
    let tags = [json!(["old"]), json!(["old", "new"]), json!(["other"]), json!(["old"]), json!(["older"])];
    for (ticket, tags) in tickets.iter().zip(&tags) {
        ada.patch(&path_of(ticket), json!({ "tags": tags })).await.expect(StatusCode::OK);
    }
    ada.set_status(&tickets[3], "closed").await.expect(StatusCode::OK);
    let job = ask(&mia, "/v1/tags/OLD/rename", json!({ "to": "new" })).await;
    assert_eq!((&job["kind"], &job["from"], &job["to"]), (&json!("retag"), &json!("old"), &json!("new")));
    let job = finished(&desk, &mia, &job).await;
    assert_eq!((&job["state"], &job["counts"]["changed"], &job["done"]), (&json!("done"), &json!(3), &json!(3)), "{job}");
    for (ticket, tags) in tickets.iter().zip([json!(["new"]), json!(["new"]), json!(["other"]), json!(["new"]), json!(["older"])])
    {
        assert_eq!(ada.read(ticket).await["tags"], tags);
    }
    let again = ask(&mia, "/v1/tags/old/rename", json!({ "to": "new" })).await;
    assert_eq!(finished(&desk, &mia, &again).await["done"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_a_job_is_its_askers_alone() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = open(&carl, 1).await;
    let bulk = json!({ "tickets": ids(&tickets), "changes": { "priority": "urgent" } });
    for who in [&carl, &ada] {
        for (path, body) in
            [("/v1/bulk", &bulk), ("/v1/exports", &json!({ "format": "csv" })), ("/v1/tags/a/rename", &json!({ "to": "b" }))]
        {
            who.post(path, body.clone()).await.problem(StatusCode::FORBIDDEN);
        }
    }
    let job = ask(&mia, "/v1/bulk", bulk.clone()).await;
    let job = finished(&desk, &mia, &job).await;
    let stranger = desk.sign_in("ozean", "admin@ozean.test").await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let theirs = ask(&admin, "/v1/exports", json!({ "format": "jsonl" })).await;
    let theirs = finished(&desk, &admin, &theirs).await;
    for (who, job) in [(&stranger, &job), (&stranger, &theirs), (&mia, &theirs)] {
        for path in [path(job), format!("{}/items", path(job)), format!("{}/file", path(job))] {
            who.get(&path).await.problem(StatusCode::NOT_FOUND);
        }
        who.post(&format!("{}/stop", path(job)), json!({})).await.problem(StatusCode::NOT_FOUND);
    }
    assert!(stranger.list("/v1/jobs").await.is_empty());
    assert_eq!(mia.list("/v1/jobs").await.len(), 1);
    let listed = admin.list("/v1/jobs?limit=1").await;
    assert_eq!(listed.iter().map(|job| &job["id"]).collect::<Vec<_>>(), [&theirs["id"], &job["id"]], "all, the newest first");
    assert_eq!(listed[1]["counts"]["changed"], 1);
    read(&admin, &job).await;
    // Another desk's tickets are not there for a job either.
    let other = ask(&stranger, "/v1/bulk", bulk).await;
    assert_eq!(finished(&desk, &stranger, &other).await["counts"]["not_found"], 1);
    mia.post(&format!("{}/stop", path(&job)), json!({})).await.problem(StatusCode::CONFLICT);
    desk.advance("P31D").await;
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    mia.get(&path(&job)).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_a_message_that_names_another_desk_does_nothing() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = open(&carl, 1).await;
    let id = write_down(&desk, &mia, urgent(), &tickets).await;
    for tenant in ["ozean", "nobody"] {
        send(&desk, tenant, id, Some(0)).await;
    }
    desk.settle().await;
    assert_eq!(ada.read(&tickets[0]).await["version"], 1);
    assert_eq!(mia.get(&format!("/v1/jobs/{id}")).await.expect(StatusCode::OK)["state"], "queued");
}

/// Somebody's row as another would have it.
async fn alter(desk: &Desk, tenant: &str, person: &str, change: impl FnOnce(&mut lambdesk_domain::Person)) {
    let tenant = TenantId::parse(tenant).unwrap();
    let store = desk.local.app().desk_of(&tenant);
    let before = store.person(person.parse().unwrap()).await.expect("somebody");
    let mut after = before.clone();
    change(&mut after);
    after.version += 1;
    store.update_person(&before, &after).await.expect("written");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_demoted_meanwhile_changes_nothing() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = open(&carl, 2).await;
    let id = write_down(&desk, &mia, urgent(), &tickets).await;
    alter(&desk, "demo", &mia.person, |person| person.role = Role::Agent).await;
    send(&desk, "demo", id, Some(0)).await;
    desk.settle().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let job = admin.get(&format!("/v1/jobs/{id}")).await.expect(StatusCode::OK);
    assert_eq!((&job["state"], &job["problem"]["code"]), (&json!("failed"), &json!("asker_may_not")), "{job}");
    assert_eq!(ada.read(&tickets[0]).await["version"], 1);
    // Her credential still says manager.
    let refused = mia.post("/v1/bulk", json!({ "tickets": ids(&tickets), "changes": { "delete": true } })).await;
    refused.problem(StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_for_one_brand_changes_nothing_elsewhere() {
    let desk = Desk::start().await;
    let customer = desk.sign_in("ozean", "customer@ozean.test").await;
    let of = async |brand: &str| customer.open_with(json!({ "subject": brand, "body": "x", "brand": brand })).await;
    let (ka, ol) = (of("KA").await, of("OL").await);
    let admin = desk.sign_in("ozean", "admin@ozean.test").await;
    for ticket in [&ka, &ol] {
        admin.patch(&path_of(ticket), json!({ "tags": ["old"] })).await.expect(StatusCode::OK);
    }
    let manager = desk.sign_in("ozean", "manager@ozean.test").await;
    let export = ask(&manager, "/v1/exports", json!({ "format": "jsonl" })).await;
    let export = finished(&desk, &manager, &export).await;
    assert_eq!(export["done"], 2, "{export}");
    let file = format!("{}/file", path(&export));
    manager.get(&file).await.expect(StatusCode::OK);
    let only = Brands::Only([BrandId::parse("KA").unwrap()].into());
    alter(&desk, "ozean", &manager.person, |person| person.brands = only).await;
    manager.get(&file).await.problem(StatusCode::NOT_FOUND);
    let manager = desk.sign_in("ozean", "manager@ozean.test").await;
    manager.get(&file).await.problem(StatusCode::NOT_FOUND);

    let named = ask(&manager, "/v1/bulk", json!({ "tickets": [ka["id"], ol["id"]], "changes": { "priority": "urgent" } })).await;
    let named = finished(&desk, &manager, &named).await;
    assert_eq!((&named["counts"]["changed"], &named["counts"]["not_found"]), (&json!(1), &json!(1)), "{named}");
    let found = ask(&manager, "/v1/bulk", json!({ "filter": {}, "changes": { "team": "ka" } })).await;
    assert_eq!(finished(&desk, &manager, &found).await["total"], 1);
    let renamed = ask(&manager, "/v1/tags/old/rename", json!({ "to": "new" })).await;
    assert_eq!(finished(&desk, &manager, &renamed).await["counts"]["changed"], 1);
    let export = ask(&manager, "/v1/exports", json!({ "format": "jsonl" })).await;
    assert_eq!(finished(&desk, &manager, &export).await["done"], 1);
    let untouched = admin.read(&ol).await;
    assert_eq!((&untouched["version"], &untouched["tags"]), (&json!(2), &json!(["old"])));
    assert_eq!(admin.read(&ka).await["tags"], json!(["new"]));
    let wrong: Answer = manager.post("/v1/exports", json!({ "format": "csv", "filter": { "brand": "OL" } })).await;
    assert_eq!(wrong.wrong_fields(UNPROCESSABLE), ["filter.brand"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_ticket_that_cannot_be_read_fails_alone() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = open(&carl, 3).await;
    let row = format!("demo#ticket#{}", text(&tickets[1], "id"));
    let newer = aws_sdk_dynamodb::types::AttributeValue::N("99".to_owned());
    spoil(&desk, (&row, "ticket"), "v", newer).await;
    let job = ask(&mia, "/v1/bulk", json!({ "tickets": ids(&tickets), "changes": { "priority": "urgent" } })).await;
    let job = finished(&desk, &mia, &job).await;
    assert_eq!((&job["counts"]["changed"], &job["counts"]["failed"]), (&json!(2), &json!(1)), "{job}");
    assert_eq!(items(&mia, &job).await[&text(&tickets[1], "id")]["code"], "broken");
    assert_eq!(ada.read(&tickets[2]).await["priority"], "urgent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_of_a_thousand_tickets_is_renamed_in_steps() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let ticket = carl.open("Many").await;
    ada.patch(&path_of(&ticket), json!({ "tags": ["old"] })).await.expect(StatusCode::OK);
    multiply(&desk, "demo", &ticket, 0, 249).await;
    let (from, to) = (Tag::parse("old").unwrap(), Tag::parse("new").unwrap());
    let id = write_down(&desk, &mia, JobKind::Retag { from, to }, &[]).await;
    // Copies of its first message, and of others that there are none of.
    for step in [Some(0), Some(0), None, Some(7), Some(0)] {
        send(&desk, "demo", id, step).await;
    }
    desk.local.settle(6 * PATIENCE).await.expect("the queues drain");
    let job = mia.get(&format!("/v1/jobs/{id}")).await.expect(StatusCode::OK);
    assert_eq!((&job["state"], &job["counts"]["changed"], &job["done"]), (&json!("done"), &json!(250), &json!(250)), "{job}");
    let renamed = ada.read(&ticket).await;
    assert_eq!((&renamed["tags"], &renamed["version"]), (&json!(["new"]), &json!(3)));
}

/// Every call that a job makes: names are looked up, all ways through tickets are gone, a rest of a file waits, a lost message is
/// made up for.
pub(crate) async fn everything_that_jobs_do(desk: &Desk) {
    let (carl, mia) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "mia@demo.test").await);
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let ticket = carl.open("Help").await;
    let noted = json!({ "filter": { "requester": carl.person }, "changes": { "note": "@ada look" } });
    let noted = ask(&mia, "/v1/bulk", noted).await;
    assert_eq!(finished(desk, &mia, &noted).await["state"], "done");
    multiply(desk, "demo", &ticket, 0, 520).await;
    let export = json!({ "format": "jsonl", "messages": true });
    let once = [("idempotency-key", "jobs")];
    for _ in 0..2 {
        mia.send(Method::POST, "/v1/exports", &once, Some(export.clone())).await.expect(StatusCode::ACCEPTED);
    }
    let long = mia.send(Method::POST, "/v1/exports", &once, Some(export)).await.json();
    let long = finished(desk, &mia, &long).await;
    assert!(long["done"].as_u64() > Some(520), "{long}");
    mia.get(&format!("{}/file", path(&long))).await.expect(StatusCode::OK);
    mia.list("/v1/jobs").await;
    admin.list("/v1/jobs").await;
    mia.list(&format!("{}/items", path(&noted))).await;
    let renamed = ask(&mia, "/v1/tags/a/rename", json!({ "to": "b" })).await;
    finished(desk, &mia, &renamed).await;
    let lost = write_down(desk, &mia, urgent(), std::slice::from_ref(&ticket)).await;
    mia.post(&format!("/v1/jobs/{lost}/stop"), json!({})).await.expect(StatusCode::OK);
    desk.advance("PT3M").await;
    let stopped = finished(desk, &mia, &json!({ "id": lost })).await;
    assert_eq!(stopped["state"], "stopped", "by the sweep's message");
}
