//! The macros that are there for the caller.

use axum::extract::State;
use lambdesk_domain::{Macro, Permission, prepared::Preparable};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Known, Need, Query, Reply, SignedIn, all_prepared, input};
use lambdesk_platform::App;

use crate::view::{Items, View};

/// Lists macros.
pub const FUNCTION: Function =
    Function::http("answers-list-macros", "GET", "/v1/macros", Access::Permission(Permission::TicketsUpdate))
        .summary("List macros: everybody's, your teams' and your own")
        .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<Filter>().answers_page::<View<Macro>>()
}

input! {
    /// Which macros.
    pub(crate) struct Filter {
        /// For tickets of this brand.
        #[schema(value_type = Option<lambdesk_domain::BrandId>)]
        brand: Known<lambdesk_domain::BrandId>,
    }
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(filter): Query<Filter>) -> Result<Reply, ApiError> {
    let mut all = all_prepared::<Macro>(&app, &caller).await?;
    all.retain(|kept| filter.brand.0.as_ref().is_none_or(|brand| kept.prepared.serves(brand)));
    all.sort_by_cached_key(|kept| (kept.prepared.content.title().to_lowercase(), kept.prepared.id));
    Reply::ok(&Items::all(all.iter().map(|kept| View::of_kept(kept, &caller)).collect()))
}
