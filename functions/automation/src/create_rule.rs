//! An admin says where tickets go.

use axum::extract::State;
use lambdesk_domain::{Permission, RuleId, routing::Rule};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::table::QUEUE;

use crate::rules::{Input, check};

/// Makes a routing rule.
pub const FUNCTION: Function =
    Function::http("automation-create-rule", "POST", "/v1/routing-rules", Access::Permission(Permission::AutomationManage))
        .summary("Make a routing rule")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Index(QUEUE)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<Rule>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    idempotent: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let config = desk.read_settings().await?.config;
    let rule = input.rule(RuleId(app.new_id()), 1, &config.routing);
    check(&rule, &desk, &config).await?;
    let reply = Reply::created(format!("/v1/routing-rules/{}", rule.id), &rule)?.etag(1);
    desk.add_routing_rule_once(&rule, (idempotent.keep(&reply), app.now())).await?;
    Ok(reply)
}
