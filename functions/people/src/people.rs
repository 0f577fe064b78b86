//! Whom the caller knows, and by what: the requests that somebody has at brands that the caller works for.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{Brands, Caller, Person, PersonId, PersonKind, PersonView, Ticket};
use lambdesk_function::ApiError;
use lambdesk_platform::App;
use lambdesk_store::{Order, PageRequest, Sort, StoreError, TicketQuery};

/// How many of somebody's newest requests are looked at.
pub(crate) const LOOKED_AT: i32 = 50;

/// A `{person}` in a path. What is no id names nothing.
pub(crate) struct PersonPath(pub(crate) PersonId);

impl<S: Send + Sync> FromRequestParts<S> for PersonPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        text.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}

/// The newest requests of a customer at brands that the caller works for, at most as many as asked for: one query.
pub(crate) async fn requests(app: &App, caller: &Caller, customer: PersonId, limit: i32) -> Result<Vec<Ticket>, StoreError> {
    let desk = app.desk(caller);
    let config = desk.config().await?;
    let theirs = config.brands.iter().map(|brand| &brand.id).filter(|brand| caller.brands.include(brand));
    let brands: Vec<_> = theirs.cloned().collect();
    let query = TicketQuery {
        every_brand: brands.len() == config.brands.len(),
        brands,
        statuses: config.statuses.iter().map(|entry| entry.status).collect(),
        every_status: true,
        priority: None,
        category: None,
        assignee: None,
        requester: Some(customer),
        updated_since: None,
        deleted: false,
        sort: Sort::CreatedAt,
        order: Order::Descending,
    };
    let page = PageRequest { limit, cursor: None, viewer: caller.person };
    let mut tickets = desk.list_tickets(&query, &page).await?.items;
    tickets.retain(|ticket| caller.sees(ticket));
    Ok(tickets)
}

/// The person as the caller sees them who looks for people, if the caller knows them.
pub(crate) async fn known(app: &App, caller: &Caller, person: &Person) -> Result<Option<PersonView>, StoreError> {
    let by_requests = caller.brands != Brands::All && PersonKind::from(person.role) == PersonKind::Customer;
    let asked = by_requests && !requests(app, caller, person.id, 1).await?.is_empty();
    Ok(PersonView::known(person, caller, asked))
}
