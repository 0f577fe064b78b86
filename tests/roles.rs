//! Least privilege: what a function calls on AWS is what its role allows, no less and no more. That nothing is called
//! beyond is checked in every other test too: the local process refuses such a call, as AWS would.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    costs,
    support::{Desk, text},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_role_allows_what_its_function_calls_and_no_more() {
    let desk = Desk::start().await;
    let people = desk.people("ticketing").await;
    costs::measure(&people).await;
    // A key made under an idempotency key, asked for again: the one path that reads what was answered.
    let open = json!({ "name": "x", "scopes": ["tickets.read"], "expires_in_days": 1 });
    let once = [("idempotency-key", "one")];
    let key = people.admin.send(Method::POST, "/v1/api-keys", &once, Some(open.clone())).await.expect(StatusCode::CREATED);
    people.admin.send(Method::POST, "/v1/api-keys", &once, Some(open)).await;
    desk.client.with_credential(&text(&key, "credential")).get("/v1/meta").await.expect(StatusCode::OK);
    // A ticket that closes by itself, in a desk that waits for confirmation.
    let (customer, agent) = (desk.sign_in("ozean", "customer@ozean.test").await, desk.sign_in("ozean", "agent@ozean.test").await);
    let ticket = customer.open("Help").await;
    agent.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    desk.settle().await;
    desk.advance("P7D").await;
    desk.settle().await;
    let mut differences = Vec::new();
    for endpoint in desk.local.functions() {
        let (function, allowed, made) = (endpoint.function.name, endpoint.scope.allowed(), endpoint.scope.made());
        differences.extend(allowed.difference(&made).map(|call| format!("{function} may {call}, and never does")));
        differences.extend(made.difference(allowed).map(|call| format!("{function} did {call}, and may not")));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
