//! What is merged is large, or gone: transactions and pages have an end, and what was deleted is deleted as a whole.

use axum::http::StatusCode;
use lambdesk_domain::{Change, Event, EventKind, Participant, Standing, TenantId, TicketRef};
use lambdesk_store::Save;
use serde_json::json;

use super::{code, merge, texts, three, unmerge};
use crate::{
    attachments::upload,
    support::{Desk, path_of, text},
};

/// Lets so many take part in a ticket, of whom nobody needs to know more than that.
async fn crowd(desk: &Desk, ticket: &serde_json::Value, people: usize) {
    let (tenant, app) = (TenantId::parse("demo").unwrap(), desk.local.app());
    let part = app.desk_of(&tenant);
    let before = part.ticket(&TicketRef::Id(text(ticket, "id").parse().unwrap())).await.unwrap();
    let mut after = before.clone();
    after.version += 1;
    for _ in 0..people {
        let participant = Participant { standing: Standing::Copied, since: app.now() };
        after.participants.insert(lambdesk_domain::PersonId(app.new_id()), participant);
    }
    let events = vec![Event {
        id: lambdesk_domain::EventId(app.new_id()),
        tenant: tenant.clone(),
        ticket: after.id,
        version: after.version,
        at: app.now(),
        actor: lambdesk_domain::Actor::System,
        kind: EventKind::Restored {},
    }];
    let change = Change { before: Some(before), after, message: None, events };
    part.save(Save::of(&change, &part.config().await.unwrap(), app.now())).await.expect("saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_with_fifty_people_and_as_many_tags_is_merged_and_comes_back() {
    let (desk, carl, dana, ada) = three().await;
    let (source, target) = (dana.open("One").await, carl.open("Two").await);
    let tags: Vec<_> = (0..45).map(|n| format!("t{n}")).collect();
    ada.patch(&path_of(&source), json!({ "tags": tags })).await.expect(StatusCode::OK);
    crowd(&desk, &source, 49).await;
    merge(&ada, &source, &target).await.expect(StatusCode::OK);
    let now = ada.read(&target).await;
    assert_eq!((now["participants"].as_object().unwrap().len(), now["tags"].as_array().unwrap().len()), (50, 45));
    unmerge(&ada, &source).await.expect(StatusCode::OK);
    let now = ada.read(&target).await;
    assert_eq!((now["participants"].as_object().unwrap().len(), now["tags"].as_array().unwrap().len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_too_much_at_once_is_told_so() {
    let (_desk, carl, _, ada) = three().await;
    let ticket = carl.open("One").await;
    let tags = |from: usize, to: usize| (from..to).map(|n| format!("t{n}")).collect::<Vec<_>>();
    let fields = |value: &str| (0..45).map(|n| (format!("f{n}"), json!(value))).collect::<serde_json::Map<_, _>>();
    ada.patch(&path_of(&ticket), json!({ "tags": tags(0, 50) })).await.expect(StatusCode::OK);
    let both = json!({ "tags": tags(28, 56), "fields": fields("x") });
    let refused = ada.patch(&path_of(&ticket), both).await;
    assert_eq!(refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["tags", "fields"]);
    ada.patch(&path_of(&ticket), json!({ "fields": fields("x") })).await.expect(StatusCode::OK);
    let now = ada.patch(&path_of(&ticket), json!({ "tags": tags(0, 40), "fields": fields("y") })).await.expect(StatusCode::OK);
    assert_eq!(now["tags"].as_array().map(Vec::len), Some(40));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_many_tickets_is_as_long_as_one_of_one() {
    let (_desk, carl, _, ada) = three().await;
    let target = carl.open("Target").await;
    for n in 0..3 {
        let source = carl.open(&format!("Source {n}")).await;
        for _ in 0..9 {
            carl.reply(&source, &"long ".repeat(12_000)).await;
        }
        merge(&ada, &source, &target).await.expect(StatusCode::OK);
    }
    let first = ada.get(&format!("{}/messages?limit=100", path_of(&target))).await.expect(StatusCode::OK);
    let items = first["items"].as_array().unwrap();
    assert!(items.len() < 15 && first["next_cursor"].is_string(), "{} of 31", items.len());
    assert_eq!(texts(&ada, &target).await.len(), 31, "page by page it is all there");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_merged_into_a_deleted_ticket_is_deleted_with_it() {
    let (desk, carl, dana, ada) = three().await;
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    let (source, target) = (dana.open("One").await, carl.open("Two").await);
    let file = upload(&dana, &format!("{}/attachments", path_of(&source)), "a.txt", b"x").await;
    let with_file = json!({ "kind": "reply", "body": "See here", "attachments": [file] });
    dana.post(&format!("{}/messages", path_of(&source)), with_file).await.expect(StatusCode::CREATED);
    merge(&ada, &source, &target).await.expect(StatusCode::OK);
    dana.get(&path_of(&source)).await.expect(StatusCode::OK);
    let closed =
        json!({ "name": "Closed", "scope": { "type": "personal" }, "filter": [{ "field": "status", "is": ["closed"] }] });
    let closed = ada.post("/v1/views", closed).await.expect(StatusCode::CREATED);
    let closed = format!("/v1/views/{}/tickets", text(&closed, "id"));
    assert!(ada.numbers(&closed).await.contains(&text(&source, "number")));
    mia.delete(&path_of(&target)).await.expect(StatusCode::NO_CONTENT);
    let path = path_of(&source);
    for place in [path.clone(), format!("{path}?include=messages,events"), format!("{path}/messages")] {
        dana.get(&place).await.problem(StatusCode::NOT_FOUND);
        ada.get(&place).await.problem(StatusCode::NOT_FOUND);
        mia.get(&place).await.expect(StatusCode::OK);
    }
    ada.get(&format!("{path}/events")).await.problem(StatusCode::NOT_FOUND);
    let draft = json!({ "kind": "reply", "body": "Well" });
    dana.put(&format!("{path}/draft"), draft).await.problem(StatusCode::NOT_FOUND);
    dana.get(&format!("/v1/attachments/{file}")).await.problem(StatusCode::NOT_FOUND);
    dana.post(&format!("{path}/messages"), json!({ "kind": "reply", "body": "Hello?" })).await.problem(StatusCode::NOT_FOUND);
    for by in [&dana, &ada, &mia] {
        assert!(!by.numbers("/v1/tickets").await.contains(&text(&source, "number")), "in no list");
    }
    assert!(!ada.numbers(&closed).await.contains(&text(&source, "number")), "in no view");
    ada.get(&format!("{path}/suggested-responses")).await.problem(StatusCode::NOT_FOUND);
    let seen = mia.read(&source).await;
    assert!(seen["deleted_at"].is_string() && seen["merged_into"] == target["id"], "{seen}");
    assert_eq!(code(&unmerge(&mia, &source).await, StatusCode::CONFLICT), "ticket_deleted");
    mia.post(&format!("{}/restore", path_of(&target)), json!({})).await.expect(StatusCode::OK);
    dana.get(&path).await.expect(StatusCode::OK);
    assert!(dana.numbers("/v1/tickets").await.contains(&text(&source, "number")));
}
