//! Somebody saves a view: for themselves, for a team, for all.

use axum::{extract::State, http::StatusCode};
use lambdesk_domain::{
    Caller, Permission, ViewId,
    view::{MAX_PERSONAL, MAX_SHARED, Scope, View, check_may_make},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn};
use lambdesk_platform::{App, QueueName};
use lambdesk_store::{Desk, StoreError, ViewStamp};

use crate::views::{Input, TRIES, begin_walk};

/// Makes a view.
pub const FUNCTION: Function =
    Function::http("views-create", "POST", "/v1/views", Access::Permission(Permission::TicketsUpdate))
        .summary("Save a view")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update, Need::Send(QueueName::Views)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<View>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    idempotent: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let (desk, now) = (app.desk(&caller), app.now());
    idempotent.check(&desk, now).await?;
    let config = desk.read_settings().await?.config;
    let id = ViewId(app.new_id());
    for _ in 0..TRIES {
        let stamp = desk.view_stamp().await?;
        let view = input.clone().view(id, caller.person, (stamp.stamp + 1, now));
        check_may_make(&view.scope, &caller)?;
        view.check(None, &config, &caller)?;
        check_room(&desk, &caller, &view.scope, &stamp).await?;
        let reply = Reply::created(format!("/v1/views/{id}"), &view)?.etag(1);
        match desk.add_view(&view, &stamp, (idempotent.keep(&reply), now)).await {
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => {
                begin_walk(&app, &caller.tenant, view.filter_version, now).await;
                return Ok(reply);
            }
        }
    }
    Err(StoreError::Unavailable("the views kept changing".to_owned()).into())
}

/// How many there may be. The stamp was read before they are counted here, and is what the new view is written on condition of.
async fn check_room(desk: &Desk<'_>, caller: &Caller, scope: &Scope, stamp: &ViewStamp) -> Result<(), ApiError> {
    let views = desk.views_for(caller.person).await?;
    let is_personal = |scope: &Scope| matches!(scope, Scope::Personal {});
    let alike = views.iter().filter(|view| is_personal(&view.scope) == is_personal(scope)).count();
    let most = if is_personal(scope) { MAX_PERSONAL } else { MAX_SHARED };
    if alike < most && stamp.has_room() {
        return Ok(());
    }
    let detail = format!("There are {alike} such views, and {} on the desk. Erase one first.", stamp.views);
    Err(ApiError::new(StatusCode::CONFLICT, "too_many_views", detail))
}
