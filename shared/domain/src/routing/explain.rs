//! Why a ticket goes where it goes: every rule, and which of its conditions hold.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Condition, Crew, Decision, Facts, Rule, decide::decide_by, facts::Reading};
use crate::{
    caller::Brands,
    config::TenantConfig,
    id::{PersonId, RuleId},
    text::Name,
};

/// A decision, and how every rule fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// What is decided.
    pub decision: Decision,
    /// All rules, in the order in which they are asked, with those that are not active.
    pub rules: Vec<RuleExplained>,
}

/// How a rule fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RuleExplained {
    /// Which.
    pub rule: RuleId,
    /// How it is called.
    pub name: Name,
    /// Its place among the rules.
    pub position: u32,
    /// Whether it is asked at all.
    pub active: bool,
    /// Whether all of its conditions hold.
    pub holds: bool,
    /// Whether it is the one that decides: active, and the first that holds.
    pub decides: bool,
    /// Its conditions.
    pub when: Vec<Held>,
}

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// The condition.
    pub condition: Condition,
    /// Whether it holds.
    pub holds: bool,
    /// For a group: whether each of its criteria does, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<bool>,
}

impl Explanation {
    /// As far as somebody may know of it who works for these brands: without the colleagues of others.
    #[must_use]
    pub fn seen_by(mut self, brands: &Brands, crew: &Crew) -> Self {
        let is_colleague = |id: PersonId| crew.agent(id).is_some_and(|person| brands.meet(&person.brands));
        self.decision.considered.retain(|considered| is_colleague(considered.person));
        if let Some(turn) = &mut self.decision.expects.turn {
            turn.last = turn.last.filter(|last| is_colleague(*last));
        }
        self
    }
}

/// Decides exactly as [`decide`](super::decide) does, and says how every rule fared.
pub fn explain(facts: &Facts<'_>, rules: &[Rule], config: &TenantConfig, crew: &Crew) -> Explanation {
    let reading = Reading::of(facts, config);
    let mut deciding = None;
    let mut explained = Vec::new();
    for rule in Rule::in_order(rules) {
        let when: Vec<_> = rule.when.iter().map(|condition| held(condition, &reading)).collect();
        let holds = when.iter().all(|held| held.holds);
        let decides = holds && rule.active && deciding.is_none();
        if decides {
            deciding = Some(rule);
        }
        let Rule { id, name, position, active, when: _, then: _, version: _ } = rule;
        let (name, position) = (name.clone(), *position);
        explained.push(RuleExplained { rule: *id, name, position, active: *active, holds, decides, when });
    }
    Explanation { decision: decide_by(deciding, &reading, crew), rules: explained }
}

fn held(condition: &Condition, reading: &Reading<'_>) -> Held {
    let any = match condition {
        Condition::One(_) => Vec::new(),
        Condition::Any(criteria) => criteria.iter().map(|criterion| reading.meets(criterion)).collect(),
    };
    Held { condition: condition.clone(), holds: reading.holds(condition), any }
}
