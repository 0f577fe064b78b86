//! Staff say who else belongs to a ticket: somebody who wrote to it is let in, or somebody is copied.

use axum::extract::{Path, State};
use lambdesk_domain::{Permission, PersonId, Standing, TicketRef, ticket::TicketView};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Need, Reply, SignedIn, input};
use lambdesk_platform::App;

use crate::participants::admit;

/// Sets what somebody is on a ticket.
pub const FUNCTION: Function = Function::http(
    "tickets-set-participant",
    "PUT",
    "/v1/tickets/{ticket}/participants/{person}",
    Access::Permission(Permission::TicketsUpdate),
)
.summary("Let somebody take part in a ticket")
.needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<TicketView>(200)
}

input! {
    /// What somebody is on a ticket.
    pub(crate) struct Input {
        /// `copied` is sent public replies; `confirmed` also sees the ticket.
        standing: Standing,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path((ticket, person)): Path<(String, String)>,
    if_match: IfMatch,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let (ticket, person) = names(&ticket, &person)?;
    admit((&app, &caller), (&ticket, person), Some(input.standing), (&if_match, &key)).await
}

/// What is neither an id nor a number names nothing.
pub(crate) fn names(ticket: &str, person: &str) -> Result<(TicketRef, PersonId), ApiError> {
    let ticket = TicketRef::parse(ticket).ok_or_else(ApiError::not_found)?;
    Ok((ticket, person.parse().map_err(|_| ApiError::not_found())?))
}
