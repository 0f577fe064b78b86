//! A ticket that was put off is taken up again before its time.

use axum::extract::State;
use lambdesk_domain::{
    Permission,
    ticket::{TicketView, unsnooze},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Need, Reply, SignedIn, TicketPath};
use lambdesk_platform::App;

use crate::change::Request;

/// Takes a ticket up again.
pub const FUNCTION: Function =
    Function::http("tickets-unsnooze", "DELETE", "/v1/tickets/{ticket}/snooze", Access::Permission(Permission::TicketsUpdate))
        .summary("Take up a ticket again that was put off")
        .needs(&[Need::Get, Need::Query, Need::Put]);

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
    request.change(unsnooze, |change, desk| request.ticket_reply(change, desk)).await
}
