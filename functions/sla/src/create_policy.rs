//! A manager makes a promise.

use axum::extract::State;
use lambdesk_domain::{Permission, Policy, PolicyId};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn, id_for};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::policies::{Input, TRIES, check};

/// Makes a policy.
pub const FUNCTION: Function =
    Function::http("sla-create-policy", "POST", "/v1/sla-policies", Access::Permission(Permission::SlaManage))
        .summary("Make an SLA policy")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<Policy>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    idempotent: Idempotent,
    Json(mut input): Json<Input>,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    idempotent.check(&desk, app.now()).await?;
    let id = id_for(input.id.take(), &input.name, PolicyId::parse)?;
    let mut policy = input.policy(id, 1);
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        settings.config.check_room_for_policy(&policy.id)?;
        // Of one that was withdrawn, tickets may have versions: this one goes on after them.
        policy.version = match settings.config.policy(&policy.id) {
            Some(before) if !before.withdrawn => return Err(StoreError::Taken("id").into()),
            before => before.map_or(0, |before| before.version) + 1,
        };
        check(&policy, &desk, &settings.config, &caller).await?;
        let reply = Reply::created(format!("/v1/sla-policies/{}", policy.id), &policy)?.etag(policy.version.into());
        match desk.put_policy(&policy, &settings, (idempotent.keep(&reply), app.now())).await {
            Ok(()) => return Ok(reply),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("policies kept changing".to_owned()).into())
}
