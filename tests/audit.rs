//! Who changed which setting, and when: each change is told once, by whom it was, to who may read it.

use axum::http::{Method, StatusCode};
use lambdesk_domain::{BrandId, Brands, EmailAddress, Person, PersonId, Role, TenantId};
use serde_json::{Value, json};

use crate::support::{Desk, Session, path_of, text};

/// What the log says: action, subject, id.
async fn told(admin: &Session) -> Vec<(String, String, String)> {
    let entries = admin.list("/v1/audit?limit=100").await;
    entries.iter().map(|entry| (text(entry, "action"), text(entry, "subject"), text(entry, "subject_id"))).collect()
}

fn three(action: &str, subject: &str, id: &str) -> (String, String, String) {
    (action.to_owned(), subject.to_owned(), id.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_a_setting_is_told_once() {
    let desk = Desk::start().await;
    let people = desk.people("eur").await;
    let admin = &people.admin;
    assert_eq!(told(admin).await, [], "what the desk came with nobody changed");
    let mut expected = Vec::new();
    // Things with an id that is chosen.
    for (path, subject, body, change) in [
        ("calendars", "calendar", json!({ "id": "a", "name": "A", "time_zone": "UTC", "hours": {} }), json!({ "name": "B" })),
        (
            "sla-policies",
            "policy",
            json!({ "id": "a", "name": "A", "targets": { "resolution": 60 } }),
            json!({ "warn_percent": 70 }),
        ),
        ("teams", "team", json!({ "id": "a", "name": "A" }), json!({ "name": "B" })),
        ("ticket-fields", "ticket_field", json!({ "id": "a", "label": "A", "kind": "text" }), json!({ "label": "B" })),
        ("routing-rules", "routing_rule", json!({ "name": "A", "then": { "priority": "high" } }), json!({ "active": false })),
        (
            "canned-responses",
            "canned_response",
            json!({ "scope": "shared", "shortcut": "/a", "title": "A", "body": "x" }),
            json!({ "title": "B" }),
        ),
        ("macros", "macro", json!({ "scope": "shared", "name": "A", "note": "x" }), json!({ "name": "B" })),
        ("ticket-templates", "ticket_template", json!({ "scope": "shared", "name": "A" }), json!({ "name": "B" })),
        ("views", "view", json!({ "name": "A", "scope": { "type": "shared" }, "filter": [] }), json!({ "name": "B" })),
    ] {
        let once = [("idempotency-key", subject)];
        let make = async || admin.send(Method::POST, &format!("/v1/{path}"), &once, Some(body.clone())).await;
        let id = text(&make().await.expect(StatusCode::CREATED), "id");
        make().await.expect(StatusCode::CREATED);
        let at = format!("/v1/{path}/{id}");
        for _ in 0..2 {
            // The second time nothing changes.
            admin.patch(&at, change.clone()).await.expect(StatusCode::OK);
        }
        admin.delete(&at).await.expect(StatusCode::NO_CONTENT);
        expected.extend(["created", "changed", "erased"].map(|action| three(action, subject, &id)));
        let entries = admin.list("/v1/audit").await;
        let changed = entries.iter().find(|entry| entry["action"] == "changed" && entry["subject"] == subject).expect("told");
        let fields: Vec<_> = change.as_object().unwrap().keys().map(|field| json!(field)).collect();
        assert_eq!(changed["fields"], if subject == "view" { json!([]) } else { json!(fields) }, "{subject}");
        assert_eq!((&changed["by"], &changed["by_key"]), (&json!(admin.person), &json!(false)), "{subject}");
    }
    let words = json!({ "language": "de", "subject": "{{ number }}", "text": "Hallo {{ person }}" });
    admin.put("/v1/mail-templates/mention", words).await.expect(StatusCode::OK);
    admin.delete("/v1/mail-templates/mention?language=de").await.expect(StatusCode::NO_CONTENT);
    admin.delete("/v1/mail-templates/mention?language=de").await.problem(StatusCode::NOT_FOUND);
    expected.extend(["changed", "erased"].map(|action| three(action, "mail_template", "=#mention#de")));
    let key = json!({ "name": "A", "scopes": ["tickets.read"], "expires_in_days": 1 });
    let key = admin.post("/v1/api-keys", key).await.expect(StatusCode::CREATED);
    for _ in 0..2 {
        admin.delete(&format!("/v1/api-keys/{}", text(&key, "id"))).await.expect(StatusCode::NO_CONTENT);
    }
    expected.extend(["created", "erased"].map(|action| three(action, "api_key", &text(&key, "id"))));
    let agent = format!("/v1/agents/{}", people.agent.person);
    people.manager.patch(&agent, json!({ "capacity": 7 })).await.expect(StatusCode::OK);
    expected.push(three("changed", "agent", &people.agent.person));
    expected.reverse();
    assert_eq!(told(admin).await, expected, "the newest first");
    let newest = &admin.list("/v1/audit").await[0];
    assert_eq!((&newest["by"], &newest["fields"]), (&json!(people.manager.person), &json!(["capacity"])));
    assert_eq!(newest["name"], people.admin.get(&agent).await.expect(StatusCode::OK)["name"]);
    let log = admin.get("/v1/audit?limit=100").await;
    let log = String::from_utf8(log.body.to_vec()).unwrap();
    for hidden in ["Hallo", "ldk_", "secret", "resolution"] {
        assert!(!log.contains(hidden), "{hidden}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ones_own_and_what_tickets_tell_is_not_told() {
    let desk = Desk::start().await;
    let people = desk.people("eur").await;
    let (admin, agent) = (&people.admin, &people.agent);
    agent.post("/v1/macros", json!({ "name": "Mine", "note": "x" })).await.expect(StatusCode::CREATED);
    agent.post("/v1/views", json!({ "name": "Mine", "filter": [] })).await.expect(StatusCode::CREATED);
    agent.put("/v1/me/availability", json!({ "availability": { "type": "away" } })).await.expect(StatusCode::OK);
    agent.patch("/v1/me/preferences", json!({ "language": "de" })).await.expect(StatusCode::OK);
    let ticket = people.customer.open("Help").await;
    agent.reply(&ticket, "Soon.").await;
    people.manager.delete(&path_of(&ticket)).await.expect(StatusCode::NO_CONTENT);
    let bulk = json!({ "tickets": [ticket["id"]], "changes": { "priority": "high" } });
    people.manager.post("/v1/bulk", bulk).await.expect(StatusCode::ACCEPTED);
    assert_eq!(told(admin).await, []);
    // What is refused was not done.
    admin.post("/v1/teams", json!({ "id": "a", "name": "A" })).await.expect(StatusCode::CREATED);
    admin.post("/v1/teams", json!({ "id": "a", "name": "A" })).await.problem(StatusCode::CONFLICT);
    let stale = [("if-match", "\"7\"")];
    let patch = Some(json!({ "name": "B" }));
    admin.send(Method::PATCH, "/v1/teams/a", &stale, patch).await.problem(StatusCode::PRECONDITION_FAILED);
    assert_eq!(told(admin).await, [three("created", "team", "a")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_the_desk_or_is_gone_for_good_is_told() {
    let desk = Desk::start().await;
    let people = desk.people("eur").await;
    let admin = &people.admin;
    let ticket = people.customer.open("Help").await;
    people.manager.delete(&path_of(&ticket)).await.expect(StatusCode::NO_CONTENT);
    admin.post(&format!("{}/purge", path_of(&ticket)), json!({})).await.expect(StatusCode::NO_CONTENT);
    let export = people.manager.post("/v1/exports", json!({ "format": "csv" })).await.expect(StatusCode::ACCEPTED);
    let import = admin.post("/v1/imports", json!({ "format": "csv", "size": 1 })).await.expect(StatusCode::CREATED);
    let open = json!({ "subject": "x", "body": "x", "requester": "gone@example.test" });
    let someone = text(&people.agent.open_with(open).await, "requester");
    for verb in ["export", "erase"] {
        admin.post(&format!("/v1/people/{someone}/{verb}"), json!({})).await.expect(StatusCode::ACCEPTED);
    }
    desk.settle().await;
    let expected = [
        three("begun", "person_erasure", &someone),
        three("begun", "person_export", &someone),
        three("begun", "import", &text(&import, "id")),
        three("begun", "export", &text(&export, "id")),
        three("erased", "ticket_purge", &text(&ticket, "id")),
    ];
    assert_eq!(told(admin).await, expected, "and nothing of what the desk then does by itself");
    let log = admin.get("/v1/audit").await;
    assert!(!String::from_utf8(log.body.to_vec()).unwrap().contains("example.test"), "nobody's address");
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_who_runs_the_whole_desk_reads_it_and_nobody_else() {
    let desk = Desk::start().await;
    let people = desk.people("ozean").await;
    people.admin.post("/v1/teams", json!({ "id": "a", "name": "A" })).await.expect(StatusCode::CREATED);
    for by in [&people.customer, &people.agent, &people.manager] {
        by.get("/v1/audit").await.problem(StatusCode::FORBIDDEN);
    }
    assert_eq!(told(&desk.people("eur").await.admin).await, [], "another desk's");
    let (tenant, app) = (TenantId::parse("ozean").unwrap(), desk.local.app());
    let address = EmailAddress::parse("admin.ka@ozean.test").unwrap();
    let mut limited = Person::from_address(PersonId(app.new_id()), address, app.now());
    (limited.role, limited.brands) = (Role::Admin, Brands::Only([BrandId::parse("KA").unwrap()].into()));
    app.desk_of(&tenant).add_person(&limited).await.unwrap();
    let limited = desk.sign_in("ozean", "admin.ka@ozean.test").await;
    assert_eq!(limited.get("/v1/audit").await.wrong_fields(StatusCode::FORBIDDEN), ["brands"], "it tells of all brands");
    // By a key that may, and only by one that may.
    let key = async |scopes: Value| {
        let key = json!({ "name": "x", "scopes": scopes, "expires_in_days": 1, "role": "admin" });
        let key = people.admin.post("/v1/api-keys", key).await.expect(StatusCode::CREATED);
        desk.client.with_credential(&text(&key, "credential"))
    };
    let (may, may_not) = (key(json!(["audit.read", "people.manage_agents"])).await, key(json!(["tickets.read"])).await);
    may_not.get("/v1/audit").await.problem(StatusCode::FORBIDDEN);
    may.patch("/v1/teams/a", json!({ "name": "B" })).await.expect(StatusCode::OK);
    let newest = &may.list("/v1/audit").await[0];
    assert_eq!(
        (&newest["subject"], &newest["by_key"], &newest["by"]),
        (&json!("team"), &json!(true), &json!(people.admin.person))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_in_pages_and_is_forgotten_after_a_year() {
    let desk = Desk::start().await;
    let admin = desk.people("eur").await.admin;
    for n in 0..7 {
        admin.post("/v1/teams", json!({ "id": format!("t{n}"), "name": "A" })).await.expect(StatusCode::CREATED);
    }
    let ids: Vec<_> = admin.list("/v1/audit?limit=3").await.iter().map(|entry| text(entry, "subject_id")).collect();
    assert_eq!(ids, ["t6", "t5", "t4", "t3", "t2", "t1", "t0"]);
    let cursor = text(&admin.get("/v1/audit?limit=3").await.expect(StatusCode::OK), "next_cursor");
    let other = desk.sign_in("km", "admin@km.test").await;
    other.get(&format!("/v1/audit?cursor={cursor}")).await.problem(StatusCode::BAD_REQUEST);
    desk.advance("P365D").await;
    let admin = desk.people("eur").await.admin;
    assert_eq!(told(&admin).await.len(), 7);
    desk.advance("P2D").await;
    let admin = desk.people("eur").await.admin;
    assert_eq!(told(&admin).await, []);
}
