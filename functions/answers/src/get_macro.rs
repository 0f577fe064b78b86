//! One macro.

use axum::extract::State;
use lambdesk_domain::{Macro, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, PreparedPath, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{shelf, view::View};

/// Reads a macro.
pub const FUNCTION: Function =
    Function::http("answers-get-macro", "GET", "/v1/macros/{macro}", Access::Permission(Permission::TicketsUpdate))
        .summary("Read a macro")
        .needs(&[Need::Get]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<View<Macro>>(200)
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, PreparedPath(id): PreparedPath) -> Result<Reply, ApiError> {
    shelf::read::<Macro>(&app, &caller, id).await
}
