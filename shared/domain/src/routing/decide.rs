//! The decision: rule, team, agent.

use std::collections::BTreeSet;

use super::{
    Because, ChosenBy, Considered, Crew, Decision, Expects, Facts, Rule, Sets, Then, Turn, Verdict, Waits, crew::Asked,
    facts::Reading, pick::waits,
};
use crate::{
    config::{Category, TenantConfig},
    id::{CategoryId, PersonId, Skill, TeamId},
    person::Person,
    team::Strategy,
};

/// Decides where a ticket goes that nobody has. The first active rule that holds leads to a team or an agent; where none
/// does, the ticket's category, or the nearest above it that names a team or an agent. The agent who is named gets it, if
/// they can take it; else the team's strategy picks one of those who can: staff of the team, working for the ticket's
/// brand, there now, with room for its weight.
///
/// The same facts give the same decision, in whatever order rules and people come.
pub fn decide(facts: &Facts<'_>, rules: &[Rule], config: &TenantConfig, crew: &Crew) -> Decision {
    let reading = Reading::of(facts, config);
    let rule = Rule::in_order(rules).into_iter().find(|rule| rule.active && rule.holds(&reading));
    decide_by(rule, &reading, crew)
}

/// Decides for a ticket that is in a team already and waits for one of its agents: it stays there, and still asks for what
/// the rule asked for that brought it.
pub fn decide_in_team(facts: &Facts<'_>, crew: &Crew) -> Decision {
    let Facts { ticket, .. } = facts;
    let (team, skills) = (ticket.team.clone(), ticket.routing.skills.clone());
    let because = if team.is_some() { Because::Team {} } else { Because::Nothing {} };
    Way { because, named: None, team, skills }.decide(Sets::default(), facts, crew)
}

/// The decision once it is known which rule holds, if any.
pub(super) fn decide_by(rule: Option<&Rule>, reading: &Reading<'_>, crew: &Crew) -> Decision {
    let sets = rule.map(|rule| sets(&rule.then)).unwrap_or_default();
    let way = Way::of(rule, reading.facts.ticket.category.as_ref(), reading.config);
    way.decide(sets, &reading.facts, crew)
}

fn sets(then: &Then) -> Sets {
    let Then { team: _, assignee: _, category, priority, tags, skills: _ } = then.clone();
    Sets { category, priority, tags }
}

/// Whom a rule or a category names.
struct Way {
    because: Because,
    named: Option<PersonId>,
    team: Option<TeamId>,
    skills: BTreeSet<Skill>,
}

impl Way {
    fn of(rule: Option<&Rule>, category: Option<&CategoryId>, config: &TenantConfig) -> Self {
        let Some(Rule { id, name, then, .. }) = rule else {
            return match category.and_then(|id| naming(id, config)) {
                Some(category) => Self {
                    because: Because::Category { category: category.id.clone() },
                    named: category.default_assignee,
                    team: category.default_team.clone(),
                    skills: BTreeSet::new(),
                },
                None => Self { because: Because::Nothing {}, named: None, team: None, skills: BTreeSet::new() },
            };
        };
        let because = Because::Rule { rule: *id, name: name.clone() };
        let (mut named, mut team) = (then.assignee, then.team.clone());
        // A category that the rule sets stands for its team and agent; the ticket's own only where the rule names neither.
        let own = category.filter(|_| named.is_none());
        if team.is_none()
            && let Some(category) = then.category.as_ref().or(own).and_then(|id| naming(id, config))
        {
            named = named.or(category.default_assignee);
            team.clone_from(&category.default_team);
        }
        Self { because, named, team, skills: then.skills.clone() }
    }

    fn decide(self, sets: Sets, facts: &Facts<'_>, crew: &Crew) -> Decision {
        let Facts { ticket, now, .. } = facts;
        let weight = sets.priority.unwrap_or(ticket.priority).weight();
        let asked = Asked { ticket: ticket.id, brand: &ticket.brand, weight, now: *now };
        let found = self.find(&asked, crew);
        Decision {
            skills: self.skills,
            because: self.because,
            team: found.team,
            assignee: found.chosen.map(|(person, _)| person.id),
            sets,
            strategy: found.strategy,
            chosen_by: found.chosen.map(|(_, by)| by),
            waits: found.waits,
            considered: found.considered,
            expects: Expects { agent: found.chosen.map(|(person, _)| asked.carrying(person, crew)), turn: found.turn },
        }
    }

    fn find<'a>(&self, asked: &Asked<'_>, crew: &'a Crew) -> Found<'a> {
        let team = self.team.as_ref().and_then(|id| crew.team(id));
        let other_brand = team.is_some_and(|team| !team.serves(asked.brand));
        let mut found = Found {
            team: self.team.clone().filter(|_| !other_brand),
            strategy: team.filter(|_| !other_brand).map(|team| team.strategy),
            ..Found::default()
        };
        if let Some(named) = self.named.and_then(|id| crew.agent(id)) {
            let obstacle = asked.obstacle(named, &BTreeSet::new(), crew);
            found.considered.push(crew.considered(named, obstacle.unwrap_or(Verdict::Chosen)));
            if obstacle.is_none() {
                found.chosen = Some((named, ChosenBy::Name));
                return found;
            }
        }
        if let Some(team) = team.filter(|_| !other_brand) {
            let picked = team.pick(asked, &self.skills, crew);
            let known = found.considered.first().map(|named| named.person);
            found.considered.extend(picked.considered.into_iter().filter(|one| Some(one.person) != known));
            found.chosen = picked.chosen;
            if let Some((_, ChosenBy::RoundRobin)) = found.chosen {
                found.turn = Some(Turn { team: team.id.clone(), last: crew.last_in_turn.get(&team.id).copied() });
            }
        }
        found.waits = self.waits(&found, other_brand);
        found
    }

    fn waits(&self, found: &Found<'_>, other_brand: bool) -> Option<Waits> {
        let leads_nowhere = self.named.is_none() && self.team.is_none();
        if found.chosen.is_some() || leads_nowhere {
            return None;
        }
        let unknown_team = found.team.is_some() && found.strategy.is_none();
        Some(match found.strategy {
            _ if other_brand => Waits::OtherBrand,
            _ if unknown_team => Waits::Manual,
            Some(Strategy::Manual) => Waits::Manual,
            _ => waits(&found.considered),
        })
    }
}

#[derive(Default)]
struct Found<'a> {
    team: Option<TeamId>,
    strategy: Option<Strategy>,
    chosen: Option<(&'a Person, ChosenBy)>,
    considered: Vec<Considered>,
    turn: Option<Turn>,
    waits: Option<Waits>,
}

/// The category, or the nearest above it, that names a team or an agent.
fn naming<'a>(id: &CategoryId, config: &'a TenantConfig) -> Option<&'a Category> {
    config.lineage(id).find(|category| category.default_assignee.is_some() || category.default_team.is_some())
}
