//! Two tickets have to do with each other, and staff say what.

use axum::extract::{Path, State};
use lambdesk_domain::{
    Context, Permission, Ticket, TicketId, TicketRef,
    ticket::{LinkKind, MAX_DEPTH, TicketView, family, link},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Need, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::{Desk, StoreError};

use crate::{
    change::Request,
    pair::{Other, Pair, change_both},
};

/// Links two tickets.
pub const FUNCTION: Function =
    Function::http("tickets-link", "PUT", "/v1/tickets/{ticket}/links/{other}", Access::Permission(Permission::TicketsMerge))
        .summary("Say what another ticket is to this one")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Check]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<TicketView>(200)
}

input! {
    /// What the other ticket is.
    pub(crate) struct Input {
        /// `parent`: the other is the greater matter that this is a part of. `duplicate_of`, `follow_up_of`: this is that of the other.
        kind: LinkKind,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path((ticket, second)): Path<(String, String)>,
    if_match: IfMatch,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let (ticket, second) = names(&ticket, &second)?;
    let key = Idempotent::none();
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    let other = Second { name: &second, kind: input.kind };
    let decide = |tickets, pair: &Pair, ctx: &mut Context<'_>| link(tickets, input.kind, &pair.beside, ctx);
    Box::pin(change_both(&request, &other, decide, |change, desk| request.ticket_reply(change, desk))).await
}

/// The other ticket, and what it is to be.
struct Second<'a> {
    name: &'a TicketRef,
    kind: LinkKind,
}

impl Other for Second<'_> {
    async fn beside(&self, request: &Request<'_>, one: Ticket) -> Result<Pair, ApiError> {
        let pair = self.name.beside(request, one).await?;
        let above = family(&pair.one, &pair.other, self.kind).and_then(|(_, parent)| parent.parent());
        let beside = ancestors(&request.app.desk(request.caller), above).await?;
        Ok(Pair { beside, ..pair })
    }
}

/// What is neither an id nor a number names nothing.
pub(crate) fn names(ticket: &str, other: &str) -> Result<(TicketRef, TicketRef), ApiError> {
    let name = |text: &str| TicketRef::parse(text).ok_or_else(ApiError::not_found);
    Ok((name(ticket)?, name(other)?))
}

/// A ticket and those above it, the nearest first, as many as a family may have; whether or not the caller sees them.
async fn ancestors(desk: &Desk<'_>, from: Option<TicketId>) -> Result<Vec<Ticket>, StoreError> {
    let mut above = Vec::new();
    let mut next = from;
    while let Some(id) = next.filter(|_| above.len() < MAX_DEPTH) {
        let ticket = desk.ticket(&TicketRef::Id(id)).await?;
        next = ticket.parent();
        above.push(ticket);
    }
    Ok(above)
}
