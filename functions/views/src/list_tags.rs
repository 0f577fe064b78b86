//! The tags in use, with the number of tickets that have them.

use axum::extract::State;
use lambdesk_domain::{Permission, Tag};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Limit, Need, Query, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::PageRequest;
use serde::Serialize;
use utoipa::ToSchema;

/// Lists tags.
pub const FUNCTION: Function =
    Function::http("views-list-tags", "GET", "/v1/tags", Access::Permission(Permission::TicketsUpdate))
        .summary("List the tags that tickets of the caller's brands have")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<PageQuery>().answers_page::<TagInUse>()
}

input! {
    /// Which page.
    pub(crate) struct PageQuery {
        /// Items at most.
        #[schema(value_type = Option<Limit>)]
        limit: Option<Limit>,
        /// The `next_cursor` of the page before.
        cursor: Option<String>,
    }
}

/// A tag in use.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TagInUse {
    tag: Tag,
    /// Tickets of the caller's brands that have it, deleted ones not counted.
    tickets: i64,
}

#[derive(Serialize)]
struct Items {
    items: Vec<TagInUse>,
    next_cursor: Option<String>,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Query(PageQuery { limit, cursor }): Query<PageQuery>,
) -> Result<Reply, ApiError> {
    let page = PageRequest { limit: limit.unwrap_or_default().get(), cursor, viewer: caller.person };
    let page = app.desk(&caller).tags(&caller.brands, &page).await?;
    let items = page.items.into_iter().map(|found| TagInUse { tag: found.tag, tickets: found.tickets }).collect();
    Reply::ok(&Items { items, next_cursor: page.next_cursor })
}
