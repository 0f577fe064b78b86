//! How teams come and go over the API, and which are there for whom.

use std::collections::BTreeSet;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{BrandId, Caller, DomainError, FieldError, Name, Strategy, Team, TeamId, TenantConfig};
use lambdesk_function::{ApiError, Reply, input};

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
pub(crate) const TRIES: usize = 6;

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

/// The team, for a caller who may change it. One that gets tickets of other brands too is changed by those alone who work for
/// them.
pub(crate) fn changeable<'a>(config: &'a TenantConfig, id: &TeamId, caller: &Caller) -> Result<&'a Team, ApiError> {
    let team = config.team(id).filter(|team| is_there(team, caller)).ok_or_else(ApiError::not_found)?;
    if !team.brands.are_within(&caller.brands) {
        let error = FieldError::new("brands", "not_allowed", "it gets tickets of brands that you do not work for");
        return Err(DomainError::Forbidden(vec![error]).into());
    }
    Ok(team)
}

/// Names everything in it that this desk cannot have so, or that the caller cannot decide: who works for some brands makes teams
/// for those alone.
pub(crate) fn check(team: &Team, config: &TenantConfig, caller: &Caller) -> Result<(), ApiError> {
    let mut wrong = match team.check(config) {
        Ok(()) => Vec::new(),
        Err(DomainError::Invalid(wrong)) => wrong,
        Err(error) => return Err(error.into()),
    };
    if !team.brands.are_within(&caller.brands) {
        wrong.push(FieldError::new("brands", "not_allowed", "must be brands that you work for"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(ApiError::invalid(wrong)) }
}

/// The answer to whoever changed it.
pub(crate) fn reply(team: &Team) -> Result<Reply, ApiError> {
    Ok(Reply::ok(team)?.etag(team.version.into()))
}
