//! A ticket goes back to the queue.

use axum::extract::State;
use lambdesk_domain::{
    Permission,
    ticket::{self, TicketView},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Need, Reply, SignedIn, TicketPath};
use lambdesk_platform::App;

use crate::change::Request;

/// Unassigns a ticket.
pub const FUNCTION: Function =
    Function::http("tickets-unassign", "DELETE", "/v1/tickets/{ticket}/assignee", Access::Permission(Permission::TicketsAssignSelf))
        .summary("Unassign a ticket; agents their own, managers anybody's")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers::<TicketView>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(ticket): TicketPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let key = Idempotent::none();
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    request.change(ticket::unassign, |change, desk| request.ticket_reply(change, desk)).await
}
