//! Who works for some brands, and other desks: what they see of policies, calendars, teams, agents and rules, and what they leave alone.

use axum::http::StatusCode;
use lambdesk_domain::{BrandId, Brands, EmailAddress, Name, Person, PersonId, Role, TenantId};
use serde_json::{Value, json};

use super::{ids, pairs, wrong};
use crate::support::{Desk, Session, text};

/// A manager who works for one brand of two.
pub(crate) async fn manager_of(desk: &Desk, brand: &str) -> Session {
    let tenant = TenantId::parse("ozean").unwrap();
    let app = desk.local.app();
    let address = EmailAddress::parse("manager.ka@ozean.test").unwrap();
    let mut person = Person::from_address(PersonId(app.new_id()), address, app.now());
    person.name = Name::parse("Karla").ok();
    person.role = Role::Manager;
    person.brands = Brands::Only([BrandId::parse(brand).unwrap()].into());
    app.desk_of(&tenant).add_person(&person).await.unwrap();
    desk.sign_in("ozean", "manager.ka@ozean.test").await
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_a_manager_of_one_brand_leaves_the_others_alone() {
    let desk = Desk::start().await;
    let (admin, ka) = (desk.sign_in("ozean", "admin@ozean.test").await, manager_of(&desk, "KA").await);
    for (id, brands) in [("ka", json!(["KA"])), ("ol", json!(["OL"])), ("both", json!(["KA", "OL"])), ("all", Value::Null)] {
        admin.post("/v1/teams", json!({ "id": id, "name": id, "brands": brands })).await.expect(StatusCode::CREATED);
        let policy = json!({ "id": id, "name": id, "targets": { "resolution": 60 }, "when": { "brand": brands[0] } });
        admin.post("/v1/sla-policies", policy).await.expect(StatusCode::CREATED);
    }
    let teams = ids(&ka, "/v1/teams").await;
    assert!(
        ["all", "both", "ka"].iter().all(|id| teams.contains(&(*id).to_owned())) && !teams.contains(&"ol".to_owned()),
        "{teams:?}"
    );
    ka.patch("/v1/teams/ol", json!({ "name": "x" })).await.problem(StatusCode::NOT_FOUND);
    ka.delete("/v1/teams/ol").await.problem(StatusCode::NOT_FOUND);
    assert_eq!(ka.patch("/v1/teams/ka", json!({ "name": "x" })).await.expect(StatusCode::OK)["version"], 2);
    for team in ["both", "all"] {
        let path = format!("/v1/teams/{team}");
        for patch in [json!({ "name": "x" }), json!({ "strategy": "round_robin" }), json!({ "brands": ["KA"] })] {
            assert_eq!(ka.patch(&path, patch).await.wrong_fields(StatusCode::FORBIDDEN), ["brands"], "{team}: others work in it");
        }
        assert_eq!(ka.delete(&path).await.wrong_fields(StatusCode::FORBIDDEN), ["brands"], "{team}");
    }
    for brands in [json!(["KA", "OL"]), Value::Null, json!(["OL"])] {
        let refused = ka.patch("/v1/teams/ka", json!({ "brands": brands })).await;
        assert_eq!(wrong(&refused), pairs([("brands", "not_allowed")]), "{brands}");
    }
    assert_eq!(wrong(&ka.post("/v1/teams", json!({ "name": "x" })).await), pairs([("brands", "not_allowed")]));
    ka.post("/v1/teams", json!({ "name": "x", "brands": ["KA"] })).await.expect(StatusCode::CREATED);

    // Beside those that the desk came with.
    let policies: Vec<_> = ids(&ka, "/v1/sla-policies").await.into_iter().filter(|id| !id.starts_with("ka-")).collect();
    assert_eq!(policies, ["all", "both", "ka"]);
    ka.patch("/v1/sla-policies/ol", json!({ "name": "x" })).await.problem(StatusCode::NOT_FOUND);
    ka.delete("/v1/sla-policies/ol").await.problem(StatusCode::NOT_FOUND);
    ka.patch("/v1/sla-policies/ka", json!({ "name": "x" })).await.expect(StatusCode::OK);
    for brand in [Value::Null, json!("OL")] {
        let refused = ka.patch("/v1/sla-policies/ka", json!({ "when": { "brand": brand } })).await;
        assert_eq!(refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["when.brand"]);
    }
    assert_eq!(ka.delete("/v1/sla-policies/all").await.wrong_fields(StatusCode::FORBIDDEN), ["when.brand"]);

    let (of_ka, of_ol) = (desk.sign_in("ozean", "agent.ka@ozean.test").await, desk.sign_in("ozean", "agent.ol@ozean.test").await);
    ka.get(&format!("/v1/agents/{}", of_ol.person)).await.problem(StatusCode::NOT_FOUND);
    ka.patch(&format!("/v1/agents/{}", of_ol.person), json!({ "capacity": 1 })).await.problem(StatusCode::NOT_FOUND);
    let of_ka = format!("/v1/agents/{}", of_ka.person);
    ka.patch(&of_ka, json!({ "teams": ["ka"] })).await.expect(StatusCode::OK);
    assert_eq!(wrong(&ka.patch(&of_ka, json!({ "teams": ["ka", "ol"] })).await), pairs([("teams[1]", "unknown_team")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_teams_of_other_brands_keep_their_agents() {
    let desk = Desk::start().await;
    let (admin, ka) = (desk.sign_in("ozean", "admin@ozean.test").await, manager_of(&desk, "KA").await);
    for (id, brand) in [("ka", "KA"), ("ka2", "KA"), ("ol", "OL")] {
        admin.post("/v1/teams", json!({ "id": id, "name": id, "brands": [brand] })).await.expect(StatusCode::CREATED);
    }
    // The admin works for all brands, and in teams of both.
    let both = format!("/v1/agents/{}", admin.person);
    admin.patch(&both, json!({ "teams": ["ol", "ka"] })).await.expect(StatusCode::OK);
    assert_eq!(ka.get(&both).await.expect(StatusCode::OK)["teams"], json!(["ka"]), "the other is not there for them");
    let changed = ka.patch(&both, json!({ "teams": ["ka2"] })).await.expect(StatusCode::OK);
    assert_eq!(changed["teams"], json!(["ka2"]));
    assert_eq!(admin.get(&both).await.expect(StatusCode::OK)["teams"], json!(["ka2", "ol"]), "and stays");
    assert_eq!(wrong(&ka.patch(&both, json!({ "teams": ["ol"] })).await), pairs([("teams[0]", "unknown_team")]));
    ka.patch(&both, json!({ "teams": null })).await.expect(StatusCode::OK);
    assert_eq!(admin.get(&both).await.expect(StatusCode::OK)["teams"], json!(["ol"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_a_calendar_that_others_count_by_is_theirs_to_change() {
    let desk = Desk::start().await;
    let (admin, ka) = (desk.sign_in("ozean", "admin@ozean.test").await, manager_of(&desk, "KA").await);
    let body = json!({ "name": "Office", "time_zone": "UTC", "hours": {} });
    ka.post("/v1/calendars", body).await.expect(StatusCode::CREATED);
    let path = "/v1/calendars/office";
    let policy =
        |brand: &str| json!({ "name": brand, "targets": { "resolution": 60 }, "calendar": "office", "when": { "brand": brand } });
    ka.post("/v1/sla-policies", policy("KA")).await.expect(StatusCode::CREATED);
    ka.patch(path, json!({ "name": "Büro" })).await.expect(StatusCode::OK);
    let ol = admin.post("/v1/sla-policies", policy("OL")).await.expect(StatusCode::CREATED);
    let refused = async || {
        let import = json!({ "ical": "BEGIN:VCALENDAR\r\nEND:VCALENDAR" });
        for answer in [
            ka.patch(path, json!({ "time_zone": "Asia/Tokyo" })).await,
            ka.post(&format!("{path}/holidays"), import).await,
            ka.delete(path).await,
        ] {
            assert_eq!(answer.wrong_fields(StatusCode::FORBIDDEN), ["calendar"]);
        }
    };
    refused().await;
    admin.delete(&format!("/v1/sla-policies/{}", text(&ol, "id"))).await.expect(StatusCode::NO_CONTENT);
    ka.patch(path, json!({ "name": "Office" })).await.expect(StatusCode::OK);
    let rule = json!({ "name": "At night", "when": [{ "field": "business_hours", "calendar": "office", "is_open": false }], "then": { "priority": "low" } });
    admin.post("/v1/routing-rules", rule).await.expect(StatusCode::CREATED);
    refused().await;
    admin.patch(path, json!({ "name": "Büro" })).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_a_policy_gives_tickets_to_those_alone_who_work_for_its_brand() {
    let desk = Desk::start().await;
    let (admin, ka) = (desk.sign_in("ozean", "admin@ozean.test").await, manager_of(&desk, "KA").await);
    for (id, brand) in [("ka", "KA"), ("ol", "OL")] {
        admin.post("/v1/teams", json!({ "id": id, "name": id, "brands": [brand] })).await.expect(StatusCode::CREATED);
    }
    let (of_ka, of_ol) = (desk.sign_in("ozean", "agent.ka@ozean.test").await, desk.sign_in("ozean", "agent.ol@ozean.test").await);
    let policy = |name: &str, team: &str, agent: &Session| {
        let escalations = json!([{ "on": "warning", "team": team }, { "on": "breach", "assignee": agent.person }]);
        json!({ "name": name, "targets": { "resolution": 60 }, "when": { "brand": "KA" }, "escalations": escalations })
    };
    let expected = pairs([("escalations[0].team", "unknown_team"), ("escalations[1].assignee", "unknown_person")]);
    for by in [&ka, &admin] {
        assert_eq!(wrong(&by.post("/v1/sla-policies", policy("x", "ol", &of_ol)).await), expected);
    }
    ka.post("/v1/sla-policies", policy("x", "ka", &of_ka)).await.expect(StatusCode::CREATED);
    // What the caller does not know of is not told apart from what is not there.
    let mut elsewhere = policy("y", "ol", &of_ol);
    elsewhere["when"]["brand"] = json!("OL");
    let mut all = pairs([("when.brand", "unknown_brand")]);
    all.extend(expected);
    assert_eq!(wrong(&ka.post("/v1/sla-policies", elsewhere.clone()).await), all);
    elsewhere["when"] = json!({});
    admin.post("/v1/sla-policies", elsewhere).await.expect(StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_an_explanation_does_not_name_colleagues_of_other_brands() {
    let desk = Desk::start().await;
    let (admin, ka) = (desk.sign_in("ozean", "admin@ozean.test").await, manager_of(&desk, "KA").await);
    let (of_ka, of_ol) = (desk.sign_in("ozean", "agent.ka@ozean.test").await, desk.sign_in("ozean", "agent.ol@ozean.test").await);
    admin.post("/v1/teams", json!({ "id": "line", "name": "Line", "strategy": "least_busy" })).await.expect(StatusCode::CREATED);
    for agent in [&of_ka, &of_ol] {
        admin.patch(&format!("/v1/agents/{}", agent.person), json!({ "teams": ["line"] })).await.expect(StatusCode::OK);
    }
    admin.post("/v1/routing-rules", json!({ "name": "All", "then": { "team": "line" } })).await.expect(StatusCode::CREATED);
    let customer = desk.sign_in("ozean", "customer@ozean.test").await;
    let ticket = customer.open_with(json!({ "subject": "x", "body": "x", "brand": "KA" })).await;
    let considered = async |by: &Session| -> Vec<Value> {
        let explained = by.post("/v1/routing/explain", json!({ "ticket": ticket["id"] })).await.expect(StatusCode::OK);
        explained["decision"]["considered"].as_array().unwrap().iter().map(|one| one["person"].clone()).collect()
    };
    let all = considered(&admin).await;
    assert!(all.contains(&json!(of_ka.person)) && all.contains(&json!(of_ol.person)), "{all:?}");
    assert_eq!(considered(&ka).await, [json!(of_ka.person)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_the_same_names_in_two_desks_are_two_things() {
    let desk = Desk::start().await;
    let (one, other) = (desk.sign_in("demo", "admin@demo.test").await, desk.sign_in("eur", "admin@eur.test").await);
    for (path, body) in [
        ("/v1/sla-policies", json!({ "id": "same", "name": "One", "targets": { "resolution": 60 } })),
        ("/v1/calendars", json!({ "id": "same", "name": "One", "time_zone": "UTC", "hours": {} })),
        ("/v1/teams", json!({ "id": "same", "name": "One" })),
    ] {
        one.post(path, body.clone()).await.expect(StatusCode::CREATED);
        let thing = format!("{path}/same");
        other.patch(&thing, json!({ "name": "Other" })).await.problem(StatusCode::NOT_FOUND);
        other.delete(&thing).await.problem(StatusCode::NOT_FOUND);
        assert!(!ids(&other, path).await.contains(&"same".to_owned()), "{path}");
        other.post(path, body).await.expect(StatusCode::CREATED);
        other.patch(&thing, json!({ "name": "Other" })).await.expect(StatusCode::OK);
        let known = one.list(path).await;
        let known = known.iter().find(|thing| thing["id"] == "same").expect("there");
        assert_eq!((&known["name"], &known["version"]), (&json!("One"), &json!(1)), "{path}");
        other.delete(&thing).await.expect(StatusCode::NO_CONTENT);
        assert!(ids(&one, path).await.contains(&"same".to_owned()), "{path}");
    }
    // A rule, an agent and a calendar of the other desk are none here.
    let team = json!({ "name": "x", "then": { "team": "same" } });
    assert_eq!(wrong(&other.post("/v1/routing-rules", team).await), pairs([("then.team", "unknown_team")]));
    let policy = json!({ "name": "x", "targets": { "resolution": 1 }, "calendar": "same" });
    assert_eq!(wrong(&other.post("/v1/sla-policies", policy).await), pairs([("calendar", "unknown_calendar")]));
    other.get(&format!("/v1/agents/{}", one.person)).await.problem(StatusCode::NOT_FOUND);
}
