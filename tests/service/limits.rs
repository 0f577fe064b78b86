//! What lasts of policies, calendars, teams and rules, how many there may be, and what becomes of them when several write at once.

use axum::http::{Method, StatusCode};
use lambdesk_domain::TenantId;
use lambdesk_store::StoreError;
use serde_json::{Value, json};

use super::{Demo, conflict, pairs, wrong};
use crate::support::{Answer, text};

/// A promise that was made is counted to its end by the hours of its day, whatever becomes of calendar and policy.
#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_was_erased_counts_on_for_the_tickets_that_have_it() {
    let Demo { desk, agent, manager, .. } = Demo::start().await;
    let day = |from: &str, to: &str| json!([{ "from": from, "to": to }]);
    let week = |hours: Value| {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        days.into_iter().map(|day| (day.to_owned(), hours.clone())).collect::<serde_json::Map<_, _>>()
    };
    let calendar = |hours: Value| json!({ "id": "days", "name": "Days", "time_zone": "UTC", "hours": week(hours) });
    manager.post("/v1/calendars", calendar(day("00:00", "24:00"))).await.expect(StatusCode::CREATED);
    let policy = json!({ "id": "vip", "name": "VIP", "targets": { "resolution": 600 }, "when": { "priority": "urgent", "channel": "api", "brand": "demo" }, "calendar": "days" });
    manager.post("/v1/sla-policies", policy.clone()).await.expect(StatusCode::CREATED);
    let open = json!({ "subject": "x", "body": "x", "priority": "urgent" });
    let ticket = desk.sign_in("demo", "carl@example.test").await.open_with(open).await;
    let resolution = async || {
        let sla = agent.read(&ticket).await["sla"].clone();
        let clocks = sla["clocks"].as_array().cloned().unwrap_or_default();
        let clock =
            clocks.into_iter().find(|clock| clock["metric"] == "resolution").unwrap_or_else(|| panic!("no clock in {sla}"));
        (
            sla["policy"].clone(),
            sla["policy_version"].clone(),
            clock["state"].clone(),
            clock["remaining_seconds"].as_i64().unwrap(),
        )
    };
    let (vip, running, paused) = (json!("vip"), json!("running"), json!("paused"));
    let (of, version, state, left) = resolution().await;
    assert_eq!((&of, &version, &state), (&vip, &json!(1), &running));
    assert!((35_900..=36_000).contains(&left), "{left}");

    // Both are changed more often than anybody would keep versions, erased, and made again.
    for n in 0..25 {
        manager
            .patch("/v1/sla-policies/vip", json!({ "name": format!("VIP {n}"), "targets": { "resolution": 5 } }))
            .await
            .expect(StatusCode::OK);
        manager
            .patch("/v1/calendars/days", json!({ "name": format!("Days {n}"), "hours": { "monday": [] } }))
            .await
            .expect(StatusCode::OK);
    }
    manager.delete("/v1/sla-policies/vip").await.expect(StatusCode::NO_CONTENT);
    manager.delete("/v1/calendars/days").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(wrong(&manager.post("/v1/sla-policies", policy.clone()).await), pairs([("calendar", "unknown_calendar")]));
    agent.set_status(&ticket, "pending").await.expect(StatusCode::OK);
    assert_eq!(resolution().await.2, paused, "its clock still stands still");
    let anew = manager.post("/v1/calendars", calendar(day("00:00", "00:01"))).await;
    assert_eq!(anew.header("etag"), "\"28\"", "after the one that says that it was erased");
    assert_eq!(manager.post("/v1/sla-policies", policy).await.expect(StatusCode::CREATED)["version"], 28);
    agent.set_status(&ticket, "in_progress").await.expect(StatusCode::OK);
    let (of, version, state, left) = resolution().await;
    assert_eq!((&of, &version, &state), (&vip, &json!(1), &running), "and goes on");
    assert!((35_900..=36_000).contains(&left), "by the hours of its day: {left}");
    let listed = agent.list("/v1/tickets?status=in_progress&limit=100").await;
    let listed = listed.iter().find(|other| other["id"] == ticket["id"]).expect("in the list");
    assert!(
        listed["sla"]["clocks"].as_array().unwrap().iter().any(|clock| clock["remaining_seconds"].as_i64().unwrap() > 35_900),
        "{listed}"
    );

    // Whoever asks for the desk's settings does not read all of that.
    let tenant = TenantId::parse("demo").unwrap();
    let config = desk.local.app().desk_of(&tenant).read_settings().await.unwrap().config;
    assert_eq!(config.policies.iter().filter(|policy| policy.id.as_str() == "vip").count(), 1);
    assert_eq!(config.calendars.iter().filter(|calendar| calendar.id.as_str() == "days").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_has_no_more_than_every_request_of_it_can_read() {
    let Demo { desk, manager, admin, .. } = Demo::start().await;
    let tenant = TenantId::parse("demo").unwrap();
    let store = desk.local.app().desk_of(&tenant);
    let mut config = (*store.config().await.unwrap()).clone();
    let many = |n: usize| (0..n).map(|n| format!("many-{n}"));
    let more = 200 - config.policies.len();
    let policy = |id: String| {
        serde_json::from_value(json!({ "id": id, "name": "x", "targets": { "resolution": 5 }, "active": false })).unwrap()
    };
    config.policies.extend(many(more).map(policy));
    config.teams.extend(
        many(200 - config.teams.len())
            .map(|id| serde_json::from_value(json!({ "id": id, "name": "x", "strategy": "manual" })).unwrap()),
    );
    let calendar =
        |id: String| serde_json::from_value(json!({ "id": id, "name": "x", "time_zone": "UTC", "hours": {} })).unwrap();
    config.calendars.extend(many(50 - config.calendars.len()).map(calendar));
    let id = |n: usize| format!("019aa0c5-6b20-7000-8000-{n:012}");
    let rule = |n: usize| {
        serde_json::from_value(json!({ "id": id(n), "name": "x", "position": n, "active": false, "then": { "priority": "low" } }))
            .unwrap()
    };
    config.routing = (0..200).map(rule).collect();
    store.put_config(&config).await.unwrap();
    for (path, body, known) in [
        ("/v1/sla-policies", json!({ "name": "New", "targets": { "resolution": 5 } }), "many-1".to_owned()),
        ("/v1/calendars", json!({ "name": "New", "time_zone": "UTC", "hours": {} }), "many-1".to_owned()),
        ("/v1/teams", json!({ "name": "New" }), "many-1".to_owned()),
        ("/v1/routing-rules", json!({ "name": "New", "then": { "priority": "high" } }), id(1)),
    ] {
        assert_eq!(conflict(&admin.post(path, body.clone()).await).0, "too_many", "{path}");
        admin.patch(&format!("{path}/{known}"), json!({ "name": "Known" })).await.expect(StatusCode::OK);
        admin.delete(&format!("{path}/{known}")).await.expect(StatusCode::NO_CONTENT);
        // Of teams and rules nothing is left; of the others it is, so that their versions go on.
        let versioned = ["/v1/sla-policies", "/v1/calendars"].contains(&path);
        let mut again = body;
        if versioned {
            assert_eq!(conflict(&manager.post(path, again.clone()).await).0, "too_many", "{path}");
            again["id"] = json!(known);
        }
        admin.post(path, again).await.expect(StatusCode::CREATED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_to_be_kept_is_refused() {
    let Demo { desk: _desk, manager, admin, .. } = Demo::start().await;
    let code = |answer: &Answer| text(&answer.problem(StatusCode::UNPROCESSABLE_ENTITY), "code");
    let calendar = |id: &str, holidays: usize, name: &str| {
        let holiday = json!({ "name": name, "date": "2026-12-24" });
        json!({ "id": id, "name": "x", "time_zone": "UTC", "hours": {}, "holidays": vec![holiday; holidays] })
    };
    let large = calendar("large", 1500, &"ä".repeat(120));
    assert_eq!(code(&manager.post("/v1/calendars", large).await), "too_large", "the row");
    // Its answer is longer than its row, and is kept beside it.
    let quoted = calendar("quoted", 1600, &"\"".repeat(120));
    let once = [("idempotency-key", "one")];
    assert_eq!(code(&manager.send(Method::POST, "/v1/calendars", &once, Some(quoted.clone())).await), "too_large");
    manager.post("/v1/calendars", quoted).await.expect(StatusCode::CREATED);
    manager.patch("/v1/calendars/quoted", json!({ "holidays": null })).await.expect(StatusCode::OK);
    // All together.
    let long = "x".repeat(120);
    for n in 0..3 {
        manager.post("/v1/calendars", calendar(&format!("c{n}"), 2000, &long)).await.expect(StatusCode::CREATED);
    }
    assert_eq!(code(&manager.post("/v1/calendars", calendar("c3", 2000, &long)).await), "too_large");
    manager.patch("/v1/calendars/c0", json!({ "holidays": null })).await.expect(StatusCode::OK);
    manager.post("/v1/calendars", calendar("c3", 2000, &long)).await.expect(StatusCode::CREATED);

    let phrases: Vec<_> = (0..100).map(|n| format!("phrase {n}")).collect();
    let rule = |conditions: usize| {
        let condition = json!({ "field": "subject", "contains_any": phrases });
        json!({ "name": "x", "when": vec![condition; conditions], "then": { "priority": "high" } })
    };
    assert_eq!(wrong(&admin.post("/v1/routing-rules", rule(11)).await), pairs([("when", "too_many")]));
    admin.post("/v1/routing-rules", rule(10)).await.expect(StatusCode::CREATED);
    // No answer is longer than anybody reads.
    let brands: Vec<_> = (0..300).map(|n| format!("B{n}")).collect();
    assert_eq!(wrong(&manager.post("/v1/teams", json!({ "name": "x", "brands": brands })).await).len(), 100);
    let same = vec!["managers"; 500];
    let policy = json!({ "name": "x", "targets": { "resolution": 5 }, "escalations": [{ "on": "breach", "notify": same }] });
    assert_eq!(
        manager.post("/v1/sla-policies", policy).await.expect(StatusCode::CREATED)["escalations"][0]["notify"],
        json!(["managers"])
    );
    let many = vec![json!({ "on": "breach", "assignee": "019aa0c4-1f00-7000-8000-000000000001" }); 2000];
    let policy = json!({ "name": "y", "targets": { "resolution": 5 }, "escalations": many });
    let named = wrong(&manager.post("/v1/sla-policies", policy).await);
    assert_eq!((named.len(), &named[0].1[..]), (21, "too_many"), "and no more are looked at than there may be");
}

/// What names a thing and what erases it, decided at the same moment on the same settings: one of them comes too late.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_erased_while_it_comes_to_be_named() {
    let Demo { desk, manager, .. } = Demo::start().await;
    manager.post("/v1/teams", json!({ "name": "Refunds" })).await.expect(StatusCode::CREATED);
    let tenant = TenantId::parse("demo").unwrap();
    let store = desk.local.app().desk_of(&tenant);
    let rule = json!({ "id": "019aa0c5-6b20-7000-8000-0000000000a1", "name": "x", "position": 1, "active": true, "then": { "team": "refunds" } });
    let rule = serde_json::from_value(rule).unwrap();
    let team = lambdesk_domain::TeamId::parse("refunds").unwrap();
    let (known, once) = (store.read_settings().await.unwrap(), (None, desk.local.app().now()));
    store.put_routing_rule(&rule, &known, once).await.unwrap();
    assert!(matches!(store.delete_team(&team, &known, once).await, Err(StoreError::Stale)), "named since it was looked for");
    assert_eq!(conflict(&manager.delete("/v1/teams/refunds").await).0, "team_in_use");
    store.delete_routing_rule(rule.id, &store.read_settings().await.unwrap(), once).await.unwrap();
    let known = store.read_settings().await.unwrap();
    manager.delete("/v1/teams/refunds").await.expect(StatusCode::NO_CONTENT);
    assert!(
        matches!(store.put_routing_rule(&rule, &known, once).await, Err(StoreError::Stale)),
        "erased since it was looked for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_who_write_at_once_all_get_what_they_asked_for() {
    let Demo { desk: _desk, manager, .. } = Demo::start().await;
    let make = async |n: usize| manager.post("/v1/teams", json!({ "name": format!("Team {n}") })).await;
    for answer in futures_util::future::join_all((0..4).map(make)).await {
        answer.expect(StatusCode::CREATED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_changes_nothing_is_answered_as_it_was() {
    let Demo { desk: _desk, manager, .. } = Demo::start().await;
    manager.post("/v1/calendars", json!({ "name": "Office", "time_zone": "UTC", "hours": {} })).await.expect(StatusCode::CREATED);
    let import = async || {
        let empty = json!({ "ical": "BEGIN:VCALENDAR\r\nEND:VCALENDAR", "replace": true });
        manager.send(Method::POST, "/v1/calendars/office/holidays", &[("idempotency-key", "one")], Some(empty)).await
    };
    let first = import().await.expect(StatusCode::OK);
    assert_eq!(first["calendar"]["version"], 1);
    manager.patch("/v1/calendars/office", json!({ "holidays": [{ "date": "2026-12-24" }] })).await.expect(StatusCode::OK);
    let again = import().await;
    assert_eq!((again.expect(StatusCode::OK), again.header("idempotency-replayed")), (first, "true"));
    assert_eq!(manager.list("/v1/calendars").await[0]["holidays"], json!([{ "date": "2026-12-24" }]), "and not done later");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_out_is_read_anew_and_the_last_rule_stays_where_it_is() {
    let Demo { desk, agent, manager, admin } = Demo::start().await;
    let until = desk.local.app().now() + jiff::SignedDuration::from_mins(5);
    let out = json!({ "availability": { "type": "out", "until": until.to_string() } });
    agent.put("/v1/me/availability", out).await.expect(StatusCode::OK);
    let path = format!("/v1/agents/{}", agent.person);
    let etag = manager.get(&path).await.header("etag").to_owned();
    desk.advance("PT6M").await;
    let known = [("if-none-match", etag.as_str())];
    let later = desk.sign_in("demo", "mia@demo.test").await.send(Method::GET, &path, &known, None).await;
    assert_eq!(later.expect(StatusCode::OK)["is_available"], true);

    let rule =
        admin.post("/v1/routing-rules", json!({ "name": "x", "then": { "priority": "high" } })).await.expect(StatusCode::CREATED);
    let same = admin.patch(&format!("/v1/routing-rules/{}", text(&rule, "id")), json!({ "position": null })).await;
    assert_eq!(same.expect(StatusCode::OK), rule, "after all others, where it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_of_days_that_there_are() {
    let Demo { desk: _desk, manager, .. } = Demo::start().await;
    for (query, field) in [
        ("to=-009999-01-01", "to"),
        ("to=9999-12-31", "to"),
        ("from=1960-01-01&to=1960-01-02", "to"),
        ("from=2020-01-01&to=2026-01-01", "from"),
    ] {
        assert_eq!(wrong(&manager.get(&format!("/v1/sla/summary?{query}")).await), pairs([(field, "out_of_range")]), "{query}");
    }
}
