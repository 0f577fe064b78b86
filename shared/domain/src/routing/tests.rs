//! The rules of deciding, a table each.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{
    scene::{NOW, Scene, id, rule, skills, team_id},
    *,
};
use crate::{
    at_work::Availability,
    caller::Brands,
    id::{BrandId, CategoryId, RuleId, TicketId},
    role::Role,
    team::Strategy,
    words::Priority,
};

fn chosen(decision: &Decision) -> Option<u128> {
    decision.assignee.map(|person| person.0.as_u128())
}

#[test]
fn the_first_active_rule_that_holds_decides() {
    let mut scene = Scene::new();
    scene.rules = vec![
        rule(4, 2, json!([]), json!({"tags": ["second"]})),
        rule(3, 2, json!([]), json!({"tags": ["first"]})),
        rule(2, 1, json!([{"field": "tag", "is": ["vip"]}]), json!({"tags": ["vip-queue"]})),
        Rule { active: false, ..rule(1, 0, json!([]), json!({"tags": ["resting"]})) },
    ];
    let by = |scene: &Scene| match scene.decide().because {
        Because::Rule { rule, .. } => rule.0.as_u128(),
        other => panic!("{other:?}"),
    };
    assert_eq!(by(&scene), 3);
    let explained = scene.explain();
    let fared: Vec<_> = explained.rules.iter().map(|rule| (rule.rule.0.as_u128(), rule.holds, rule.decides)).collect();
    assert_eq!(fared, [(1, true, false), (2, false, false), (3, true, true), (4, true, false)]);
    scene.ticket.tags = [crate::Tag::parse("vip").expect("fits")].into();
    assert_eq!(by(&scene), 2);
}

#[test]
fn explain_says_which_criterion_of_a_group_holds() {
    let mut scene = Scene::new();
    let any = json!([{"field": "priority", "is": ["medium"]}, {"any": [{"field": "tag", "is": ["vip"]}, {"field": "channel", "is": ["api"]}]}]);
    scene.rules = vec![rule(1, 1, any, json!({"priority": "high"}))];
    let explained = scene.explain();
    let when: Vec<_> = explained.rules[0].when.iter().map(|held| (held.holds, held.any.clone())).collect();
    assert_eq!(when, [(true, vec![]), (true, vec![false, true])]);
    assert_eq!(scene.decide().sets.priority, Some(Priority::High));
}

#[test]
fn without_a_rule_the_nearest_category_decides() {
    let mut scene = Scene::new();
    scene.ticket.category = CategoryId::parse("refunds").ok();
    assert_eq!((scene.decide().because, scene.decide().waits), (Because::Nothing {}, None));
    scene.config.categories[0].default_team = Some(team_id("billing"));
    let decision = scene.decide();
    assert_eq!(decision.because, Because::Category { category: CategoryId::parse("billing").expect("fits") });
    assert_eq!((decision.team, decision.chosen_by), (Some(team_id("billing")), Some(ChosenBy::LeastBusy)));
    scene.config.categories[2].default_assignee = Some(id(12));
    let decision = scene.decide();
    assert_eq!((decision.team, decision.assignee), (None, Some(id(12))), "refunds itself is nearer");
    scene.ticket.category = CategoryId::parse("technical").ok();
    assert_eq!(scene.decide().because, Because::Nothing {});
}

#[test]
fn a_rule_leads_where_it_says_and_leaves_to_the_category_what_it_does_not() {
    let cases = [
        (json!({"team": "billing"}), Some("billing"), None),
        (json!({"team": "billing", "assignee": id(12)}), Some("billing"), Some(12)),
        (json!({"assignee": id(12)}), None, Some(12)),
        (json!({"category": "billing"}), Some("billing"), Some(13)),
        (json!({"category": "refunds"}), Some("billing"), Some(13)),
        (json!({"category": "billing", "assignee": id(12)}), Some("billing"), Some(12)),
        (json!({"category": "technical"}), None, None),
        (json!({"category": "technical", "team": "billing"}), Some("billing"), None),
        (json!({"tags": ["money"]}), Some("billing"), Some(13)),
    ];
    for (then, team, named) in cases {
        let mut scene = Scene::then(then.clone());
        scene.strategy(Strategy::Manual);
        scene.ticket.category = CategoryId::parse("billing").ok();
        scene.config.categories[0].default_team = Some(team_id("billing"));
        scene.config.categories[0].default_assignee = Some(id(13));
        let decision = scene.decide();
        assert_eq!((decision.team, decision.assignee), (team.map(team_id), named.map(id)), "{then}");
        assert!(matches!(decision.because, Because::Rule { .. }));
    }
}

#[test]
fn only_who_can_take_it_gets_it() {
    type Change = fn(&mut Scene);
    let cases: [(Change, &[(u128, &str)]); 9] = [
        (|_| {}, &[(11, "chosen")]),
        (|scene| scene.agent(11).at_work.availability = Availability::Away {}, &[(11, "away")]),
        (|scene| scene.agent(11).at_work.availability = Availability::Out { until: Timestamp::MAX }, &[(11, "out")]),
        (|scene| scene.agent(11).at_work.availability = Availability::Out { until: NOW }, &[(11, "chosen")]),
        (|scene| scene.agent(11).brands = Brands::Only([BrandId::parse("OL").expect("fits")].into()), &[(11, "other_brand")]),
        (|scene| scene.agent(11).role = Role::Customer, &[]),
        (|scene| scene.agent(11).teams.clear(), &[]),
        (|scene| scene.agent(11).at_work.capacity = Some(1), &[(11, "full")]),
        (|scene| scene.agent(11).at_work.capacity = Some(2), &[(11, "chosen")]),
    ];
    for (i, (change, expected)) in cases.into_iter().enumerate() {
        let mut scene = Scene::then(json!({"team": "billing"}));
        scene.crew.people.truncate(1);
        change(&mut scene);
        assert_eq!(scene.verdicts(), expected, "case {i}");
        let waits = scene.decide().waits;
        let expected = match expected {
            [(_, "chosen")] => None,
            [(_, "full")] => Some(Waits::AllFull),
            _ => Some(Waits::NobodyAvailable),
        };
        assert_eq!(waits, expected, "case {i}");
    }
}

#[test]
fn room_is_for_the_priority_that_the_rule_sets() {
    let mut scene = Scene::then(json!({"team": "billing", "priority": "urgent"}));
    scene.crew.people.truncate(1);
    scene.agent(11).at_work.capacity = Some(10);
    scene.carries(11, 6, 3);
    let expected = Carrying { person: id(11), weight: 6, adds: 4, at_most: Some(6) };
    assert_eq!(scene.decide().expects, Expects { agent: Some(expected), turn: None });
    scene.carries(11, 7, 3);
    assert_eq!((scene.decide().waits, scene.decide().expects), (Some(Waits::AllFull), Expects::default()));
    scene.carries(11, u32::MAX, 3);
    assert_eq!(scene.decide().waits, Some(Waits::AllFull), "no sum runs over");
}

#[test]
fn least_busy_is_the_smallest_weight_then_the_fewest_tickets_then_a_draw() {
    let mut scene = Scene::then(json!({"team": "billing"}));
    scene.carries(11, 4, 1);
    scene.carries(12, 3, 3);
    scene.carries(13, 3, 2);
    assert_eq!(scene.verdicts(), [(11, "busier"), (12, "busier"), (13, "chosen")]);
    scene.crew.loads.clear();
    let drawn: std::collections::BTreeSet<_> = (0..40)
        .map(|n| {
            scene.ticket.id = TicketId(Uuid::from_u128(n));
            chosen(&scene.decide())
        })
        .collect();
    assert_eq!(drawn.len(), 3, "tickets at the same time spread over equals");
}

#[test]
fn round_robin_goes_on_after_the_last() {
    let mut scene = Scene::then(json!({"team": "billing"}));
    scene.strategy(Strategy::RoundRobin);
    for (last, expected) in [(None, 11), (Some(11), 12), (Some(12), 13), (Some(13), 11), (Some(99), 11), (Some(5), 11)] {
        scene.crew.last_in_turn = last.map(|last| (team_id("billing"), id(last))).into_iter().collect();
        let decision = scene.decide();
        assert_eq!(chosen(&decision), Some(expected), "after {last:?}");
        assert_eq!(decision.expects.turn, Some(Turn { team: team_id("billing"), last: last.map(id) }));
    }
    scene.crew.last_in_turn = [(team_id("billing"), id(11))].into();
    scene.agent(12).at_work.availability = Availability::Away {};
    assert_eq!(scene.verdicts(), [(11, "not_their_turn"), (12, "away"), (13, "chosen")]);
}

#[test]
fn skill_match_takes_every_skill() {
    let mut scene = Scene::then(json!({"team": "billing", "skills": ["italian", "refunds"]}));
    scene.strategy(Strategy::SkillMatch);
    assert_eq!(scene.decide().waits, Some(Waits::NobodyWithTheSkills));
    scene.agent(11).at_work.skills = skills(&["italian"]);
    scene.agent(12).at_work.skills = skills(&["italian", "refunds", "sales"]);
    scene.agent(13).at_work.skills = skills(&["italian", "refunds"]);
    scene.carries(12, 2, 1);
    assert_eq!(scene.verdicts(), [(11, "lacks_skills"), (12, "busier"), (13, "chosen")]);
    scene.agent(12).at_work.availability = Availability::Away {};
    scene.agent(13).at_work.availability = Availability::Away {};
    assert_eq!(scene.decide().waits, Some(Waits::NobodyAvailable), "who could is only away");
    scene.agent(13).at_work = crate::AtWork { skills: skills(&["italian", "refunds"]), capacity: Some(0), ..Default::default() };
    assert_eq!(scene.decide().waits, Some(Waits::AllFull));
    scene.strategy(Strategy::LeastBusy);
    assert_eq!(chosen(&scene.decide()), Some(11), "other strategies do not ask for skills");
}

#[test]
fn a_sticky_team_asks_the_customers_last_agent_first() {
    for strategy in Strategy::ALL {
        let mut scene = Scene::then(json!({"team": "billing", "skills": []}));
        scene.strategy(*strategy);
        scene.carries(12, 20, 10);
        scene.crew.last_agent_of_requester = Some(id(12));
        assert_ne!(chosen(&scene.decide()), Some(12), "{strategy}: not sticky");
        scene.crew.teams[0].sticky = true;
        assert_eq!(scene.verdicts(), [(11, "free"), (12, "chosen"), (13, "free")], "{strategy}");
        let decision = scene.decide();
        assert_eq!((decision.chosen_by, decision.expects.turn), (Some(ChosenBy::LastAgent), None), "no turn is taken");
        scene.agent(12).at_work.availability = Availability::Away {};
        assert_ne!(chosen(&scene.decide()), Some(12), "{strategy}: away");
    }
}

#[test]
fn a_manual_team_takes_its_tickets_itself() {
    let mut scene = Scene::then(json!({"team": "billing"}));
    scene.strategy(Strategy::Manual);
    let decision = scene.decide();
    assert_eq!((decision.team, decision.assignee, decision.waits), (Some(team_id("billing")), None, Some(Waits::Manual)));
    assert_eq!(scene.verdicts(), [(11, "free"), (12, "free"), (13, "free")]);
    scene.crew.teams.clear();
    let decision = scene.decide();
    let outcome = (decision.team, decision.waits, decision.strategy);
    assert_eq!(outcome, (Some(team_id("billing")), Some(Waits::Manual), None), "of a team without settings nobody is picked");
}

#[test]
fn a_team_of_another_brand_does_not_get_it() {
    let mut scene = Scene::then(json!({"team": "billing"}));
    scene.crew.teams[0].brands = Brands::Only([BrandId::parse("OL").expect("fits")].into());
    let decision = scene.decide();
    assert_eq!((decision.team, decision.assignee, decision.waits), (None, None, Some(Waits::OtherBrand)));
}

#[test]
fn the_named_agent_comes_before_the_team_and_the_team_before_waiting() {
    let mut scene = Scene::then(json!({"team": "billing", "assignee": id(12)}));
    assert_eq!((scene.verdicts(), scene.decide().chosen_by), (vec![(12, "chosen")], Some(ChosenBy::Name)));
    scene.agent(12).at_work.availability = Availability::Away {};
    scene.carries(11, 1, 1);
    assert_eq!(scene.verdicts(), [(12, "away"), (11, "busier"), (13, "chosen")]);

    let mut alone = Scene::then(json!({"assignee": id(12)}));
    alone.agent(12).at_work.capacity = Some(1);
    let decision = alone.decide();
    assert_eq!((decision.team, decision.assignee, decision.waits), (None, None, Some(Waits::AllFull)));
    alone.crew.people.clear();
    assert_eq!(alone.decide().waits, Some(Waits::NobodyAvailable), "nobody by that id is left");
}

#[test]
fn a_decision_is_written_in_stable_words() {
    let mut scene = Scene::then(json!({"team": "billing", "priority": "high"}));
    scene.crew.people.truncate(1);
    let decision = scene.decide();
    let written = serde_json::to_value(&decision).expect("plain data");
    assert_eq!(
        written,
        json!({
            "because": {"type": "rule", "rule": RuleId(Uuid::from_u128(1)), "name": "Rule 1"},
            "team": "billing",
            "assignee": id(11),
            "sets": {"category": null, "priority": "high", "tags": []},
            "strategy": "least_busy",
            "chosen_by": "least_busy",
            "waits": null,
            "considered": [{"person": id(11), "verdict": "chosen", "load": {"weight": 0, "tickets": 0}, "capacity": null}],
            "expects": {"agent": {"person": id(11), "weight": 0, "adds": 3, "at_most": null}, "turn": null},
        })
    );
    assert_eq!(serde_json::from_value::<Decision>(written).expect("reads back"), decision);
    let routed = serde_json::to_value(decision.routed()).expect("plain data");
    assert_eq!(
        routed,
        json!({
            "because": {"type": "rule", "rule": RuleId(Uuid::from_u128(1)), "name": "Rule 1"},
            "strategy": "least_busy",
            "chosen_by": "least_busy",
        })
    );
}
