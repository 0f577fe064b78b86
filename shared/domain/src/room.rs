//! How many policies, calendars, teams and rules a desk may have: every request of it reads them all.

use std::collections::BTreeSet;

use crate::{calendar::CalendarId, config::TenantConfig, error::DomainError, id::PolicyId};

/// Policies, with those that were withdrawn: their versions go on.
const MOST_POLICIES: usize = 200;
/// Calendars, likewise.
const MOST_CALENDARS: usize = 50;
const MOST_TEAMS: usize = 200;
const MOST_RULES: usize = 200;

impl TenantConfig {
    /// Refuses one policy too many. An identifier that was used before takes no further room.
    pub fn check_room_for_policy(&self, id: &PolicyId) -> Result<(), DomainError> {
        let ids: BTreeSet<_> = self.policies.iter().map(|policy| &policy.id).collect();
        check(!ids.contains(id), ids.len(), MOST_POLICIES, "policies, with those that were deleted")
    }

    /// Refuses one calendar too many. An identifier that was used before takes no further room.
    pub fn check_room_for_calendar(&self, id: &CalendarId) -> Result<(), DomainError> {
        let ids: BTreeSet<_> = self.calendars.iter().map(|calendar| &calendar.id).collect();
        check(!ids.contains(id), ids.len(), MOST_CALENDARS, "calendars, with those that were deleted")
    }

    /// Refuses one team too many.
    pub fn check_room_for_team(&self) -> Result<(), DomainError> {
        check(true, self.teams.len(), MOST_TEAMS, "teams")
    }

    /// Refuses one routing rule too many.
    pub fn check_room_for_rule(&self) -> Result<(), DomainError> {
        check(true, self.routing.len(), MOST_RULES, "routing rules")
    }
}

fn check(is_new: bool, count: usize, most: usize, what: &str) -> Result<(), DomainError> {
    if !is_new || count < most {
        return Ok(());
    }
    Err(DomainError::rule("too_many", format!("This desk has {count} {what}; it may have {most}.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::tests::config, words::Status};

    #[test]
    fn there_is_room_until_it_is_full_and_then_for_what_was_there_before() {
        let mut config = config(Status::ALL);
        let policy = |n: usize, withdrawn: bool| {
            let policy =
                serde_json::json!({ "id": format!("p{n}"), "name": "P", "targets": { "resolution": 5 }, "withdrawn": withdrawn });
            serde_json::from_value(policy).expect("a policy")
        };
        let id = |id: &str| PolicyId::parse(id).expect("fits");
        // Two versions of one are one.
        config.policies = (0..MOST_POLICIES - 1).flat_map(|n| [policy(n, false), policy(n, n == 7)]).collect();
        assert_eq!(config.check_room_for_policy(&id("new")), Ok(()));
        config.policies.push(policy(MOST_POLICIES, true));
        assert!(matches!(config.check_room_for_policy(&id("new")), Err(DomainError::Rule { code: "too_many", .. })));
        assert_eq!(config.check_room_for_policy(&id("p7")), Ok(()), "it was withdrawn, and goes on");
        let team =
            || serde_json::from_value(serde_json::json!({ "id": "t", "name": "T", "strategy": "manual" })).expect("a team");
        config.teams = (0..MOST_TEAMS).map(|_| team()).collect();
        assert!(config.check_room_for_team().is_err() && config.check_room_for_rule().is_ok());
        let office = CalendarId::parse("office").expect("fits");
        assert_eq!(config.check_room_for_calendar(&office), Ok(()));
    }
}
