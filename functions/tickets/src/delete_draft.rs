//! A draft is thrown away.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, Reply, SignedIn, TicketPath};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::drafts::{check_known, find};

/// Throws a draft away.
pub const FUNCTION: Function =
    Function::http("tickets-delete-draft", "DELETE", "/v1/tickets/{ticket}/draft", Access::Permission(Permission::TicketsReply))
        .summary("Throw your draft on a ticket away")
        .needs(&[Need::Get, Need::Delete]);

/// Tries of a draft that is written at once elsewhere, where the caller did not say which version they know.
const TRIES: usize = 6;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(name): TicketPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    for _ in 0..TRIES {
        let (ticket, draft) = find(&app, &caller, &name).await?;
        check_known(draft.as_ref(), &if_match)?;
        let Some(draft) = draft else { return Ok(Reply::no_content()) };
        match app.desk(&caller).delete_draft(caller.person, ticket, draft.version).await {
            Ok(()) => return Ok(Reply::no_content()),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the draft kept changing".to_owned()).into())
}
