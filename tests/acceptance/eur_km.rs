//! The desks of `eur` and `km`: two tenants on one system, neither of which finds anything of the other.
//!
//! Not covered yet: chat, articles and FAQs (they come with their areas).

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{AnyDesk, path_of, text};

#[tokio::test(flavor = "multi_thread")]
async fn neither_tenant_finds_anything_of_the_other() {
    let desk = AnyDesk::start().await;
    for (home, away) in [("eur", "km"), ("km", "eur")] {
        let ours = desk.people(home).await;
        let theirs = desk.people(away).await;
        let ticket = ours.customer.open("Ours").await;
        let (path, number) = (path_of(&ticket), text(&ticket, "number"));
        for stranger in [&theirs.customer, &theirs.agent, &theirs.manager, &theirs.admin] {
            stranger.get(&path).await.problem(StatusCode::NOT_FOUND);
            stranger.get(&format!("{path}?include=messages,events")).await.problem(StatusCode::NOT_FOUND);
            stranger.get(&format!("{path}/messages")).await.problem(StatusCode::NOT_FOUND);
            stranger
                .post(&format!("{path}/messages"), json!({ "kind": "reply", "body": "x" }))
                .await
                .problem(StatusCode::NOT_FOUND);
            stranger.patch(&path, json!({ "status": "closed" })).await.problem(StatusCode::NOT_FOUND);
            assert!(!stranger.list("/v1/tickets").await.iter().any(|other| other["id"] == ticket["id"]));
        }
        let by_number = theirs.admin.get(&format!("/v1/tickets/{number}")).await;
        assert!(by_number.status == StatusCode::NOT_FOUND || by_number.json()["id"] != ticket["id"]);
        theirs.admin.delete(&path).await.problem(StatusCode::NOT_FOUND);
        theirs.admin.put(&format!("{path}/assignee"), json!({ "assignee": "me" })).await.problem(StatusCode::NOT_FOUND);
        let agents = theirs.admin.get("/v1/agents").await.expect(StatusCode::OK);
        assert!(!agents.to_string().contains(&ours.agent.person));
        let refused =
            theirs.manager.post("/v1/tickets", json!({ "subject": "x", "body": "x", "requester": ours.customer.person })).await;
        assert_eq!(
            refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY),
            ["requester"],
            "a person of the other tenant is nobody"
        );
        assert_eq!(ours.agent.read(&ticket).await["version"], ticket["version"], "untouched");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_has_the_lists_of_its_owner_and_numbers_of_its_own() {
    let desk = AnyDesk::start().await;
    let mut numbers = BTreeSet::new();
    for tenant in ["eur", "km"] {
        let people = desk.people(tenant).await;
        let meta = people.customer.get("/v1/meta").await.expect(StatusCode::OK);
        let names =
            |list: &str, field: &str| meta[list].as_array().unwrap().iter().map(|row| text(row, field)).collect::<Vec<_>>();
        assert_eq!(names("statuses", "status"), ["new", "in_progress", "pending", "resolved", "closed"]);
        assert_eq!(names("priorities", "priority"), ["low", "medium", "high", "urgent"]);
        assert_eq!(names("categories", "id"), ["technical", "billing", "general", "feature_request", "bug_report"]);
        for n in 0..3 {
            let ticket = people.customer.open(&format!("{n}")).await;
            assert!(numbers.insert((tenant, text(&ticket, "number"))), "unique values stay unique");
            assert!(ticket["created_at"].is_string() && ticket["updated_at"].is_string());
        }
        assert_eq!(people.manager.get("/v1/stats").await.expect(StatusCode::OK)["total"], 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_created_read_updated_and_deleted() {
    let desk = AnyDesk::start().await;
    let people = desk.people("eur").await;
    let ticket = people.customer.open_with(json!({ "subject": "Bug", "body": "x", "category": "bug_report" })).await;
    people.agent.set_status(&ticket, "pending").await.expect(StatusCode::OK);
    assert_eq!(people.customer.read(&ticket).await["status"], "pending");
    assert_eq!(people.manager.delete(&path_of(&ticket)).await.status, StatusCode::NO_CONTENT);
    people.customer.get(&path_of(&ticket)).await.problem(StatusCode::NOT_FOUND);
    let messages = people.customer.get(&format!("{}/messages", path_of(&ticket))).await;
    messages.problem(StatusCode::NOT_FOUND);
}
