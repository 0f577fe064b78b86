//! A ticket goes to the bin.

use axum::extract::State;
use lambdesk_domain::{Permission, ticket};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Need, Reply, SignedIn, TicketPath};
use lambdesk_platform::App;

use crate::change::Request;

/// Deletes a ticket softly.
pub const FUNCTION: Function =
    Function::http("tickets-delete", "DELETE", "/v1/tickets/{ticket}", Access::Permission(Permission::TicketsDelete))
        .summary("Delete a ticket; it can be restored")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(ticket): TicketPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let key = Idempotent::none();
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    request.change(ticket::delete, |_, _| Ok(Reply::no_content())).await
}
