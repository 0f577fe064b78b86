//! A ticket is put off until a time.

use axum::extract::State;
use jiff::Timestamp;
use lambdesk_domain::{
    Permission,
    ticket::{TicketView, snooze},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Need, Reply, SignedIn, TicketPath, input};
use lambdesk_platform::App;

use crate::change::Request;

/// Puts a ticket off.
pub const FUNCTION: Function =
    Function::http("tickets-snooze", "PUT", "/v1/tickets/{ticket}/snooze", Access::Permission(Permission::TicketsUpdate))
        .summary("Put a ticket off until a time, and be reminded")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<TicketView>(200)
}

input! {
    /// Until when.
    pub(crate) struct Input {
        /// A time within the next year. Whatever the customer says before ends it too; promised times go on.
        #[schema(value_type = String, format = DateTime)]
        until: Timestamp,
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
    request.change(|ticket, ctx| snooze(ticket, input.until, ctx), |change, desk| request.ticket_reply(change, desk)).await
}
