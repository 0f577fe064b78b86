//! The tickets of a view, page by page, in its order.

use axum::extract::State;
use lambdesk_domain::{
    Permission,
    ticket::TicketView,
    view::Viewer,
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Limit, Need, Query, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::{
    PageRequest, Sieve,
    table::{AGENT, CREATED, CUSTOMER, PRIORITY, QUEUE},
};
use serde::Serialize;

use crate::{
    asked::query,
    views::{ViewPath, find},
};

/// Lists the tickets of a view.
pub const FUNCTION: Function =
    Function::http("views-list-tickets", "GET", "/v1/views/{view}/tickets", Access::Permission(Permission::TicketsUpdate))
        .summary("List the tickets of a view")
        .needs(&[
            Need::Get,
            Need::GetMany,
            Need::Query,
            Need::Index(QUEUE),
            Need::Index(CREATED),
            Need::Index(PRIORITY),
            Need::Index(AGENT),
            Need::Index(CUSTOMER),
        ]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<PageQuery>().answers_page::<TicketView>()
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

/// A page of them; it may hold fewer than asked for before the end.
#[derive(Serialize)]
struct Items {
    items: Vec<TicketView>,
    next_cursor: Option<String>,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    ViewPath(id): ViewPath,
    Query(PageQuery { limit, cursor }): Query<PageQuery>,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let (view, teams) = find(&desk, id, &caller).await?;
    let config = desk.config().await?;
    let viewer = Viewer { person: caller.person, teams: &teams, brands: &caller.brands };
    let (query, finds_others) = query(&view, &caller, &config);
    let name = format!("{}#{}#{teams:?}", view.id, view.filter_version);
    let sieve = Sieve { name: &name, keeps: &|ticket| view.matches(ticket, &config, viewer) };
    let page = PageRequest { limit: limit.unwrap_or_default().get(), cursor, viewer: caller.person };
    let page = desk.sift_tickets(&query, finds_others.then_some(sieve), &page).await?;
    let (now, tickets) = (app.now(), desk.with_fates_of_targets(page.items).await?);
    // The query is made so that nothing else comes back; should it ever, it goes no further. What was merged into a deleted ticket is
    // in no view.
    let seen = tickets.iter().filter(|ticket| caller.sees(ticket) && ticket.deleted_at.is_none());
    let items = seen.map(|ticket| TicketView::of(ticket, &caller, (&config, now))).collect();
    Reply::ok(&Items { items, next_cursor: page.next_cursor })
}
