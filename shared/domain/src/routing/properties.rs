//! What holds of every decision.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    scene::{NOW, Scene, agent, id, rule, skills, team, team_id},
    *,
};
use crate::{
    at_work::{AtWork, Availability},
    caller::Brands,
    id::{BrandId, CategoryId, TicketId},
    person::Person,
    role::Role,
    team::{Strategy as TeamStrategy, Team},
    words::Priority,
};

const TEAMS: [&str; 2] = ["billing", "technical"];

fn brands() -> impl Strategy<Value = Brands> {
    let only = |id: &str| Brands::Only([BrandId::parse(id).expect("fits")].into());
    proptest::sample::select(vec![Brands::All, Brands::All, only("demo"), only("OL")])
}

fn availability() -> impl Strategy<Value = Availability> {
    let at = |seconds: i64| Availability::Out { until: NOW + jiff::SignedDuration::from_secs(seconds) };
    proptest::sample::select(vec![Availability::Online {}, Availability::Online {}, Availability::Away {}, at(-1), at(0), at(1)])
}

fn some_skills() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(vec!["italian", "refunds"], 0..=2)
}

fn person() -> impl Strategy<Value = (Person, Load)> {
    let at_work = (some_skills(), proptest::option::of(0u32..12), availability());
    let roles = proptest::sample::select(vec![Role::Agent, Role::Agent, Role::Manager, Role::Customer]);
    let teams = proptest::sample::subsequence(TEAMS.to_vec(), 0..=2);
    (1u128..12, teams, brands(), roles, at_work, (0u32..10, 0u32..10)).prop_map(|(n, teams, brands, role, at_work, load)| {
        let mut person = agent(n, &teams);
        (person.role, person.brands) = (role, brands);
        person.at_work = AtWork { skills: skills(&at_work.0), capacity: at_work.1, availability: at_work.2 };
        (person, Load { weight: load.0, tickets: load.1 })
    })
}

fn some_team(id: &'static str) -> impl Strategy<Value = Team> {
    (proptest::sample::select(TeamStrategy::ALL), any::<bool>(), brands()).prop_map(move |(strategy, sticky, brands)| Team {
        sticky,
        brands,
        ..team(id, strategy)
    })
}

fn crew() -> impl Strategy<Value = Crew> {
    let last = || proptest::option::of((1u128..12).prop_map(id));
    let people = proptest::collection::vec(person(), 0..8);
    (TEAMS.map(some_team), people, last(), last()).prop_map(|(teams, people, last_in_turn, last_agent_of_requester)| {
        let people: BTreeMap<_, _> = people.into_iter().map(|(person, load)| (person.id, (person, load))).collect();
        let loads = people.iter().map(|(id, (_, load))| (*id, *load)).collect();
        Crew {
            teams: teams.to_vec(),
            people: people.into_values().map(|(person, _)| person).collect(),
            loads,
            last_in_turn: last_in_turn.map(|last| (team_id("billing"), last)).into_iter().collect(),
            last_agent_of_requester,
        }
    })
}

fn criterion() -> impl Strategy<Value = Value> {
    proptest::sample::select(vec![
        json!({"field": "brand", "is": ["demo"]}),
        json!({"field": "priority", "is": ["high", "urgent"]}),
        json!({"field": "priority", "is_not": ["urgent"]}),
        json!({"field": "category", "is": ["billing"]}),
        json!({"field": "category", "is_not": ["billing"]}),
        json!({"field": "body", "contains_any": ["refund", "money back"]}),
        json!({"field": "organization", "is": ["acme"]}),
    ])
}

fn some_rule() -> impl Strategy<Value = Rule> {
    let condition = prop_oneof![
        3 => criterion(),
        1 => proptest::collection::vec(criterion(), 1..3).prop_map(|any| json!({ "any": any })),
    ];
    let optional = |values: Vec<Value>| proptest::option::of(proptest::sample::select(values));
    let then = (
        optional(vec![json!("billing"), json!("technical"), json!("gone")]),
        optional((1..12).map(|n| json!(id(n))).collect()),
        optional(vec![json!("billing"), json!("refunds"), json!("technical")]),
        optional(vec![json!("low"), json!("urgent")]),
        some_skills(),
    );
    let when = proptest::collection::vec(condition, 0..3);
    (1u128..20, 0u32..4, any::<bool>(), when, then).prop_map(|(n, position, active, when, then)| {
        let (team, assignee, category, priority, skills) = then;
        let then = json!({"team": team, "assignee": assignee, "category": category, "priority": priority, "skills": skills});
        Rule { active, ..rule(n, position, json!(when), then) }
    })
}

fn scene() -> impl Strategy<Value = Scene> {
    let rules = proptest::collection::btree_map(0u128..6, some_rule(), 0..5);
    let category = proptest::option::of(proptest::sample::select(vec!["billing", "refunds", "technical"]));
    let body = proptest::sample::select(vec!["", "A refund!", "My money, back."]);
    let ticket = (any::<u128>(), proptest::sample::select(Priority::ALL), category, body);
    (rules, crew(), ticket, proptest::option::of(1u128..12)).prop_map(|(rules, crew, ticket, default_assignee)| {
        let mut scene = Scene::new();
        scene.rules = rules.into_iter().map(|(n, rule)| Rule { id: crate::RuleId(Uuid::from_u128(n)), ..rule }).collect();
        scene.crew = crew;
        scene.ticket.id = TicketId(Uuid::from_u128(ticket.0));
        scene.ticket.priority = ticket.1;
        scene.ticket.category = ticket.2.and_then(|id| CategoryId::parse(id).ok());
        ticket.3.clone_into(&mut scene.body);
        scene.config.categories[0].default_team = Some(team_id("billing"));
        scene.config.categories[1].default_assignee = default_assignee.map(id);
        scene
    })
}

/// Whoever gets a ticket may get it, and what the decision expects is how they stand.
fn check_chosen(scene: &Scene, decision: &Decision) -> Result<(), TestCaseError> {
    let Some(assignee) = decision.assignee else {
        prop_assert!(decision.chosen_by.is_none() && decision.expects == Expects::default());
        let nowhere = decision.team.is_none() && decision.considered.is_empty();
        prop_assert!(decision.waits.is_some() || nowhere, "who leads somewhere says why nobody is chosen");
        return Ok(());
    };
    let person = scene.crew.people.iter().find(|person| person.id == assignee).expect("one of the crew");
    let weight = decision.sets.priority.unwrap_or(scene.ticket.priority).weight();
    let load = scene.crew.load(assignee);
    prop_assert!(person.role.is_staff() && person.brands.include(&scene.ticket.brand));
    prop_assert!(person.at_work.availability.is_available(NOW));
    prop_assert!(person.at_work.capacity.is_none_or(|capacity| load.weight + weight <= capacity));
    let named = decision.chosen_by == Some(ChosenBy::Name);
    prop_assert!(named || decision.team.as_ref().is_some_and(|team| person.teams.contains(team)));
    let at_most = person.at_work.capacity.map(|capacity| capacity - weight);
    prop_assert_eq!(decision.expects.agent, Some(Carrying { person: assignee, weight: load.weight, adds: weight, at_most }));
    prop_assert_eq!(decision.expects.turn.is_some(), decision.chosen_by == Some(ChosenBy::RoundRobin));
    prop_assert_eq!(decision.waits, None);
    Ok(())
}

fn check_considered(decision: &Decision) -> Result<(), TestCaseError> {
    let chosen: Vec<_> = decision.considered.iter().filter(|one| one.verdict == Verdict::Chosen).collect();
    prop_assert_eq!(chosen.iter().map(|one| one.person).next(), decision.assignee);
    prop_assert!(chosen.len() <= 1);
    let people: std::collections::BTreeSet<_> = decision.considered.iter().map(|one| one.person).collect();
    prop_assert_eq!(people.len(), decision.considered.len(), "everybody once");
    Ok(())
}

fn add(scene: &mut Scene, decision: &Decision) {
    let assignee = decision.assignee.expect("somebody is free");
    let load = scene.crew.loads.entry(assignee).or_default();
    load.weight += decision.expects.agent.expect("of the agent").adds;
    load.tickets += 1;
    if let Some(turn) = &decision.expects.turn {
        scene.crew.last_in_turn.insert(turn.team.clone(), assignee);
    }
}

fn team_of(count: usize, strategy: TeamStrategy) -> Scene {
    let mut scene = Scene::then(json!({"team": "billing"}));
    scene.crew.teams = vec![team("billing", strategy)];
    scene.crew.people = (1..=count as u128).map(|n| agent(n * 7, &["billing"])).collect();
    scene
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn nobody_gets_a_ticket_who_may_not(scene in scene()) {
        let decision = scene.decide();
        check_chosen(&scene, &decision)?;
        check_considered(&decision)?;
        if let Some(team) = decision.team.as_ref().and_then(|id| scene.crew.teams.iter().find(|team| team.id == *id)) {
            prop_assert!(team.serves(&scene.ticket.brand));
        }
        let written = serde_json::to_string(&decision).expect("plain data");
        prop_assert_eq!(serde_json::from_str::<Decision>(&written).expect("reads back"), decision);
    }

    #[test]
    fn the_order_in_which_things_come_does_not_matter(scene in scene()) {
        let decision = scene.decide();
        prop_assert_eq!(&scene.decide(), &decision);
        let mut turned = scene;
        turned.rules.reverse();
        turned.crew.people.reverse();
        turned.crew.teams.reverse();
        prop_assert_eq!(turned.decide(), decision);
    }

    #[test]
    fn what_is_explained_is_what_is_decided(scene in scene()) {
        let Explanation { decision, rules } = scene.explain();
        prop_assert_eq!(&decision, &decide(&scene.facts(), &scene.rules, &scene.config, &scene.crew));
        prop_assert_eq!(rules.len(), scene.rules.len());
        let first = rules.iter().find(|rule| rule.active && rule.holds);
        let deciding: Vec<_> = rules.iter().filter(|rule| rule.decides).collect();
        prop_assert_eq!(deciding, first.into_iter().collect::<Vec<_>>());
        let by = match decision.because { Because::Rule { rule, .. } => Some(rule), _ => None };
        prop_assert_eq!(by, first.map(|rule| rule.rule));
        for rule in &rules {
            prop_assert_eq!(rule.holds, rule.when.iter().all(|held| held.holds));
            prop_assert!(rule.when.iter().all(|held| held.any.is_empty() || held.holds == held.any.contains(&true)));
        }
    }

    #[test]
    fn least_busy_keeps_loads_within_one_ticket(
        count in 1usize..9,
        tickets in 0usize..60,
        seed in any::<u128>(),
        priority in proptest::sample::select(Priority::ALL),
    ) {
        let mut scene = team_of(count, TeamStrategy::LeastBusy);
        scene.ticket.priority = priority;
        for n in 0..tickets.max(50) {
            scene.ticket.id = TicketId(Uuid::from_u128(seed.wrapping_add(n as u128)));
            let decision = scene.decide();
            add(&mut scene, &decision);
        }
        let carried: Vec<_> = scene.crew.people.iter().map(|person| scene.crew.load(person.id).tickets).collect();
        let (least, most) = (carried.iter().min().expect("somebody"), carried.iter().max().expect("somebody"));
        prop_assert!(most - least <= 1, "{carried:?}");
    }

    #[test]
    fn round_robin_gives_everybody_the_same(count in 1usize..9, rounds in 1usize..9, seed in any::<u128>(), last in 0u128..80) {
        let mut scene = team_of(count, TeamStrategy::RoundRobin);
        scene.crew.last_in_turn.insert(team_id("billing"), id(last));
        for n in 0..count * rounds {
            scene.ticket.id = TicketId(Uuid::from_u128(seed.wrapping_add(n as u128)));
            scene.ticket.priority = Priority::ALL[n % 4];
            let decision = scene.decide();
            add(&mut scene, &decision);
        }
        prop_assert!(scene.crew.people.iter().all(|person| scene.crew.load(person.id).tickets == rounds as u32));
    }
}
