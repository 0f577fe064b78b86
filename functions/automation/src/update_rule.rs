//! An admin changes where tickets go: those that come, and those that are looked at anew.

use axum::extract::State;
use lambdesk_domain::{Permission, routing::Rule};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Merge, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::rules::{Input, RulePath, TRIES, check, find, reply};

/// Changes a routing rule.
pub const FUNCTION: Function = Function::http(
    "automation-update-rule",
    "PATCH",
    "/v1/routing-rules/{rule}",
    Access::Permission(Permission::AutomationManage),
)
.summary("Change a routing rule (JSON Merge Patch)")
.needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body_patches::<Input>().heeds_if_match().answers::<Rule>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    RulePath(id): RulePath,
    if_match: IfMatch,
    patch: Merge,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        let before = find(&settings.config, id)?;
        if !if_match.accepts(before.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        let input: Input = patch.onto(before, &["id", "version"])?;
        let mut after = input.rule(id, before.version, &settings.config.routing);
        check(&after, &desk, &settings.config).await?;
        if after == *before {
            return reply(before);
        }
        after.version += 1;
        match desk.put_routing_rule(&after, &settings, (None, app.now())).await {
            Ok(()) => return reply(&after),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the rule kept changing".to_owned()).into())
}
