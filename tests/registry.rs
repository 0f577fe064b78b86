//! What polices the system: every function has a permission, a sample event, an entry in the document, and probes by
//! those who must not get through. A function that is added without them fails here.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use lambdesk_domain::{Permission, Role};
use lambdesk_function::{Access, Endpoint, Trigger};
use lambdesk_local::registry;
use serde_json::{Value, json};

use crate::{
    attachments::upload,
    service::manager_of,
    support::{Answer, Desk, Session, path_of, text},
};

fn http() -> impl Iterator<Item = (Endpoint, Method, &'static str, Access)> {
    registry().into_iter().filter_map(|endpoint| match endpoint.function.trigger {
        Trigger::Http { method, path, access } => Some((endpoint, Method::from_bytes(method.as_bytes()).unwrap(), path, access)),
        _ => None,
    })
}

#[test]
fn names_routes_and_words_are_unique_and_complete() {
    let mut names = BTreeSet::new();
    for endpoint in registry() {
        let function = endpoint.function;
        assert!(names.insert(function.name), "{} stands twice", function.name);
        assert!(!function.summary.is_empty(), "{} says nothing of itself", function.name);
        assert!(
            function.name.split_once('-').is_some_and(|(area, _)| [
                "tickets",
                "email",
                "events",
                "auth",
                "sla",
                "answers",
                "people",
                "jobs",
                "automation",
                "views"
            ]
            .contains(&area)),
            "{}",
            function.name
        );
        assert!(!function.needs.is_empty(), "{} says not what it touches", function.name);
    }
    let routes: Vec<_> = http().map(|(_, method, path, _)| (method.to_string(), path)).collect();
    assert_eq!(routes.iter().collect::<BTreeSet<_>>().len(), routes.len(), "two functions on one route");
}

/// The only functions that anybody may call. The list may only shrink. Those with a `{token}` in their path are what
/// links in mails open, whose readers have no credential: the token is one, signed, for one person and one thing.
#[test]
fn d5_open_functions_are_a_short_list() {
    let open: Vec<_> =
        http().filter(|(.., access)| *access == Access::Open).map(|(endpoint, ..)| endpoint.function.name).collect();
    let links = ["email-unsubscribe-page", "email-unsubscribe", "email-rating-page", "email-rate", "email-open-file"];
    assert_eq!(open.iter().filter(|name| !links.contains(name)).collect::<Vec<_>>(), [&"tickets-health"]);
    for (endpoint, _, path, access) in http() {
        assert_eq!(path.contains("{token}"), links.contains(&endpoint.function.name), "{path}");
        assert!(!path.contains("{token}") || access == Access::Open);
    }
    let signed_in: Vec<_> =
        http().filter(|(.., access)| *access == Access::SignedIn).map(|(endpoint, ..)| endpoint.function.name).collect();
    assert_eq!(
        signed_in,
        ["tickets-meta", "auth-me", "auth-preferences", "auth-update-preferences"],
        "what every signed-in person may see"
    );
}

/// Dead letters that the operator's command does not know would stay dead.
#[test]
fn every_queue_can_be_redriven() {
    let command = include_str!("../infra/operations/redrive.py");
    for queue in lambdesk_platform::QueueName::ALL {
        assert!(command.contains(&format!("\"{}\"", queue.as_str())), "{} is unknown to redrive.py", queue.as_str());
    }
}

#[test]
fn every_function_has_a_sample_event() {
    for endpoint in registry() {
        let path = format!("{}/../../events/{}.json", env!("CARGO_MANIFEST_DIR"), endpoint.function.name);
        let sample = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path} is missing"));
        let sample: Value = serde_json::from_str(&sample).expect("JSON");
        if let Trigger::Http { method, path, .. } = endpoint.function.trigger {
            assert_eq!(sample["routeKey"], format!("{method} {path}"), "{}", endpoint.function.name);
        }
    }
}

#[test]
fn every_http_function_has_an_entry_in_the_document() {
    let document: Value = serde_json::from_str(include_str!("../openapi.json")).expect("JSON");
    for (endpoint, method, path, access) in http() {
        let operation = &document["paths"][path][method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], endpoint.function.name);
        let open = operation["security"] == json!([]);
        assert_eq!(open, access == Access::Open, "{}", endpoint.function.name);
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{} answers nothing good", endpoint.function.name);
        assert!(open || responses.contains_key("401"));
        let body = operation["requestBody"].is_object();
        assert_eq!(body, responses.contains_key("415"), "{}", endpoint.function.name);
    }
    assert_references_resolve(&document, &document);
    let words = |name: &str| document["components"]["schemas"][name]["enum"].clone();
    assert_eq!(words("Status"), json!(lambdesk_domain::Status::ALL), "the words of the document are those of the answers");
    assert_eq!(words("Permission"), json!(Permission::ALL));
    assert_eq!(words("Role"), json!(Role::ALL));
}

fn assert_references_resolve(part: &Value, document: &Value) {
    match part {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
            }
            map.values().for_each(|value| assert_references_resolve(value, document));
        }
        Value::Array(values) => values.iter().for_each(|value| assert_references_resolve(value, document)),
        _ => {}
    }
}

/// A good request to each HTTP function, against a ticket of tenant demo's Carl. A new function needs a line here.
fn good_body(function: &str) -> Option<Value> {
    Some(match function {
        "tickets-create" => json!({ "subject": "x", "body": "x" }),
        "tickets-update" => json!({ "status": "closed" }),
        "tickets-reply" => json!({ "kind": "reply", "body": "x" }),
        "tickets-assign" => json!({ "assignee": "me" }),
        "tickets-transfer" => json!({ "team": "x", "reason": "x" }),
        "tickets-snooze" => json!({ "until": "2027-01-01T00:00:00Z" }),
        "tickets-rate" => json!({ "score": 5 }),
        "tickets-put-draft" => json!({ "kind": "reply", "body": "x" }),
        "tickets-show-presence" => json!({ "state": "viewing" }),
        "tickets-upload" | "tickets-upload-to-ticket" => json!({ "name": "x.txt", "size": 1 }),
        "tickets-merge" => json!({ "into": "x" }),
        "tickets-split" => json!({ "subject": "x", "messages": ["019aa0c4-1f00-7000-8000-000000000001"] }),
        "tickets-link" => json!({ "kind": "related" }),
        "tickets-set-participant" => json!({ "standing": "copied" }),
        "email-suppress" => json!({ "detail": "x" }),
        "auth-create-api-key" => json!({ "name": "x", "scopes": ["tickets.read"], "expires_in_days": 1 }),
        "auth-update-preferences" => json!({ "language": "de" }),
        "email-put-template" => json!({ "language": "en", "subject": "x", "text": "x" }),
        "email-preview-template" => json!({ "notice": "reply", "language": "en", "subject": "x", "text": "x" }),
        "sla-create-policy" => json!({ "name": "x", "targets": { "resolution": 60 } }),
        "sla-update-policy" => json!({ "warn_percent": 70 }),
        "sla-create-calendar" => json!({ "name": "x", "time_zone": "UTC", "hours": {} }),
        "sla-update-calendar" => json!({ "name": "y" }),
        "sla-import-holidays" => json!({ "ical": "BEGIN:VCALENDAR\r\nEND:VCALENDAR" }),
        "people-create-team" => json!({ "name": "x" }),
        "people-update-team" => json!({ "name": "y" }),
        "people-update-agent" => json!({ "capacity": 3 }),
        "people-set-availability" => json!({ "availability": { "type": "online" } }),
        "tickets-create-field" => json!({ "label": "x", "kind": "text" }),
        "tickets-update-field" => json!({ "label": "y" }),
        "answers-create-canned-response" => json!({ "shortcut": "/x", "title": "x", "body": "x" }),
        "answers-update-canned-response" => json!({ "title": "y" }),
        "answers-create-macro" => json!({ "name": "x", "changes": { "priority": "high" } }),
        "answers-update-macro" => json!({ "name": "y" }),
        "answers-create-template" => json!({ "name": "x" }),
        "answers-update-template" => json!({ "name": "y" }),
        "jobs-bulk" => json!({ "tickets": ["019aa0c5-6b20-7000-8000-000000000010"], "changes": { "priority": "high" } }),
        "jobs-rename-tag" => json!({ "to": "y" }),
        "jobs-import" => json!({ "format": "csv", "size": 1 }),
        "jobs-export" => json!({ "format": "jsonl" }),
        "automation-create-rule" => json!({ "name": "x", "then": { "priority": "high" } }),
        "automation-update-rule" => json!({ "active": false }),
        "automation-explain-routing" => json!({ "ticket": "x" }),
        "views-create" => json!({ "name": "x", "scope": { "type": "shared" }, "filter": [] }),
        "views-update" => json!({ "name": "y" }),
        _ => return None,
    })
}

/// What stands in paths beside the ticket.
struct Things {
    key: String,
    file: String,
    agent: String,
    rule: String,
    waiting: String,
    canned: String,
    r#macro: String,
    template: String,
    view: String,
    job: String,
}

/// The names of a policy, a calendar, a team and a field that no preset has.
const PROBED: &str = "probed";

impl Things {
    /// Things that nobody has.
    fn none() -> Self {
        let x = || "x".to_owned();
        let [key, file, agent, rule, waiting, canned, r#macro, template, view, job] = std::array::from_fn(|_| x());
        Self { key, file, agent, rule, waiting, canned, r#macro, template, view, job }
    }

    /// Things of a desk, made by its admin.
    async fn of(admin: &Session, file: String, agent: String, ticket: &Value) -> Self {
        let make = async |path: &str, function: &str, more: Value| {
            let mut body = good_body(function).unwrap();
            body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
            text(&admin.post(path, body).await.expect(StatusCode::CREATED), "id")
        };
        let named = json!({ "id": PROBED });
        for (path, function) in [
            ("/v1/sla-policies", "sla-create-policy"),
            ("/v1/calendars", "sla-create-calendar"),
            ("/v1/teams", "people-create-team"),
            ("/v1/ticket-fields", "tickets-create-field"),
        ] {
            make(path, function, named.clone()).await;
        }
        let key = make("/v1/api-keys", "auth-create-api-key", json!({})).await;
        let rule = make("/v1/routing-rules", "automation-create-rule", json!({ "active": false })).await;
        let tomorrow = text(ticket, "created_at").parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_hours(24);
        let later = json!({ "kind": "reply", "body": "x", "send_at": tomorrow });
        let waiting = admin.post(&format!("{}/messages", path_of(ticket)), later).await.expect(StatusCode::ACCEPTED);
        let waiting = text(&waiting, "id");
        let shared = json!({ "scope": "shared" });
        let canned = make("/v1/canned-responses", "answers-create-canned-response", shared.clone()).await;
        let r#macro = make("/v1/macros", "answers-create-macro", shared.clone()).await;
        let template = make("/v1/ticket-templates", "answers-create-template", shared).await;
        let view = make("/v1/views", "views-create", json!({})).await;
        let job = admin.post("/v1/exports", good_body("jobs-export").unwrap()).await.expect(StatusCode::ACCEPTED);
        Self { key, file, agent, rule, waiting, canned, r#macro, template, view, job: text(&job, "id") }
    }
}

async fn call(by: &Session, function: &str, method: Method, path: &str, ticket: &Value, things: &Things) -> Answer {
    let Things { key, file, agent, rule, waiting, canned, r#macro, template, view, job } = things;
    let path = path.replace("{ticket}", &text(ticket, "id")).replace("{key}", key).replace("{attachment}", file);
    let path = path.replace("{agent}", agent).replace("{rule}", rule).replace("{message}", waiting).replace("{field}", PROBED);
    let path =
        path.replace("{canned}", canned).replace("{macro}", r#macro).replace("{template}", template).replace("{view}", view);
    let path = path.replace("{job}", job).replace("{tag}", "x");
    let path = path.replace("{policy}", PROBED).replace("{calendar}", PROBED).replace("{team}", PROBED);
    let path = path
        .replace("{token}", "x")
        .replace("{notice}", "x")
        .replace("{mail}", "x")
        .replace("{address}", "gone@example.test")
        .replace("{person}", &text(ticket, "requester"))
        .replace("{other}", &text(ticket, "id"));
    by.send(method, &path, &[], good_body(function)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_without_a_credential() {
    let desk = Desk::start().await;
    let ticket = desk.sign_in("demo", "carl@example.test").await.open("Help").await;
    for (endpoint, method, path, access) in http() {
        let answer = call(&desk.client.anonymous(), endpoint.function.name, method, path, &ticket, &Things::none()).await;
        if path.contains("{token}") {
            answer.problem(StatusCode::NOT_FOUND);
        } else if access == Access::Open {
            answer.expect(StatusCode::OK);
        } else {
            assert_eq!(answer.problem(StatusCode::UNAUTHORIZED)["code"], "unauthenticated", "{}", endpoint.function.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_with_a_role_that_lacks_the_permission() {
    let desk = Desk::start().await;
    let people = [
        (Role::Customer, desk.sign_in("demo", "carl@example.test").await),
        (Role::Agent, desk.sign_in("demo", "ada@demo.test").await),
        (Role::Manager, desk.sign_in("demo", "mia@demo.test").await),
        (Role::Admin, desk.sign_in("demo", "admin@demo.test").await),
    ];
    let ticket = people[0].1.open("Help").await;
    let mut refused = BTreeMap::new();
    for (endpoint, method, path, access) in http() {
        let Access::Permission(permission) = access else { continue };
        for (role, person) in &people {
            let answer = call(person, endpoint.function.name, method.clone(), path, &ticket, &Things::none()).await;
            let lacks = !role.grants(permission);
            if lacks {
                assert_eq!(answer.problem(StatusCode::FORBIDDEN)["code"], "forbidden", "{} by {role}", endpoint.function.name);
                *refused.entry(endpoint.function.name).or_insert(0) += 1;
            } else if answer.status == StatusCode::FORBIDDEN {
                // The function itself may refuse more, but not for want of its declared permission.
                assert!(!text(&answer.json(), "detail").contains(permission.as_str()), "{} by {role}", endpoint.function.name);
            }
        }
    }
    let staff_only =
        http().filter(|(.., access)| matches!(access, Access::Permission(permission) if !Role::Customer.grants(*permission)));
    assert_eq!(refused.len(), staff_only.count(), "each was probed by a role that lacks it");
    assert!(Role::Customer.grants(Permission::TicketsCreate));
}

/// A ticket whose first message has a file, and the file's id.
async fn open_with_file(by: &Session, more: Value) -> (Value, String) {
    let file = upload(by, "/v1/attachments", "x.txt", b"x").await;
    let mut body = json!({ "subject": "x", "body": "x", "attachments": [file] });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    (by.open_with(body).await, file)
}

/// By a stranger who has every permission, so that only the tenant, the brand or the ownership can keep them out.
async fn probe(stranger: &Session, ticket: &Value, things: &Things) {
    probe_but(stranger, ticket, things, &[]).await;
}

/// The same of a stranger to whom some functions are `known`, and tested elsewhere.
async fn probe_but(stranger: &Session, ticket: &Value, things: &Things, known: &[&str]) {
    for (endpoint, method, path, _) in http().filter(|(_, _, path, _)| path.contains('{')) {
        if known.contains(&endpoint.function.name) {
            continue;
        }
        let name = endpoint.function.name;
        // An address and a tag are anybody's to name: what follows is in the stranger's own desk. See `suppression` and `jobs`.
        if ["email-suppress", "jobs-rename-tag"].contains(&name) {
            continue;
        }
        let answer = call(stranger, name, method, path, ticket, things).await;
        let hidden = answer.status == StatusCode::NOT_FOUND || answer.status == StatusCode::FORBIDDEN;
        assert!(hidden, "{name} answered {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        if answer.status == StatusCode::FORBIDDEN {
            assert!(text(&answer.json(), "detail").contains("permission"), "{name}: only for want of the permission");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_another_tenants_things_are_not_there() {
    let desk = Desk::start().await;
    let (carl, admin) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "admin@demo.test").await);
    let (ticket, file) = open_with_file(&carl, json!({})).await;
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let things = Things::of(&admin, file, ada.person.clone(), &ticket).await;
    let strangers = desk.people("platform").await;
    for stranger in [&strangers.admin, &strangers.manager, &strangers.agent, &strangers.customer] {
        probe(stranger, &ticket, &things).await;
        // It stands in the body, not in the path.
        let explained = stranger.post("/v1/routing/explain", json!({ "ticket": ticket["id"] })).await;
        assert!([StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&explained.status), "{}", explained.json());
    }
    assert_eq!(carl.read(&ticket).await["version"], 1, "untouched");
    let waiting = ada.list(&format!("{}/scheduled", path_of(&ticket))).await;
    assert_eq!(waiting.iter().map(|waiting| text(waiting, "id")).collect::<Vec<_>>(), [things.waiting.as_str()], "untouched");
    let keys = admin.get("/v1/api-keys").await.expect(StatusCode::OK);
    assert_eq!(keys["items"][0]["revoked_at"], Value::Null, "untouched");
    let of_any_name = ["/v1/routing-rules", "/v1/canned-responses", "/v1/macros", "/v1/ticket-templates"];
    for path in ["/v1/sla-policies", "/v1/calendars", "/v1/teams", "/v1/ticket-fields"].into_iter().chain(of_any_name) {
        let things = admin.list(path).await;
        let thing = things.iter().find(|thing| thing["id"] == PROBED || of_any_name.contains(&path)).expect("still there");
        assert_eq!(thing["version"], 1, "{path}: untouched");
    }
    let view = admin.get(&format!("/v1/views/{}", things.view)).await.expect(StatusCode::OK);
    assert_eq!(view["version"], 1, "untouched");
    let agent = admin.get(&format!("/v1/agents/{}", ada.person)).await.expect(StatusCode::OK);
    assert_eq!((&agent["version"], &agent["capacity"]), (&json!(0), &Value::Null), "untouched");
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_another_customers_things_are_not_there() {
    let desk = Desk::start().await;
    let (carl, dana) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "dana@example.test").await);
    let (ticket, file) = open_with_file(&carl, json!({})).await;
    probe(&dana, &ticket, &Things { file, ..Things::none() }).await;
    let by_number = dana.get(&format!("/v1/tickets/{}", text(&ticket, "number"))).await;
    by_number.problem(StatusCode::NOT_FOUND);
    assert!(!dana.list("/v1/tickets").await.iter().any(|other| other["id"] == ticket["id"]));
    dana.get(&format!("/v1/tickets?requester={}", carl.person)).await.problem(StatusCode::FORBIDDEN);
    assert_eq!(carl.read(&ticket).await["version"], 1, "untouched");
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_another_brands_things_are_not_there() {
    let desk = Desk::start().await;
    let customer = desk.sign_in("ozean", "customer@ozean.test").await;
    let (ticket, file) = open_with_file(&customer, json!({ "brand": "OL" })).await;
    let things = Things::of(&desk.sign_in("ozean", "admin@ozean.test").await, file, customer.person.clone(), &ticket).await;
    let admin = desk.sign_in("ozean", "admin@ozean.test").await;
    for (path, theirs) in [
        ("/v1/sla-policies", json!({ "when": { "brand": "OL" }, "calendar": PROBED })),
        ("/v1/teams", json!({ "brands": ["OL"] })),
    ] {
        admin.patch(&format!("{path}/{PROBED}"), theirs).await.expect(StatusCode::OK);
    }
    for (path, id) in [("canned-responses", &things.canned), ("macros", &things.r#macro), ("ticket-templates", &things.template)]
    {
        admin.patch(&format!("/v1/{path}/{id}"), json!({ "brands": ["OL"] })).await.expect(StatusCode::OK);
    }
    let theirs = json!({ "filter": [{ "field": "brand", "is": ["OL"] }] });
    admin.patch(&format!("/v1/views/{}", things.view), theirs).await.expect(StatusCode::OK);
    probe_but(&desk.sign_in("ozean", "agent.ka@ozean.test").await, &ticket, &things, &["sla-calendar-hours"]).await;
    // A calendar is there for all staff; who works for one brand does not change by what another's promises are counted.
    let manager = manager_of(&desk, "KA").await;
    let changes = ["sla-update-calendar", "sla-import-holidays", "sla-delete-calendar"];
    let known: Vec<_> = changes.into_iter().chain(["sla-calendar-hours"]).collect();
    probe_but(&manager, &ticket, &things, &known).await;
    for (endpoint, method, path, _) in http().filter(|(endpoint, ..)| changes.contains(&endpoint.function.name)) {
        let answer = call(&manager, endpoint.function.name, method, path, &ticket, &things).await;
        assert_eq!(answer.wrong_fields(StatusCode::FORBIDDEN), ["calendar"], "{}", endpoint.function.name);
    }
    for path in ["/v1/sla-policies", "/v1/calendars", "/v1/teams"] {
        let things = admin.list(path).await;
        let thing = things.iter().find(|thing| thing["id"] == PROBED).expect("still there");
        assert_eq!(thing["version"], if path == "/v1/calendars" { 1 } else { 2 }, "{path}: untouched");
    }
    assert_eq!(customer.get(&path_of(&ticket)).await.expect(StatusCode::OK)["version"], 1, "untouched");
}
