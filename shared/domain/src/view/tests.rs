//! Views: how they are written, what is in them for whom, and that what is counted is what is in them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    Role,
    config::{TenantConfig, tests::config},
    id::CategoryId,
    text::Tag,
    ticket::{
        Rating, Score, Ticket,
        tests::{Desk, caller, carl},
    },
    words::{Priority, Status},
};

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn uuid(n: u128) -> String {
    Uuid::from_u128(n).to_string()
}

fn team(id: &str) -> TeamId {
    TeamId::parse(id).expect("fits")
}

fn brand(id: &str) -> BrandId {
    BrandId::parse(id).expect("fits")
}

/// `refunds` is below `billing`.
fn desk() -> TenantConfig {
    let mut config = config(Status::ALL);
    let mut refunds = config.categories[0].clone();
    (refunds.id, refunds.parent) = (CategoryId::parse("refunds").expect("fits"), CategoryId::parse("billing").ok());
    config.categories.push(refunds);
    config
}

fn view(n: u128, scope: Value, filter: Value) -> View {
    serde_json::from_value(json!({
        "id": uuid(n), "name": "V", "scope": scope, "owner": uuid(2), "filter": filter, "columns": ["number"], "sort": "updated_at",
        "order": "desc", "position": 0, "filter_version": n as u64, "filter_since": "2025-11-20T12:00:00Z", "version": 1,
    }))
    .expect("well-formed")
}

fn shared(filter: Value) -> View {
    view(1, json!({ "type": "shared" }), filter)
}

fn ticket() -> Ticket {
    let mut ticket = Desk::new(Status::ALL).open(&carl());
    ticket.category = CategoryId::parse("refunds").ok();
    ticket.organization = crate::OrganizationId::parse("acme").ok();
    ticket.assignee = Some(person(2));
    ticket.team = Some(team("line"));
    ticket.status = Status::InProgress;
    ticket.tags = ["vip", "eu"].map(|tag| Tag::parse(tag).expect("fits")).into();
    ticket.fields.insert("seats".to_owned(), json!(3.0));
    ticket
}

const ADA: u128 = 2;

/// Whether the ticket is in the view for Ada, who is in the team `line`.
fn is_in(filter: Value, ticket: &Ticket) -> bool {
    let teams = [team("line")];
    let viewer = Viewer { person: person(ADA), teams: &teams, brands: &Brands::All };
    shared(filter).matches(ticket, &desk(), viewer)
}

#[test]
fn what_a_test_holds_of() {
    let ticket = ticket();
    let carl = ticket.requester.to_string();
    for (test, holds) in [
        (json!({"field": "status", "is": ["open"]}), true),
        (json!({"field": "status", "is": ["in_progress", "new"]}), true),
        (json!({"field": "status", "is": ["resolved"]}), false),
        (json!({"field": "priority", "is": ["medium"]}), true),
        (json!({"field": "category", "is": ["billing"]}), true),
        (json!({"field": "category", "is": ["technical"]}), false),
        (json!({"field": "brand", "is": ["demo"]}), true),
        (json!({"field": "assignee", "is": ["me"]}), true),
        (json!({"field": "assignee", "is": [uuid(ADA)]}), true),
        (json!({"field": "assignee", "is": [uuid(3)]}), false),
        (json!({"field": "assignee", "is": ["none"]}), false),
        (json!({"field": "team", "is": ["mine"]}), true),
        (json!({"field": "team", "is": ["line"]}), true),
        (json!({"field": "team", "is": ["none", "other"]}), false),
        (json!({"field": "requester", "is": [carl]}), true),
        (json!({"field": "organization", "is": ["acme"]}), true),
        (json!({"field": "channel", "is": ["portal"]}), ticket.channel.as_str() == "portal"),
        (json!({"field": "tag", "is": ["vip", "nobody"]}), true),
        (json!({"field": "tag", "has_all": ["vip", "eu"]}), true),
        (json!({"field": "tag", "has_all": ["vip", "nobody"]}), false),
        (json!({"field": "fields.seats", "is": [3]}), true),
        (json!({"field": "fields.gone", "is": [3]}), false),
        (json!({"field": "breached", "is": [true]}), false),
        (json!({"field": "rated", "is": [true]}), false),
        (json!({"field": "created_at", "from": ticket.created_at}), true),
        (json!({"field": "created_at", "before": ticket.created_at}), false),
    ] {
        assert_eq!(is_in(json!([test]), &ticket), holds, "{test}");
        let read: Test = serde_json::from_value(test.clone()).expect("well-formed");
        assert_eq!(serde_json::to_value(&read).expect("plain data"), test, "reads back");
        if test.get("is").is_some() && !test.to_string().contains("\"me\"") && !test.to_string().contains("\"mine\"") {
            let turned = test.to_string().replace("\"is\"", "\"is_not\"");
            assert_eq!(is_in(json!([serde_json::from_str::<Value>(&turned).expect("JSON")]), &ticket), !holds, "{turned}");
        }
    }
    assert!(is_in(json!([]), &ticket), "nothing holds for every ticket");
    let both = json!([{"field": "status", "is": ["open"]}, {"field": "priority", "is": ["low"]}]);
    assert!(!is_in(both, &ticket), "all must hold");
}

#[test]
fn a_deleted_ticket_is_in_no_view_and_a_rated_one_is_rated() {
    let mut ticket = ticket();
    ticket.rating = Some(Rating {
        score: Score::try_from(4i64).expect("1 to 5"),
        comment: None,
        rated_at: ticket.created_at,
        first_rated_at: None,
        agent: None,
    });
    assert!(is_in(json!([{"field": "rated", "is": [true]}]), &ticket));
    ticket.deleted_at = Some(ticket.created_at);
    assert!(!is_in(json!([]), &ticket));
}

#[test]
fn everything_that_is_wrong_is_named_by_its_place() {
    for (written, path, code) in [
        (json!("x"), "filter[0]", "invalid"),
        (json!({"field": "colour", "is": ["red"]}), "filter[0].field", "unknown_field"),
        (json!({"field": "status", "is": ["done"]}), "filter[0].is[0]", "invalid"),
        (json!({"field": "status"}), "filter[0].is", "required"),
        (json!({"field": "assignee", "is": ["ana"]}), "filter[0].is[0]", "invalid"),
        (json!({"field": "rated", "is": ["yes"]}), "filter[0].is[0]", "invalid"),
        (json!({"field": "created_at"}), "filter[0].from", "required"),
        (json!({"field": "created_at", "from": "monday"}), "filter[0].from", "invalid"),
        (json!({"field": "priority", "has_all": ["low"]}), "filter[0].has_all", "unknown_field"),
    ] {
        let wrong = Test::read(&written, "filter[0]").expect_err("is wrong");
        assert!(wrong.iter().any(|wrong| (wrong.path.as_str(), wrong.code) == (path, code)), "{written}: {wrong:?}");
    }
    let names = json!([
        {"field": "brand", "is": ["gone"]}, {"field": "category", "is": ["gone"]}, {"field": "team", "is": ["mine", "gone"]},
        {"field": "assignee", "is_not": ["me"]}, {"field": "team", "is_not": ["mine"]}, {"field": "tag", "is": []},
    ]);
    let view = view(1, json!({ "type": "team", "team": "gone" }), names);
    let manager = caller(Role::Manager, 3);
    let DomainError::Invalid(wrong) = view.check(None, &desk(), &manager).expect_err("wrong") else { panic!("names fields") };
    let found: Vec<_> = wrong.iter().map(|wrong| (wrong.path.as_str(), wrong.code)).collect();
    let expected = [
        ("scope.team", "unknown_team"),
        ("filter[0].is[0]", "unknown_brand"),
        ("filter[1].is[0]", "unknown_category"),
        ("filter[2].is[1]", "unknown_team"),
        ("filter[3].is_not[0]", "not_allowed"),
        ("filter[4].is_not[0]", "not_allowed"),
        ("filter[5].is", "empty"),
    ];
    assert_eq!(found, expected);
    assert_eq!(view.check(Some(&view), &desk(), &manager), Ok(()), "what it named already may stay");
    assert!(Column::parse("fields.seats").is_ok() && Column::parse("password").is_err());
}

#[test]
fn a_view_is_there_for_whom_it_is_for() {
    let (ada, ben, mia) = (caller(Role::Agent, ADA), caller(Role::Agent, 3), caller(Role::Manager, 4));
    let there = |view: &View, who: &Caller, teams: &[TeamId]| view.is_there(who, teams);
    let personal = view(1, json!({ "type": "personal" }), json!([]));
    assert_eq!([&ada, &ben, &mia].map(|who| there(&personal, who, &[])), [true, false, false]);
    let of_team = view(1, json!({ "type": "team", "team": "line" }), json!([]));
    assert_eq!([&ada, &ben, &mia].map(|who| there(&of_team, who, &[])), [false, false, true]);
    assert!(there(&of_team, &ben, &[team("line")]));
    let other = shared(json!([{"field": "brand", "is": ["OL"]}]));
    let mut limited = ada.clone();
    limited.brands = Brands::Only([brand("demo")].into());
    assert_eq!((there(&other, &ada, &[]), there(&other, &limited, &[])), (true, false), "of other brands alone");
    for (scope, who, may) in [(&personal, &ada, true), (&of_team, &ada, false), (&of_team, &mia, true), (&other, &ben, false)] {
        assert_eq!(scope.check_may_change(who).is_ok(), may);
    }
}

/// A filter that may be asked, from few enough values that things meet.
fn filter() -> impl Strategy<Value = Value> {
    let tests = [
        json!({"field": "status", "is": ["open"]}),
        json!({"field": "status", "is_not": ["new", "closed"]}),
        json!({"field": "priority", "is": ["high", "urgent"]}),
        json!({"field": "category", "is": ["billing"]}),
        json!({"field": "brand", "is": ["demo"]}),
        json!({"field": "brand", "is_not": ["demo"]}),
        json!({"field": "assignee", "is": ["me"]}),
        json!({"field": "assignee", "is": ["me", "none"]}),
        json!({"field": "assignee", "is": ["me", uuid(2)]}),
        json!({"field": "assignee", "is_not": [uuid(3)]}),
        json!({"field": "team", "is": ["mine"]}),
        json!({"field": "team", "is": ["mine", "none"]}),
        json!({"field": "team", "is": ["line", "mine"]}),
        json!({"field": "tag", "is": ["vip"]}),
        json!({"field": "tag", "has_all": ["vip", "eu"]}),
        json!({"field": "tag", "is_not": ["vip"]}),
    ];
    proptest::sample::subsequence(tests.to_vec(), 0..4).prop_map(Value::from)
}

fn some_view() -> impl Strategy<Value = View> {
    let scopes = [json!({"type": "personal"}), json!({"type": "team", "team": "line"}), json!({"type": "shared"})];
    (1u128..1000, proptest::sample::select(scopes.to_vec()), filter(), 2u128..5).prop_map(|(n, scope, filter, owner)| {
        let mut view = view(n, scope, filter);
        view.owner = person(owner);
        view
    })
}

fn some_ticket() -> impl Strategy<Value = Ticket> {
    let teams = proptest::sample::select(vec![None, Some("line"), Some("back")]);
    let words = (proptest::sample::select(Status::ALL), proptest::sample::select(Priority::ALL));
    let categories = proptest::sample::select(vec![None, Some("billing"), Some("refunds"), Some("technical")]);
    let tags = proptest::sample::subsequence(vec!["vip", "eu"], 0..=2);
    let brands = proptest::sample::select(vec!["demo", "OL"]);
    let assignees = proptest::option::of(2u128..5);
    (teams, words, categories, tags, brands, assignees, proptest::bool::weighted(0.1)).prop_map(
        |(in_team, (status, priority), category, tags, of, assignee, deleted)| {
            let mut ticket = ticket();
            (ticket.status, ticket.priority, ticket.brand) = (status, priority, brand(of));
            (ticket.team, ticket.assignee) = (in_team.map(team), assignee.map(person));
            ticket.category = category.and_then(|id| CategoryId::parse(id).ok());
            ticket.tags = tags.into_iter().filter_map(|tag| Tag::parse(tag).ok()).collect();
            ticket.deleted_at = deleted.then_some(ticket.created_at);
            ticket
        },
    )
}

/// Whether it is so, asked of the JSON of filter and ticket by somebody who knows nothing of the rest.
fn brute(view: &View, ticket: &Ticket, viewer: Viewer<'_>) -> bool {
    let seen: Value = serde_json::to_value(ticket).expect("plain data");
    let holds = |test: &Value| {
        let field = test["field"].as_str().expect("a field");
        let name = if field == "tag" { "tags" } else { field };
        let has = |value: &str| match (field, value) {
            ("status", "open") => !["resolved", "closed"].contains(&seen["status"].as_str().expect("a status")),
            ("assignee", "me") => seen["assignee"] == json!(viewer.person),
            ("team", "mine") => viewer.teams.iter().any(|team| seen["team"] == json!(team)),
            ("assignee" | "team", "none") => seen[name].is_null(),
            ("category", "billing") => ["billing", "refunds"].iter().any(|id| seen["category"] == *id),
            ("tag", value) => seen["tags"].as_array().expect("tags").contains(&json!(value)),
            (_, value) => seen[name] == value,
        };
        let values = |word: &str| test[word].as_array().map(|values| values.iter().filter_map(Value::as_str).collect::<Vec<_>>());
        match (values("is"), values("is_not"), values("has_all")) {
            (Some(values), ..) => values.into_iter().any(has),
            (_, Some(values), _) => !values.into_iter().any(has),
            (.., values) => values.expect("one of them").into_iter().all(has),
        }
    };
    let filter = serde_json::to_value(&view.filter).expect("plain data");
    let all = filter.as_array().expect("tests").iter().all(holds);
    all && ticket.deleted_at.is_none() && viewer.brands.include(&ticket.brand)
}

proptest! {
    #[test]
    fn what_is_counted_for_somebody_is_what_is_in_their_view(
        views in proptest::collection::vec(some_view(), 1..4),
        tickets in proptest::collection::vec(some_ticket(), 0..12),
        who in 2u128..5,
        teams in proptest::sample::subsequence(vec!["line", "back"], 0..=2),
        limited in any::<bool>(),
    ) {
        let config = desk();
        let teams: Vec<_> = teams.into_iter().map(team).collect();
        let brands = if limited { Brands::Only([brand("demo")].into()) } else { Brands::All };
        let viewer = Viewer { person: person(who), teams: &teams, brands: &brands };
        let mut counted: BTreeMap<Slot, i64> = BTreeMap::new();
        let ids: BTreeSet<_> = views.iter().map(|view| view.id).collect();
        prop_assume!(ids.len() == views.len());
        for ticket in &tickets {
            for slot in slots(&views, ticket, &config) {
                *counted.entry(slot).or_default() += 1;
            }
        }
        for view in &views {
            if view.scope == (Scope::Personal {}) && view.owner != viewer.person {
                continue;
            }
            let expected = tickets.iter().filter(|ticket| brute(view, ticket, viewer)).count();
            let matching = tickets.iter().filter(|ticket| view.matches(ticket, &config, viewer)).count();
            let in_row = |slot: &Slot| match &slot.row {
                Row::All => true,
                Row::Person(one) => *one == viewer.person,
                Row::Team(team) => viewer.teams.contains(team),
            };
            let sum: i64 = counted.iter().filter(|(slot, _)| slot.is_of(view) && in_row(slot) && slot.counts_for(viewer)).map(|(_, count)| count).sum();
            prop_assert_eq!((matching, sum), (expected, i64::try_from(expected).expect("few")));
        }
    }
}

#[test]
fn a_view_reads_back_as_it_was_written() {
    let view = shared(json!([{"field": "created_at", "from": "2025-11-20T12:00:00Z"}]));
    let written = serde_json::to_value(&view).expect("plain data");
    assert_eq!(serde_json::from_value::<View>(written).expect("fits"), view);
}
