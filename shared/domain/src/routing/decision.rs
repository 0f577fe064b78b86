//! What was decided, and why.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Load;
use crate::{
    error::ParseError,
    id::{CategoryId, PersonId, RuleId, Skill, TeamId},
    team::Strategy,
    text::{Name, Tag},
    words::{Priority, word},
};

/// Where a ticket goes, and why there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// What led there.
    pub because: Because,
    /// The team that gets it.
    pub team: Option<TeamId>,
    /// Who gets it.
    pub assignee: Option<PersonId>,
    /// What else changes of it.
    pub sets: Sets,
    /// How the team's tickets find an agent.
    pub strategy: Option<Strategy>,
    /// What the agent was chosen by.
    pub chosen_by: Option<ChosenBy>,
    /// Why nobody gets it, though somebody should.
    pub waits: Option<Waits>,
    /// Everybody who could have got it, in the order of their ids; after the agent whom a rule or category names.
    pub considered: Vec<Considered>,
    /// What the rule asks of its agent.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skills: BTreeSet<Skill>,
    /// What must still be so when it is saved.
    pub expects: Expects,
}

/// What led a ticket to where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Because {
    /// A rule.
    Rule {
        /// Which.
        rule: RuleId,
        /// How it was called then.
        name: Name,
    },
    /// No rule; the category, or one that it is part of.
    Category {
        /// The one whose team or agent it is.
        category: CategoryId,
    },
    /// It is in a team already, and stays there.
    Team {},
    /// Neither: the ticket stays where it is.
    Nothing {},
}

/// What a rule sets besides team and agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sets {
    /// The category it is put into.
    pub category: Option<CategoryId>,
    /// Its new priority.
    pub priority: Option<Priority>,
    /// Tags that are added.
    pub tags: BTreeSet<Tag>,
}

word!(
    /// What an agent was chosen by.
    ChosenBy {
        /// The rule or category names them.
        Name = "name",
        /// They had the customer's last ticket.
        LastAgent = "last_agent",
        /// It was their turn.
        RoundRobin = "round_robin",
        /// They carried least.
        LeastBusy = "least_busy",
        /// They have the skills; among those who do, they carried least.
        SkillMatch = "skill_match",
    }
);

word!(
    /// Why a ticket that has a way to go waits for an agent.
    Waits {
        /// Nobody is there.
        NobodyAvailable = "nobody_available",
        /// Whoever is there carries all that they may.
        AllFull = "all_full",
        /// Nobody has the skills.
        NobodyWithTheSkills = "nobody_with_the_skills",
        /// The team's agents take their tickets themselves.
        Manual = "manual",
        /// The team does not get tickets of this brand.
        OtherBrand = "other_brand",
    }
);

word!(
    /// How somebody fared.
    Verdict {
        /// Gets it.
        Chosen = "chosen",
        /// Is away.
        Away = "away",
        /// Is out for a while.
        Out = "out",
        /// Carries too much for this ticket to be added.
        Full = "full",
        /// Does not work for the ticket's brand.
        OtherBrand = "other_brand",
        /// Does not have every skill that it takes.
        LacksSkills = "lacks_skills",
        /// Carries more than who was chosen, or as much and was not drawn.
        Busier = "busier",
        /// Somebody else comes before.
        NotTheirTurn = "not_their_turn",
        /// Could take it, but was not compared: agents take the team's tickets themselves, or the customer's last agent
        /// came first.
        Free = "free",
    }
);

/// Somebody who could have got the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Considered {
    /// Who.
    pub person: PersonId,
    /// How they fared.
    // Verdicts on mails are called so too.
    #[schema(inline)]
    pub verdict: Verdict,
    /// What they carried.
    pub load: Load,
    /// The sum of weights that they may carry; none is no limit.
    pub capacity: Option<u32>,
}

/// What the decision was made on. Where it is no longer so, somebody else decided in between.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Expects {
    /// The chosen agent's load.
    pub agent: Option<Carrying>,
    /// The team's turn, where the agent was chosen by it.
    pub turn: Option<Turn>,
}

/// What the chosen agent carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Carrying {
    /// Who.
    pub person: PersonId,
    /// The weight that they carried.
    pub weight: u32,
    /// The weight that the ticket adds.
    pub adds: u32,
    /// The most that they may carry before the ticket is added; none is no limit.
    pub at_most: Option<u32>,
}

/// Whose turn it last was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Turn {
    /// In which team.
    pub team: TeamId,
    /// Who got a ticket by turn last; none where nobody ever did. The chosen agent takes their place.
    pub last: Option<PersonId>,
}

/// What the history keeps of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Routed {
    /// What led there.
    pub because: Because,
    /// How the team's tickets find an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Strategy>,
    /// What the agent was chosen by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_by: Option<ChosenBy>,
    /// Why nobody got it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
}

impl Decision {
    /// What the history keeps of it.
    pub fn routed(&self) -> Routed {
        let Self { because, strategy, chosen_by, waits, .. } = self;
        Routed { because: because.clone(), strategy: *strategy, chosen_by: *chosen_by, waits: *waits }
    }
}
