//! Replies that are not sent yet, or could not be.

use axum::extract::State;
use lambdesk_domain::{Permission, ticket::ScheduledView};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn, TicketPath, see_ticket};
use lambdesk_platform::App;

use crate::rows::Items;

/// Lists a ticket's waiting replies.
pub const FUNCTION: Function =
    Function::http("tickets-scheduled", "GET", "/v1/tickets/{ticket}/scheduled", Access::Permission(Permission::TicketsNote))
        .summary("List replies to a ticket that are not sent yet, or could not be")
        .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<ScheduledView>()
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, TicketPath(name): TicketPath) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let ticket = see_ticket(&app, &caller, &name).await?;
    let scheduled = desk.all_scheduled(ticket.id).await?;
    Reply::ok(&Items { items: scheduled.iter().map(ScheduledView::from).collect(), next_cursor: None })
}
