//! Staff turn away from a ticket.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn, TicketPath, see_ticket};
use lambdesk_platform::App;

/// Says that the caller is gone.
pub const FUNCTION: Function = Function::http(
    "tickets-end-presence",
    "DELETE",
    "/v1/tickets/{ticket}/presence",
    Access::Permission(Permission::TicketsNote),
)
.summary("Say that you are on a ticket no more")
.needs(&[Need::Get, Need::Delete]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_nothing()
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, TicketPath(name): TicketPath) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let ticket = see_ticket(&app, &caller, &name).await?;
    desk.delete_presence(ticket.id, caller.person).await?;
    Ok(Reply::no_content())
}
