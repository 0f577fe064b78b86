//! One ticket template.

use axum::extract::State;
use lambdesk_domain::{TicketTemplate, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, PreparedPath, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{shelf, view::View};

/// Reads a ticket template.
pub const FUNCTION: Function =
    Function::http("answers-get-template", "GET", "/v1/ticket-templates/{template}", Access::Permission(Permission::TicketsUpdate))
        .summary("Read a ticket template")
        .needs(&[Need::Get]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<View<TicketTemplate>>(200)
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, PreparedPath(id): PreparedPath) -> Result<Reply, ApiError> {
    shelf::read::<TicketTemplate>(&app, &caller, id).await
}
