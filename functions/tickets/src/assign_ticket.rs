//! A ticket is given to an agent, or taken by one.

use axum::extract::State;
use lambdesk_domain::{
    Permission,
    ticket::{self, TicketView},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Need, Reply, SignedIn, TicketPath, input};
use lambdesk_platform::App;

use crate::{change::Request, names::AssigneeName};

/// Assigns a ticket.
pub const FUNCTION: Function =
    Function::http("tickets-assign", "PUT", "/v1/tickets/{ticket}/assignee", Access::Permission(Permission::TicketsAssignSelf))
        .summary("Assign a ticket; agents to themselves, managers to anybody")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<TicketView>(200)
}

input! {
    /// Who is to answer.
    pub(crate) struct Input {
        /// `me`, or an agent's id.
        #[schema(value_type = String, example = "me")]
        assignee: AssigneeName,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(ticket): TicketPath,
    if_match: IfMatch,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let key = Idempotent::none();
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    let assignee = input.assignee.find(&app, &caller).await?;
    request.change(|ticket, ctx| ticket::assign(ticket, &assignee, ctx), |change, desk| request.ticket_reply(change, desk)).await
}
