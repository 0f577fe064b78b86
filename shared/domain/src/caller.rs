//! The one who asks: what the authorizer knows of them, and what they may see.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    error::DomainError,
    id::{Audience, BrandId, OrganizationId, PersonId, TenantId},
    role::{Permission, Role},
    ticket::{Standing, Ticket},
};

/// Which brands a member of staff works for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<BTreeSet<BrandId>>", into = "Option<BTreeSet<BrandId>>")]
pub enum Brands {
    /// All brands of the tenant.
    All,
    /// Only these.
    Only(BTreeSet<BrandId>),
}

impl Brands {
    /// Whether the brand is among them.
    pub fn include(&self, brand: &BrandId) -> bool {
        match self {
            Self::All => true,
            Self::Only(brands) => brands.contains(brand),
        }
    }

    /// Whether there is a brand among both.
    pub fn meet(&self, others: &Self) -> bool {
        match (self, others) {
            (Self::All, _) | (_, Self::All) => true,
            (Self::Only(these), Self::Only(those)) => !these.is_disjoint(those),
        }
    }

    /// Whether all of these are among the others.
    pub fn are_within(&self, others: &Self) -> bool {
        match (self, others) {
            (_, Self::All) => true,
            (Self::All, Self::Only(_)) => false,
            (Self::Only(these), Self::Only(those)) => these.is_subset(those),
        }
    }

    /// Those of them that are among the others too.
    #[must_use]
    pub fn within(&self, others: &Self) -> Self {
        match (self, others) {
            (brands, Self::All) | (Self::All, brands) => brands.clone(),
            (Self::Only(these), Self::Only(those)) => Self::Only(these & those),
        }
    }
}

impl From<Option<BTreeSet<BrandId>>> for Brands {
    fn from(brands: Option<BTreeSet<BrandId>>) -> Self {
        brands.map_or(Self::All, Self::Only)
    }
}

impl From<Brands> for Option<BTreeSet<BrandId>> {
    fn from(brands: Brands) -> Self {
        match brands {
            Brands::All => None,
            Brands::Only(brands) => Some(brands),
        }
    }
}

/// Who asks, as the authorizer established it. Nothing in a request's body or path can change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The tenant; every query is made in it.
    pub tenant: TenantId,
    /// The person.
    pub person: PersonId,
    /// Their role.
    pub role: Role,
    /// The brands they work for; of no meaning for customers.
    pub brands: Brands,
    /// The audiences they belong to.
    #[serde(default)]
    pub audiences: Vec<Audience>,
    /// A customer's company, where the token names it.
    #[serde(default)]
    pub organization: Option<OrganizationId>,
    /// An API key's scopes; `None` for a person's own sign-in, which has all that the role grants.
    #[serde(default)]
    pub scopes: Option<BTreeSet<Permission>>,
}

impl Caller {
    /// Whether role and, for an API key, scopes allow it.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.grants(permission) && self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&permission))
    }

    /// Staff, or a customer.
    pub fn is_staff(&self) -> bool {
        self.role.is_staff()
    }

    /// Whether the ticket exists for this caller: customers see their own, staff their brands'. A deleted ticket
    /// exists for nobody but those who may restore it, an erased one for nobody.
    pub fn sees(&self, ticket: &Ticket) -> bool {
        if !self.may(Permission::TicketsRead) {
            return false;
        }
        if ticket.purged_at.is_some() {
            return false;
        }
        if ticket.deleted_at.is_some() && !self.may(Permission::TicketsRestore) {
            return false;
        }
        match self.role {
            Role::Customer => {
                let standing = ticket.participants.get(&self.person).map(|participant| participant.standing);
                ticket.requester == self.person || standing == Some(Standing::Confirmed)
            }
            _ => self.brands.include(&ticket.brand),
        }
    }

    /// The ticket if it exists for this caller, or `NotFound` exactly as if it were not there.
    pub fn see(&self, ticket: Ticket) -> Result<Ticket, DomainError> {
        if self.sees(&ticket) { Ok(ticket) } else { Err(DomainError::NotFound) }
    }
}
