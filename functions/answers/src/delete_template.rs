//! Whoever may erases a ticket template.

use axum::extract::State;
use lambdesk_domain::{TicketTemplate, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, PreparedPath, Reply, SignedIn};
use lambdesk_platform::App;

use crate::shelf;

/// Erases a ticket template.
pub const FUNCTION: Function =
    Function::http("answers-delete-template", "DELETE", "/v1/ticket-templates/{template}", Access::Permission(Permission::TicketsUpdate))
        .summary("Erase a ticket template")
        .needs(&[Need::Get, Need::Put, Need::Delete]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    PreparedPath(id): PreparedPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    shelf::delete::<TicketTemplate>(&app, &caller, id, &if_match).await
}
