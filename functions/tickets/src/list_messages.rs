//! The conversation, page by page.

use axum::extract::State;
use lambdesk_domain::{Permission, ticket::MessageView};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Query, Reply, SignedIn, TicketPath, see_ticket};
use lambdesk_platform::App;

use crate::rows::{Items, PageQuery};

/// Lists a ticket's messages.
pub const FUNCTION: Function =
    Function::http("tickets-messages", "GET", "/v1/tickets/{ticket}/messages", Access::Permission(Permission::TicketsRead))
        .summary("List a ticket's messages, with those of what was merged into it, oldest first")
        .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<PageQuery>().answers_page::<MessageView>()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(name): TicketPath,
    Query(page): Query<PageQuery>,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let ticket = see_ticket(&app, &caller, &name).await?;
    let page = desk.conversation(&ticket, &page.request(caller.person)).await?;
    let items = page.items.iter().filter_map(|message| MessageView::of(message, &caller)).collect();
    Reply::ok(&Items { items, next_cursor: page.next_cursor })
}
