//! The canned responses that fit a ticket best.

use axum::extract::State;
use lambdesk_domain::{
    CannedResponse, Name, Permission,
    prepared::{Used, suggest},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn, TicketPath, all_prepared, see_ticket};
use lambdesk_platform::App;
use lambdesk_store::{Kept, PageRequest};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::{Items, View};

/// Suggests canned responses.
pub const FUNCTION: Function = Function::http(
    "answers-suggest-responses",
    "GET",
    "/v1/tickets/{ticket}/suggested-responses",
    Access::Permission(Permission::TicketsUpdate),
)
.summary("Suggest canned responses for a ticket, the best five first")
.needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<Suggestion>()
}

type Response = View<CannedResponse>;

/// A canned response that may fit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SuggestedResponse)]
pub(crate) struct Suggestion {
    #[serde(flatten)]
    response: Response,
    /// How well: only of use beside others of the same list.
    score: f64,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, TicketPath(name): TicketPath) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let ticket = see_ticket(&app, &caller, &name).await?;
    let config = desk.config().await?;
    let first = desk.messages(ticket.id, &PageRequest { limit: 1, cursor: None, viewer: caller.person }).await?;
    let mut all = all_prepared::<CannedResponse>(&app, &caller).await?;
    all.retain(|kept| kept.prepared.serves(&ticket.brand));
    let category = ticket.category.as_ref();
    let used = |kept: &Kept<CannedResponse>| {
        let in_category = category.and_then(|category| kept.used_in.get(category)).copied().unwrap_or_default();
        Used { times: kept.used, in_category }
    };
    let candidates: Vec<_> = all.iter().map(|kept| (&kept.prepared, used(kept))).collect();
    let label = category.and_then(|category| config.category(category)).map_or("", |category| Name::as_str(&category.label));
    let said = first.items.first().map_or("", |message| message.body.text.as_str());
    let best = suggest(&[ticket.subject.as_str(), label, said], &candidates);
    let times = |id| all.iter().find(|kept| kept.prepared.id == id).map_or(0, |kept| kept.used);
    let items = best
        .into_iter()
        .map(|(prepared, score)| Suggestion { response: View::of(prepared, times(prepared.id), &caller), score })
        .collect();
    Reply::ok(&Items::all(items))
}
