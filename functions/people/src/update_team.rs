//! A manager changes a team.

use axum::extract::State;
use lambdesk_domain::{Permission, Team};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Merge, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::teams::{Input, TRIES, TeamPath, changeable, check, reply};

/// Changes a team.
pub const FUNCTION: Function =
    Function::http("people-update-team", "PATCH", "/v1/teams/{team}", Access::Permission(Permission::PeopleManageAgents))
        .summary("Change a team (JSON Merge Patch)")
        .needs(&[Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body_patches::<Input>().heeds_if_match().answers::<Team>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TeamPath(id): TeamPath,
    if_match: IfMatch,
    patch: Merge,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        let before = changeable(&settings.config, &id, &caller)?;
        if !if_match.accepts(before.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        let input: Input = patch.onto(before, &["id", "version"])?;
        let mut after = input.team(id.clone(), before.version);
        check(&after, &settings.config, &caller)?;
        if after == *before {
            return reply(before);
        }
        after.version += 1;
        match desk.put_team(&after, &settings, (None, app.now())).await {
            Ok(()) => return reply(&after),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the team kept changing".to_owned()).into())
}
