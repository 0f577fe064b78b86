//! Whether a ticket is there for whoever asks for it by name.

use lambdesk_domain::{Caller, Ticket, TicketRef};
use lambdesk_platform::App;

use crate::error::ApiError;

/// The ticket as it is, if it is there for the caller. What was merged into a deleted ticket is there for nobody but those who see
/// that: its words are a part of that conversation.
pub async fn see_ticket(app: &App, caller: &Caller, name: &TicketRef) -> Result<Ticket, ApiError> {
    let ticket = app.desk(caller).ticket(name).await?;
    check_seen(app, caller, &ticket).await?;
    Ok(ticket)
}

/// The same of a ticket that was read before.
pub async fn check_seen(app: &App, caller: &Caller, ticket: &Ticket) -> Result<(), ApiError> {
    // Who does not see it costs no further read.
    if !caller.sees(ticket) {
        return Err(ApiError::not_found());
    }
    if ticket.merged_into.is_some() {
        caller.see(app.desk(caller).with_fate_of_target(ticket.clone()).await?)?;
    }
    Ok(())
}
