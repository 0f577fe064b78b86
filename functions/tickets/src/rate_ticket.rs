//! The requester says how it went.

use axum::extract::State;
use lambdesk_domain::{
    Permission, RatingComment,
    ticket::{self, Rating, Score},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Need, Reply, SignedIn, TicketPath, input};
use lambdesk_platform::App;

use crate::change::Request;

/// Rates a ticket.
pub const FUNCTION: Function =
    Function::http("tickets-rate", "PUT", "/v1/tickets/{ticket}/rating", Access::Permission(Permission::TicketsReply))
        .summary("Rate a resolved or closed ticket; its requester only")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<Rating>(200)
}

input! {
    /// How it went.
    pub(crate) struct Input {
        /// 1 (bad) to 5 (good).
        score: Score,
        /// In the requester's words.
        comment: Option<RatingComment>,
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
    let Input { score, comment } = input;
    request
        .change(
            |ticket, ctx| ticket::rate(ticket, score, comment.clone(), ctx),
            |change, _| Ok(Reply::ok(&change.after.rating)?.etag(change.after.version)),
        )
        .await
}
