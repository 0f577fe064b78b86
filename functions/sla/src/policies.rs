//! How policies come and go over the API, and which are there for whom.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{
    Brands, CalendarId, Caller, DomainError, FieldError, Name, Policy, PolicyId, TenantConfig,
    sla::{Escalation, Pauses, Scope, Targets},
};
use lambdesk_function::{ApiError, Reply, input};
use lambdesk_store::{Desk, StoreError};

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
pub(crate) const TRIES: usize = 6;

input! {
    /// A policy: what is promised for which tickets.
    pub(crate) struct Input {
        /// Identifier, such as `vip`; made from the name where it is absent.
        id: Option<PolicyId>,
        /// What this desk calls it.
        name: Name,
        /// Whether new tickets get it; true by default.
        active: Option<bool>,
        /// For which tickets; for all of them by default. Of those that fit a ticket it gets the one that says most closely which it means.
        when: Option<Scope>,
        /// How long each may take.
        targets: Targets,
        /// Whose working hours count; around the clock where there is none.
        calendar: Option<CalendarId>,
        /// In which statuses each clock stands still; in `pending` by default.
        pauses: Option<Pauses>,
        /// The share of the time, in percent, after which the desk warns; 80 by default.
        #[schema(minimum = 1, maximum = 99)]
        warn_percent: Option<u8>,
        /// What happens when it warns and when a promise is broken.
        escalations: Option<Vec<Escalation>>,
    }
}

/// The share that warns where a policy names none, in percent.
const WARN_PERCENT: u8 = 80;

impl Input {
    /// The policy of this id and version.
    pub(crate) fn policy(self, id: PolicyId, version: u32) -> Policy {
        let Self { id: _, name, active, when, targets, calendar, pauses, warn_percent, escalations } = self;
        Policy {
            id,
            name,
            active: active.unwrap_or(true),
            when: when.unwrap_or_default(),
            targets,
            calendar,
            pauses: pauses.unwrap_or_default(),
            warn_percent: warn_percent.unwrap_or(WARN_PERCENT),
            escalations: escalations.unwrap_or_default(),
            version,
            withdrawn: false,
        }
    }
}

/// A `{policy}` in a path. What is no id names nothing.
pub(crate) struct PolicyPath(pub(crate) PolicyId);

impl<S: Send + Sync> FromRequestParts<S> for PolicyPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        PolicyId::parse(&text).map(Self).map_err(|_| ApiError::not_found())
    }
}

/// Whether the policy is there for the caller: that of another brand is not.
pub(crate) fn is_there(policy: &Policy, caller: &Caller) -> bool {
    policy.when.brand.as_ref().is_none_or(|brand| caller.brands.include(brand))
}

/// The policy as it is now, for a caller who may change it. One that holds for all brands is changed by those alone who work
/// for all of them.
pub(crate) fn changeable<'a>(config: &'a TenantConfig, id: &PolicyId, caller: &Caller) -> Result<&'a Policy, ApiError> {
    let policy = config.policy(id).filter(|policy| !policy.withdrawn && is_there(policy, caller));
    let policy = policy.ok_or_else(ApiError::not_found)?;
    if policy.when.brand.is_none() && caller.brands != Brands::All {
        let error = FieldError::new("when.brand", "not_allowed", "it holds for brands that you do not work for");
        return Err(DomainError::Forbidden(vec![error]).into());
    }
    Ok(policy)
}

/// Names everything in it that this desk cannot have so, or that the caller cannot promise.
pub(crate) async fn check(policy: &Policy, desk: &Desk<'_>, config: &TenantConfig, caller: &Caller) -> Result<(), ApiError> {
    let mut wrong = policy.check(config);
    match &policy.when.brand {
        None if caller.brands != Brands::All => {
            wrong.push(FieldError::new("when.brand", "required", "must be a brand that you work for"));
        }
        Some(brand) if config.brand(brand).is_some() && !caller.brands.include(brand) => {
            wrong.push(FieldError::new("when.brand", "unknown_brand", "there is no such brand"));
        }
        _ => {}
    }
    let mut people = Vec::new();
    for id in policy.assignees() {
        match desk.person(id).await {
            Ok(person) => people.push(person),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    wrong.extend(policy.check_targets(&caller.brands, &people, config));
    if wrong.is_empty() { Ok(()) } else { Err(ApiError::invalid(wrong)) }
}

/// The answer to whoever changed it.
pub(crate) fn reply(policy: &Policy) -> Result<Reply, ApiError> {
    Ok(Reply::ok(policy)?.etag(policy.version.into()))
}
