//! The desk's teams.

use axum::extract::State;
use lambdesk_domain::{Permission, Team};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use serde::Serialize;

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
struct Items {
    items: Vec<Team>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    // As it is now, so that who just wrote sees it, whichever process answers.
    let settings = app.desk(&caller).read_settings().await?;
    let served = settings.config.teams.iter().filter(|team| settings.config.brands.iter().any(|brand| caller.brands.include(&brand.id) && team.serves(&brand.id)));
    Reply::ok(&Items { items: served.cloned().collect(), next_cursor: None })
}
