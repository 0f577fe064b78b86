//! Staff say that they have a ticket before their eyes, or write an answer, and learn who else does.

use axum::extract::State;
use lambdesk_domain::{Activity, Permission, Presence};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Json, Need, Reply, SignedIn, TicketPath, input, see_ticket};
use lambdesk_platform::App;

use crate::presence::OthersHere;

/// Says that the caller is there.
pub const FUNCTION: Function =
    Function::http("tickets-show-presence", "PUT", "/v1/tickets/{ticket}/presence", Access::Permission(Permission::TicketsNote))
        .summary("Say that you are on a ticket, and learn who else is")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<OthersHere>(200)
}

input! {
    /// What somebody does.
    pub(crate) struct Input {
        /// `viewing` or `typing`; good for 30 seconds.
        state: Activity,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(name): TicketPath,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let (desk, now) = (app.desk(&caller), app.now());
    let ticket = see_ticket(&app, &caller, &name).await?;
    let all = desk.presences(ticket.id, now).await?;
    let before = all.iter().find(|presence| presence.person == caller.person);
    desk.put_presence(ticket.id, &Presence::renewed(before, caller.person, input.state, now)).await?;
    OthersHere::reply(all, &caller)
}
