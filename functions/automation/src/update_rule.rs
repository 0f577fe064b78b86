//! An admin changes where tickets go: those that come, and those that are looked at anew.

use axum::extract::State;
use lambdesk_domain::{Permission, routing::Rule};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Merge, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::{StoreError, table::QUEUE};

use crate::rules::{Input, RulePath, check, find, reply};

/// Changes a routing rule.
pub const FUNCTION: Function = Function::http(
    "automation-update-rule",
    "PATCH",
    "/v1/routing-rules/{rule}",
    Access::Permission(Permission::AutomationManage),
)
.summary("Change a routing rule (JSON Merge Patch)")
.needs(&[Need::Query, Need::Put, Need::Index(QUEUE)]);

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
const TRIES: usize = 6;

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
        let config = desk.read_settings().await?.config;
        let before = find(&config, id)?;
        if !if_match.accepts(before.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        let input: Input = patch.onto(before, &["id", "version"])?;
        let mut after = input.rule(id, before.version, &config.routing);
        check(&after, &desk, &config).await?;
        if after == *before {
            return reply(before);
        }
        after.version += 1;
        match desk.put_routing_rule(&after, Some(before.version)).await {
            Ok(()) => return reply(&after),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the rule kept changing".to_owned()).into())
}
