//! People: customers and staff.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    caller::Brands,
    id::{Audience, OrganizationId, PersonId, TeamId},
    role::Role,
    text::{EmailAddress, Name},
};

/// One user of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Identifier.
    pub id: PersonId,
    /// What to call them; unknown for somebody who only ever wrote from an address.
    pub name: Option<Name>,
    /// Their address; one person an address within a tenant.
    pub email: EmailAddress,
    /// Their role.
    pub role: Role,
    /// Staff only: the brands they work for.
    pub brands: Brands,
    /// The audiences they belong to.
    #[serde(default)]
    pub audiences: Vec<Audience>,
    /// A customer's company.
    #[serde(default)]
    pub organization: Option<OrganizationId>,
    /// Staff only: their teams.
    #[serde(default)]
    pub teams: Vec<TeamId>,
    /// When the desk first knew them.
    pub created_at: Timestamp,
}

impl Person {
    /// Somebody who asked for help by address alone: a customer without a name.
    pub fn from_address(id: PersonId, email: EmailAddress, now: Timestamp) -> Self {
        Self {
            id,
            name: None,
            email,
            role: Role::Customer,
            brands: Brands::All,
            audiences: Vec::new(),
            organization: None,
            teams: Vec::new(),
            created_at: now,
        }
    }

    /// The name, or the address where there is none.
    pub fn display_name(&self) -> &str {
        self.name.as_ref().map_or(self.email.as_str(), Name::as_str)
    }
}
