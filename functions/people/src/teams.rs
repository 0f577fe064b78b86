//! How teams come and go over the API, and which are there for whom.

use std::collections::BTreeSet;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{BrandId, Brands, Caller, DomainError, FieldError, Name, Strategy, Team, TeamId, TenantConfig};
use lambdesk_function::{ApiError, Reply, input};

input! {
    /// A team: agents who share a queue.
    pub(crate) struct Input {
        /// Identifier, such as `billing`; made from the name where it is absent.
        id: Option<TeamId>,
        /// How it is called.
        name: Name,
        /// The brands whose tickets it gets; null is all of them.
        brands: Option<BTreeSet<BrandId>>,
        /// How its tickets find an agent; `manual` by default.
        strategy: Option<Strategy>,
        /// Whether a customer's ticket goes to the agent who had their last one, while that agent is free to take it.
        sticky: Option<bool>,
        /// Minutes that a ticket may be without an agent before somebody is told; the desk's where there are none.
        #[schema(minimum = 1, maximum = 10080)]
        unassigned_minutes: Option<u32>,
    }
}

impl Input {
    /// The team of this id and version.
    pub(crate) fn team(self, id: TeamId, version: u32) -> Team {
        let Self { id: _, name, brands, strategy, sticky, unassigned_minutes } = self;
        Team {
            id,
            name,
            brands: brands.into(),
            strategy: strategy.unwrap_or(Strategy::Manual),
            sticky: sticky.unwrap_or(false),
            unassigned_minutes,
            version,
        }
    }
}

/// A `{team}` in a path. What is no id names nothing.
pub(crate) struct TeamPath(pub(crate) TeamId);

impl<S: Send + Sync> FromRequestParts<S> for TeamPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        TeamId::parse(&text).map(Self).map_err(|_| ApiError::not_found())
    }
}

/// Whether the team is there for the caller: that of other brands is not.
pub(crate) fn is_there(team: &Team, caller: &Caller) -> bool {
    caller.brands.meet(&team.brands)
}

/// The team, if it is there for the caller.
pub(crate) fn find<'a>(config: &'a TenantConfig, id: &TeamId, caller: &Caller) -> Result<&'a Team, ApiError> {
    config.team(id).filter(|team| is_there(team, caller)).ok_or_else(ApiError::not_found)
}

/// Names everything in it that this desk cannot have so, or that the caller cannot change so: who works for some brands adds
/// and takes away those alone.
pub(crate) fn check(team: &Team, before: Option<&Team>, config: &TenantConfig, caller: &Caller) -> Result<(), ApiError> {
    let mut wrong = match team.check(config) {
        Ok(()) => Vec::new(),
        Err(DomainError::Invalid(wrong)) => wrong,
        Err(error) => return Err(error.into()),
    };
    if let Brands::Only(mine) = &caller.brands {
        wrong.extend(not_theirs(&team.brands, before.map(|before| &before.brands), mine));
    }
    if wrong.is_empty() { Ok(()) } else { Err(ApiError::invalid(wrong)) }
}

fn not_theirs(after: &Brands, before: Option<&Brands>, mine: &BTreeSet<BrandId>) -> Option<FieldError> {
    let not_allowed = |message| Some(FieldError::new("brands", "not_allowed", message));
    let none = BTreeSet::new();
    let before = match (after, before) {
        (after, Some(before)) if after == before => return None,
        (Brands::All, _) | (_, Some(Brands::All)) => return not_allowed("only who works for all brands decides for all of them"),
        (_, Some(Brands::Only(before))) => before,
        (_, None) => &none,
    };
    let Brands::Only(after) = after else { return None };
    let changed = after.symmetric_difference(before).any(|brand| !mine.contains(brand));
    if changed { not_allowed("only your own brands can be added or taken away") } else { None }
}

/// The answer to whoever changed it.
pub(crate) fn reply(team: &Team) -> Result<Reply, ApiError> {
    Ok(Reply::ok(team)?.etag(team.version.into()))
}
