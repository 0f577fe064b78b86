//! Rules: for which tickets, and what then.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Condition, facts::Reading};
use crate::{
    id::{CategoryId, PersonId, RuleId, Skill, TeamId},
    text::{Name, Tag},
    words::Priority,
};

/// One rule. The first active one whose conditions all hold decides, and no later one is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Identifier.
    pub id: RuleId,
    /// How it is called.
    pub name: Name,
    /// Its place among the rules, lowest first; of two with the same, the one that was made first.
    pub position: u32,
    /// Whether it is asked at all.
    pub active: bool,
    /// What must hold, all of it. Nothing holds for every ticket.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// What then happens.
    pub then: Then,
    /// Grows by one with every change; the optimistic lock and the ETag.
    #[serde(default)]
    pub version: u32,
}

/// What a rule does: at least one of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// The team that gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Who gets it, where they can take it; else the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// The category it is put into. The category's default assignee and team then get it, where the rule names no team of
    /// its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Its new priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Tags that are added.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Tag>,
    /// What the agent of a team with `skill_match` must be able to do.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skills: BTreeSet<Skill>,
}

impl Then {
    /// Whether it does nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Rule {
    /// Whether all of its conditions hold.
    pub(super) fn holds(&self, reading: &Reading<'_>) -> bool {
        self.when.iter().all(|condition| reading.holds(condition))
    }

    /// The rules in the order in which they are asked.
    pub(super) fn in_order(rules: &[Self]) -> Vec<&Self> {
        let mut rules: Vec<_> = rules.iter().collect();
        rules.sort_by_key(|rule| (rule.position, rule.id));
        rules
    }
}
