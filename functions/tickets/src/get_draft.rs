//! What the caller has begun to write.

use axum::extract::State;
use lambdesk_domain::{Draft, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn, TicketPath};
use lambdesk_platform::App;

use crate::drafts::{find, reply};

/// Reads a draft.
pub const FUNCTION: Function =
    Function::http("tickets-draft", "GET", "/v1/tickets/{ticket}/draft", Access::Permission(Permission::TicketsReply))
        .summary("Read your draft on a ticket")
        .needs(&[Need::Get]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<Draft>(200)
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, TicketPath(name): TicketPath) -> Result<Reply, ApiError> {
    let (_, draft) = find(&app, &caller, &name).await?;
    reply(&draft.ok_or_else(ApiError::not_found)?)
}
