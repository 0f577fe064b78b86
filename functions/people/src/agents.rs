//! Agents as who manages them sees and changes them.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use jiff::Timestamp;
use lambdesk_domain::{AtWorkPatch, Availability, BrandId, Brands, Caller, Person, PersonId, Role, Skill, TeamId, TenantConfig};
use lambdesk_function::{ApiError, IfMatch, Reply};
use lambdesk_platform::{App, RoutingJob};
use lambdesk_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::teams::TRIES;

/// Somebody at work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentAtWork)]
pub(crate) struct AgentView {
    id: PersonId,
    name: String,
    email: String,
    role: Role,
    /// The brands they work for; null is all.
    #[schema(value_type = Option<Vec<BrandId>>)]
    brands: Brands,
    /// Their teams, without those of brands that the caller does not work for.
    teams: Vec<TeamId>,
    /// What they can do.
    skills: Vec<Skill>,
    /// The sum of weights that they may carry in open tickets (low 1, medium 2, high 3, urgent 4); null is no limit.
    capacity: Option<u32>,
    /// Whether they are there, as it was said.
    availability: Availability,
    /// Whether they are there now.
    is_available: bool,
    /// Grows by one with every change; also the ETag.
    version: u64,
}

/// An `{agent}` in a path. What is no id names nothing.
pub(crate) struct AgentPath(pub(crate) PersonId);

impl<S: Send + Sync> FromRequestParts<S> for AgentPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        text.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}

/// A member of staff who shares a brand with the caller.
pub(crate) async fn find(app: &App, id: PersonId, caller: &Caller) -> Result<Person, ApiError> {
    let person = app.desk(caller).person(id).await?;
    let there = person.role.is_staff() && caller.brands.meet(&person.brands);
    if there { Ok(person) } else { Err(ApiError::not_found()) }
}

/// Changes somebody at work, and has what waits looked at: there may be room for it now.
pub(crate) async fn change(
    app: &App,
    caller: &Caller,
    (id, if_match): (PersonId, &IfMatch),
    wanted: &AtWorkPatch,
) -> Result<Reply, ApiError> {
    let desk = app.desk(caller);
    for _ in 0..TRIES {
        let before = find(app, id, caller).await?;
        if !if_match.accepts(before.version) {
            return Err(ApiError::stale(Vec::new()));
        }
        // As they are now, where they are to be chosen among.
        let config = if wanted.teams.is_some() { desk.read_settings().await?.config } else { desk.config().await? };
        let after = before.set_at_work(wanted.clone(), &config.teams, caller, app.now())?;
        match desk.update_person(&before, &after).await {
            Ok(()) => {
                if after.makes_room(&before, app.now()) {
                    // Its loss is no failure: a schedule looks every few minutes.
                    app.queues().send(&[RoutingJob::RouteWaiting { tenant: caller.tenant.clone() }]).await;
                }
                return reply(&after, &config, caller, app.now());
            }
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the person kept changing".to_owned()).into())
}

/// The answer to whoever reads or changes them.
pub(crate) fn reply(person: &Person, config: &TenantConfig, caller: &Caller, now: Timestamp) -> Result<Reply, ApiError> {
    let view = AgentView {
        id: person.id,
        name: person.display_name().to_owned(),
        email: person.email.as_str().to_owned(),
        role: person.role,
        brands: person.brands.clone(),
        teams: person.teams_seen_by(caller, &config.teams),
        skills: person.at_work.skills.iter().cloned().collect(),
        capacity: person.at_work.capacity,
        availability: person.at_work.availability,
        is_available: person.at_work.availability.is_available(now),
        version: person.version,
    };
    let reply = Reply::ok(&view)?.etag(person.version);
    // Who is out is there again without a new version: an answer that says so is not the one from before.
    Ok(if matches!(view.availability, Availability::Out { .. }) { reply.always_new() } else { reply })
}
