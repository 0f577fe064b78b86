//! The tickets whose promises will be broken next.

use axum::extract::State;
use lambdesk_domain::{BrandId, Permission, ticket::TicketView};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Limit, Need, Query, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::table::PROMISED;
use serde::Serialize;

/// Lists what is due next.
pub const FUNCTION: Function =
    Function::http("sla-upcoming-breaches", "GET", "/v1/sla/upcoming", Access::Permission(Permission::TicketsUpdate))
        .summary("List the tickets whose promises will be broken next, the soonest first")
        .needs(&[Need::GetMany, Need::Query, Need::Index(PROMISED)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<HowMany>().answers_page::<TicketView>()
}

input! {
    /// How many.
    pub(crate) struct HowMany {
        /// At most so many, 1 to 100.
        #[schema(value_type = Option<i32>, minimum = 1, maximum = 100)]
        limit: Option<Limit>,
    }
}

/// The soonest alone: who wants all of them lists tickets.
#[derive(Serialize)]
struct Items {
    items: Vec<TicketView>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(how): Query<HowMany>) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let config = desk.config().await?;
    let brands: Vec<BrandId> =
        config.brands.iter().map(|brand| brand.id.clone()).filter(|brand| caller.brands.include(brand)).collect();
    let tickets = desk.next_breaches(&brands, how.limit.unwrap_or_default().get()).await?;
    // The versions that these tickets have, which the configuration of a while ago may not know.
    let config = desk.config_for_all(&tickets).await?;
    let now = app.now();
    let seen = tickets.iter().filter(|ticket| caller.sees(ticket));
    let items = seen.map(|ticket| TicketView::of(ticket, &caller, (&config, now))).collect();
    Reply::ok(&Items { items, next_cursor: None })
}
