//! The queue: tickets by status, assignee, priority and more; for customers, their own requests.

use axum::extract::State;
use jiff::Timestamp;
use lambdesk_domain::{
    BrandId, Caller, CategoryId, DomainError, FieldError, ParseError, Permission, PersonId, Priority, Status, TenantConfig,
    Ticket, ticket::TicketView, view::StatusValue,
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Known, Limit, Need, Query, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::{
    AssigneeFilter, Order, PageRequest, Sort, TicketQuery,
    table::{AGENT, CREATED, CUSTOMER, PRIORITY, QUEUE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::rows::Items;

/// Lists tickets.
pub const FUNCTION: Function = Function::http("tickets-list", "GET", "/v1/tickets", Access::Permission(Permission::TicketsRead))
    .summary("List tickets")
    .needs(&[
        Need::GetMany,
        Need::Query,
        Need::Index(QUEUE),
        Need::Index(CREATED),
        Need::Index(PRIORITY),
        Need::Index(AGENT),
        Need::Index(CUSTOMER),
    ]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<Filter>().answers_page::<TicketView>()
}

input! {
    /// Which tickets, in which order.
    pub(crate) struct Filter {
        /// In these statuses, given several times; `open` is all but resolved and closed.
        #[schema(value_type = Option<Vec<String>>)]
        status: Option<Vec<StatusValue>>,
        /// Of this priority.
        priority: Option<Priority>,
        /// Of this category.
        #[schema(value_type = Option<CategoryId>)]
        category: Known<CategoryId>,
        /// Of this assignee: `me`, `none`, or an id.
        #[schema(value_type = Option<String>)]
        assignee: Option<AssigneeChoice>,
        /// Of this requester: `me` or an id. Customers see only their own.
        #[schema(value_type = Option<String>)]
        requester: Option<PersonChoice>,
        /// Of this brand.
        #[schema(value_type = Option<BrandId>)]
        brand: Known<BrandId>,
        /// Changed at or after this time.
        #[schema(value_type = Option<String>, format = DateTime)]
        updated_since: Option<Timestamp>,
        /// `true` for the bin: deleted tickets, for those who may restore them.
        deleted: Option<YesNo>,
        /// What to order by; `updated_at` by default, `created_at` for customers and where a requester is named.
        sort: Option<SortBy>,
        /// Which end first; `desc` by default.
        order: Option<Direction>,
        /// Items at most.
        #[schema(value_type = Option<Limit>)]
        limit: Option<Limit>,
        /// The `next_cursor` of the page before.
        cursor: Option<String>,
    }
}

/// Somebody by id, or the caller.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum PersonChoice {
    Me,
    Id(PersonId),
}

impl TryFrom<String> for PersonChoice {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        if text == "me" { Ok(Self::Me) } else { text.parse().map(Self::Id) }
    }
}

impl PersonChoice {
    fn of(self, caller: &Caller) -> PersonId {
        match self {
            Self::Me => caller.person,
            Self::Id(id) => id,
        }
    }
}

/// An assignee, or nobody.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum AssigneeChoice {
    None,
    Person(PersonChoice),
}

impl TryFrom<String> for AssigneeChoice {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        if text == "none" { Ok(Self::None) } else { PersonChoice::try_from(text).map(Self::Person) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum YesNo {
    True,
    False,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SortBy {
    UpdatedAt,
    CreatedAt,
    Priority,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    Asc,
    Desc,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(filter): Query<Filter>) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let config = desk.config().await?;
    let query = query(&filter, &caller, &config)?;
    let page = PageRequest { limit: filter.limit.unwrap_or_default().get(), cursor: filter.cursor, viewer: caller.person };
    let page = desk.list_tickets(&query, &page).await?;
    // With the versions of calendars that these tickets' promises are counted by.
    let config = desk.config_for_all(&page.items).await?;
    let (now, tickets) = (app.now(), desk.with_fates_of_targets(page.items).await?);
    // The query is made so that nothing else comes back; should it ever, it goes no further. What was merged into a deleted ticket is
    // in no list: it stands in the bin with that.
    let asked = |ticket: &&Ticket| query.deleted || ticket.deleted_at.is_none();
    let seen = tickets.iter().filter(|ticket| caller.sees(ticket)).filter(asked);
    let items = seen.map(|ticket| TicketView::of(ticket, &caller, (&config, now))).collect();
    Reply::ok(&Items { items, next_cursor: page.next_cursor })
}

fn query(filter: &Filter, caller: &Caller, config: &TenantConfig) -> Result<TicketQuery, ApiError> {
    let deleted = filter.deleted == Some(YesNo::True);
    let requester = filter.requester.map(|requester| requester.of(caller));
    let mut forbidden = Vec::new();
    if deleted && !caller.may(Permission::TicketsRestore) {
        forbidden.push(FieldError::new("deleted", "not_allowed", "you may not see the bin"));
    }
    if !caller.is_staff() && requester.is_some_and(|requester| requester != caller.person) {
        forbidden.push(FieldError::new("requester", "not_allowed", "you may only list your own tickets"));
    }
    if !forbidden.is_empty() {
        return Err(DomainError::Forbidden(forbidden).into());
    }
    // One person's requests stand in the order of creation; any other order has to sort them.
    let by_default = if caller.is_staff() && requester.is_none() { Sort::UpdatedAt } else { Sort::CreatedAt };
    let (brands, statuses) = (brands(filter, caller, config), statuses(filter.status.as_deref(), config));
    Ok(TicketQuery {
        every_brand: brands.len() == config.brands.len(),
        brands,
        every_status: statuses.len() == config.statuses.len(),
        statuses,
        priority: filter.priority,
        category: filter.category.0.clone(),
        assignee: filter.assignee.map(|assignee| match assignee {
            AssigneeChoice::None => AssigneeFilter::None,
            AssigneeChoice::Person(person) => AssigneeFilter::Agent(person.of(caller)),
        }),
        requester: if caller.is_staff() { requester } else { Some(caller.person) },
        updated_since: filter.updated_since,
        deleted,
        sort: filter.sort.map_or(by_default, |sort| match sort {
            SortBy::UpdatedAt => Sort::UpdatedAt,
            SortBy::CreatedAt => Sort::CreatedAt,
            SortBy::Priority => Sort::Priority,
        }),
        order: match filter.order {
            Some(Direction::Asc) => Order::Ascending,
            None | Some(Direction::Desc) => Order::Descending,
        },
    })
}

fn brands(filter: &Filter, caller: &Caller, config: &TenantConfig) -> Vec<BrandId> {
    let visible = |brand: &BrandId| !caller.is_staff() || caller.brands.include(brand);
    let asked = |brand: &BrandId| filter.brand.0.as_ref().is_none_or(|asked| asked == brand);
    config.brands.iter().map(|brand| &brand.id).filter(|brand| visible(brand) && asked(brand)).cloned().collect()
}

/// The statuses asked for, of those in use: each costs a query.
fn statuses(asked: Option<&[StatusValue]>, config: &TenantConfig) -> Vec<Status> {
    let wanted = |status: Status| asked.is_none_or(|asked| asked.iter().any(|value| value.holds(status)));
    config.statuses.iter().map(|entry| entry.status).filter(|status| wanted(*status)).collect()
}
