//! A ticket is passed on, to somebody or to a team, and it is said why.

use axum::extract::State;
use lambdesk_domain::{
    FieldError, Permission, PersonId, TeamId, TransferReason,
    ticket::{Assignee, TicketView, Transfer, transfer, unknown_assignee},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Need, Reply, SignedIn, TicketPath, input};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::change::Request;

/// Passes a ticket on.
pub const FUNCTION: Function = Function::http(
    "tickets-transfer",
    "POST",
    "/v1/tickets/{ticket}/transfer",
    Access::Permission(Permission::TicketsAssignSelf),
)
.summary("Pass a ticket on with a reason; agents their own, managers anybody's")
.needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<TicketView>(200)
}

input! {
    /// To whom, and why. At least one of `assignee` and `team`; with a team alone, one of its agents gets it as the team gives
    /// tickets out.
    pub(crate) struct Input {
        /// An agent's id.
        assignee: Option<PersonId>,
        /// A team.
        team: Option<TeamId>,
        /// Why; the history keeps it.
        reason: TransferReason,
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
    if input.assignee.is_none() && input.team.is_none() {
        let message = "an assignee or a team is required";
        return Err(ApiError::invalid(vec![FieldError::new("assignee", "required", message)]));
    }
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    let assignee = match input.assignee {
        None => None,
        Some(id) => match app.desk(&caller).person(id).await {
            Ok(person) => Some(Assignee::Person(Box::new(person))),
            Err(StoreError::NotFound) => return Err(unknown_assignee().into()),
            Err(error) => return Err(error.into()),
        },
    };
    let to = Transfer { assignee, team: input.team, reason: input.reason };
    request.change(|ticket, ctx| transfer(ticket, &to, ctx), |change, desk| request.ticket_reply(change, desk)).await
}
