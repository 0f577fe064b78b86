//! How a desk says what it promises, when it works, who works in it, and where its tickets go.

mod brands;
mod limits;

use axum::http::{Method, StatusCode};
use lambdesk_domain::TenantId;
use serde_json::{Value, json};

pub(crate) use self::brands::manager_of;
use crate::support::{Answer, Desk, Session, text};

/// Four people of tenant demo.
struct Demo {
    desk: Desk,
    agent: Session,
    manager: Session,
    admin: Session,
}

impl Demo {
    async fn start() -> Self {
        let desk = Desk::start().await;
        let (agent, manager) = (desk.sign_in("demo", "ada@demo.test").await, desk.sign_in("demo", "mia@demo.test").await);
        let admin = desk.sign_in("demo", "admin@demo.test").await;
        Self { desk, agent, manager, admin }
    }
}

async fn known(by: &Session, method: Method, path: &str, version: u64, body: Option<Value>) -> Answer {
    by.send(method, path, &[("if-match", &format!("\"{version}\""))], body).await
}

#[track_caller]
fn conflict(answer: &Answer) -> (String, String) {
    let problem = answer.problem(StatusCode::CONFLICT);
    (text(&problem, "code"), text(&problem, "detail"))
}

/// Path and code of every field that is wrong.
#[track_caller]
fn wrong(answer: &Answer) -> Vec<(String, String)> {
    let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY);
    problem["errors"].as_array().expect("fields").iter().map(|error| (text(error, "path"), text(error, "code"))).collect()
}

fn pairs<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.map(|(path, code)| (path.to_owned(), code.to_owned())).into()
}

async fn ids(by: &Session, path: &str) -> Vec<String> {
    by.list(path).await.iter().map(|thing| text(thing, "id")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_made_changed_and_withdrawn() {
    let Demo { desk: _desk, agent, manager, .. } = Demo::start().await;
    let body =
        json!({ "name": "VIP (Süd)", "when": { "priority": "urgent" }, "targets": { "first_response": 30, "resolution": 480 } });
    let once = [("idempotency-key", "one")];
    let made = manager.send(Method::POST, "/v1/sla-policies", &once, Some(body.clone())).await;
    let policy = made.expect(StatusCode::CREATED);
    assert_eq!((made.header("location"), made.header("etag")), ("/v1/sla-policies/vip-sued", "\"1\""));
    assert_eq!((&policy["warn_percent"], &policy["active"], &policy["calendar"]), (&json!(80), &json!(true), &Value::Null));
    assert_eq!(policy["pauses"]["resolution"], json!(["pending"]));
    let again = manager.send(Method::POST, "/v1/sla-policies", &once, Some(body.clone())).await;
    assert_eq!((again.expect(StatusCode::CREATED), again.header("idempotency-replayed")), (policy, "true"));
    assert_eq!(conflict(&manager.post("/v1/sla-policies", body.clone()).await).0, "taken");

    let path = "/v1/sla-policies/vip-sued";
    let patch =
        json!({ "targets": { "first_response": null, "next_response": 60 }, "when": { "channel": "phone" }, "name": "VIP" });
    let changed = known(&manager, Method::PATCH, path, 1, Some(patch.clone())).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.expect(StatusCode::OK);
    assert_eq!(changed["targets"], json!({ "first_response": null, "next_response": 60, "resolution": 480 }));
    assert_eq!((&changed["when"]["priority"], &changed["when"]["channel"]), (&json!("urgent"), &json!("phone")));
    assert_eq!(manager.patch(path, patch.clone()).await.expect(StatusCode::OK)["version"], 2, "nothing changed");
    known(&manager, Method::PATCH, path, 1, Some(patch)).await.problem(StatusCode::PRECONDITION_FAILED);
    let own = agent.list("/v1/sla-policies").await.into_iter().filter(|policy| policy["id"] == "vip-sued").collect::<Vec<_>>();
    assert_eq!(own, [changed]);

    known(&manager, Method::DELETE, path, 1, None).await.problem(StatusCode::PRECONDITION_FAILED);
    known(&manager, Method::DELETE, path, 2, None).await.expect(StatusCode::NO_CONTENT);
    manager.delete(path).await.problem(StatusCode::NOT_FOUND);
    manager.patch(path, json!({ "name": "x" })).await.problem(StatusCode::NOT_FOUND);
    assert!(!agent.list("/v1/sla-policies").await.iter().any(|policy| policy["id"] == "vip-sued"));
    let anew = manager.post("/v1/sla-policies", body).await.expect(StatusCode::CREATED);
    assert_eq!(anew["version"], 4, "after the one that says that it was withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_with_a_policy_is_named() {
    let Demo { desk: _desk, manager, .. } = Demo::start().await;
    let body = json!({ "id": "no id", "targets": "soon", "warn_percent": 300, "version": 1, "withdrawn": true });
    let form = pairs([
        ("id", "invalid"),
        ("name", "required"),
        ("targets", "invalid"),
        ("warn_percent", "invalid"),
        ("version", "unknown_field"),
        ("withdrawn", "unknown_field"),
    ]);
    assert_eq!(wrong(&manager.post("/v1/sla-policies", body).await), form);
    let unknown = json!({
        "name": "x", "targets": { "resolution": 0 }, "when": { "brand": "gone", "category": "gone" }, "calendar": "gone", "warn_percent": 0,
        "escalations": [{ "on": "breach", "team": "gone" }, { "on": "breach", "assignee": "019aa0c4-1f00-7000-8000-000000000001" }],
    });
    let meaning = pairs([
        ("when.brand", "unknown_brand"),
        ("when.category", "unknown_category"),
        ("calendar", "unknown_calendar"),
        ("warn_percent", "invalid"),
        ("targets.resolution", "invalid"),
        ("escalations[0].team", "unknown_team"),
        ("escalations[1].assignee", "unknown_person"),
    ]);
    assert_eq!(wrong(&manager.post("/v1/sla-policies", unknown.clone()).await), meaning);
    manager.post("/v1/sla-policies", json!({ "name": "x", "targets": { "resolution": 5 } })).await.expect(StatusCode::CREATED);
    assert_eq!(wrong(&manager.patch("/v1/sla-policies/x", unknown).await), meaning);
    let fixed = json!({ "id": "y", "version": 7, "name": null, "colour": null });
    let refused =
        pairs([("id", "unknown_field"), ("version", "unknown_field"), ("name", "required"), ("colour", "unknown_field")]);
    assert_eq!(wrong(&manager.patch("/v1/sla-policies/x", fixed).await), refused);
    assert_eq!(
        wrong(&manager.post("/v1/sla-policies", json!({ "name": "日本", "targets": {} })).await),
        pairs([("id", "required")])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_is_made_changed_and_erased() {
    let Demo { desk: _desk, agent, manager, admin } = Demo::start().await;
    let day = json!([{ "from": "09:00", "to": "17:00" }]);
    let body =
        json!({ "id": "office", "name": "Office", "time_zone": "Europe/Berlin", "hours": { "monday": day, "friday": day } });
    let made = manager.post("/v1/calendars", body.clone()).await;
    assert_eq!((made.header("location"), made.header("etag")), ("/v1/calendars/office", "\"1\""));
    assert_eq!(made.expect(StatusCode::CREATED)["holidays"], json!([]));
    assert_eq!(conflict(&manager.post("/v1/calendars", body).await).0, "taken");

    let path = "/v1/calendars/office";
    let patch = json!({ "hours": { "friday": null, "tuesday": day }, "time_zone": "UTC" });
    let changed = known(&manager, Method::PATCH, path, 1, Some(patch.clone())).await.expect(StatusCode::OK);
    assert_eq!((&changed["version"], &changed["time_zone"]), (&json!(2), &json!("UTC")));
    assert_eq!((&changed["hours"]["monday"], &changed["hours"]["tuesday"]), (&day, &day));
    assert!(changed["hours"]["friday"].as_array().is_none_or(Vec::is_empty), "{changed}");
    assert_eq!(manager.patch(path, patch).await.expect(StatusCode::OK)["version"], 2, "nothing changed");
    known(&manager, Method::PATCH, path, 1, Some(json!({ "name": "x" }))).await.problem(StatusCode::PRECONDITION_FAILED);
    assert_eq!(agent.list("/v1/calendars").await, [changed]);

    // A Sunday until the next: two days of eight hours.
    let hours =
        agent.get(&format!("{path}/hours?from=2026-11-22T12:00:00Z&to=2026-11-29T12:00:00Z")).await.expect(StatusCode::OK);
    assert_eq!(hours, json!({ "is_open": false, "next_opening": "2026-11-23T09:00:00Z", "seconds": 2 * 8 * 3600 }));
    let open = agent.get(&format!("{path}/hours?from=2026-11-23T09:00:00Z")).await.expect(StatusCode::OK);
    assert_eq!((&open["is_open"], &open["seconds"]), (&json!(true), &Value::Null));
    let far = agent.get(&format!("{path}/hours?from=2026-11-23T09:00:00Z&to=2090-01-01T00:00:00Z")).await;
    assert_eq!(wrong(&far), pairs([("to", "out_of_range")]));

    // What uses it holds it.
    let policy = json!({ "name": "Office hours", "targets": { "resolution": 60 }, "calendar": "office" });
    manager.post("/v1/sla-policies", policy).await.expect(StatusCode::CREATED);
    let rule = json!({ "name": "At night", "when": [{ "field": "business_hours", "calendar": "office", "is_open": false }], "then": { "priority": "low" } });
    let rule = admin.post("/v1/routing-rules", rule).await.expect(StatusCode::CREATED);
    let (code, detail) = conflict(&manager.delete(path).await);
    assert_eq!(code, "calendar_in_use");
    assert!(detail.contains("office-hours") && detail.contains("At night"), "{detail}");
    manager.delete("/v1/sla-policies/office-hours").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(conflict(&manager.delete(path).await).0, "calendar_in_use");
    admin.delete(&format!("/v1/routing-rules/{}", text(&rule, "id"))).await.expect(StatusCode::NO_CONTENT);
    known(&manager, Method::DELETE, path, 1, None).await.problem(StatusCode::PRECONDITION_FAILED);
    known(&manager, Method::DELETE, path, 2, None).await.expect(StatusCode::NO_CONTENT);
    manager.delete(path).await.problem(StatusCode::NOT_FOUND);
    manager.patch(path, json!({ "name": "x" })).await.problem(StatusCode::NOT_FOUND);
    agent.get(&format!("{path}/hours")).await.problem(StatusCode::NOT_FOUND);
    assert!(agent.list("/v1/calendars").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_with_a_calendar_is_named() {
    let Demo { desk: _desk, manager, .. } = Demo::start().await;
    let hours = json!({ "monday": [{ "from": "9", "to": "17:00" }], "funday": [] });
    let body = json!({ "time_zone": "Europe/Atlantis", "hours": hours, "holidays": [{ "date": "2026-02-30" }], "version": 3, "colour": null });
    let mut found = wrong(&manager.post("/v1/calendars", body.clone()).await);
    found.sort();
    let mut expected = pairs([
        ("name", "required"),
        ("time_zone", "invalid"),
        ("hours.monday[0].from", "invalid"),
        ("hours.funday", "unknown_field"),
        ("holidays[0].date", "invalid"),
        ("version", "unknown_field"),
        ("colour", "unknown_field"),
    ]);
    expected.sort();
    assert_eq!(found, expected);
    manager.post("/v1/calendars", json!({ "name": "x", "time_zone": "UTC", "hours": {} })).await.expect(StatusCode::CREATED);
    let mut patch = body;
    patch["name"] = Value::Null;
    let mut found = wrong(&manager.patch("/v1/calendars/x", patch).await);
    found.sort();
    assert_eq!(found, expected, "a patch is held to the same");
}

fn ical(events: &[&str]) -> String {
    let event = |event: &&str| format!("BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n");
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", events.iter().map(event).collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn holidays_come_from_a_file() {
    let Demo { desk: _desk, manager, .. } = Demo::start().await;
    let body = json!({ "name": "Office", "time_zone": "Europe/Berlin", "hours": {}, "holidays": [{ "name": "Betriebsfest", "date": "2026-07-01" }] });
    manager.post("/v1/calendars", body).await.expect(StatusCode::CREATED);
    let path = "/v1/calendars/office/holidays";
    let file = ical(&[
        "DTSTART;VALUE=DATE:20261003\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Tag der Deutschen Einheit",
        "DTSTART;VALUE=DATE:20261224\r\nSUMMARY:Heiligabend",
        "DTSTART:20261224T100000Z\r\nSUMMARY:A meeting",
    ]);
    let import = json!({ "ical": file });
    let once = [("idempotency-key", "one")];
    let imported = manager.send(Method::POST, path, &once, Some(import.clone())).await;
    assert_eq!(imported.header("etag"), "\"2\"");
    let imported = imported.expect(StatusCode::OK);
    assert_eq!((&imported["added"], &imported["skipped"], &imported["calendar"]["version"]), (&json!(2), &json!(1), &json!(2)));
    let holidays = json!([
        { "name": "Betriebsfest", "date": "2026-07-01" },
        { "name": "Tag der Deutschen Einheit", "yearly": { "month": 10, "day": 3 } },
        { "name": "Heiligabend", "date": "2026-12-24" },
    ]);
    assert_eq!(imported["calendar"]["holidays"], holidays);
    assert_eq!(manager.send(Method::POST, path, &once, Some(import.clone())).await.expect(StatusCode::OK), imported);
    let again = manager.post(path, import.clone()).await.expect(StatusCode::OK);
    assert_eq!((&again["added"], &again["calendar"]["version"]), (&json!(0), &json!(2)), "none twice");
    let replaced = manager
        .post(path, json!({ "ical": ical(&["DTSTART;VALUE=DATE:20270101"]), "replace": true }))
        .await
        .expect(StatusCode::OK);
    assert_eq!((&replaced["added"], &replaced["calendar"]["holidays"]), (&json!(1), &json!([{ "date": "2027-01-01" }])));
    assert_eq!(wrong(&manager.post(path, json!({ "ical": "no calendar" })).await), pairs([("ical", "invalid")]));
    manager.post("/v1/calendars/gone/holidays", import).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_made_changed_and_erased() {
    let Demo { desk, agent, manager, admin } = Demo::start().await;
    let made = manager.post("/v1/teams", json!({ "name": "Refunds", "strategy": "least_busy", "unassigned_minutes": 30 })).await;
    assert_eq!((made.header("location"), made.header("etag")), ("/v1/teams/refunds", "\"1\""));
    assert_eq!(made.expect(StatusCode::CREATED)["brands"], Value::Null);
    assert_eq!(conflict(&manager.post("/v1/teams", json!({ "name": "refunds" })).await).0, "taken");
    let path = "/v1/teams/refunds";
    let patch = json!({ "sticky": true, "brands": ["demo"], "unassigned_minutes": null });
    let changed = known(&manager, Method::PATCH, path, 1, Some(patch.clone())).await.expect(StatusCode::OK);
    assert_eq!(
        (&changed["version"], &changed["strategy"], &changed["brands"]),
        (&json!(2), &json!("least_busy"), &json!(["demo"]))
    );
    assert_eq!(manager.patch(path, patch).await.expect(StatusCode::OK)["version"], 2, "nothing changed");
    known(&manager, Method::PATCH, path, 1, Some(json!({ "name": "x" }))).await.problem(StatusCode::PRECONDITION_FAILED);
    assert!(agent.list("/v1/teams").await.contains(&changed));
    let bad = json!({ "name": "", "strategy": "best", "colour": 1, "brands": ["gone"] });
    let expected = pairs([("name", "invalid"), ("strategy", "invalid"), ("colour", "unknown_field")]);
    assert_eq!(wrong(&manager.post("/v1/teams", bad).await), expected);
    let unknown = json!({ "brands": ["demo", "gone"], "unassigned_minutes": 0 });
    let expected = pairs([("brands", "unknown_brand"), ("unassigned_minutes", "out_of_range")]);
    assert_eq!(wrong(&manager.patch(path, unknown).await), expected);

    // What leads to it holds it: a policy, a rule, a category.
    let policy =
        json!({ "name": "VIP", "targets": { "resolution": 60 }, "escalations": [{ "on": "breach", "team": "refunds" }] });
    manager.post("/v1/sla-policies", policy).await.expect(StatusCode::CREATED);
    let rule = admin.post("/v1/routing-rules", json!({ "name": "Refund", "active": false, "then": { "team": "refunds" } })).await;
    let rule = rule.expect(StatusCode::CREATED);
    let tenant = TenantId::parse("demo").unwrap();
    let store = desk.local.app().desk_of(&tenant);
    let mut config = (*store.config().await.unwrap()).clone();
    config.categories[0].default_team = lambdesk_domain::TeamId::parse("refunds").ok();
    store.put_config(&config).await.unwrap();
    let (code, detail) = conflict(&manager.delete(path).await);
    assert_eq!(code, "team_in_use");
    assert!(["policy vip", "rule Refund", "category billing"].iter().all(|user| detail.contains(user)), "{detail}");
    config.categories[0].default_team = None;
    store.put_config(&config).await.unwrap();
    manager.delete("/v1/sla-policies/vip").await.expect(StatusCode::NO_CONTENT);
    admin.delete(&format!("/v1/routing-rules/{}", text(&rule, "id"))).await.expect(StatusCode::NO_CONTENT);

    let someone = format!("/v1/agents/{}", agent.person);
    manager.patch(&someone, json!({ "teams": ["refunds"] })).await.expect(StatusCode::OK);
    known(&manager, Method::DELETE, path, 1, None).await.problem(StatusCode::PRECONDITION_FAILED);
    known(&manager, Method::DELETE, path, 2, None).await.expect(StatusCode::NO_CONTENT);
    manager.delete(path).await.problem(StatusCode::NOT_FOUND);
    assert!(!ids(&agent, "/v1/teams").await.contains(&"refunds".to_owned()));
    assert_eq!(manager.get(&someone).await.expect(StatusCode::OK)["teams"], json!(["refunds"]), "members lose nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_are_managed_and_say_whether_they_are_there() {
    let Demo { desk, agent, manager, .. } = Demo::start().await;
    manager.post("/v1/teams", json!({ "name": "Refunds" })).await.expect(StatusCode::CREATED);
    let path = format!("/v1/agents/{}", agent.person);
    let before = manager.get(&path).await;
    assert_eq!(before.header("etag"), "\"0\"");
    assert_eq!(before.expect(StatusCode::OK)["availability"], json!({ "type": "online" }));
    let patch = json!({ "teams": ["refunds"], "skills": ["italian"], "capacity": 7 });
    let after = known(&manager, Method::PATCH, &path, 0, Some(patch)).await;
    assert_eq!(after.header("etag"), "\"1\"");
    assert_eq!((&after.json()["capacity"], &after.json()["skills"]), (&json!(7), &json!(["italian"])));
    known(&manager, Method::PATCH, &path, 0, Some(json!({ "capacity": 8 }))).await.problem(StatusCode::PRECONDITION_FAILED);
    let bad = json!({ "teams": ["gone"], "capacity": 99999, "availability": { "type": "out", "until": "2020-01-01T00:00:00Z" } });
    let expected = pairs([("teams[0]", "unknown_team"), ("capacity", "out_of_range"), ("availability.until", "past")]);
    assert_eq!(wrong(&manager.patch(&path, bad).await), expected);
    let form = json!({ "capacity": -1, "availability": { "type": "away", "until": "2099-01-01T00:00:00Z" }, "role": "admin" });
    let paths = manager.patch(&path, form).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(paths, ["capacity", "availability", "role"]);
    agent.patch(&path, json!({ "capacity": 100 })).await.problem(StatusCode::FORBIDDEN);

    let until = desk.local.app().now() + jiff::SignedDuration::from_hours(1);
    let out = json!({ "availability": { "type": "out", "until": until.to_string() } });
    let said = agent.put("/v1/me/availability", out).await.expect(StatusCode::OK);
    assert_eq!((&said["is_available"], &said["version"]), (&json!(false), &json!(2)));
    let listed =
        async |by: &Session| by.list("/v1/agents").await.into_iter().find(|one| one["id"] == agent.person.as_str()).unwrap();
    let one = listed(&manager).await;
    assert_eq!((&one["is_available"], &one["capacity"]), (&json!(false), &json!(7)));
    let carried = one["weight"].as_i64().unwrap();
    desk.advance("PT2H").await;
    let (agent, manager) = (desk.sign_in("demo", "ada@demo.test").await, desk.sign_in("demo", "mia@demo.test").await);
    assert_eq!(listed(&manager).await["is_available"], true, "it ends by itself");
    agent.open_with(json!({ "subject": "x", "body": "x", "priority": "urgent", "assignee": "me" })).await;
    agent.open_with(json!({ "subject": "x", "body": "x", "priority": "low", "assignee": "me" })).await;
    assert_eq!(listed(&agent).await["weight"], carried + 4 + 1);
    agent.put("/v1/me/availability", json!({})).await.problem(StatusCode::UNPROCESSABLE_ENTITY);

    let customer = desk.sign_in("demo", "carl@example.test").await;
    customer.put("/v1/me/availability", json!({ "availability": { "type": "away" } })).await.problem(StatusCode::FORBIDDEN);
    for gone in [customer.person.as_str(), "x", "019aa0c4-1f00-7000-8000-000000000001"] {
        manager.get(&format!("/v1/agents/{gone}")).await.problem(StatusCode::NOT_FOUND);
        manager.patch(&format!("/v1/agents/{gone}"), json!({ "capacity": 1 })).await.problem(StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_gets_what_waits() {
    let Demo { desk, agent, manager, admin } = Demo::start().await;
    manager.post("/v1/teams", json!({ "name": "Refunds", "strategy": "least_busy" })).await.expect(StatusCode::CREATED);
    manager.patch(&format!("/v1/agents/{}", agent.person), json!({ "teams": ["refunds"] })).await.expect(StatusCode::OK);
    admin.post("/v1/routing-rules", json!({ "name": "All", "then": { "team": "refunds" } })).await.expect(StatusCode::CREATED);
    agent.put("/v1/me/availability", json!({ "availability": { "type": "away" } })).await.expect(StatusCode::OK);
    let ticket = desk.sign_in("demo", "carl@example.test").await.open("Help").await;
    desk.settle().await;
    let waiting = agent.read(&ticket).await;
    assert_eq!((&waiting["team"], &waiting["assignee"]), (&json!("refunds"), &Value::Null));
    agent.put("/v1/me/availability", json!({ "availability": { "type": "online" } })).await.expect(StatusCode::OK);
    desk.settle().await;
    assert_eq!(agent.read(&ticket).await["assignee"], json!(agent.person));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_routing_rule_is_made_changed_and_erased() {
    let Demo { desk: _desk, manager, admin, .. } = Demo::start().await;
    let first = admin.post("/v1/routing-rules", json!({ "name": "First", "then": { "priority": "high" } })).await;
    assert_eq!(first.header("etag"), "\"1\"");
    let first = first.expect(StatusCode::CREATED);
    let second = json!({ "name": "Second", "when": [{ "field": "brand", "is": ["demo"] }], "then": { "tags": ["x"] } });
    let once = [("idempotency-key", "one")];
    let second_made =
        admin.send(Method::POST, "/v1/routing-rules", &once, Some(second.clone())).await.expect(StatusCode::CREATED);
    assert_eq!(admin.send(Method::POST, "/v1/routing-rules", &once, Some(second)).await.expect(StatusCode::CREATED), second_made);
    assert_eq!((&first["position"], &second_made["position"], &first["active"]), (&json!(1), &json!(2), &json!(true)));
    let path = format!("/v1/routing-rules/{}", text(&second_made, "id"));
    let patch = json!({ "position": 0, "then": { "tags": null, "category": "billing" } });
    let changed = known(&admin, Method::PATCH, &path, 1, Some(patch.clone())).await.expect(StatusCode::OK);
    assert_eq!((&changed["version"], &changed["then"]), (&json!(2), &json!({ "category": "billing" })));
    assert_eq!(changed["when"], second_made["when"]);
    assert_eq!(admin.patch(&path, patch).await.expect(StatusCode::OK)["version"], 2, "nothing changed");
    known(&admin, Method::PATCH, &path, 1, Some(json!({ "name": "x" }))).await.problem(StatusCode::PRECONDITION_FAILED);
    assert_eq!(ids(&admin, "/v1/routing-rules").await, [text(&second_made, "id"), text(&first, "id")], "in their order");

    let bad = json!({
        "when": [{ "field": "brand", "is": ["no id"] }, { "field": "colour", "is": ["red"] }, { "field": "channel", "is": ["email", "pigeon"] }],
        "then": {}, "id": "x",
    });
    let expected = pairs([
        ("name", "required"),
        ("when[0].is[0]", "invalid"),
        ("when[1].field", "unknown_field"),
        ("when[2].is[1]", "invalid"),
        ("id", "unknown_field"),
    ]);
    let mut found = wrong(&admin.post("/v1/routing-rules", bad).await);
    found.sort();
    let mut sorted = expected;
    sorted.sort();
    assert_eq!(found, sorted);
    let unknown = json!({
        "when": [{ "any": [{ "field": "brand", "is": ["gone"] }] }, { "field": "business_hours", "calendar": "gone", "is_open": true }],
        "then": { "team": "gone", "assignee": "019aa0c4-1f00-7000-8000-000000000001", "category": "gone" },
    });
    let expected = pairs([
        ("when[0].any[0].is[0]", "unknown_brand"),
        ("when[1].calendar", "unknown_calendar"),
        ("then.team", "unknown_team"),
        ("then.assignee", "unknown_person"),
        ("then.category", "unknown_category"),
    ]);
    assert_eq!(wrong(&admin.patch(&path, unknown).await), expected);

    manager.get("/v1/routing-rules").await.problem(StatusCode::FORBIDDEN);
    known(&admin, Method::DELETE, &path, 1, None).await.problem(StatusCode::PRECONDITION_FAILED);
    known(&admin, Method::DELETE, &path, 2, None).await.expect(StatusCode::NO_CONTENT);
    admin.delete(&path).await.problem(StatusCode::NOT_FOUND);
    admin.patch("/v1/routing-rules/x", json!({ "name": "x" })).await.problem(StatusCode::NOT_FOUND);
    assert_eq!(ids(&admin, "/v1/routing-rules").await, [text(&first, "id")]);
}
