//! Saved views: which tickets somebody wants to see, in which order, with which columns; and in which of them a ticket counts.
//!
//! Whether a ticket is in a view depends on the ticket and on who looks, and never on the time: so it can be counted when the
//! ticket changes, and need not be counted when somebody asks.

mod check;
mod filter;
mod place;
mod schema;
mod written;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::{
    filter::{Span, StatusValue, TeamValue, Test, Who},
    place::{Place, Row, Slot, slots},
};
use crate::{
    caller::{Brands, Caller},
    error::{DomainError, FieldError, ParseError},
    id::{BrandId, PersonId, TeamId, ViewId},
    role::Permission,
    routing::{Among, FieldName},
    text::Name,
    words::word,
};

/// Personal views that one person may have.
pub const MAX_PERSONAL: usize = 50;
/// Team views and shared views that a desk may have, together.
pub const MAX_SHARED: usize = 100;
/// Views that a desk may have in all: every change of a ticket is held against each of them.
pub const MAX_VIEWS: usize = 2_000;

/// Whose view it is.
// Braces, so that a field which the variant does not have is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ViewScope)]
pub enum Scope {
    /// Its owner's alone.
    Personal {},
    /// Its owner's while they choose what is in it, and everybody's in a team.
    Team {
        /// Which team.
        team: TeamId,
    },
    /// All staff's.
    Shared {},
}

impl Default for Scope {
    fn default() -> Self {
        Self::Personal {}
    }
}

word!(
    /// What a view is ordered by.
    ViewSort {
        /// The last change.
        UpdatedAt = "updated_at",
        /// The creation.
        CreatedAt = "created_at",
        /// The priority, then the last change.
        Priority = "priority",
    }
);

word!(
    /// Which end of a view comes first.
    ViewOrder {
        /// Oldest, or lowest, first.
        Ascending = "asc",
        /// Newest, or highest, first.
        Descending = "desc",
    }
);

/// A column of a view: a field of tickets as the API names it, or `fields.<name>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(as = ViewColumn, value_type = String, example = "subject")]
pub struct Column(String);

const COLUMNS: &[&str] = &[
    "number",
    "subject",
    "status",
    "priority",
    "category",
    "brand",
    "channel",
    "requester",
    "organization",
    "assignee",
    "team",
    "tags",
    "created_at",
    "updated_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "rating",
    "sla",
];

impl Column {
    /// Parses a name.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let is_custom = text.strip_prefix("fields.").is_some_and(|name| FieldName::parse(name).is_ok());
        if is_custom || COLUMNS.contains(&text) {
            return Ok(Self(text.to_owned()));
        }
        Err(ParseError::new(format!("must be fields.<name>, or one of {}", COLUMNS.join(", "))))
    }
}

impl TryFrom<String> for Column {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<Column> for String {
    fn from(column: Column) -> Self {
        column.0
    }
}

/// The columns of a view whose maker named none.
pub fn default_columns() -> Vec<Column> {
    ["number", "subject", "status", "priority", "requester", "assignee", "updated_at"].map(|name| Column(name.to_owned())).into()
}

/// A saved view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = View)]
pub struct View {
    /// Identifier.
    pub id: ViewId,
    /// How it is called.
    pub name: Name,
    /// Whose it is: `personal`, of a `team`, or `shared`.
    pub scope: Scope,
    /// Who made it.
    pub owner: PersonId,
    /// What must hold of a ticket, all of it. Nothing holds for every ticket.
    pub filter: Vec<Test>,
    /// What is shown of each.
    pub columns: Vec<Column>,
    /// What it is ordered by.
    pub sort: ViewSort,
    /// Which end comes first.
    pub order: ViewOrder,
    /// Its place among the views, lowest first.
    pub position: u32,
    /// Which of the filters that it had this is: what is counted belongs to one of them.
    pub filter_version: u64,
    /// When the filter became this one.
    #[schema(value_type = String, format = DateTime)]
    pub filter_since: Timestamp,
    /// Grows by one with every change; the optimistic lock and the ETag.
    pub version: u32,
}

impl View {
    /// Whether it is there for the caller, who is in these teams. A team's views are its members' and who gives out tickets'; a
    /// view that asks for other brands alone is not there, because nothing in it could ever be seen.
    pub fn is_there(&self, caller: &Caller, teams: &[TeamId]) -> bool {
        let theirs = match &self.scope {
            Scope::Personal {} => self.owner == caller.person,
            Scope::Team { team } => teams.contains(team) || caller.may(Permission::TicketsAssign),
            Scope::Shared {} => true,
        };
        theirs && self.brands().is_none_or(|brands| brands.iter().any(|brand| caller.brands.include(brand)))
    }

    /// Whether the caller may change it: their own, or with what managers may the others'.
    pub fn check_may_change(&self, caller: &Caller) -> Result<(), DomainError> {
        check_may_make(&self.scope, caller)
    }

    /// The brands that it asks for; `None` where it asks for none.
    fn brands(&self) -> Option<&[BrandId]> {
        self.filter.iter().find_map(|test| match test {
            Test::Brand(Among::Is(brands)) => Some(&brands[..]),
            _ => None,
        })
    }
}

/// Whether the caller may make a view of this scope.
pub fn check_may_make(scope: &Scope, caller: &Caller) -> Result<(), DomainError> {
    if matches!(scope, Scope::Personal {}) || caller.may(Permission::TicketsAssign) {
        return Ok(());
    }
    let message = "only who may give out tickets makes and changes views for others";
    Err(DomainError::Forbidden(vec![FieldError::new("scope", "not_allowed", message)]))
}

/// Who looks at a view.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// The person.
    pub person: PersonId,
    /// Their teams.
    pub teams: &'a [TeamId],
    /// The brands that they work for.
    pub brands: &'a Brands,
}
