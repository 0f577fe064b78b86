//! Somebody's draft on a ticket: theirs alone, and only while the ticket is there for them.

use lambdesk_domain::{Caller, Draft, TicketId, TicketRef};
use lambdesk_function::{ApiError, IfMatch, Reply, see_ticket};
use lambdesk_platform::App;

/// The ticket, as far as it is there for the caller, and their draft on it.
pub(crate) async fn find(app: &App, caller: &Caller, name: &TicketRef) -> Result<(TicketId, Option<Draft>), ApiError> {
    let ticket = see_ticket(app, caller, name).await?;
    Ok((ticket.id, app.desk(caller).draft(caller.person, ticket.id, app.now()).await?))
}

/// Refuses a change of another version than the caller knows, as by another of their windows. None at all is version 0.
pub(crate) fn check_known(draft: Option<&Draft>, if_match: &IfMatch) -> Result<(), ApiError> {
    let version = draft.map_or(0, |draft| draft.version);
    if if_match.accepts(version) { Ok(()) } else { Err(ApiError::stale(Vec::new())) }
}

/// The draft as an answer.
pub(crate) fn reply(draft: &Draft) -> Result<Reply, ApiError> {
    Ok(Reply::ok(draft)?.etag(draft.version))
}
