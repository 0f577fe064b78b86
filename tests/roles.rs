//! Least privilege: what a function calls on AWS is what its role allows, no less and no more. That nothing is called
//! beyond is checked in every other test too: the local process refuses such a call, as AWS would.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    attachments::{announce, look_at, put, upload},
    costs,
    support::{Desk, People, Session, path_of, text},
    suppression,
    together::everything_that_waits,
    views,
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
    // A file that was announced and is not there yet: it is looked for. And one that is, and is looked at.
    let announced = announce(&people.customer, "/v1/attachments", "a.txt", 1).await;
    let open = json!({ "subject": "x", "body": "x", "attachments": [announced["id"]] });
    people.customer.post("/v1/tickets", open).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    let body = json!({ "name": "a.txt", "size": 1 });
    for _ in 0..2 {
        people.customer.send(Method::POST, "/v1/attachments", &once, Some(body.clone())).await.expect(StatusCode::CREATED);
    }
    let ticket = people.customer.open("Help").await;
    let reply = json!({ "kind": "reply", "body": "x", "attachments": [announced["id"]] });
    people.customer.post(&format!("{}/messages", path_of(&ticket)), reply).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    people.customer.get(&format!("/v1/attachments/{}", text(&announced, "id"))).await.expect(StatusCode::OK);
    let file = upload(&people.customer, "/v1/attachments", "a.txt", b"x").await;
    look_at(&desk, "ticketing", &file).await;
    // One that was erased, and uploaded once more.
    let announced = announce(&people.customer, "/v1/attachments", "a.txt", 1).await;
    people.customer.delete(&format!("/v1/attachments/{}", text(&announced, "id"))).await;
    look_at(&desk, "ticketing", &text(&announced, "id")).await;
    put(&people.customer, &announced, b"x").await;
    desk.advance("PT11M").await;
    desk.settle().await;
    let people = desk.people("ticketing").await;
    people.customer.get(&format!("/v1/attachments/{file}")).await.expect(StatusCode::OK);
    // A ticket that closes by itself, in a desk that waits for confirmation.
    let (customer, agent) = (desk.sign_in("ozean", "customer@ozean.test").await, desk.sign_in("ozean", "agent@ozean.test").await);
    let ticket = customer.open("Help").await;
    agent.get("/v1/sla/upcoming").await.expect(StatusCode::OK);
    agent.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    desk.settle().await;
    desk.advance("P7D").await;
    desk.settle().await;
    crate::mail::everything_that_mails_do(&desk).await;
    crate::inbound::everything_that_comes_in(&desk).await;
    // A complaint, and its end.
    for (id, kind) in [("one", "abuse"), ("two", "not-spam")] {
        suppression::say(&desk, id, suppression::complaint("ticketing", "gone@example.test", kind));
        desk.settle().await;
    }
    everything_that_waits(&desk).await;
    everything_that_is_promised(&desk).await;
    everything_that_is_routed(&desk).await;
    crate::deletion::a_mail_that_is_erased(&desk).await;
    everything_that_is_prepared(&desk).await;
    views::everything_that_is_seen(&desk).await;
    crate::people::everything_that_is_looked_up(&desk).await;
    crate::jobs::everything_that_jobs_do(&desk).await;
    crate::privacy::everything_about_people(&desk).await;
    crate::imports::everything_that_imports_do(&desk).await;
    let mut differences = Vec::new();
    for endpoint in desk.local.functions() {
        let (function, allowed, made) = (endpoint.function.name, endpoint.scope.allowed(), endpoint.scope.made());
        differences.extend(allowed.difference(&made).map(|call| format!("{function} may {call}, and never does")));
        differences.extend(made.difference(allowed).map(|call| format!("{function} did {call}, and may not")));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Versions of a policy or calendar after which a further one takes the oldest away.
const VERSIONS: usize = 21;

/// Policies and calendars with more versions than are kept, under idempotency keys.
async fn everything_that_is_promised(desk: &Desk) {
    let manager = desk.sign_in("ticketing", "manager@ticketing.test").await;
    let once = [("idempotency-key", "promised")];
    let make = async |path: &str, body: Value| manager.send(Method::POST, path, &once, Some(body)).await;
    let policy = json!({ "id": "roles", "name": "x", "targets": { "resolution": 60 }, "escalations": [
        { "on": "breach", "assignee": manager.person },
    ] });
    let calendar = json!({ "id": "roles", "name": "x", "time_zone": "UTC", "hours": {} });
    make("/v1/sla-policies", policy.clone()).await.expect(StatusCode::CREATED);
    make("/v1/calendars", calendar).await.expect(StatusCode::CREATED);
    for n in 0..VERSIONS {
        let name = json!({ "name": format!("Version {n}") });
        for path in ["/v1/sla-policies/roles", "/v1/calendars/roles"] {
            manager.patch(path, name.clone()).await.expect(StatusCode::OK);
        }
    }
    let ical = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261003\nEND:VEVENT\nEND:VCALENDAR\n";
    make("/v1/calendars/roles/holidays", json!({ "ical": ical })).await.expect(StatusCode::OK);
    manager.delete("/v1/sla-policies/roles").await.expect(StatusCode::NO_CONTENT);
    manager.post("/v1/sla-policies", policy).await.expect(StatusCode::CREATED);
    let team = json!({ "id": "roles", "name": "x" });
    make("/v1/teams", team).await.expect(StatusCode::CREATED);
}

/// A ticket that a rule leads to a team by what stands in it; then the team's turn, and the customer's last agent.
async fn everything_that_is_routed(desk: &Desk) {
    let People { customer, agent, manager, admin } = desk.people("erlessed").await;
    let team = json!({ "id": "turns", "name": "Turns", "strategy": "round_robin", "sticky": true });
    manager.post("/v1/teams", team).await.expect(StatusCode::CREATED);
    let member = json!({ "teams": ["turns"], "capacity": 2 });
    manager.patch(&format!("/v1/agents/{}", agent.person), member).await.expect(StatusCode::OK);
    let rule = json!({ "name": "x", "when": [{ "field": "body", "contains_any": ["help"] }], "then": { "team": "turns" } });
    for _ in 0..2 {
        let once = [("idempotency-key", "routed")];
        admin.send(Method::POST, "/v1/routing-rules", &once, Some(rule.clone())).await.expect(StatusCode::CREATED);
    }
    // Whom a rule names is looked up; who comes back makes room.
    let named = json!({ "name": "y", "active": false, "then": { "priority": "low" } });
    let named = admin.post("/v1/routing-rules", named).await.expect(StatusCode::CREATED);
    let path = format!("/v1/routing-rules/{}", text(&named, "id"));
    admin.patch(&path, json!({ "then": { "assignee": agent.person } })).await.expect(StatusCode::OK);
    for availability in ["away", "online"] {
        agent.put("/v1/me/availability", json!({ "availability": { "type": availability } })).await.expect(StatusCode::OK);
    }
    let first = customer.open("One").await;
    desk.settle().await;
    assert_eq!(agent.read(&first).await["assignee"], json!(agent.person));
    let explained = manager.post("/v1/routing/explain", json!({ "ticket": first["id"] })).await;
    explained.expect(StatusCode::OK);
    // There is no room for the second until there is.
    let second = customer.open("Two").await;
    desk.settle().await;
    assert_eq!(agent.read(&second).await["assignee"], Value::Null);
    manager.patch(&format!("/v1/agents/{}", agent.person), json!({ "capacity": 20 })).await.expect(StatusCode::OK);
    desk.settle().await;
    assert_eq!(agent.read(&second).await["assignee"], json!(agent.person));
    // The schedule looks, too.
    desk.advance("PT5M").await;
    desk.settle().await;
}

/// Prepared things of a team, as one of its agents sees them, and under idempotency keys.
async fn everything_that_is_prepared(desk: &Desk) {
    let People { customer, agent, manager, admin } = desk.people("eur").await;
    let once = [("idempotency-key", "prepared")];
    let make = async |by: &Session, path: &str, body: Value| {
        by.send(Method::POST, path, &once, Some(body)).await.expect(StatusCode::CREATED)
    };
    manager.post("/v1/teams", json!({ "id": "prepared", "name": "x" })).await.expect(StatusCode::CREATED);
    let ticket = customer.open("Help").await;
    let owned = |mut thing: Value| {
        (thing["scope"], thing["team"]) = (json!("team"), json!("prepared"));
        thing
    };
    let canned = owned(json!({ "shortcut": "/x", "title": "x", "body": "Hi {{ requester.name }}" }));
    let canned = make(&manager, "/v1/canned-responses", canned).await;
    make(&manager, "/v1/macros", owned(json!({ "name": "x", "note": "x" }))).await;
    let template = make(&manager, "/v1/ticket-templates", owned(json!({ "name": "x" }))).await;
    for path in ["/v1/canned-responses", "/v1/macros", "/v1/ticket-templates"] {
        assert!(agent.list(path).await.is_empty(), "of a team that is not theirs");
    }
    agent.get(&format!("{}/suggested-responses", path_of(&ticket))).await.expect(StatusCode::OK);
    let used = format!("{}/canned-responses/{}", path_of(&ticket), text(&canned, "id"));
    manager.send(Method::POST, &used, &once, None).await.expect(StatusCode::OK);
    // Files: one that is not there yet is looked for; one that nobody has looked at is asked for what was found.
    let announced = announce(&manager, "/v1/attachments", "a.txt", 1).await;
    let with = |id: &Value| json!({ "shortcut": "/y", "title": "y", "body": "y", "attachments": [id] });
    manager.post("/v1/canned-responses", with(&announced["id"])).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    let file = upload(&manager, "/v1/attachments", "a.txt", b"x").await;
    let kept = manager.post("/v1/canned-responses", with(&json!(file))).await.expect(StatusCode::CREATED);
    // What looks at it has done so; what is found from here on stays.
    desk.settle().await;
    let place = format!("/v1/canned-responses/{}", text(&kept, "id"));
    let wrong = json!({ "attachments": [file, announced["id"]] });
    manager.patch(&place, wrong).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    let with_file = format!("{}/canned-responses/{}", path_of(&ticket), text(&kept, "id"));
    let tenant = lambdesk_domain::TenantId::parse("eur").unwrap();
    for scan in [lambdesk_domain::Scan::Pending, lambdesk_domain::Scan::Clean] {
        let part = desk.local.app().desk_of(&tenant);
        part.note_scan(file.parse().unwrap(), scan, "text/plain").await.unwrap();
        manager.post(&with_file, json!({})).await.expect(StatusCode::OK);
    }
    manager.delete(&place).await.expect(StatusCode::NO_CONTENT);
    // A list that shows where tickets went.
    let other = customer.open("Help again").await;
    manager.post(&format!("{}/merge", path_of(&other)), json!({ "into": ticket["number"] })).await.expect(StatusCode::OK);
    manager.list("/v1/tickets").await;
    let closed = json!({ "name": "x", "scope": { "type": "personal" }, "filter": [{ "field": "status", "is": ["closed"] }] });
    let closed = manager.post("/v1/views", closed).await.expect(StatusCode::CREATED);
    manager.list(&format!("/v1/views/{}/tickets", text(&closed, "id"))).await;
    let begun = json!({ "subject": "x", "body": "x", "template": template["id"] });
    manager.post("/v1/tickets", begun).await.expect(StatusCode::CREATED);
    make(&admin, "/v1/ticket-fields", json!({ "label": "Order", "kind": "text" })).await;
}
