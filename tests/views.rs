//! Saved views: whose they are, what is in them, and that their figures are right: at once, for everybody, whatever dies.

#[path = "views/model.rs"]
mod model;

use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use lambdesk_domain::{PersonId, TenantId, ViewId, view::View};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, People, Session, path_of, text};

const TENANT: &str = "ozean";
/// What the figures may take.
const SOON: Duration = Duration::from_secs(2);

async fn view(by: &Session, scope: Value, filter: Value) -> String {
    let view = json!({ "name": "V", "scope": scope, "filter": filter });
    text(&by.post("/v1/views", view).await.expect(StatusCode::CREATED), "id")
}

fn shared() -> Value {
    json!({ "type": "shared" })
}

fn personal() -> Value {
    json!({ "type": "personal" })
}

/// The figure of a view for somebody, and whether it is exact; `None` where it is not there.
async fn count(by: &Session, view: &str) -> Option<(i64, bool)> {
    let counts = by.get("/v1/views/counts").await.expect(StatusCode::OK);
    let found = counts["items"].as_array().unwrap().iter().find(|item| item["view"] == view)?.clone();
    Some((found["count"].as_i64().unwrap(), found["exact"].as_bool().unwrap()))
}

/// Waits for the figure, and for no longer than it may take.
async fn soon(by: &Session, view: &str, expected: i64) {
    let begun = Instant::now();
    loop {
        let found = count(by, view).await;
        if found == Some((expected, true)) {
            return;
        }
        assert!(begun.elapsed() < SOON, "{expected} after {:?}, not {found:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn team(desk: &Desk, id: &str, member: &Session) {
    let manager = desk.sign_in(TENANT, "manager@ozean.test").await;
    manager.post("/v1/teams", json!({ "id": id, "name": id })).await.expect(StatusCode::CREATED);
    manager.patch(&format!("/v1/agents/{}", member.person), json!({ "teams": [id] })).await.expect(StatusCode::OK);
}

fn code(answer: &Answer, status: StatusCode) -> String {
    text(&answer.problem(status), "code")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_whose_it_is() {
    let desk = Desk::start().await;
    let People { customer, agent, manager, admin } = desk.people(TENANT).await;
    let other = desk.sign_in(TENANT, "agent.ka@ozean.test").await;
    let stranger = desk.sign_in("demo", "admin@demo.test").await;
    team(&desk, "line", &agent).await;

    let own = view(&agent, personal(), json!([])).await;
    let of_team = view(&manager, json!({ "type": "team", "team": "line" }), json!([])).await;
    let all = view(&manager, shared(), json!([])).await;
    let of_brand = view(&manager, shared(), json!([{ "field": "brand", "is": ["OL"] }])).await;
    desk.settle().await;
    for (who, name, sees) in [
        (&agent, "agent", [true, true, true, true]),
        (&other, "agent.ka", [false, false, true, false]),
        (&manager, "manager", [false, true, true, true]),
        (&admin, "admin", [false, true, true, true]),
    ] {
        let listed: Vec<_> = who.list("/v1/views").await.iter().map(|view| text(view, "id")).collect();
        for (id, sees) in [&own, &of_team, &all, &of_brand].into_iter().zip(sees) {
            assert_eq!(listed.contains(id), sees, "{name} {id}");
            for path in [format!("/v1/views/{id}"), format!("/v1/views/{id}/tickets")] {
                let status = if sees { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(who.get(&path).await.status, status, "{name} {path}");
            }
            assert_eq!(count(who, id).await.is_some(), sees, "{name} {id}");
            if !sees {
                who.patch(&format!("/v1/views/{id}"), json!({ "name": "x" })).await.problem(StatusCode::NOT_FOUND);
                who.delete(&format!("/v1/views/{id}")).await.problem(StatusCode::NOT_FOUND);
            }
        }
    }
    // Who sees a view for all may not therefore change it.
    for id in [&of_team, &all] {
        agent.patch(&format!("/v1/views/{id}"), json!({ "name": "x" })).await.problem(StatusCode::FORBIDDEN);
        agent.delete(&format!("/v1/views/{id}")).await.problem(StatusCode::FORBIDDEN);
    }
    for scope in [shared(), json!({ "type": "team", "team": "line" })] {
        let refused = agent.post("/v1/views", json!({ "name": "x", "scope": scope, "filter": [] })).await;
        assert_eq!(refused.wrong_fields(StatusCode::FORBIDDEN), ["scope"]);
    }
    for path in ["/v1/views", "/v1/views/counts", "/v1/tags", &format!("/v1/views/{all}"), &format!("/v1/views/{all}/tickets")] {
        customer.get(path).await.problem(StatusCode::FORBIDDEN);
    }
    customer.post("/v1/views", json!({ "name": "x" })).await.problem(StatusCode::FORBIDDEN);
    for id in [&own, &of_team, &all] {
        stranger.get(&format!("/v1/views/{id}")).await.problem(StatusCode::NOT_FOUND);
        stranger.get(&format!("/v1/views/{id}/tickets")).await.problem(StatusCode::NOT_FOUND);
        stranger.delete(&format!("/v1/views/{id}")).await.problem(StatusCode::NOT_FOUND);
    }
    assert_eq!(stranger.list("/v1/views").await.iter().filter(|view| view["owner"] == manager.person).count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_made_changed_and_erased() {
    let desk = Desk::start().await;
    let People { agent, manager, .. } = desk.people(TENANT).await;
    let wanted = json!({ "name": "Mine", "filter": [{ "field": "assignee", "is": ["me"] }], "columns": ["number", "fields.seats"], "sort": "priority", "order": "asc", "position": 4 });
    let once = [("idempotency-key", "one")];
    let made = agent.send(Method::POST, "/v1/views", &once, Some(wanted.clone())).await;
    assert_eq!((made.header("etag"), made.status), ("\"1\"", StatusCode::CREATED));
    let made = made.json();
    assert_eq!(agent.send(Method::POST, "/v1/views", &once, Some(wanted)).await.expect(StatusCode::CREATED), made);
    assert_eq!((&made["scope"]["type"], &made["columns"][1]), (&json!("personal"), &json!("fields.seats")));
    let path = format!("/v1/views/{}", text(&made, "id"));
    assert_eq!(agent.get(&path).await.expect(StatusCode::OK), made);

    let stale = agent.send(Method::PATCH, &path, &[("if-match", "\"7\"")], Some(json!({ "name": "x" }))).await;
    stale.problem(StatusCode::PRECONDITION_FAILED);
    let renamed = agent.patch(&path, json!({ "name": "My own" })).await.expect(StatusCode::OK);
    assert_eq!((&renamed["version"], &renamed["filter_version"]), (&json!(2), &made["filter_version"]), "counted as before");
    assert_eq!(agent.patch(&path, json!({ "name": "My own" })).await.expect(StatusCode::OK)["version"], 2, "nothing changed");
    let asked = agent.patch(&path, json!({ "filter": [{ "field": "status", "is": ["open"] }] })).await.expect(StatusCode::OK);
    assert_ne!(asked["filter_version"], made["filter_version"]);
    for field in ["scope", "owner", "filter_version"] {
        let wrong = agent.patch(&path, json!({ field: null })).await;
        assert_eq!(wrong.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), [field]);
    }
    let bad = json!({ "columns": ["password"], "sort": "x", "colour": 1, "filter": [{ "field": "brand" }, { "field": "status", "is": ["x"] }] });
    let mut wrong = manager.post("/v1/views", bad).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY);
    wrong.sort();
    assert_eq!(wrong, ["colour", "columns[0]", "filter[0].is", "filter[1].is[0]", "name", "sort"]);
    agent.send(Method::DELETE, &path, &[("if-match", "\"1\"")], None).await.problem(StatusCode::PRECONDITION_FAILED);
    agent.delete(&path).await.expect(StatusCode::NO_CONTENT);
    agent.get(&path).await.problem(StatusCode::NOT_FOUND);

    for _ in 0..50 {
        view(&agent, personal(), json!([])).await;
    }
    assert_eq!(code(&agent.post("/v1/views", json!({ "name": "x" })).await, StatusCode::CONFLICT), "too_many_views");
    view(&manager, personal(), json!([])).await;
    desk.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_follow_every_change_within_two_seconds() {
    let desk = Desk::start().await;
    let People { customer, agent, manager, .. } = desk.people(TENANT).await;
    let limited = desk.sign_in(TENANT, "agent.ka@ozean.test").await;
    team(&desk, "line", &agent).await;
    // Before there is a view.
    let first = customer.open_with(json!({ "subject": "One", "body": "x", "brand": "KA" })).await;
    let open = view(&manager, shared(), json!([{ "field": "status", "is": ["open"] }])).await;
    let mine = view(&manager, shared(), json!([{ "field": "assignee", "is": ["me"] }])).await;
    let ours = view(&manager, shared(), json!([{ "field": "team", "is": ["mine"] }])).await;
    let own = view(&agent, personal(), json!([{ "field": "team", "is": ["mine"] }, { "field": "tag", "is": ["vip"] }])).await;
    desk.settle().await;
    assert_eq!(count(&agent, &open).await, Some((1, true)), "what was there before");

    let second = customer.open_with(json!({ "subject": "Two", "body": "x", "brand": "OL" })).await;
    soon(&agent, &open, 2).await;
    soon(&limited, &open, 1).await;
    manager.put(&format!("{}/assignee", path_of(&second)), json!({ "assignee": agent.person })).await.expect(StatusCode::OK);
    soon(&agent, &mine, 1).await;
    soon(&manager, &mine, 0).await;
    soon(&limited, &mine, 0).await;
    agent.patch(&path_of(&second), json!({ "team": "line", "tags": ["vip"] })).await.expect(StatusCode::OK);
    soon(&agent, &ours, 1).await;
    soon(&agent, &own, 1).await;
    soon(&manager, &ours, 0).await;
    manager.delete(&path_of(&second)).await.expect(StatusCode::NO_CONTENT);
    for id in [&mine, &ours, &own] {
        soon(&agent, id, 0).await;
    }
    manager.post(&format!("{}/restore", path_of(&second)), json!({})).await.expect(StatusCode::OK);
    for id in [&mine, &ours, &own] {
        soon(&agent, id, 1).await;
    }
    agent.set_status(&first, "closed").await.expect(StatusCode::OK);
    soon(&agent, &open, 1).await;
    // Another filter, and somebody at work meanwhile.
    manager
        .patch(&format!("/v1/views/{open}"), json!({ "filter": [{ "field": "status", "is": ["closed"] }] }))
        .await
        .expect(StatusCode::OK);
    agent.set_status(&second, "closed").await.expect(StatusCode::OK);
    desk.settle().await;
    assert_eq!(count(&agent, &open).await, Some((2, true)));
    assert_eq!(count(&limited, &open).await, Some((1, true)));
    manager.delete(&format!("/v1/views/{open}")).await.expect(StatusCode::NO_CONTENT);
    agent.set_status(&second, "in_progress").await.expect(StatusCode::OK);
    assert_eq!(count(&agent, &open).await, None);
    soon(&agent, &mine, 1).await;
}

/// The view is there, and whoever made it died before anybody was told.
#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_nobody_counts_is_counted_when_somebody_asks() {
    let desk = Desk::start().await;
    let People { customer, agent, .. } = desk.people(TENANT).await;
    customer.open("One").await;
    desk.settle().await;
    let tenant = TenantId::parse(TENANT).unwrap();
    let app = desk.local.app();
    let (id, owner): (ViewId, PersonId) = (ViewId(app.new_id()), agent.person.parse().unwrap());
    let view: View = serde_json::from_value(json!({
        "id": id, "name": "V", "scope": { "type": "shared" }, "owner": owner, "filter": [], "columns": ["number"],
        "sort": "updated_at", "order": "desc", "position": 0, "filter_version": 1, "filter_since": app.now(), "version": 1,
    }))
    .unwrap();
    let store = app.desk_of(&tenant);
    let stamp = store.view_stamp().await.unwrap();
    store.add_view(&view, &stamp, (None, app.now())).await.unwrap();
    desk.settle().await;
    assert_eq!(count(&agent, &id.to_string()).await, Some((0, false)));
    desk.advance("PT2M").await;
    let agent = desk.sign_in(TENANT, "agent@ozean.test").await;
    count(&agent, &id.to_string()).await;
    desk.settle().await;
    assert_eq!(count(&agent, &id.to_string()).await, Some((1, true)));
}

/// Who counts by an older state of the views stops where somebody is at it by a newer one, unless that one is lost.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_walk_gives_way_to_a_newer_one() {
    let desk = Desk::start().await;
    let People { customer, agent, manager, .. } = desk.people(TENANT).await;
    customer.open("One").await;
    desk.settle().await;
    let (tenant, app) = (TenantId::parse(TENANT).unwrap(), desk.local.app().clone());
    let store = app.desk_of(&tenant);
    let newer = |stamp| store.go_on_walking(stamp, app.now(), app.now());
    assert!(newer(9).await.unwrap());
    let id = view(&manager, shared(), json!([])).await;
    desk.settle().await;
    assert_eq!(
        (count(&agent, &id).await, store.walked().await.unwrap().0),
        (Some((0, false)), 0),
        "the newer one is to count it"
    );
    // It never comes: after a while the older is begun again, and goes on.
    desk.advance("PT2M").await;
    let agent = desk.sign_in(TENANT, "agent@ozean.test").await;
    count(&agent, &id).await;
    desk.settle().await;
    assert_eq!((count(&agent, &id).await, store.walked().await.unwrap().0), (Some((1, true)), 1));
    // And the newest does, whatever was noted of older ones.
    assert!(
        newer(9).await.unwrap()
            && newer(9).await.unwrap()
            && !store.go_on_walking(8, jiff::Timestamp::UNIX_EPOCH, app.now()).await.unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tickets_of_a_view_are_those_that_it_asks_for_in_its_order() {
    let desk = Desk::start().await;
    let People { customer, agent, manager, .. } = desk.people(TENANT).await;
    let limited = desk.sign_in(TENANT, "agent.ka@ozean.test").await;
    let mut open = Vec::new();
    for n in 0..12 {
        let (brand, priority) = (["KA", "OL"][n % 2], ["low", "high", "urgent"][n % 3]);
        let tags = if n % 4 == 0 { json!(["vip"]) } else { json!([]) };
        let ticket = json!({ "subject": format!("{n}"), "body": "x", "brand": brand, "priority": priority, "tags": tags, "requester": customer.person });
        open.push(agent.open_with(ticket).await);
    }
    for ticket in &open[..3] {
        manager.put(&format!("{}/assignee", path_of(ticket)), json!({ "assignee": agent.person })).await.expect(StatusCode::OK);
    }
    let all = agent.list("/v1/tickets?limit=100").await;
    for (filter, sort) in [
        (json!([]), "updated_at"),
        (json!([{ "field": "tag", "is": ["vip"] }]), "created_at"),
        (json!([{ "field": "priority", "is": ["high"] }]), "updated_at"),
        (json!([{ "field": "priority", "is": ["high", "urgent"] }]), "priority"),
        (json!([{ "field": "assignee", "is": ["me"] }]), "updated_at"),
        (json!([{ "field": "assignee", "is": ["none"] }, { "field": "brand", "is": ["KA"] }]), "created_at"),
        (json!([{ "field": "requester", "is": [customer.person] }, { "field": "tag", "is_not": ["vip"] }]), "created_at"),
        (json!([{ "field": "status", "is": ["open"] }, { "field": "assignee", "is_not": ["none"] }]), "priority"),
    ] {
        let wanted = json!({ "name": "V", "scope": shared(), "filter": filter, "sort": sort, "order": "asc" });
        let id = text(&manager.post("/v1/views", wanted).await.expect(StatusCode::CREATED), "id");
        for who in [&agent, &limited] {
            let found = who.list(&format!("/v1/views/{id}/tickets?limit=3")).await;
            let brands: &[&str] = if who.person == limited.person { &["KA"] } else { &["KA", "OL"] };
            let viewer = model::Viewer { person: &who.person, teams: &[], brands };
            let key = |ticket: &Value| {
                let rank = ["low", "medium", "high", "urgent"].iter().position(|word| ticket["priority"] == *word);
                let at = if sort == "created_at" { "created_at" } else { "updated_at" };
                // Not as a text: of a moment with fewer digits than another the end is compared with a digit.
                let at: jiff::Timestamp = text(ticket, at).parse().expect("a moment");
                (rank.filter(|_| sort == "priority"), at, text(ticket, "id"))
            };
            let mut expected: Vec<_> = all.iter().filter(|ticket| model::is_in(&filter, ticket, &viewer)).cloned().collect();
            expected.sort_by_key(key);
            let ids = |tickets: &[Value]| tickets.iter().map(|ticket| text(ticket, "id")).collect::<Vec<_>>();
            assert_eq!(ids(&found), ids(&expected), "{filter} by {sort}");
        }
        // A cursor is good for one person and one view.
        let page = agent.get(&format!("/v1/views/{id}/tickets?limit=1")).await.expect(StatusCode::OK);
        if let Some(cursor) = page["next_cursor"].as_str() {
            manager.get(&format!("/v1/views/{id}/tickets?limit=1&cursor={cursor}")).await.problem(StatusCode::BAD_REQUEST);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_in_use_are_listed_with_their_tickets() {
    let desk = Desk::start().await;
    let People { customer, agent, manager, .. } = desk.people(TENANT).await;
    let limited = desk.sign_in(TENANT, "agent.ka@ozean.test").await;
    let open = async |brand: &str, tags: Value| {
        let ticket = json!({ "subject": "x", "body": "x", "brand": brand, "tags": tags, "requester": customer.person });
        agent.open_with(ticket).await
    };
    let first = open("KA", json!(["vip", "a", "a#1"])).await;
    open("OL", json!(["vip", "b"])).await;
    let third = open("KA", json!(["vip"])).await;
    let tags = async |who: &Session| {
        let listed = who.list("/v1/tags?limit=1").await;
        listed.iter().map(|tag| (text(tag, "tag"), tag["tickets"].as_i64().unwrap())).collect::<Vec<_>>()
    };
    let pairs = |pairs: &[(&str, i64)]| pairs.iter().map(|(tag, count)| ((*tag).to_owned(), *count)).collect::<Vec<_>>();
    assert_eq!(tags(&agent).await, pairs(&[("a", 1), ("a#1", 1), ("b", 1), ("vip", 3)]), "at once");
    assert_eq!(tags(&limited).await, pairs(&[("a", 1), ("a#1", 1), ("vip", 2)]), "of their brands");
    agent.patch(&path_of(&first), json!({ "tags": ["b"] })).await.expect(StatusCode::OK);
    manager.delete(&path_of(&third)).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(tags(&agent).await, pairs(&[("b", 2), ("vip", 1)]));
    manager.post(&format!("{}/restore", path_of(&third)), json!({})).await.expect(StatusCode::OK);
    assert_eq!(tags(&agent).await, pairs(&[("b", 2), ("vip", 2)]));
    // Each tag is a row of the transaction, which takes a hundred.
    let many = |from: usize, to: usize| (from..to).map(|n| format!("t{n}")).collect::<Vec<_>>();
    agent.patch(&path_of(&first), json!({ "tags": many(0, 50) })).await.expect(StatusCode::OK);
    let wrong = agent.patch(&path_of(&first), json!({ "tags": many(50, 100) })).await;
    assert_eq!(wrong.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["tags"]);
    assert_eq!(agent.list("/v1/tags?limit=7").await.len(), 52);
}

/// What [`crate::roles`] asks for: every call that the functions of views may make.
pub(crate) async fn everything_that_is_seen(desk: &Desk) {
    let People { agent, manager, .. } = desk.people("platform").await;
    let once = [("idempotency-key", "view")];
    let mut ids = Vec::new();
    for (filter, sort) in [
        (json!([]), "updated_at"),
        (json!([]), "created_at"),
        (json!([]), "priority"),
        (json!([{ "field": "assignee", "is": ["me"] }]), "updated_at"),
        (json!([{ "field": "requester", "is": [agent.person] }]), "created_at"),
    ] {
        let view = json!({ "name": "V", "scope": shared(), "filter": filter, "sort": sort });
        let made = manager.send(Method::POST, "/v1/views", &once[..usize::from(ids.is_empty())], Some(view)).await;
        ids.push(text(&made.expect(StatusCode::CREATED), "id"));
    }
    for id in &ids {
        manager.get(&format!("/v1/views/{id}/tickets")).await.expect(StatusCode::OK);
    }
    manager.get(&format!("/v1/views/{}", ids[0])).await.expect(StatusCode::OK);
    manager.get("/v1/views").await.expect(StatusCode::OK);
    manager.get("/v1/tags").await.expect(StatusCode::OK);
    let filter = json!({ "filter": [{ "field": "status", "is": ["open"] }] });
    manager.patch(&format!("/v1/views/{}", ids[0]), filter).await.expect(StatusCode::OK);
    agent.open_with(json!({ "subject": "x", "body": "x", "requester": "x@example.test" })).await;
    desk.settle().await;
    manager.delete(&format!("/v1/views/{}", ids[0])).await.expect(StatusCode::NO_CONTENT);
    desk.settle().await;
    // One whose job was lost.
    let app = desk.local.app();
    let tenant = TenantId::parse("erlessed").unwrap();
    let view: View = serde_json::from_value(json!({
        "id": app.new_id(), "name": "V", "scope": { "type": "shared" }, "owner": agent.person, "filter": [], "columns": ["number"],
        "sort": "updated_at", "order": "desc", "position": 0, "filter_version": 1, "filter_since": app.now(), "version": 1,
    }))
    .unwrap();
    let store = app.desk_of(&tenant);
    store.add_view(&view, &store.view_stamp().await.unwrap(), (None, app.now())).await.unwrap();
    desk.advance("PT2M").await;
    let manager = desk.sign_in("erlessed", "manager@erlessed.test").await;
    manager.get("/v1/views/counts").await.expect(StatusCode::OK);
    desk.settle().await;
}
