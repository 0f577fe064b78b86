//! Somebody changes a view. Where it asks otherwise than before, it is counted anew.

use axum::extract::State;
use lambdesk_domain::{Permission, view::View};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Merge, Need, Reply, SignedIn};
use lambdesk_platform::{App, QueueName};
use lambdesk_store::StoreError;

use crate::views::{Input, TRIES, ViewPath, begin_walk, find, reply};

/// Changes a view.
pub const FUNCTION: Function =
    Function::http("views-update", "PATCH", "/v1/views/{view}", Access::Permission(Permission::TicketsUpdate))
        .summary("Change a view (JSON Merge Patch)")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update, Need::Send(QueueName::Views)]);

/// What a patch cannot name: the desk's own, and whose view it is.
const FIXED: &[&str] = &["id", "owner", "scope", "filter_version", "filter_since", "version"];

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body_patches::<Input>().heeds_if_match().answers::<View>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    ViewPath(id): ViewPath,
    if_match: IfMatch,
    patch: Merge,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let config = desk.read_settings().await?.config;
    for _ in 0..TRIES {
        let (before, _) = find(&desk, id, &caller).await?;
        before.check_may_change(&caller)?;
        if !if_match.accepts(before.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        let mut after = patch.onto::<Input>(&before, FIXED)?.instead_of(&before);
        after.check(Some(&before), &config, &caller)?;
        if after == before {
            return reply(&before);
        }
        after.version += 1;
        match save(&app, &before, &mut after, &caller).await {
            Ok(()) => return reply(&after),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the view kept changing".to_owned()).into())
}

/// A view that asks otherwise is, for what is counted, another.
async fn save(app: &App, before: &View, after: &mut View, caller: &lambdesk_domain::Caller) -> Result<(), StoreError> {
    let desk = app.desk(caller);
    if after.filter == before.filter {
        return desk.put_view(after, before.version, None).await;
    }
    let stamp = desk.view_stamp().await?;
    (after.filter_version, after.filter_since) = (stamp.stamp + 1, app.now());
    desk.put_view(after, before.version, Some(&stamp)).await?;
    begin_walk(app, &caller.tenant, after.filter_version, after.filter_since).await;
    Ok(())
}
