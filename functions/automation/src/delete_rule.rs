//! An admin erases a rule. What it has led somewhere stays there.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::rules::{RulePath, find};

/// Erases a routing rule.
pub const FUNCTION: Function = Function::http(
    "automation-delete-rule",
    "DELETE",
    "/v1/routing-rules/{rule}",
    Access::Permission(Permission::AutomationManage),
)
.summary("Erase a routing rule")
.needs(&[Need::Query, Need::Delete]);

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
const TRIES: usize = 6;

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
        let config = desk.read_settings().await?.config;
        let rule = find(&config, id)?;
        if !if_match.accepts(rule.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        match desk.delete_routing_rule(id, rule.version).await {
            Ok(()) => return Ok(Reply::no_content()),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the rule kept changing".to_owned()).into())
}
