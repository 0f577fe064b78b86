//! Whoever may erases a canned response.

use axum::extract::State;
use lambdesk_domain::{CannedResponse, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, PreparedPath, Reply, SignedIn};
use lambdesk_platform::App;

use crate::shelf;

/// Erases a canned response.
pub const FUNCTION: Function =
    Function::http("answers-delete-canned-response", "DELETE", "/v1/canned-responses/{canned}", Access::Permission(Permission::TicketsUpdate))
        .summary("Erase a canned response")
        .needs(&[Need::Get, Need::Put, Need::Update, Need::Delete]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    PreparedPath(id): PreparedPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    shelf::delete::<CannedResponse>(&app, &caller, id, &if_match).await
}
