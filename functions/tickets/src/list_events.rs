//! The history of a ticket: who changed what, when, from what to what.

use axum::extract::State;
use lambdesk_domain::{Permission, ticket::EventView};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Query, Reply, SignedIn, TicketPath, see_ticket};
use lambdesk_platform::App;

use crate::rows::{Items, PageQuery};

/// Lists a ticket's history.
pub const FUNCTION: Function =
    Function::http("tickets-events", "GET", "/v1/tickets/{ticket}/events", Access::Permission(Permission::TicketsNote))
        .summary("List a ticket's history, with that of what was merged into it, oldest first")
        .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<PageQuery>().answers_page::<EventView>()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(name): TicketPath,
    Query(page): Query<PageQuery>,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let ticket = see_ticket(&app, &caller, &name).await?;
    let page = desk.history(&ticket, &page.request(caller.person)).await?;
    let items = page.items.iter().filter_map(|event| EventView::of(event, &caller)).collect();
    Reply::ok(&Items { items, next_cursor: page.next_cursor })
}
