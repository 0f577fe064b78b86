//! The desk's own fields: of those in use, customers see what is shown to them.

use axum::extract::State;
use lambdesk_domain::{FieldDefinition, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::rows::Items;

/// Lists fields.
pub const FUNCTION: Function =
    Function::http("tickets-fields", "GET", "/v1/ticket-fields", Access::Permission(Permission::TicketsRead))
        .summary("List the fields that tickets have")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<FieldDefinition>()
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    // As it is now, so that who just wrote sees it, whichever process answers.
    let config = app.desk(&caller).read_settings().await?.config;
    let there = |field: &&FieldDefinition| !field.withdrawn && (caller.is_staff() || (field.active && field.is_shown_to(&caller)));
    let mut items: Vec<_> = config.fields.iter().filter(there).collect();
    items.sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
    Reply::ok(&Items { items, next_cursor: None })
}
