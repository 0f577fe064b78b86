//! The beginnings of tickets that are there for the caller: for customers, those that are for them.

use axum::extract::State;
use lambdesk_domain::{
    BrandId, Caller, Permission, TicketTemplate,
    prepared::{Preparable, Reach},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Known, Need, Query, Reply, SignedIn, all_prepared, input};
use lambdesk_platform::App;
use lambdesk_store::Kept;

use crate::view::{Items, View};

/// Lists ticket templates.
pub const FUNCTION: Function =
    Function::http("answers-list-templates", "GET", "/v1/ticket-templates", Access::Permission(Permission::TicketsCreate))
        .summary("List ticket templates: everybody's, your teams' and your own; to customers, those for them")
        .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<Filter>().answers_page::<View<TicketTemplate>>()
}

input! {
    /// Which templates.
    pub(crate) struct Filter {
        /// For tickets of this brand.
        #[schema(value_type = Option<BrandId>)]
        brand: Known<BrandId>,
    }
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(filter): Query<Filter>) -> Result<Reply, ApiError> {
    let mut all = there(&app, &caller).await?;
    all.retain(|kept| filter.brand.0.as_ref().is_none_or(|brand| kept.prepared.serves(brand)));
    all.sort_by_cached_key(|kept| (kept.prepared.content.title().to_lowercase(), kept.prepared.id));
    Reply::ok(&Items::all(all.iter().map(|kept| View::of_kept(kept, &caller)).collect()))
}

async fn there(app: &App, caller: &Caller) -> Result<Vec<Kept<TicketTemplate>>, ApiError> {
    if caller.is_staff() {
        return all_prepared(app, caller).await;
    }
    let mut all = app.desk(caller).shelf::<TicketTemplate>(None).await?.things;
    all.retain(|kept| kept.prepared.content.for_customers && kept.prepared.whose.scope == Reach::Shared);
    Ok(all)
}
