//! An admin says where tickets go.

use axum::extract::State;
use lambdesk_domain::{Permission, RuleId, routing::Rule};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::rules::{Input, TRIES, check};

/// Makes a routing rule.
pub const FUNCTION: Function =
    Function::http("automation-create-rule", "POST", "/v1/routing-rules", Access::Permission(Permission::AutomationManage))
        .summary("Make a routing rule")
        .needs(&[Need::Get, Need::Query, Need::Put]);

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
    let id = RuleId(app.new_id());
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        settings.config.check_room_for_rule()?;
        let rule = input.rule(id, 1, &settings.config.routing);
        check(&rule, &desk, &settings.config).await?;
        let reply = Reply::created(format!("/v1/routing-rules/{}", rule.id), &rule)?.etag(1);
        match desk.put_routing_rule(&rule, &settings, (idempotent.keep(&reply), app.now())).await {
            Ok(()) => return Ok(reply),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("rules kept changing".to_owned()).into())
}
