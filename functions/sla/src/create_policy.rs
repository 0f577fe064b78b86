//! A manager makes a promise.

use axum::extract::State;
use lambdesk_domain::{Permission, Policy, PolicyId};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn, id_for};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::policies::{Input, check};

/// Makes a policy.
pub const FUNCTION: Function =
    Function::http("sla-create-policy", "POST", "/v1/sla-policies", Access::Permission(Permission::SlaManage))
        .summary("Make an SLA policy")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Delete]);

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
    let config = desk.read_settings().await?.config;
    // Of one that was withdrawn, tickets may have versions: this one goes on after them.
    let version = match config.policy(&id) {
        Some(policy) if !policy.withdrawn => return Err(StoreError::Taken("id").into()),
        before => before.map_or(0, |policy| policy.version) + 1,
    };
    let policy = input.policy(id, version);
    check(&policy, &desk, &config, &caller).await?;
    let reply = Reply::created(format!("/v1/sla-policies/{}", policy.id), &policy)?.etag(version.into());
    match desk.put_policy_once(&policy, (idempotent.keep(&reply), app.now())).await {
        Ok(()) => Ok(reply),
        Err(StoreError::Stale) => Err(StoreError::Taken("id").into()),
        Err(error) => Err(error.into()),
    }
}
