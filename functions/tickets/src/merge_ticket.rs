//! Two tickets are one matter: one closes, and the other goes on for both.

use axum::{extract::State, http::StatusCode};
use lambdesk_domain::{
    Context, FieldError, Permission, Ticket, TicketRef,
    ticket::{TicketView, merge},
};
use lambdesk_function::{
    Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Need, Reply, SignedIn, TicketPath, input, see_ticket,
};
use lambdesk_platform::App;

use crate::{
    change::Request,
    pair::{Other, Pair, change_both},
};

/// Merges a ticket into another.
pub const FUNCTION: Function =
    Function::http("tickets-merge", "POST", "/v1/tickets/{ticket}/merge", Access::Permission(Permission::TicketsMerge))
        .summary("Merge a ticket into another, which goes on for both")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<TicketView>(200)
}

input! {
    /// Where it goes.
    pub(crate) struct Input {
        /// The ticket that goes on, by id or number.
        into: String,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(ticket): TicketPath,
    if_match: IfMatch,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    let decide = |(source, target), _: &Pair, ctx: &mut Context<'_>| merge(source, target, ctx);
    Box::pin(change_both(&request, &Target(&input.into), decide, |change, desk| request.ticket_reply(change, desk))).await
}

/// The ticket that goes on, as the caller names it.
struct Target<'a>(&'a str);

/// The same answer for what is not there, and for what the caller does not see.
impl Other for Target<'_> {
    async fn beside(&self, request: &Request<'_>, source: Ticket) -> Result<Pair, ApiError> {
        let unknown = || ApiError::invalid(vec![FieldError::new("into", "unknown_ticket", "there is no such ticket")]);
        let name = TicketRef::parse(self.0).ok_or_else(unknown)?;
        match see_ticket(request.app, request.caller, &name).await {
            Ok(target) => Ok(Pair::of(source, target)),
            Err(ApiError::Failed(failure)) if failure.status == StatusCode::NOT_FOUND => Err(unknown()),
            Err(error) => Err(error),
        }
    }
}
