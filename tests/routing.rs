//! Where tickets go by themselves: to whom, why, never more than somebody may carry, also when many come at once.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use futures_util::future::join_all;
use lambdesk_domain::{AtWork, Person, PersonId, Role, TenantConfig, TenantId};
use serde_json::{Value, json};

use crate::support::{Desk, PATIENCE, Session, path_of, text};

const TENANT: &str = "eur";

/// Changes the desk's configuration.
async fn configure(desk: &Desk, change: impl FnOnce(&mut TenantConfig)) {
    let tenant = TenantId::parse(TENANT).unwrap();
    let store = desk.local.app().desk_of(&tenant);
    let mut config = (*store.config().await.unwrap()).clone();
    change(&mut config);
    store.put_config(&config).await.unwrap();
}

/// A team `line` that everything goes to.
async fn team(desk: &Desk, more: Value) {
    let mut team = json!({ "id": "line", "name": "Line", "strategy": "least_busy" });
    team.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let rule = json!({
        "id": "019aa0c5-6b20-7000-8000-0000000000f1", "name": "All", "position": 1, "active": true, "then": { "team": "line" },
    });
    configure(desk, |config| {
        config.teams = vec![serde_json::from_value(team).unwrap()];
        config.routing = vec![serde_json::from_value(rule).unwrap()];
    })
    .await;
}

/// Agents of the team, made here.
async fn agents(desk: &Desk, each: &[AtWork]) -> Vec<PersonId> {
    let (app, tenant) = (desk.local.app(), TenantId::parse(TENANT).unwrap());
    let mut ids = Vec::new();
    for (n, at_work) in each.iter().enumerate() {
        let address = format!("agent{n}@line.test").parse_address();
        let mut person = Person::from_address(PersonId(app.new_id()), address, app.now());
        person.role = Role::Agent;
        person.teams = vec!["line".parse_team()];
        person.at_work = at_work.clone();
        app.desk_of(&tenant).add_person(&person).await.unwrap();
        ids.push(person.id);
    }
    ids
}

trait Parse {
    fn parse_address(&self) -> lambdesk_domain::EmailAddress;
    fn parse_team(&self) -> lambdesk_domain::TeamId;
}

impl<T: AsRef<str>> Parse for T {
    fn parse_address(&self) -> lambdesk_domain::EmailAddress {
        lambdesk_domain::EmailAddress::parse(self.as_ref()).unwrap()
    }

    fn parse_team(&self) -> lambdesk_domain::TeamId {
        lambdesk_domain::TeamId::parse(self.as_ref()).unwrap()
    }
}

fn capacity(capacity: u32) -> AtWork {
    AtWork { capacity: Some(capacity), ..AtWork::default() }
}

async fn open_many(by: &Session, count: usize) -> Vec<Value> {
    join_all((0..count).map(|n| by.open_with(json!({ "subject": format!("Ticket {n}"), "body": "x", "priority": "medium" }))))
        .await
}

/// Tickets by who has them.
async fn loads(reader: &Session, tickets: &[Value]) -> BTreeMap<String, usize> {
    let mut loads = BTreeMap::new();
    for ticket in tickets {
        let assignee = reader.read(ticket).await["assignee"].as_str().unwrap_or("nobody").to_owned();
        *loads.entry(assignee).or_default() += 1;
    }
    loads
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_go_to_who_carries_least() {
    let desk = Desk::start().await;
    team(&desk, json!({})).await;
    let ids = agents(&desk, &vec![AtWork::default(); 6]).await;
    let people = desk.people(TENANT).await;
    let tickets = open_many(&people.customer, 50).await;
    desk.local.settle(4 * PATIENCE).await.expect("the queues drain");
    let loads = loads(&people.manager, &tickets).await;
    assert_eq!(loads.values().sum::<usize>(), 50);
    let (least, most) = (loads.values().min().unwrap(), loads.values().max().unwrap());
    assert!(loads.len() == ids.len() && most - least <= 1, "{loads:?}");
    let history = people.manager.list(&format!("{}/events", path_of(&tickets[0]))).await;
    let routed = history.iter().find(|event| event["type"] == "ticket.routed").expect("it says why");
    assert_eq!((&routed["because"]["type"], &routed["chosen_by"]), (&json!("rule"), &json!("least_busy")), "{routed}");
    assert_eq!(routed["actor"]["type"], "system");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_given_more_than_they_may_carry_and_the_rest_waits_for_room() {
    let desk = Desk::start().await;
    team(&desk, json!({})).await;
    // A medium ticket weighs two: three tickets, and two.
    let ids = agents(&desk, &[capacity(6), capacity(5)]).await;
    let people = desk.people(TENANT).await;
    let tickets = open_many(&people.customer, 12).await;
    desk.settle().await;
    let found = loads(&people.manager, &tickets).await;
    let expected = BTreeMap::from([(ids[0].to_string(), 3), (ids[1].to_string(), 2), ("nobody".to_owned(), 7)]);
    assert_eq!(found, expected);
    let theirs = people.manager.list(&format!("/v1/tickets?assignee={}", ids[0])).await;
    people.agent.set_status(&theirs[0], "closed").await.expect(StatusCode::OK);
    desk.settle().await;
    let after = loads(&people.manager, &tickets).await;
    assert_eq!(
        (after[&ids[0].to_string()], after["nobody"]),
        (4, 6),
        "the closed one, three open ones, one of those that waited"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_takes_turns() {
    let desk = Desk::start().await;
    team(&desk, json!({ "strategy": "round_robin" })).await;
    let ids = agents(&desk, &vec![AtWork::default(); 3]).await;
    let people = desk.people(TENANT).await;
    let mut order = Vec::new();
    for n in 0..6 {
        let ticket = people.customer.open(&format!("Ticket {n}")).await;
        desk.settle().await;
        order.push(text(&people.manager.read(&ticket).await, "assignee"));
    }
    assert_eq!(order[..3].iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len());
    assert_eq!(order[..3], order[3..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customers_last_agent_comes_first_and_who_is_away_never() {
    let desk = Desk::start().await;
    team(&desk, json!({ "sticky": true })).await;
    let away = AtWork { availability: lambdesk_domain::Availability::Away {}, ..AtWork::default() };
    let ids = agents(&desk, &[away, AtWork::default(), AtWork::default()]).await;
    let people = desk.people(TENANT).await;
    let mut assignees = Vec::new();
    for n in 0..5 {
        let ticket = people.customer.open(&format!("Ticket {n}")).await;
        desk.settle().await;
        assignees.push(text(&people.manager.read(&ticket).await, "assignee"));
    }
    assert!(assignees.iter().all(|assignee| *assignee == assignees[0]), "{assignees:?}");
    assert_ne!(assignees[0], ids[0].to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_back_is_given_what_waits() {
    let desk = Desk::start().await;
    team(&desk, json!({})).await;
    let until = desk.local.app().now() + jiff::SignedDuration::from_mins(30);
    let out = AtWork { availability: lambdesk_domain::Availability::Out { until }, ..AtWork::default() };
    let ids = agents(&desk, &[out]).await;
    let people = desk.people(TENANT).await;
    let ticket = people.customer.open("Help").await;
    desk.settle().await;
    let waiting = people.manager.read(&ticket).await;
    assert_eq!((&waiting["assignee"], &waiting["team"]), (&Value::Null, &json!("line")));
    desk.advance("PT35M").await;
    desk.settle().await;
    let manager = desk.people(TENANT).await.manager;
    assert_eq!(manager.read(&ticket).await["assignee"], json!(ids[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn why_is_explained_without_doing_it() {
    let desk = Desk::start().await;
    let people = desk.people(TENANT).await;
    let ticket = people.customer.open("My invoice").await;
    desk.settle().await;
    team(&desk, json!({})).await;
    let ids = agents(&desk, &[capacity(1), AtWork::default()]).await;
    let explained =
        people.manager.post("/v1/routing/explain", json!({ "ticket": ticket["number"] })).await.expect(StatusCode::OK);
    assert_eq!(explained["decision"]["assignee"], json!(ids[1]), "{explained}");
    assert_eq!(explained["rules"][0]["decides"], true);
    let verdicts: Vec<_> = explained["decision"]["considered"].as_array().unwrap().iter().map(|c| c["verdict"].clone()).collect();
    assert!(verdicts.contains(&json!("full")) && verdicts.contains(&json!("chosen")), "{verdicts:?}");
    assert_eq!(people.manager.read(&ticket).await["version"], ticket["version"], "nothing was done");
    people.customer.post("/v1/routing/explain", json!({ "ticket": ticket["number"] })).await.problem(StatusCode::FORBIDDEN);
    let stranger = desk.people("km").await.manager;
    stranger.post("/v1/routing/explain", json!({ "ticket": ticket["id"] })).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_passed_on_with_a_reason() {
    let desk = Desk::start().await;
    team(&desk, json!({})).await;
    let people = desk.people(TENANT).await;
    let ticket = people.customer.open("Help").await;
    let path = format!("{}/transfer", path_of(&ticket));
    let own = json!({ "assignee": people.manager.person, "reason": "Knows this" });
    people.customer.post(&path, own.clone()).await.problem(StatusCode::FORBIDDEN);
    let passed = people.agent.post(&path, own).await.expect(StatusCode::OK);
    assert_eq!(passed["assignee"], json!(people.manager.person));
    let back = json!({ "team": "line", "reason": "Not mine" });
    people.agent.post(&path, back.clone()).await.problem(StatusCode::FORBIDDEN);
    let ids = agents(&desk, &[AtWork::default()]).await;
    people.manager.post(&path, back).await.expect(StatusCode::OK);
    desk.settle().await;
    let found = people.manager.read(&ticket).await;
    assert_eq!((&found["assignee"], &found["team"]), (&json!(ids[0]), &json!("line")), "one of the team gets it");
    let reasons: Vec<_> = people.manager.list(&format!("{}/events", path_of(&ticket))).await;
    let reasons: Vec<_> =
        reasons.iter().filter(|event| event["type"] == "ticket.transferred").map(|e| e["reason"].clone()).collect();
    assert_eq!(reasons, ["Knows this", "Not mine"]);
    let wrong = people.manager.post(&path, json!({ "team": "gone", "reason": "x" })).await;
    assert_eq!(wrong.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["team"]);
}

/// Rules of the desk, in order.
async fn rules(desk: &Desk, rules: &[Value]) {
    let numbered = rules.iter().enumerate().map(|(n, rule)| {
        let mut rule = rule.clone();
        rule["id"] = json!(format!("019aa0c5-6b20-7000-8000-0000000000a{n}"));
        (rule["name"], rule["position"], rule["active"]) = (json!(format!("Rule {n}")), json!(n), json!(true));
        serde_json::from_value(rule).unwrap()
    });
    let numbered = numbered.collect();
    configure(desk, |config| config.routing = numbered).await;
}

async fn routings(reader: &Session, ticket: &Value) -> usize {
    let history = reader.list(&format!("{}/events", path_of(ticket))).await;
    history.iter().filter(|event| event["type"] == "ticket.routed").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_change_of_what_rules_set_stays_and_rules_go_round_in_no_circle() {
    let desk = Desk::start().await;
    team(&desk, json!({ "strategy": "manual" })).await;
    rules(
        &desk,
        &[
            json!({ "when": [{ "field": "priority", "is": ["medium"] }], "then": { "priority": "high", "team": "line" } }),
            json!({ "when": [{ "field": "priority", "is": ["high"] }], "then": { "priority": "medium", "team": "line" } }),
        ],
    )
    .await;
    let people = desk.people(TENANT).await;
    let ticket = people.customer.open_with(json!({ "subject": "Help", "body": "x", "priority": "medium" })).await;
    desk.settle().await;
    let routed = people.manager.read(&ticket).await;
    assert_eq!((&routed["priority"], &routed["team"]), (&json!("high"), &json!("line")));
    assert_eq!(routings(&people.manager, &ticket).await, 1, "the second rule did not undo the first");
    // Back to what the first rule asks for: it has decided already, and does not once more.
    people.agent.patch(&path_of(&ticket), json!({ "priority": "medium" })).await.expect(StatusCode::OK);
    desk.settle().await;
    assert_eq!(people.manager.read(&ticket).await["priority"], "medium", "it is hers to say");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_stays_in_the_team_that_somebody_put_it_into() {
    let desk = Desk::start().await;
    team(&desk, json!({ "strategy": "manual" })).await;
    let other = json!({ "id": "other", "name": "Other", "strategy": "manual" });
    configure(&desk, |config| config.teams.push(serde_json::from_value(other).unwrap())).await;
    let people = desk.people(TENANT).await;
    let ticket = people.customer.open("Help").await;
    desk.settle().await;
    assert_eq!(people.manager.read(&ticket).await["team"], "line");
    people.manager.patch(&path_of(&ticket), json!({ "team": "other" })).await.expect(StatusCode::OK);
    people.manager.patch(&path_of(&ticket), json!({ "tags": ["late"] })).await.expect(StatusCode::OK);
    desk.settle().await;
    assert_eq!(people.manager.read(&ticket).await["team"], "other", "though the rule says otherwise");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_gives_back_goes_to_somebody_else() {
    let desk = Desk::start().await;
    team(&desk, json!({ "sticky": true })).await;
    let people = desk.people(TENANT).await;
    for agent in [&people.agent, &people.manager] {
        people.manager.patch(&format!("/v1/agents/{}", agent.person), json!({ "teams": ["line"] })).await.expect(StatusCode::OK);
    }
    people.manager.put("/v1/me/availability", json!({ "availability": { "type": "away" } })).await.expect(StatusCode::OK);
    let ticket = people.customer.open("Help").await;
    desk.settle().await;
    assert_eq!(people.manager.read(&ticket).await["assignee"], json!(people.agent.person));
    people.agent.delete(&format!("{}/assignee", path_of(&ticket))).await.expect(StatusCode::OK);
    desk.settle().await;
    assert_eq!(people.manager.read(&ticket).await["assignee"], Value::Null, "not to who gave it back");
    people.manager.put("/v1/me/availability", json!({ "availability": { "type": "online" } })).await.expect(StatusCode::OK);
    desk.settle().await;
    assert_eq!(people.manager.read(&ticket).await["assignee"], json!(people.manager.person));
}

/// A ticket in a team that was erased waits in no team: rules lead it to another one.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_in_a_team_that_was_erased_finds_another() {
    let desk = Desk::start().await;
    team(&desk, json!({})).await;
    let people = desk.people(TENANT).await;
    let ticket = people.customer.open("Help").await;
    desk.settle().await;
    assert_eq!(people.manager.read(&ticket).await["team"], "line", "where nobody is");
    for rule in people.admin.list("/v1/routing-rules").await {
        people.admin.delete(&format!("/v1/routing-rules/{}", text(&rule, "id"))).await.expect(StatusCode::NO_CONTENT);
    }
    people.manager.delete("/v1/teams/line").await.expect(StatusCode::NO_CONTENT);
    people.manager.post("/v1/teams", json!({ "name": "Other", "strategy": "least_busy" })).await.expect(StatusCode::CREATED);
    people
        .admin
        .post("/v1/routing-rules", json!({ "name": "All", "then": { "team": "other" } }))
        .await
        .expect(StatusCode::CREATED);
    let someone = format!("/v1/agents/{}", people.agent.person);
    people.manager.patch(&someone, json!({ "teams": ["other"] })).await.expect(StatusCode::OK);
    desk.settle().await;
    let found = people.manager.read(&ticket).await;
    assert_eq!((&found["team"], &found["assignee"]), (&json!("other"), &json!(people.agent.person)));
}
