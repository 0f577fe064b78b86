//! Prepared things, as far as they are there for the caller.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use futures_util::future::try_join;
use lambdesk_domain::{
    Caller, Permission, Person, PersonId, TeamId, TicketRef,
    id::PreparedId,
    prepared::{Preparable, Prepared, Reach},
};
use lambdesk_platform::App;
use lambdesk_store::{Kept, StoreError};

use crate::error::ApiError;

/// The thing of this identifier, or `NotFound` exactly as if it were not there.
pub async fn find_prepared<T: Preparable>(app: &App, caller: &Caller, id: PreparedId) -> Result<Kept<T>, ApiError> {
    let desk = app.desk(caller);
    let (common, own) = try_join(desk.prepared::<T>(None, id), desk.prepared::<T>(Some(caller.person), id)).await?;
    let found = common.or(own).ok_or_else(ApiError::not_found)?;
    let teams = teams_of(app, caller, std::slice::from_ref(&found)).await?;
    if found.prepared.is_there(caller, &teams) { Ok(found) } else { Err(ApiError::not_found()) }
}

/// Everything of a kind that is there for the caller: what is everybody's, their teams', and their own.
pub async fn all_prepared<T: Preparable>(app: &App, caller: &Caller) -> Result<Vec<Kept<T>>, ApiError> {
    let desk = app.desk(caller);
    let (common, own) = try_join(desk.shelf::<T>(None), desk.shelf::<T>(Some(caller.person))).await?;
    let mut all = common.things;
    let teams = teams_of(app, caller, &all).await?;
    all.extend(own.things);
    all.retain(|kept| kept.prepared.is_there(caller, &teams));
    Ok(all)
}

/// The caller's teams, which are asked for only where they decide.
async fn teams_of<T: Preparable>(app: &App, caller: &Caller, things: &[Kept<T>]) -> Result<Vec<TeamId>, ApiError> {
    let is_teams = |kept: &Kept<T>| kept.prepared.whose.scope == Reach::Team;
    if caller.may(Permission::AnswersManage) || !things.iter().any(is_teams) {
        return Ok(Vec::new());
    }
    Ok(known_person(app, caller, caller.person).await?.map_or_else(Vec::new, |person| person.teams))
}

/// Somebody, where the desk knows them.
pub async fn known_person(app: &App, caller: &Caller, id: PersonId) -> Result<Option<Person>, ApiError> {
    match app.desk(caller).person(id).await {
        Ok(person) => Ok(Some(person)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Counts that it was used. What is counted helps to suggest it; that it could not be counted is no reason to refuse it.
pub async fn count_use<T: Preparable>(
    app: &App,
    caller: &Caller,
    thing: &Prepared<T>,
    category: Option<&lambdesk_domain::CategoryId>,
) {
    if let Err(error) = app.desk(caller).count_use(thing, category).await {
        tracing::warn!(tenant = %caller.tenant, thing = %thing.id, %error, "a use was not counted");
    }
}

/// The identifier of a prepared thing in a path. What is no id names nothing.
#[derive(Debug)]
pub struct PreparedPath(pub PreparedId);

impl<S: Send + Sync> FromRequestParts<S> for PreparedPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        text.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}

/// A ticket and what is prepared for it, in a path.
#[derive(Debug)]
pub struct PreparedForTicket(pub TicketRef, pub PreparedId);

impl<S: Send + Sync> FromRequestParts<S> for PreparedForTicket {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((ticket, id)) = path.map_err(|_| ApiError::not_found())?;
        let ticket = TicketRef::parse(&ticket).ok_or_else(ApiError::not_found)?;
        id.parse().map(|id| Self(ticket, id)).map_err(|_| ApiError::not_found())
    }
}
