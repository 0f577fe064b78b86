//! Staff at work: what they can do, how much they may carry, and whether they are there.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    caller::Caller,
    error::{DomainError, FieldError},
    id::{Skill, TeamId},
    person::Person,
    role::Permission,
    team::Team,
    ticket::Patch,
    words::Priority,
};

/// What routing knows of a member of staff, besides brands and teams.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AtWork {
    /// What they can do.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skills: BTreeSet<Skill>,
    /// The sum of [weights](Priority::weight) that they may carry in open tickets; none is no limit. It limits what the
    /// desk gives them, not what they take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Whether they are there.
    #[serde(default)]
    pub availability: Availability,
}

impl AtWork {
    /// Whether nobody has said anything of it: no skills, no limit, online.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether somebody is there to be given tickets.
// Braces, so that a field which the variant does not have is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Availability {
    /// There.
    Online {},
    /// Not there until they say so.
    Away {},
    /// Not there until a time; then there again without anybody's doing.
    Out {
        /// The first moment at which they are there again.
        #[schema(value_type = String, format = DateTime)]
        until: Timestamp,
    },
}

impl Default for Availability {
    fn default() -> Self {
        Self::Online {}
    }
}

impl Availability {
    /// Whether they are there at that time.
    pub fn is_available(self, now: Timestamp) -> bool {
        match self {
            Self::Online {} => true,
            Self::Away {} => false,
            Self::Out { until } => until <= now,
        }
    }
}

impl Priority {
    /// What an open ticket weighs on the agent who has it: 1 (low) to 4 (urgent).
    pub const fn weight(self) -> u32 {
        match self {
            Self::Low => 1,
            Self::Medium => 2,
            Self::High => 3,
            Self::Urgent => 4,
        }
    }
}

/// What is to change of somebody at work: `None` leaves, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct AtWorkPatch {
    /// Their teams.
    pub teams: Patch<Vec<TeamId>>,
    /// What they can do.
    pub skills: Patch<BTreeSet<Skill>>,
    /// The sum of weights that they may carry; cleared is no limit.
    pub capacity: Patch<u32>,
    /// Whether they are there; cleared is online.
    pub availability: Patch<Availability>,
}

/// More than anybody can answer: 2,500 urgent tickets.
const MAX_CAPACITY: u32 = 10_000;
const MAX_TEAMS: usize = 50;
const MAX_SKILLS: usize = 50;

impl Person {
    /// The person with this changed. Who manages agents may change everything; others only whether they themselves are
    /// there. `teams` are the tenant's; those of brands that the caller does not work for stay as they are. A change that changes
    /// nothing keeps the version.
    pub fn set_at_work(&self, wanted: AtWorkPatch, teams: &[Team], caller: &Caller, now: Timestamp) -> Result<Self, DomainError> {
        self.check_may_set(&wanted, caller)?;
        let known: Vec<_> = teams.iter().filter(|team| caller.brands.meet(&team.brands)).collect();
        let hidden: Vec<_> = self.teams.iter().filter(|id| !is_seen(id, teams, caller)).cloned().collect();
        let wrong = self.wrong_at_work(&wanted, (&known, &hidden), now);
        if !wrong.is_empty() {
            return Err(DomainError::Invalid(wrong));
        }
        let AtWorkPatch { teams: wanted_teams, skills, capacity, availability } = wanted;
        let mut after = self.clone();
        if let Some(wanted) = wanted_teams {
            after.teams = without_repetition(wanted.unwrap_or_default().into_iter().chain(hidden));
        }
        after.at_work.skills = skills.map_or(after.at_work.skills, Option::unwrap_or_default);
        after.at_work.capacity = capacity.unwrap_or(after.at_work.capacity);
        after.at_work.availability = availability.map_or(after.at_work.availability, Option::unwrap_or_default);
        after.version += u64::from(after != *self);
        Ok(after)
    }

    /// Their teams, as far as the caller knows of them: those of other brands are not there. `teams` are the tenant's; one that is
    /// not among them any more hides nothing.
    pub fn teams_seen_by(&self, caller: &Caller, teams: &[Team]) -> Vec<TeamId> {
        self.teams.iter().filter(|id| is_seen(id, teams, caller)).cloned().collect()
    }

    /// Whether they can be given something that they could not be given `before`.
    pub fn makes_room(&self, before: &Self, now: Timestamp) -> bool {
        let (AtWork { skills, capacity, availability }, had) = (&self.at_work, &before.at_work);
        let has_more = |capacity: u32| had.capacity.is_some_and(|had| capacity > had);
        availability.is_available(now)
            && (!had.availability.is_available(now)
                || capacity.map_or(had.capacity.is_some(), has_more)
                || !had.skills.is_superset(skills)
                || self.teams.iter().any(|team| !before.teams.contains(team)))
    }

    fn check_may_set(&self, wanted: &AtWorkPatch, caller: &Caller) -> Result<(), DomainError> {
        if caller.may(Permission::PeopleManageAgents) {
            return Ok(());
        }
        let own = caller.person == self.id && caller.is_staff();
        let forbidden: Vec<_> = given(wanted)
            .filter(|field| !(own && *field == "availability"))
            .map(|field| FieldError::new(field, "not_allowed", "you may only say whether you yourself are there"))
            .collect();
        if forbidden.is_empty() { Ok(()) } else { Err(DomainError::Forbidden(forbidden)) }
    }

    fn wrong_at_work(&self, wanted: &AtWorkPatch, (known, hidden): (&[&Team], &[TeamId]), now: Timestamp) -> Vec<FieldError> {
        if !self.role.is_staff() {
            return given(wanted).map(|field| FieldError::new(field, "not_allowed", "is for staff")).collect();
        }
        let AtWorkPatch { teams, skills, capacity, availability } = wanted;
        let mut wrong = Vec::new();
        let teams = teams.iter().flatten().flatten();
        for (i, team) in teams.clone().enumerate() {
            // What they are in already may stay, whatever became of the team.
            let stays = self.teams.contains(team) && !hidden.contains(team);
            if !stays && !known.iter().any(|known| known.id == *team) {
                wrong.push(FieldError::new(format!("teams[{i}]"), "unknown_team", "there is no such team"));
            }
        }
        if teams.count() > MAX_TEAMS {
            wrong.push(FieldError::new("teams", "too_many", format!("must be at most {MAX_TEAMS} teams")));
        }
        if skills.iter().flatten().flatten().count() > MAX_SKILLS {
            wrong.push(FieldError::new("skills", "too_many", format!("must be at most {MAX_SKILLS} skills")));
        }
        if capacity.iter().flatten().any(|capacity| *capacity > MAX_CAPACITY) {
            wrong.push(FieldError::new("capacity", "out_of_range", format!("must be 0 to {MAX_CAPACITY}")));
        }
        if matches!(availability, Some(Some(Availability::Out { until })) if *until <= now) {
            wrong.push(FieldError::new("availability.until", "past", "must be in the future"));
        }
        wrong
    }
}

/// The fields that a patch names, as the API calls them.
fn given(wanted: &AtWorkPatch) -> impl Iterator<Item = &'static str> {
    let AtWorkPatch { teams, skills, capacity, availability } = wanted;
    let given = [
        ("teams", teams.is_some()),
        ("skills", skills.is_some()),
        ("capacity", capacity.is_some()),
        ("availability", availability.is_some()),
    ];
    given.into_iter().filter(|(_, given)| *given).map(|(field, _)| field)
}

/// Whether the caller knows of the team: one of other brands is not there for them.
fn is_seen(id: &TeamId, teams: &[Team], caller: &Caller) -> bool {
    teams.iter().find(|team| team.id == *id).is_none_or(|team| caller.brands.meet(&team.brands))
}

fn without_repetition(teams: impl Iterator<Item = TeamId>) -> Vec<TeamId> {
    let mut seen = BTreeSet::new();
    teams.filter(|team| seen.insert(team.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::PersonId,
        role::Role,
        team::Strategy,
        text::{EmailAddress, Name},
        ticket::tests::caller,
    };

    const NOW: Timestamp = Timestamp::constant(1_763_640_000, 0);
    const LATER: Timestamp = Timestamp::constant(1_763_640_001, 0);

    fn ada() -> Person {
        let address = EmailAddress::parse("ada@demo.test").expect("fits");
        let mut ada = Person::from_address(PersonId(uuid::Uuid::from_u128(2)), address, Timestamp::UNIX_EPOCH);
        ada.role = Role::Agent;
        ada
    }

    fn team(id: &str) -> TeamId {
        TeamId::parse(id).expect("fits")
    }

    fn teams() -> [Team; 1] {
        [Team {
            id: team("billing"),
            name: Name::parse("Billing").expect("fits"),
            brands: crate::Brands::All,
            strategy: Strategy::LeastBusy,
            sticky: false,
            unassigned_minutes: None,
            version: 1,
        }]
    }

    fn everything() -> AtWorkPatch {
        AtWorkPatch {
            teams: Some(Some(vec![team("billing"), team("billing")])),
            skills: Some(Some([Skill::parse("italian").expect("fits")].into())),
            capacity: Some(Some(12)),
            availability: Some(Some(Availability::Away {})),
        }
    }

    fn paths(error: DomainError) -> Vec<(String, &'static str)> {
        let (DomainError::Invalid(fields) | DomainError::Forbidden(fields)) = error else { panic!("names no fields") };
        fields.into_iter().map(|field| (field.path, field.code)).collect()
    }

    #[test]
    fn out_ends_by_itself() {
        let out = Availability::Out { until: LATER };
        assert_eq!([NOW, LATER].map(|now| out.is_available(now)), [false, true]);
        assert_eq!([Availability::Online {}, Availability::Away {}].map(|one| one.is_available(NOW)), [true, false]);
    }

    #[test]
    fn availability_is_written_as_the_api_says() {
        for (written, read) in [
            (r#"{"type":"online"}"#, Availability::Online {}),
            (r#"{"type":"away"}"#, Availability::Away {}),
            (r#"{"type":"out","until":"2025-11-20T12:00:01Z"}"#, Availability::Out { until: LATER }),
        ] {
            assert_eq!(serde_json::from_str::<Availability>(written).expect("fits"), read);
            assert_eq!(serde_json::to_string(&read).expect("plain data"), written);
        }
        for bad in [r#"{"type":"away","until":"2025-11-20T12:00:01Z"}"#, r#"{"type":"out"}"#, r#"{"type":"gone"}"#, "{}"] {
            assert!(serde_json::from_str::<Availability>(bad).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn nothing_is_written_of_who_has_not_said_anything() {
        let ada = serde_json::to_value(ada()).expect("plain data");
        assert_eq!(ada.get("at_work"), None);
        assert!(serde_json::from_value::<Person>(ada).expect("still a person").at_work.is_default());
    }

    #[test]
    fn managers_change_everything_and_agents_whether_they_are_there() {
        let (manager, own, other) = (caller(Role::Manager, 9), caller(Role::Agent, 2), caller(Role::Agent, 3));
        let set = |wanted, by: &Caller| ada().set_at_work(wanted, &teams(), by, NOW);
        let changed = set(everything(), &manager).expect("allowed");
        assert_eq!((changed.version, &changed.teams[..], changed.at_work.capacity), (1, &[team("billing")][..], Some(12)));
        let again = changed.set_at_work(everything(), &teams(), &manager, NOW).expect("allowed");
        assert_eq!(again, changed, "nothing changed");
        let clear = AtWorkPatch { teams: Some(None), skills: Some(None), capacity: Some(None), availability: Some(None) };
        let cleared = changed.set_at_work(clear, &teams(), &manager, NOW).expect("allowed");
        assert_eq!((cleared.version, cleared.at_work.is_default(), cleared.teams.len()), (2, true, 0));

        let away = AtWorkPatch { availability: Some(Some(Availability::Away {})), ..AtWorkPatch::default() };
        assert!(set(away.clone(), &own).is_ok() && set(away, &other).is_err());
        let fields =
            |who| paths(set(everything(), who).expect_err("a refusal")).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
        assert_eq!(fields(&own), ["teams", "skills", "capacity"]);
        assert_eq!(fields(&other), ["teams", "skills", "capacity", "availability"]);
    }

    #[test]
    fn room_is_made_by_who_comes_back_or_can_do_more() {
        let with = |availability, capacity, skills: &[&str], teams: &[&str]| {
            let mut ada = ada();
            let skills = skills.iter().map(|id| Skill::parse(id).expect("fits")).collect();
            ada.at_work = AtWork { availability, capacity, skills };
            ada.teams = teams.iter().map(|id| team(id)).collect();
            ada
        };
        let (here, away) = (Availability::Online {}, Availability::Away {});
        let out = |until| Availability::Out { until };
        let known = with(here, Some(5), &["x"], &["a"]);
        for (after, makes_room) in [
            (known.clone(), false),
            (with(away, None, &["x", "y"], &["a", "b"]), false),
            (with(here, Some(4), &[], &[]), false),
            (with(here, Some(6), &["x"], &["a"]), true),
            (with(here, None, &["x"], &["a"]), true),
            (with(here, Some(5), &["x", "y"], &["a"]), true),
            (with(here, Some(5), &["x"], &["b"]), true),
        ] {
            assert_eq!(after.makes_room(&known, NOW), makes_room, "{:?} {:?}", after.at_work, after.teams);
        }
        let absent = with(away, Some(5), &["x"], &["a"]);
        assert!(known.makes_room(&absent, NOW) && !absent.makes_room(&known, NOW));
        assert!(!with(out(LATER), None, &[], &[]).makes_room(&absent, NOW), "not yet");
        let unlimited = with(here, None, &["x"], &["a"]);
        assert!(!known.makes_room(&unlimited, NOW) && !unlimited.makes_room(&unlimited, NOW));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let manager = caller(Role::Manager, 9);
        let wanted = AtWorkPatch {
            teams: Some(Some(vec![team("billing"), team("gone"), team("old")])),
            capacity: Some(Some(MAX_CAPACITY + 1)),
            availability: Some(Some(Availability::Out { until: NOW })),
            ..AtWorkPatch::default()
        };
        let mut ada = ada();
        ada.teams = vec![team("old")];
        let wrong = paths(ada.set_at_work(wanted.clone(), &teams(), &manager, NOW).expect_err("three fields"));
        let expected = [("teams[1]", "unknown_team"), ("capacity", "out_of_range"), ("availability.until", "past")];
        assert_eq!(wrong, expected.map(|(path, code)| (path.to_owned(), code)));
        ada.role = Role::Customer;
        let wrong = paths(ada.set_at_work(wanted, &teams(), &manager, NOW).expect_err("not staff"));
        assert!(wrong.len() == 3 && wrong.iter().all(|(_, code)| *code == "not_allowed"));
    }
}
