//! Whoever may erases a macro.

use axum::extract::State;
use lambdesk_domain::{Macro, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, PreparedPath, Reply, SignedIn};
use lambdesk_platform::App;

use crate::shelf;

/// Erases a macro.
pub const FUNCTION: Function =
    Function::http("answers-delete-macro", "DELETE", "/v1/macros/{macro}", Access::Permission(Permission::TicketsUpdate))
        .summary("Erase a macro")
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
    shelf::delete::<Macro>(&app, &caller, id, &if_match).await
}
