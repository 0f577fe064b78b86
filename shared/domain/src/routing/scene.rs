//! A small desk with a crew, for the tests of routing.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    caller::Brands,
    config::{Category, TenantConfig},
    id::{CalendarId, CategoryId, PersonId, Skill, TeamId},
    person::Person,
    role::Role,
    team::{Strategy, Team},
    text::{EmailAddress, Name},
    ticket::{
        Ticket,
        tests::{Desk, carl},
    },
    words::Status,
};

pub(super) const NOW: Timestamp = Timestamp::constant(1_763_640_000, 0);

pub(super) fn id(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

pub(super) fn team_id(id: &str) -> TeamId {
    TeamId::parse(id).expect("fits")
}

pub(super) fn agent(n: u128, teams: &[&str]) -> Person {
    let address = EmailAddress::parse(&format!("p{n}@demo.test")).expect("fits");
    let mut person = Person::from_address(id(n), address, NOW);
    person.role = Role::Agent;
    person.teams = teams.iter().map(|id| team_id(id)).collect();
    person
}

pub(super) fn team(id: &str, strategy: Strategy) -> Team {
    Team {
        id: team_id(id),
        name: Name::parse(id).expect("fits"),
        brands: Brands::All,
        strategy,
        sticky: false,
        unassigned_minutes: None,
        version: 1,
    }
}

pub(super) fn skills(ids: &[&str]) -> std::collections::BTreeSet<Skill> {
    ids.iter().map(|id| Skill::parse(id).expect("fits")).collect()
}

pub(super) fn rule(n: u128, position: u32, when: Value, then: Value) -> Rule {
    let rule = json!({
        "id": Uuid::from_u128(n), "name": format!("Rule {n}"), "position": position, "active": true, "when": when, "then": then,
    });
    serde_json::from_value(rule).expect("well-formed")
}

/// A ticket of Carl's, a desk with the categories `billing` (with `refunds` below it) and `technical`, and a crew of 11,
/// 12 and 13 in the team `billing`.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) ticket: Ticket,
    pub(super) requester: Person,
    pub(super) body: String,
    pub(super) config: TenantConfig,
    pub(super) crew: Crew,
    pub(super) rules: Vec<Rule>,
}

fn never(_: &CalendarId, _: Timestamp) -> Option<bool> {
    None
}

impl Scene {
    pub(super) fn new() -> Self {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let mut requester = agent(1, &[]);
        requester.role = Role::Customer;
        let mut config = desk.config;
        let refunds = Category {
            id: CategoryId::parse("refunds").expect("fits"),
            parent: CategoryId::parse("billing").ok(),
            ..config.categories[0].clone()
        };
        config.categories.push(refunds);
        let crew = Crew {
            teams: vec![team("billing", Strategy::LeastBusy)],
            people: [11, 12, 13].map(|n| agent(n, &["billing"])).to_vec(),
            ..Crew::default()
        };
        Self { ticket, requester, body: String::new(), config, crew, rules: Vec::new() }
    }

    /// With one rule for every ticket.
    pub(super) fn then(then: Value) -> Self {
        Self { rules: vec![rule(1, 1, json!([]), then)], ..Self::new() }
    }

    pub(super) fn facts(&self) -> Facts<'_> {
        Facts { ticket: &self.ticket, requester: Some(&self.requester), body: &self.body, now: NOW, calendars: &never }
    }

    pub(super) fn decide(&self) -> Decision {
        let decision = decide(&self.facts(), &self.rules, &self.config, &self.crew);
        assert_eq!(self.explain().decision, decision, "what is explained is what is decided");
        decision
    }

    pub(super) fn explain(&self) -> Explanation {
        explain(&self.facts(), &self.rules, &self.config, &self.crew)
    }

    pub(super) fn carries(&mut self, n: u128, weight: u32, tickets: u32) {
        self.crew.loads.insert(id(n), Load { weight, tickets });
    }

    pub(super) fn agent(&mut self, n: u128) -> &mut Person {
        self.crew.people.iter_mut().find(|person| person.id == id(n)).expect("in the crew")
    }

    pub(super) fn strategy(&mut self, strategy: Strategy) {
        self.crew.teams[0].strategy = strategy;
    }

    pub(super) fn verdicts(&self) -> Vec<(u128, &'static str)> {
        self.decide().considered.iter().map(|one| (one.person.0.as_u128(), one.verdict.as_str())).collect()
    }
}
