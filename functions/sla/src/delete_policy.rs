//! A manager promises something no longer. Tickets that have the policy keep it.

use axum::extract::State;
use lambdesk_domain::{Permission, Policy};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::policies::{PolicyPath, TRIES, changeable};

/// Withdraws a policy.
pub const FUNCTION: Function =
    Function::http("sla-delete-policy", "DELETE", "/v1/sla-policies/{policy}", Access::Permission(Permission::SlaManage))
        .summary("Withdraw an SLA policy; tickets that have it keep it")
        .needs(&[Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    PolicyPath(id): PolicyPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        let before = changeable(&settings.config, &id, &caller)?;
        if !if_match.accepts(before.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        let after = Policy { version: before.version + 1, withdrawn: true, ..before.clone() };
        match desk.put_policy(&after, &settings, (None, app.now())).await {
            Ok(()) => return Ok(Reply::no_content()),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the policy kept changing".to_owned()).into())
}
