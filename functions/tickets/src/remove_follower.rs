//! A member of staff follows a ticket no longer.

use axum::extract::{Path, State};
use lambdesk_domain::{
    Permission,
    ticket::{TicketView, unfollow},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{add_follower::names, change::Request};

/// Ends somebody's following of a ticket.
pub const FUNCTION: Function = Function::http(
    "tickets-remove-follower",
    "DELETE",
    "/v1/tickets/{ticket}/followers/{person}",
    Access::Permission(Permission::TicketsNote),
)
.summary("Follow a ticket no longer, or end a colleague's following")
.needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers::<TicketView>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path((ticket, person)): Path<(String, String)>,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let (ticket, person) = names(&ticket, &person, &caller)?;
    let key = Idempotent::none();
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    request.change(|ticket, ctx| unfollow(ticket, person, ctx), |change, desk| request.ticket_reply(change, desk)).await
}
