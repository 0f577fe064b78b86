//! A member of staff follows a ticket: they are told by mail what is said on it.

use axum::extract::{Path, State};
use lambdesk_domain::{
    Caller, Permission, PersonId, TicketRef,
    ticket::{TicketView, follow},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{change::Request, set_participant};

/// Lets somebody follow a ticket.
pub const FUNCTION: Function = Function::http(
    "tickets-add-follower",
    "PUT",
    "/v1/tickets/{ticket}/followers/{person}",
    Access::Permission(Permission::TicketsNote),
)
.summary("Follow a ticket, or let a colleague follow it")
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
    // Whether the caller sees the ticket is asked before anything is read of people.
    request.load().await?;
    let follower = app.desk(&caller).person(person).await?;
    request.change(|ticket, ctx| follow(ticket, &follower, ctx), |change, desk| request.ticket_reply(change, desk)).await
}

/// A ticket and a person as a path names them; `me` is the caller.
pub(crate) fn names(ticket: &str, person: &str, caller: &Caller) -> Result<(TicketRef, PersonId), ApiError> {
    let me = caller.person.to_string();
    set_participant::names(ticket, if person == "me" { &me } else { person })
}
