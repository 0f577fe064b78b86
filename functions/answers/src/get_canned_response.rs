//! One canned response.

use axum::extract::State;
use lambdesk_domain::{CannedResponse, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, PreparedPath, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{shelf, view::View};

/// Reads a canned response.
pub const FUNCTION: Function =
    Function::http("answers-get-canned-response", "GET", "/v1/canned-responses/{canned}", Access::Permission(Permission::TicketsUpdate))
        .summary("Read a canned response")
        .needs(&[Need::Get]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<View<CannedResponse>>(200)
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, PreparedPath(id): PreparedPath) -> Result<Reply, ApiError> {
    shelf::read::<CannedResponse>(&app, &caller, id).await
}
