//! Staff end somebody's part in a ticket.

use axum::extract::{Path, State};
use lambdesk_domain::{Permission, ticket::TicketView};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{participants::admit, set_participant::names};

/// Takes somebody off a ticket.
pub const FUNCTION: Function = Function::http(
    "tickets-remove-participant",
    "DELETE",
    "/v1/tickets/{ticket}/participants/{person}",
    Access::Permission(Permission::TicketsUpdate),
)
.summary("End somebody's part in a ticket")
.needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers::<TicketView>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path((ticket, person)): Path<(String, String)>,
    if_match: IfMatch,
    key: Idempotent,
) -> Result<Reply, ApiError> {
    let (ticket, person) = names(&ticket, &person)?;
    admit((&app, &caller), (&ticket, person), None, (&if_match, &key)).await
}
