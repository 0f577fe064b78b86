//! The desk's teams.

use axum::extract::State;
use lambdesk_domain::{Permission, Team};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use serde::Serialize;

use crate::teams::is_there;

/// Lists teams.
pub const FUNCTION: Function =
    Function::http("people-list-teams", "GET", "/v1/teams", Access::Permission(Permission::TicketsUpdate))
        .summary("List teams")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<Team>()
}

/// All at once: few by nature.
#[derive(Serialize)]
struct Items<'a> {
    items: Vec<&'a Team>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    // As it is now, so that who just wrote sees it, whichever process answers.
    let settings = app.desk(&caller).read_settings().await?;
    let mut items: Vec<_> = settings.config.teams.iter().filter(|team| is_there(team, &caller)).collect();
    items.sort_by(|a, b| a.id.cmp(&b.id));
    Reply::ok(&Items { items, next_cursor: None })
}
