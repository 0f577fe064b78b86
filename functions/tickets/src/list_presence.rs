//! Who else has a ticket before their eyes, or writes an answer.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn, TicketPath, see_ticket};
use lambdesk_platform::App;

use crate::presence::OthersHere;

/// Reads who is there.
pub const FUNCTION: Function =
    Function::http("tickets-presence", "GET", "/v1/tickets/{ticket}/presence", Access::Permission(Permission::TicketsNote))
        .summary("Read who else is on a ticket")
        .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<OthersHere>(200)
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, TicketPath(name): TicketPath) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let ticket = see_ticket(&app, &caller, &name).await?;
    OthersHere::reply(desk.presences(ticket.id, app.now()).await?, &caller)
}
