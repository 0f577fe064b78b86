//! Staff look at somebody: who that is, and how many of their requests are open.
//!
//! Whoever works for some brands reads colleagues of these, and customers who asked one of them; others are not there for them, whoever
//! told the id. See [`lambdesk_domain::directory`].

use axum::extract::State;
use jiff::Timestamp;
use lambdesk_domain::{Language, Permission, PersonKind, PersonView};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::table::CUSTOMER;
use serde::Serialize;
use utoipa::ToSchema;

use crate::people::{LOOKED_AT, PersonPath, requests};

/// Reads a person.
pub const FUNCTION: Function =
    Function::http("people-get", "GET", "/v1/people/{person}", Access::Permission(Permission::TicketsUpdate))
        .summary("Read who somebody is")
        .needs(&[Need::Get, Need::Query, Need::Index(CUSTOMER)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<Output>(200)
}

/// Somebody, looked at closely.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonDetails)]
pub(crate) struct Output {
    #[serde(flatten)]
    person: PersonView,
    /// The language of their mails, where they chose one.
    language: Option<Language>,
    /// When the desk first knew them.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// A customer's requests that are neither resolved nor closed, among their 50 newest at brands that the caller works for. Null
    /// for staff: `GET /v1/agents` says what they carry.
    #[schema(minimum = 0, maximum = 50)]
    open_tickets: Option<usize>,
    /// Grows by one with every change; also the ETag.
    version: u64,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, PersonPath(id): PersonPath) -> Result<Reply, ApiError> {
    let person = app.desk(&caller).person(id).await?;
    let requests = match PersonKind::from(person.role) {
        PersonKind::Customer => Some(requests(&app, &caller, id, LOOKED_AT).await?),
        PersonKind::Staff => None,
    };
    let asked = requests.as_ref().is_some_and(|requests| !requests.is_empty());
    let view = PersonView::known(&person, &caller, asked).ok_or_else(ApiError::not_found)?;
    let open = |tickets: Vec<lambdesk_domain::Ticket>| tickets.iter().filter(|ticket| ticket.status.is_open()).count();
    let output = Output {
        person: view,
        language: person.language,
        created_at: person.created_at,
        open_tickets: requests.map(open),
        version: person.version,
    };
    // Requests come and go without a new version of who asked.
    Ok(Reply::ok(&output)?.etag(person.version).always_new())
}
