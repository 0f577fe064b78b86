//! The canned responses that are there for the caller.

use axum::extract::State;
use lambdesk_domain::{BrandId, CannedResponse, Language, Permission, prepared::Preparable};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Known, Need, Query, Reply, SignedIn, all_prepared, input};
use lambdesk_platform::App;

use crate::view::{Items, View};

/// Lists canned responses.
pub const FUNCTION: Function =
    Function::http("answers-list-canned-responses", "GET", "/v1/canned-responses", Access::Permission(Permission::TicketsUpdate))
        .summary("List canned responses: everybody's, your teams' and your own")
        .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<Filter>().answers_page::<View<CannedResponse>>()
}

input! {
    /// Which canned responses.
    pub(crate) struct Filter {
        /// Whose title, text or shortcut holds this.
        q: Option<String>,
        /// Whose shortcut begins so: what an agent has typed so far.
        shortcut: Option<String>,
        /// For tickets of this brand.
        #[schema(value_type = Option<BrandId>)]
        brand: Known<BrandId>,
        /// In this language, or in none in particular.
        language: Option<Language>,
    }
}

impl Filter {
    fn holds(&self, content: &CannedResponse) -> bool {
        let shortcut = content.shortcut.as_str();
        let found = self.q.as_ref().is_none_or(|q| {
            let q = q.to_lowercase();
            [content.title.as_str(), &content.body, shortcut].iter().any(|text| text.to_lowercase().contains(&q))
        });
        let begins = self.shortcut.as_ref().is_none_or(|typed| shortcut.starts_with(&typed.to_ascii_lowercase()));
        let language = self.language.is_none_or(|language| content.language.is_none_or(|own| own == language));
        found && begins && language
    }
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(filter): Query<Filter>) -> Result<Reply, ApiError> {
    let mut all = all_prepared::<CannedResponse>(&app, &caller).await?;
    all.retain(|kept| filter.brand.0.as_ref().is_none_or(|brand| kept.prepared.serves(brand)));
    all.retain(|kept| filter.holds(&kept.prepared.content));
    all.sort_by_cached_key(|kept| (kept.prepared.content.title().to_lowercase(), kept.prepared.id));
    Reply::ok(&Items::all(all.iter().map(|kept| View::of_kept(kept, &caller)).collect()))
}
