//! Which tickets of the same person may be about the same matter.

use axum::extract::State;
use lambdesk_domain::{
    Caller, Permission, TenantConfig, Ticket,
    ticket::{LIKELY, TicketView, likeness},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn, TicketPath, see_ticket};
use lambdesk_platform::App;
use lambdesk_store::{Order, PageRequest, Sort, TicketQuery, table::CUSTOMER};
use serde::Serialize;
use utoipa::ToSchema;

/// How many of the requester's newest tickets are looked at.
const LOOKED_AT: i32 = 50;
/// How many are suggested at most.
const SUGGESTED: usize = 10;

/// Lists likely duplicates.
pub const FUNCTION: Function =
    Function::http("tickets-duplicates", "GET", "/v1/tickets/{ticket}/duplicates", Access::Permission(Permission::TicketsMerge))
        .summary("Find tickets of the same requester that may be about the same matter")
        .needs(&[Need::Get, Need::Query, Need::Index(CUSTOMER)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<Output>(200)
}

/// Tickets that may be about the same matter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Duplicates)]
pub(crate) struct Output {
    /// The likeliest first, at most ten.
    items: Vec<Likely>,
}

/// A ticket that may be about the same matter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LikelyDuplicate)]
pub(crate) struct Likely {
    /// How likely it is, up to 100: how alike the subjects are, and how close in time.
    #[schema(minimum = 45, maximum = 100)]
    likeness: u8,
    /// The ticket.
    ticket: TicketView,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, TicketPath(name): TicketPath) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let ticket = see_ticket(&app, &caller, &name).await?;
    let config = desk.config().await?;
    let page = PageRequest { limit: LOOKED_AT, cursor: None, viewer: caller.person };
    let theirs = desk.list_tickets(&of_requester(&ticket, &caller, &config), &page).await?.items;
    let could_be = |other: &&Ticket| caller.sees(other) && other.id != ticket.id && other.merged_into.is_none();
    let mut likely: Vec<_> = theirs.iter().filter(could_be).map(|other| (likeness(&ticket, other), other)).collect();
    likely.retain(|(likeness, _)| *likeness >= LIKELY);
    likely.sort_by_key(|(likeness, other)| (std::cmp::Reverse(*likeness), std::cmp::Reverse(other.id)));
    likely.truncate(SUGGESTED);
    // With the versions of calendars that these tickets' promises are counted by.
    let suggested: Vec<_> = likely.iter().map(|(_, other)| (*other).clone()).collect();
    let config = desk.config_for_all(&suggested).await?;
    let view = |other| TicketView::of(other, &caller, (&config, app.now()));
    let items = likely.into_iter().map(|(likeness, other)| Likely { likeness, ticket: view(other) });
    Reply::ok(&Output { items: items.collect() })
}

/// The requester's newest, of the brand: only what is of one brand can be merged.
fn of_requester(ticket: &Ticket, caller: &Caller, config: &TenantConfig) -> TicketQuery {
    let brands: Vec<_> = [ticket.brand.clone()].into_iter().filter(|brand| caller.brands.include(brand)).collect();
    TicketQuery {
        every_brand: brands.len() == config.brands.len(),
        brands,
        statuses: config.statuses.iter().map(|entry| entry.status).collect(),
        every_status: true,
        priority: None,
        category: None,
        assignee: None,
        requester: Some(ticket.requester),
        updated_since: None,
        deleted: false,
        sort: Sort::CreatedAt,
        order: Order::Descending,
    }
}
