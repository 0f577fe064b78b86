//! A ticket comes back from the bin.

use axum::extract::State;
use lambdesk_domain::{
    Permission,
    ticket::{self, TicketView},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Need, Reply, SignedIn, TicketPath};
use lambdesk_platform::App;

use crate::change::Request;

/// Restores a deleted ticket.
pub const FUNCTION: Function =
    Function::http("tickets-restore", "POST", "/v1/tickets/{ticket}/restore", Access::Permission(Permission::TicketsRestore))
        .summary("Restore a deleted ticket")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers::<TicketView>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(ticket): TicketPath,
    if_match: IfMatch,
    key: Idempotent,
) -> Result<Reply, ApiError> {
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    request.change(ticket::restore, |change, desk| request.ticket_reply(change, desk)).await
}
