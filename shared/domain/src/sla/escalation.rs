//! What happens when a promise is about to be broken, or is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Metric, Passing, Policy};
use crate::{
    config::TenantConfig,
    error::{FieldError, ParseError},
    id::{PersonId, TeamId},
    text::Name,
    words::{Priority, word},
};

word!(
    /// Whom the desk tells.
    Group {
        /// Who has the ticket.
        Assignee = "assignee",
        /// Everybody of its team.
        Team = "team",
        /// The managers of its brand.
        Managers = "managers",
    }
);

/// A rule of a policy: what is done when a moment of a clock passes. The assignee is told of every such moment without a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// At which moment.
    pub on: Passing,
    /// Of which clock; of all where there is none.
    #[serde(default)]
    pub metric: Option<Metric>,
    /// Whom to tell.
    #[serde(default)]
    pub notify: BTreeSet<Group>,
    /// Whether the priority rises by one.
    #[serde(default)]
    pub raise_priority: bool,
    /// The team that gets it, and routes it to one of its own.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// Who gets it.
    #[serde(default)]
    pub assignee: Option<PersonId>,
    /// A note to leave.
    #[serde(default)]
    pub note: Option<Name>,
}

impl Escalation {
    pub(super) fn check(&self, path: &str, config: &TenantConfig) -> Vec<FieldError> {
        let Self { on: _, metric: _, notify, raise_priority, team, assignee, note } = self;
        let mut wrong = Vec::new();
        let does = !notify.is_empty() || *raise_priority || team.is_some() || assignee.is_some() || note.is_some();
        if !does {
            wrong.push(FieldError::new(path, "required", "must do something"));
        }
        if team.as_ref().is_some_and(|team| config.team(team).is_none()) {
            wrong.push(FieldError::new(format!("{path}.team"), "unknown_team", "there is no such team"));
        }
        wrong
    }
}

/// What the rules of a policy do at one moment, all of them together: of those that contradict each other the last holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Escalated {
    /// Whom to tell.
    pub notify: Vec<Group>,
    /// By how much the priority rises.
    pub raise_priority: bool,
    /// The team that gets it.
    pub team: Option<TeamId>,
    /// Who gets it.
    pub assignee: Option<PersonId>,
    /// Notes to leave.
    pub notes: Vec<Name>,
}

/// What a policy does when a moment of a clock passes.
pub fn escalate(policy: Option<&Policy>, metric: Metric, passing: Passing) -> Escalated {
    let mut escalated = Escalated { notify: vec![Group::Assignee], ..Escalated::default() };
    let rules = policy.iter().flat_map(|policy| &policy.escalations);
    for rule in rules.filter(|rule| rule.on == passing && rule.metric.is_none_or(|of| of == metric)) {
        escalated.notify.extend(rule.notify.iter().copied());
        escalated.raise_priority |= rule.raise_priority;
        escalated.team = rule.team.clone().or(escalated.team);
        escalated.assignee = rule.assignee.or(escalated.assignee);
        escalated.notes.extend(rule.note.clone());
    }
    escalated.notify.sort_unstable();
    escalated.notify.dedup();
    escalated
}

impl Priority {
    /// The next higher one; `urgent` stays.
    pub const fn raised(self) -> Self {
        match self {
            Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Urgent => Self::Urgent,
        }
    }
}
