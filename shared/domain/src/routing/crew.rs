//! Who could get a ticket: staff, what they carry, and whether they can take more.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Considered, Verdict, decision::Carrying};
use crate::{
    at_work::Availability,
    id::{BrandId, PersonId, Skill, TeamId, TicketId},
    person::Person,
    team::Team,
    words::Priority,
};

/// The staff of a tenant and how they stand, as far as a decision needs to know.
#[derive(Debug, Clone, Default)]
pub struct Crew {
    /// The tenant's teams. One that is not among them is a team whose agents take their tickets themselves.
    pub teams: Vec<Team>,
    /// Staff; all of the tenant's, or at least those who may be chosen.
    pub people: Vec<Person>,
    /// What they carry in open tickets, without the one that is decided; who is missing carries nothing.
    pub loads: BTreeMap<PersonId, Load>,
    /// Who of a team last got a ticket by turn.
    pub last_in_turn: BTreeMap<TeamId, PersonId>,
    /// Who had the customer's last ticket.
    pub last_agent_of_requester: Option<PersonId>,
}

/// What somebody carries in open tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Load {
    /// The sum of the tickets' [weights](crate::Priority::weight).
    pub weight: u32,
    /// How many there are.
    pub tickets: u32,
}

impl Load {
    /// What open tickets weigh together: how many there are of each priority.
    pub fn of(tickets: impl IntoIterator<Item = (Priority, i64)>) -> Self {
        tickets.into_iter().fold(Self::default(), |load, (priority, count)| {
            let count = u32::try_from(count).unwrap_or(0);
            Self { weight: load.weight + count * priority.weight(), tickets: load.tickets + count }
        })
    }
}

impl Crew {
    /// What somebody carries.
    pub fn load(&self, person: PersonId) -> Load {
        self.loads.get(&person).copied().unwrap_or_default()
    }

    pub(super) fn team(&self, id: &TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == *id)
    }

    /// A member of staff.
    pub(super) fn agent(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id && person.role.is_staff())
    }

    /// The staff of a team, in the order of their ids.
    pub(super) fn members(&self, team: &TeamId) -> Vec<&Person> {
        let members = self.people.iter().filter(|person| person.role.is_staff() && person.teams.contains(team));
        members.map(|person| (person.id, person)).collect::<BTreeMap<_, _>>().into_values().collect()
    }

    pub(super) fn considered(&self, person: &Person, verdict: Verdict) -> Considered {
        Considered { person: person.id, verdict, load: self.load(person.id), capacity: person.at_work.capacity }
    }
}

/// What a ticket takes of whoever gets it.
pub(super) struct Asked<'a> {
    pub(super) ticket: TicketId,
    pub(super) brand: &'a BrandId,
    pub(super) weight: u32,
    pub(super) now: Timestamp,
}

impl Asked<'_> {
    /// What keeps somebody from taking it; `None` is a candidate. What is most lasting is named first.
    pub(super) fn obstacle(&self, person: &Person, skills: &BTreeSet<Skill>, crew: &Crew) -> Option<Verdict> {
        let at_work = &person.at_work;
        if !person.brands.include(self.brand) {
            return Some(Verdict::OtherBrand);
        }
        if !at_work.skills.is_superset(skills) {
            return Some(Verdict::LacksSkills);
        }
        if !at_work.availability.is_available(self.now) {
            let is_out = matches!(at_work.availability, Availability::Out { .. });
            return Some(if is_out { Verdict::Out } else { Verdict::Away });
        }
        let needed = crew.load(person.id).weight.saturating_add(self.weight);
        at_work.capacity.is_some_and(|capacity| needed > capacity).then_some(Verdict::Full)
    }

    /// What must still be so of a candidate when they get it.
    pub(super) fn carrying(&self, person: &Person, crew: &Crew) -> Carrying {
        let at_most = person.at_work.capacity.map(|capacity| capacity.saturating_sub(self.weight));
        Carrying { person: person.id, weight: crew.load(person.id).weight, adds: self.weight, at_most }
    }
}
