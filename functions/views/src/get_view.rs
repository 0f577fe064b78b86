//! One view.

use axum::extract::State;
use lambdesk_domain::{Permission, view::View};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::views::{ViewPath, find, reply};

/// Reads a view.
pub const FUNCTION: Function =
    Function::http("views-get", "GET", "/v1/views/{view}", Access::Permission(Permission::TicketsUpdate))
        .summary("Read a view")
        .needs(&[Need::Get]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<View>(200)
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, ViewPath(id): ViewPath) -> Result<Reply, ApiError> {
    reply(&find(&app.desk(&caller), id, &caller).await?.0)
}
