//! A manager changes a promise: for tickets to come. Those that have it keep the version that they got.

use axum::extract::State;
use lambdesk_domain::{Permission, Policy};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Merge, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::policies::{Input, PolicyPath, TRIES, changeable, check, reply};

/// Changes a policy.
pub const FUNCTION: Function =
    Function::http("sla-update-policy", "PATCH", "/v1/sla-policies/{policy}", Access::Permission(Permission::SlaManage))
        .summary("Change an SLA policy (JSON Merge Patch)")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body_patches::<Input>().heeds_if_match().answers::<Policy>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    PolicyPath(id): PolicyPath,
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
        let mut after = input.policy(id.clone(), before.version);
        check(&after, &desk, &settings.config, &caller).await?;
        if after == *before {
            return reply(before);
        }
        after.version += 1;
        match desk.put_policy(&after, &settings, (None, app.now())).await {
            Ok(()) => return reply(&after),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the policy kept changing".to_owned()).into())
}
