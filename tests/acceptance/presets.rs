//! What every preset's desk can do from the first minute, and what is special about some.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{AnyDesk, path_of, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_lives_through_in_every_preset() {
    let desk = AnyDesk::start().await;
    for tenant in ["erlessed", "platform", "ozean", "ticketing", "eur", "km"] {
        let people = desk.people(tenant).await;
        let ticket = people.customer.open("Help").await;
        people.agent.put(&format!("{}/assignee", path_of(&ticket)), json!({ "assignee": "me" })).await.expect(StatusCode::OK);
        people.agent.reply(&ticket, "Like this.").await;
        people.customer.set_status(&ticket, "closed").await.expect(StatusCode::OK);
        let path = format!("{}/rating", path_of(&ticket));
        people.customer.put(&path, json!({ "score": 5, "comment": "Thanks" })).await.expect(StatusCode::OK);
        let history = people.agent.list(&format!("{}/events", path_of(&ticket))).await;
        // What the desk promises, and where it sends things by itself, is each desk's own.
        let own = ["sla.policy_applied", "ticket.routed", "ticket.team_changed"];
        let names: Vec<_> =
            history.iter().map(|event| text(event, "type")).filter(|name| !own.contains(&name.as_str())).collect();
        let expected = [
            "ticket.created",
            "ticket.message_added",
            "ticket.assigned",
            "ticket.status_changed",
            "ticket.message_added",
            "ticket.status_changed",
            "ticket.rated",
        ];
        assert_eq!(names, expected, "{tenant}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ozean_an_agent_of_one_brand_never_sees_the_others_tickets() {
    let desk = AnyDesk::start().await;
    let people = desk.people("ozean").await;
    let (ka, ol) = (desk.sign_in("ozean", "agent.ka@ozean.test").await, desk.sign_in("ozean", "agent.ol@ozean.test").await);
    let year = text(&people.customer.open_with(json!({ "subject": "KA", "body": "x", "brand": "KA" })).await, "created_at")[..4]
        .to_owned();
    let ticket = people.customer.open_with(json!({ "subject": "OL", "body": "x", "brand": "OL" })).await;
    assert_eq!(text(&ticket, "number"), format!("OL-{year}-00001"));
    assert_eq!(ka.numbers("/v1/tickets").await, [format!("KA-{year}-00001")]);
    assert_eq!(ol.numbers("/v1/tickets").await, [format!("OL-{year}-00001")]);
    assert_eq!(people.manager.numbers("/v1/tickets").await.len(), 2);
    ka.get(&path_of(&ticket)).await.problem(StatusCode::NOT_FOUND);
    ka.post(&format!("{}/messages", path_of(&ticket)), json!({ "kind": "note", "body": "x" }))
        .await
        .problem(StatusCode::NOT_FOUND);
    assert_eq!(ka.get("/v1/tickets?brand=OL").await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["brand"]);
    let meta = ka.get("/v1/meta").await.expect(StatusCode::OK);
    assert_eq!(meta["brands"].as_array().unwrap().len(), 1);
    let assign = json!({ "assignee": ka.person });
    let refused = people.manager.put(&format!("{}/assignee", path_of(&ticket)), assign).await;
    assert_eq!(refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["assignee"], "an agent of the other brand");
    let open = json!({ "subject": "x", "body": "x", "brand": "OL" });
    assert_eq!(ka.post("/v1/tickets", open).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["brand"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ozean_a_ticket_is_closed_with_resolution_notes_and_deleted_softly() {
    let desk = AnyDesk::start().await;
    let people = desk.people("ozean").await;
    let ticket = people.customer.open("Help").await;
    let close = json!({ "status": "closed", "resolution_note": "Replaced the pump." });
    let closed = people.agent.patch(&path_of(&ticket), close).await.expect(StatusCode::OK);
    assert_eq!(closed["resolution_note"], "Replaced the pump.");
    assert_eq!(people.manager.delete(&path_of(&ticket)).await.status, StatusCode::NO_CONTENT);
    assert!(people.agent.list("/v1/tickets").await.is_empty());
    assert_eq!(people.manager.numbers("/v1/tickets?deleted=true").await, [text(&ticket, "number")]);
    people.manager.post(&format!("{}/restore", path_of(&ticket)), json!({})).await.expect(StatusCode::OK);
    assert_eq!(people.agent.numbers("/v1/tickets").await, [text(&ticket, "number")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn erlessed_a_ticket_remembers_its_requesters_audience() {
    let desk = AnyDesk::start().await;
    let people = desk.people("erlessed").await;
    let ticket = people.customer.open("Help").await;
    let audiences = people.agent.read(&ticket).await["audiences"].clone();
    assert_eq!(audiences, people.customer.get("/v1/me").await.expect(StatusCode::OK)["audiences"]);
    assert!(!audiences.as_array().unwrap().is_empty(), "the preset's customer belongs to an audience");
}
