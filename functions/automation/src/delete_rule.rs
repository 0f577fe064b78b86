//! An admin erases a rule. What it has led somewhere stays there.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::rules::{RulePath, TRIES, find};

/// Erases a routing rule.
pub const FUNCTION: Function = Function::http(
    "automation-delete-rule",
    "DELETE",
    "/v1/routing-rules/{rule}",
    Access::Permission(Permission::AutomationManage),
)
.summary("Erase a routing rule")
.needs(&[Need::Query, Need::Put, Need::Delete]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    RulePath(id): RulePath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        let rule = find(&settings.config, id)?;
        if !if_match.accepts(rule.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        match desk.delete_routing_rule(id, &settings, (None, app.now())).await {
            Ok(()) => return Ok(Reply::no_content()),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the rule kept changing".to_owned()).into())
}
