//! A manager makes a team.

use axum::extract::State;
use lambdesk_domain::{Permission, Team, TeamId};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn, id_for};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::teams::{Input, TRIES, check};

/// Makes a team.
pub const FUNCTION: Function =
    Function::http("people-create-team", "POST", "/v1/teams", Access::Permission(Permission::PeopleManageAgents))
        .summary("Make a team")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<Team>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    idempotent: Idempotent,
    Json(mut input): Json<Input>,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    idempotent.check(&desk, app.now()).await?;
    let id = id_for(input.id.take(), &input.name, TeamId::parse)?;
    let team = input.team(id, 1);
    let reply = Reply::created(format!("/v1/teams/{}", team.id), &team)?.etag(1);
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        if settings.config.team(&team.id).is_some() {
            return Err(StoreError::Taken("id").into());
        }
        settings.config.check_room_for_team()?;
        check(&team, &settings.config, &caller)?;
        match desk.put_team(&team, &settings, (idempotent.keep(&reply), app.now())).await {
            Ok(()) => return Ok(reply),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("teams kept changing".to_owned()).into())
}
