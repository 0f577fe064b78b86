//! Two tickets have nothing to do with each other any more.

use axum::extract::{Path, State};
use lambdesk_domain::{
    Context, Permission,
    ticket::{TicketView, unlink},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{
    change::Request,
    link_tickets::names,
    pair::{Pair, change_both},
};

/// Ends a link.
pub const FUNCTION: Function =
    Function::http("tickets-unlink", "DELETE", "/v1/tickets/{ticket}/links/{other}", Access::Permission(Permission::TicketsMerge))
        .summary("End the link of two tickets")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers::<TicketView>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path((ticket, second)): Path<(String, String)>,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let (ticket, second) = names(&ticket, &second)?;
    let key = Idempotent::none();
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    let decide = |tickets, _: &Pair, ctx: &mut Context<'_>| unlink(tickets, ctx);
    Box::pin(change_both(&request, &second, decide, |change, desk| request.ticket_reply(change, desk))).await
}
