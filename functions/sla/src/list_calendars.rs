//! When the desk works.

use axum::extract::State;
use lambdesk_domain::{Calendar, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use serde::Serialize;

/// Lists calendars.
pub const FUNCTION: Function =
    Function::http("sla-list-calendars", "GET", "/v1/calendars", Access::Permission(Permission::TicketsUpdate))
        .summary("List business calendars")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<Calendar>()
}

/// All at once: few by nature.
#[derive(Serialize)]
struct Items<'a> {
    items: Vec<&'a Calendar>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    // As it is now, so that who just wrote sees it, whichever process answers.
    let settings = app.desk(&caller).read_settings().await?;
    Reply::ok(&Items { items: settings.config.current_calendars().collect(), next_cursor: None })
}
