//! Conditions: how they are written, what they hold of, and which are refused.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::{facts::Reading, scene::Scene, *};
use crate::{
    error::{DomainError, FieldError},
    id::CalendarId,
    words::Language,
};

fn condition(written: &Value) -> Condition {
    Condition::read(written, "when[0]").unwrap_or_else(|wrong| panic!("{written}: {wrong:?}"))
}

/// `office` is open in even seconds; there is no other.
fn office(calendar: &CalendarId, at: Timestamp) -> Option<bool> {
    (calendar.as_str() == "office").then_some(at.as_second() % 2 == 0)
}

fn one_of_each() -> Vec<Value> {
    [
        json!({"field": "brand", "is": ["demo", "other"]}),
        json!({"field": "priority", "is_not": ["high", "urgent"]}),
        json!({"field": "category", "is": ["billing"]}),
        json!({"field": "channel", "is": ["api"]}),
        json!({"field": "language", "is": ["de"]}),
        json!({"field": "status", "is": ["new"]}),
        json!({"field": "requester", "is": ["00000000-0000-0000-0000-000000000001"]}),
        json!({"field": "requester_domain", "is": ["clinic.example"]}),
        json!({"field": "organization", "is": ["acme"]}),
        json!({"field": "audience", "is": ["doctor"]}),
        json!({"field": "tag", "is": ["vip"]}),
        json!({"field": "fields.product", "is": ["Pro", 2, true]}),
        json!({"field": "subject", "contains_any": ["help", "SOS"]}),
        json!({"field": "body", "contains_any": ["money back"]}),
        json!({"field": "subject_or_body", "contains_any": ["refund"]}),
        json!({"field": "business_hours", "calendar": "office", "is_open": true}),
        json!({"any": [{"field": "tag", "is": ["nobody"]}, {"field": "channel", "is": ["api"]}]}),
    ]
    .to_vec()
}

fn scene() -> Scene {
    let mut scene = Scene::new();
    "I want my MONEY\nback: a refund.".clone_into(&mut scene.body);
    scene.requester.language = Some(Language::De);
    scene.requester.email = crate::EmailAddress::parse("ana@heart.clinic.example").expect("fits");
    scene.ticket.category = Some(crate::CategoryId::parse("refunds").expect("fits"));
    scene.ticket.organization = Some(crate::OrganizationId::parse("acme").expect("fits"));
    scene.ticket.audiences = vec![crate::Audience::parse("doctor").expect("fits")];
    scene.ticket.tags = [crate::Tag::parse("vip").expect("fits")].into();
    scene.ticket.fields.insert("product".to_owned(), json!(2.0));
    scene
}

#[test]
fn every_kind_of_condition_reads_back_as_it_was_written_and_can_hold() {
    let scene = scene();
    let facts = Facts { calendars: &office, ..scene.facts() };
    let reading = Reading::of(&facts, &scene.config);
    for written in one_of_each() {
        let read = condition(&written);
        assert_eq!(serde_json::to_value(&read).expect("plain data"), written);
        assert_eq!(serde_json::from_value::<Condition>(written.clone()).expect("fits"), read);
        assert!(reading.holds(&read), "{written} holds");
    }
}

#[test]
fn is_not_holds_where_is_does_not() {
    let (plain, full) = (Scene::new(), scene());
    for scene in [&plain, &full] {
        let facts = Facts { calendars: &office, ..scene.facts() };
        let reading = Reading::of(&facts, &scene.config);
        for written in one_of_each() {
            let written = written.to_string();
            let turned = written.replace("\"is\"", "\"not\"").replace("is_not", "is").replace("\"not\"", "\"is_not\"");
            // A group, and what does not ask for values, has no such contrary.
            if turned == written || written.contains("\"any\"") {
                continue;
            }
            let meets = |written: &str| reading.holds(&condition(&serde_json::from_str(written).expect("still JSON")));
            assert_ne!(meets(&written), meets(&turned), "{written}");
        }
    }
}

#[test]
fn what_a_condition_holds_of() {
    let scene = scene();
    let plain = Scene::new();
    let holds = |scene: &Scene, written: Value| {
        let facts = Facts { calendars: &office, ..scene.facts() };
        Reading::of(&facts, &scene.config).holds(&condition(&written))
    };
    let domains = |domain: &str| holds(&scene, json!({"field": "requester_domain", "is": [domain]}));
    assert_eq!(
        ["heart.clinic.example", "CLINIC.example", "t.clinic.example", "inic.example", "clinic.example.org"].map(domains),
        [true, true, false, false, false],
        "a domain and those below it"
    );
    let category = |id: &str| holds(&scene, json!({"field": "category", "is": [id]}));
    assert_eq!(["refunds", "billing", "technical"].map(category), [true, true, false], "a category and those below it");
    let mut orphan = Scene::new();
    orphan.ticket.category = crate::CategoryId::parse("gone").ok();
    assert!(holds(&orphan, json!({"field": "category", "is": ["gone"]})), "a category that is gone still is what it was");
    let product = |value: Value| holds(&scene, json!({"field": "fields.product", "is": [value]}));
    assert_eq!([json!(2), json!(2.0), json!("2"), json!(true)].map(product), [true, true, false, false]);
    let hours = |calendar: &str, is_open: bool| {
        holds(&scene, json!({"field": "business_hours", "calendar": calendar, "is_open": is_open}))
    };
    assert_eq!([hours("office", true), hours("office", false)], [true, false]);
    assert_eq!([hours("gone", true), hours("gone", false)], [false, false], "neither open nor closed");
    let language = |code: &str| holds(&plain, json!({"field": "language", "is": [code]}));
    assert_eq!(["en", "de"].map(language), [true, false], "the brand's, where the requester chose none");
    assert!(!holds(&scene, json!({"field": "subject", "contains_any": ["refund"]})), "only in the body");
    let across = json!({"field": "subject_or_body", "contains_any": ["help i want"]});
    assert!(!holds(&scene, across), "a phrase does not reach from the subject into the body");
}

fn paths(wrong: Vec<FieldError>) -> Vec<(String, &'static str)> {
    wrong.into_iter().map(|wrong| (wrong.path, wrong.code)).collect()
}

#[test]
fn everything_that_is_wrong_with_a_condition_is_named_by_its_place() {
    for (written, expected) in [
        (json!("brand"), vec![("when[2]", "invalid")]),
        (json!({}), vec![("when[2].field", "required")]),
        (json!({"field": "colour", "is": ["red"]}), vec![("when[2].field", "unknown_field")]),
        (json!({"field": "fields.a b", "is": ["red"]}), vec![("when[2].field", "invalid")]),
        (
            json!({"field": "priority", "is": ["low", "asap", 3]}),
            vec![("when[2].is[1]", "invalid"), ("when[2].is[2]", "invalid")],
        ),
        (json!({"field": "priority"}), vec![("when[2].is", "required")]),
        (json!({"field": "priority", "is": "low"}), vec![("when[2].is", "invalid")]),
        (json!({"field": "priority", "is": ["low"], "is_not": ["high"]}), vec![("when[2].is", "invalid")]),
        (json!({"field": "priority", "is": ["low"], "are": 1}), vec![("when[2].are", "unknown_field")]),
        (json!({"field": "requester", "is": ["ana"]}), vec![("when[2].is[0]", "invalid")]),
        (json!({"field": "requester_domain", "is": ["a@b.example"]}), vec![("when[2].is[0]", "invalid")]),
        (json!({"field": "fields.x", "is": [null, [], "ok"]}), vec![("when[2].is[0]", "invalid"), ("when[2].is[1]", "invalid")]),
        (json!({"field": "body"}), vec![("when[2].contains_any", "required")]),
        (
            json!({"field": "body", "contains_any": ["ok", "!", ""]}),
            vec![("when[2].contains_any[1]", "invalid"), ("when[2].contains_any[2]", "invalid")],
        ),
        (json!({"field": "body", "is": ["ok"]}), vec![("when[2].is", "unknown_field"), ("when[2].contains_any", "required")]),
        (
            json!({"field": "business_hours", "calendar": "a b"}),
            vec![("when[2].calendar", "invalid"), ("when[2].is_open", "required")],
        ),
        (
            json!({"any": [{"field": "tag", "is": ["a b"]}, {"any": []}], "field": "tag"}),
            vec![("when[2].field", "unknown_field"), ("when[2].any[0].is[0]", "invalid"), ("when[2].any[1].field", "required")],
        ),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(path, code)| (path.to_owned(), code)).collect();
        assert_eq!(paths(Condition::read(&written, "when[2]").expect_err("is wrong")), expected, "{written}");
    }
    let error = serde_json::from_value::<Condition>(json!({"field": "priority", "is": ["asap"]})).expect_err("no such priority");
    assert_eq!(error.to_string(), "is[0] must be one of low, medium, high, urgent");
}

#[test]
fn a_rule_names_only_what_is_there() {
    let scene = Scene::new();
    let calendars = BTreeSet::from([CalendarId::parse("office").expect("fits")]);
    let known = Known { config: &scene.config, teams: &scene.crew.teams, staff: &scene.crew.people, calendars: &calendars };
    let check = |written: Value| match serde_json::from_value::<Rule>(written).expect("well-formed").check(&known) {
        Err(DomainError::Invalid(wrong)) => paths(wrong),
        other => panic!("{other:?}"),
    };
    let id = "00000000-0000-0000-0000-00000000000a";
    let wrong = check(json!({
        "id": id, "name": "All wrong", "position": 1, "active": true,
        "when": [
            {"field": "brand", "is": ["demo", "gone"]},
            {"field": "tag", "is_not": []},
            {"any": []},
            {"any": [{"field": "category", "is": ["gone"]}, {"field": "body", "contains_any": []}]},
            {"field": "business_hours", "calendar": "gone", "is_open": true},
        ],
        "then": {"team": "gone", "assignee": id, "category": "gone"},
    }));
    let expected = [
        ("when[0].is[1]", "unknown_brand"),
        ("when[1].is_not", "empty"),
        ("when[2].any", "empty"),
        ("when[3].any[0].is[0]", "unknown_category"),
        ("when[3].any[1].contains_any", "empty"),
        ("when[4].calendar", "unknown_calendar"),
        ("then.team", "unknown_team"),
        ("then.assignee", "unknown_person"),
        ("then.category", "unknown_category"),
    ];
    assert_eq!(wrong, expected.map(|(path, code)| (path.to_owned(), code)));

    let rule =
        |when: Value, then: Value| json!({"id": id, "name": "R", "position": 1, "active": true, "when": when, "then": then});
    let many: Vec<_> = (0..101).map(|n| format!("t{n}")).collect();
    let wrong = check(rule(json!([{"field": "tag", "is": many}]), json!({})));
    assert_eq!(wrong, [("when[0].is".to_owned(), "too_many"), ("then".to_owned(), "required")]);
    let fine = rule(json!([{"field": "brand", "is": ["demo"]}]), json!({"team": "billing", "tags": ["money"]}));
    assert_eq!(serde_json::from_value::<Rule>(fine).expect("well-formed").check(&known), Ok(()));
    assert!(serde_json::from_value::<Rule>(rule(json!([]), json!({"teem": "billing"}))).is_err());
}

#[test]
fn the_document_knows_every_field() {
    let schema = serde_json::to_string(&Criterion::schema()).expect("plain data");
    for written in one_of_each() {
        let field = written["field"].as_str().filter(|field| !field.starts_with("fields."));
        assert!(field.is_none_or(|field| schema.contains(&format!("\"{field}\""))), "{written}");
    }
    let mut schemas = Vec::new();
    Rule::schemas(&mut schemas);
    let names: BTreeSet<_> = schemas.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.is_superset(&["Condition", "RoutingCriterion", "Then"].into()), "{names:?}");
}
