//! The views that are there for somebody: their own, their teams', and all staff's.

use axum::extract::State;
use futures_util::future::try_join;
use lambdesk_domain::{Permission, view::View};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use serde::Serialize;

use crate::views::teams_of;

/// Lists views.
pub const FUNCTION: Function =
    Function::http("views-list", "GET", "/v1/views", Access::Permission(Permission::TicketsUpdate))
        .summary("List the views that are there for the caller")
        .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<View>()
}

/// All at once: few by nature.
#[derive(Serialize)]
struct Items {
    items: Vec<View>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let (mut items, teams) = try_join(desk.views_for(caller.person), teams_of(&desk, &caller)).await?;
    items.retain(|view| view.is_there(&caller, &teams));
    items.sort_by_key(|view| (view.position, view.id));
    Reply::ok(&Items { items, next_cursor: None })
}
