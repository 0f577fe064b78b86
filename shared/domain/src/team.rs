//! Teams: agents who share a queue, and how its tickets find one of them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    caller::Brands,
    config::TenantConfig,
    error::{DomainError, FieldError, ParseError},
    id::{BrandId, TeamId},
    text::Name,
    words::word,
};

word!(
    /// How a team's tickets find an agent.
    Strategy {
        /// Agents take them.
        Manual = "manual",
        /// One after the other, in the order of their ids.
        RoundRobin = "round_robin",
        /// Who carries least.
        LeastBusy = "least_busy",
        /// Who has every skill that the ticket asks for; among those, who carries least.
        SkillMatch = "skill_match",
    }
);

/// Agents who share a queue. Who is in it stands with the people: see [`Person::teams`](crate::Person::teams).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Identifier, such as `billing`.
    pub id: TeamId,
    /// How it is called.
    pub name: Name,
    /// The brands whose tickets it gets; `null` is all of them.
    #[serde(default = "all_brands")]
    #[schema(value_type = Option<Vec<BrandId>>)]
    pub brands: Brands,
    /// How its tickets find an agent.
    pub strategy: Strategy,
    /// Whether a customer's ticket goes to the agent who had their last one, while that agent is free to take it. Comes
    /// before the strategy, whichever that is.
    #[serde(default)]
    pub sticky: bool,
    /// Minutes that a ticket may be without an agent before somebody is told.
    #[serde(default)]
    pub unassigned_minutes: Option<u32>,
    /// Grows by one with every change; the optimistic lock and the ETag.
    #[serde(default)]
    pub version: u32,
}

const fn all_brands() -> Brands {
    Brands::All
}

/// A week: who waits longer for somebody to be told does not want to be told.
const MAX_UNASSIGNED_MINUTES: u32 = 7 * 24 * 60;

impl Team {
    /// Whether it gives tickets to its agents, and does not leave them to be taken.
    pub fn gives_away(&self) -> bool {
        self.strategy != Strategy::Manual || self.sticky
    }

    /// Whether it gets tickets of the brand.
    pub fn serves(&self, brand: &BrandId) -> bool {
        self.brands.include(brand)
    }

    /// Names every field that this tenant cannot have so.
    pub fn check(&self, config: &TenantConfig) -> Result<(), DomainError> {
        let mut wrong = Vec::new();
        if let Brands::Only(brands) = &self.brands {
            if brands.is_empty() {
                wrong.push(FieldError::new("brands", "empty", "must name a brand, or be null for all of them"));
            }
            // Named by themselves: a set does not know in which place of the list they stood.
            let unknown = brands.iter().filter(|brand| config.brand(brand).is_none());
            wrong.extend(unknown.map(|brand| FieldError::new("brands", "unknown_brand", format!("there is no brand {brand}"))));
        }
        if self.unassigned_minutes.is_some_and(|minutes| !(1..=MAX_UNASSIGNED_MINUTES).contains(&minutes)) {
            let message = format!("must be 1 to {MAX_UNASSIGNED_MINUTES} minutes");
            wrong.push(FieldError::new("unassigned_minutes", "out_of_range", message));
        }
        if wrong.is_empty() { Ok(()) } else { Err(DomainError::Invalid(wrong)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::tests::config, words::Status};

    #[test]
    fn a_team_needs_an_id_a_name_and_a_strategy() {
        let written = r#"{"id":"billing","name":"Billing","strategy":"least_busy"}"#;
        let mut team: Team = serde_json::from_str(written).expect("all that is needed");
        assert_eq!((team.sticky, team.unassigned_minutes, team.version), (false, None, 0));
        assert!(team.serves(&BrandId::parse("demo").expect("fits")));
        assert!(serde_json::from_str::<Team>(&written.replace("name", "nmae")).is_err());

        let config = config(Status::ALL);
        assert_eq!(team.check(&config), Ok(()));
        team.brands = Brands::Only(["demo", "gone"].map(|id| BrandId::parse(id).expect("fits")).into());
        team.unassigned_minutes = Some(0);
        let DomainError::Invalid(wrong) = team.check(&config).expect_err("two fields") else { panic!("of fields") };
        let paths: Vec<_> = wrong.iter().map(|wrong| (wrong.path.as_str(), wrong.code)).collect();
        assert_eq!(paths, [("brands", "unknown_brand"), ("unassigned_minutes", "out_of_range")]);
    }
}
