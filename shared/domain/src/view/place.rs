//! Where a ticket stands in a view: for everybody, or only for some of those who look.

use std::collections::BTreeSet;

use super::{Scope, StatusValue, TeamValue, Test, View, Viewer, Who};
use crate::{
    config::TenantConfig,
    id::{BrandId, CategoryId, PersonId, TeamId, ViewId},
    routing::Among,
    ticket::Ticket,
};

/// For whom a ticket is in a view. With nothing in it: for everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Only for this person: the ticket is theirs, and the view asks for `me`.
    pub me: Option<PersonId>,
    /// Only for those in this team: the ticket is its, and the view asks for `mine`.
    pub mine: Option<TeamId>,
}

/// What a row of counts is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// What is the same for everybody who sees the view.
    All,
    /// What only this person is shown.
    Person(PersonId),
    /// What only this team's members are shown.
    Team(TeamId),
}

/// One number that is kept: the tickets of a brand in a view, as one row's readers are shown it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// In which row.
    pub row: Row,
    /// Of which view.
    pub view: ViewId,
    /// By which of its filters.
    pub filter_version: u64,
    /// Of which brand: who works for some is shown those alone.
    pub brand: BrandId,
    /// In a person's row: only while they are in this team.
    pub team: Option<TeamId>,
}

/// How a test ends: for nobody, for everybody, or for some.
enum Outcome {
    Nobody,
    Everybody,
    Assignee(PersonId),
    Members(TeamId),
}

impl From<bool> for Outcome {
    fn from(holds: bool) -> Self {
        if holds { Self::Everybody } else { Self::Nobody }
    }
}

impl View {
    /// For whom the ticket is in the view; `None` where it is for nobody. Deleted tickets are in no view.
    pub fn place(&self, ticket: &Ticket, config: &TenantConfig) -> Option<Place> {
        if ticket.deleted_at.is_some() {
            return None;
        }
        let mut place = Place::default();
        for test in &self.filter {
            match test.outcome(ticket, config) {
                Outcome::Nobody => return None,
                Outcome::Everybody => {}
                Outcome::Assignee(person) => place.me = Some(person),
                Outcome::Members(team) => place.mine = Some(team),
            }
        }
        Some(place)
    }

    /// Whether the ticket is in the view for who looks, and of one of their brands.
    pub fn matches(&self, ticket: &Ticket, config: &TenantConfig, viewer: Viewer<'_>) -> bool {
        let Some(Place { me, mine }) = self.place(ticket, config) else { return false };
        let theirs = me.is_none_or(|person| person == viewer.person) && mine.is_none_or(|team| viewer.teams.contains(&team));
        theirs && viewer.brands.include(&ticket.brand)
    }

    /// Where the ticket counts in the view. One slot at most: the one that the ticket's assignee or team says.
    pub fn slot(&self, ticket: &Ticket, config: &TenantConfig) -> Option<Slot> {
        let Place { me, mine } = self.place(ticket, config)?;
        let (row, team) = match (&self.scope, me, mine) {
            (Scope::Personal {}, me, mine) => {
                // Who else has the ticket does not look at this view.
                if me.is_some_and(|person| person != self.owner) {
                    return None;
                }
                (Row::Person(self.owner), mine)
            }
            (_, Some(person), mine) => (Row::Person(person), mine),
            (_, None, Some(team)) => (Row::Team(team), None),
            (_, None, None) => (Row::All, None),
        };
        Some(Slot { row, view: self.id, filter_version: self.filter_version, brand: ticket.brand.clone(), team })
    }
}

/// Where the ticket counts in all of these views.
pub fn slots(views: &[View], ticket: &Ticket, config: &TenantConfig) -> BTreeSet<Slot> {
    views.iter().filter_map(|view| view.slot(ticket, config)).collect()
}

impl Slot {
    /// Whether it counts for who looks, beyond the row that it stands in.
    pub fn counts_for(&self, viewer: Viewer<'_>) -> bool {
        viewer.brands.include(&self.brand) && self.team.as_ref().is_none_or(|team| viewer.teams.contains(team))
    }

    /// Whether it belongs to the filter that the view has now.
    pub fn is_of(&self, view: &View) -> bool {
        self.view == view.id && self.filter_version == view.filter_version
    }
}

impl Test {
    fn outcome(&self, ticket: &Ticket, config: &TenantConfig) -> Outcome {
        let breached =
            || ticket.promise.iter().flat_map(|promise| promise.clocks.values()).any(|clock| clock.breached_at.is_some());
        match self {
            Self::Status(values) => values.holds(|value: &StatusValue| value.holds(ticket.status)),
            Self::Priority(values) => values.holds(|value| *value == ticket.priority),
            Self::Category(values) => values.holds(|value| is_in(ticket, value, config)),
            Self::Brand(values) => values.holds(|value| *value == ticket.brand),
            Self::Assignee(values) => return assignee(values, ticket),
            Self::Team(values) => return team(values, ticket),
            Self::Requester(values) => values.holds(|value| *value == ticket.requester),
            Self::Organization(values) => values.holds(|value| ticket.organization.as_ref() == Some(value)),
            Self::Channel(values) => values.holds(|value| *value == ticket.channel),
            Self::Tag(values) => values.holds(|value| ticket.tags.contains(value)),
            Self::HasAllTags(tags) => tags.iter().all(|tag| ticket.tags.contains(tag)),
            Self::Custom(name, values) => {
                let held = ticket.fields.get(name.as_str());
                values.holds(|value| held.is_some_and(|held| value.equals(held)))
            }
            Self::CreatedAt(span) => span.holds(ticket.created_at),
            Self::Breached(values) => values.holds(|value| *value == breached()),
            Self::Rated(values) => values.holds(|value| *value == ticket.rating.is_some()),
        }
        .into()
    }
}

/// `me` holds for whoever has the ticket. It cannot be denied: see [`View::check`].
fn assignee(values: &Among<Who>, ticket: &Ticket) -> Outcome {
    let is_named = |value: &Who| match value {
        Who::Me => false,
        Who::Nobody => ticket.assignee.is_none(),
        Who::Agent(agent) => ticket.assignee == Some(*agent),
    };
    match (values, ticket.assignee) {
        (Among::Is(listed), Some(agent)) if listed.contains(&Who::Me) && !listed.iter().any(is_named) => Outcome::Assignee(agent),
        _ => values.holds(is_named).into(),
    }
}

fn team(values: &Among<TeamValue>, ticket: &Ticket) -> Outcome {
    let is_named = |value: &TeamValue| match value {
        TeamValue::Mine => false,
        TeamValue::None => ticket.team.is_none(),
        TeamValue::Team(team) => ticket.team.as_ref() == Some(team),
    };
    match (values, &ticket.team) {
        (Among::Is(listed), Some(team)) if listed.contains(&TeamValue::Mine) && !listed.iter().any(is_named) => {
            Outcome::Members(team.clone())
        }
        _ => values.holds(is_named).into(),
    }
}

/// Whether the ticket is in this category, or in one below it. A category that is gone still is what it was.
fn is_in(ticket: &Ticket, wanted: &CategoryId, config: &TenantConfig) -> bool {
    let Some(own) = &ticket.category else { return false };
    own == wanted || config.lineage(own).any(|category| category.id == *wanted)
}
