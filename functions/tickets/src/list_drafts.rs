//! Everything that the caller has begun to write.

use axum::extract::State;
use lambdesk_domain::{Draft, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Query, Reply, SignedIn};
use lambdesk_platform::App;

use crate::rows::{Items, PageQuery};

/// Lists drafts.
pub const FUNCTION: Function = Function::http("tickets-drafts", "GET", "/v1/drafts", Access::Permission(Permission::TicketsReply))
    .summary("List your drafts, by the age of their tickets")
    .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<PageQuery>().answers_page::<Draft>()
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(page): Query<PageQuery>) -> Result<Reply, ApiError> {
    let page = app.desk(&caller).drafts(caller.person, &page.request(caller.person), app.now()).await?;
    Reply::ok(&Items { items: page.items, next_cursor: page.next_cursor })
}
