//! Lists of tickets: one query for each partition that can hold a match, merged.
//!
//! Every list is ordered by one text, the *position* (`<time>#<id>`, or `<rank>#<time>#<id>` by priority), which is
//! the tail of the sort key in every index that serves it. A cursor is the last position given out: each query of the
//! next page starts after it. What no index answers (category, say) is filtered while reading, and a page stops after
//! a fixed amount of reading: it may then hold fewer items than asked for, and its cursor goes on from there.

use std::collections::HashMap;

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use lambdesk_domain::{BrandId, CategoryId, PersonId, Priority, Status, Ticket};
use serde::Serialize;

use crate::{
    Desk,
    error::StoreError,
    item::{Item, decode, string, text},
    keys,
    table::{AGENT, CREATED, CUSTOMER, Index, PRIORITY, QUEUE},
};

/// Items that one query reads at most when it filters.
const FILTERED_READ: i32 = 200;
/// Pages of 1 MB that are read of one customer's requests to put them in another order than by creation: about a
/// thousand of the newest, more than a person has, and a bound.
const PAGES_IN_MEMORY: usize = 2;

/// A page to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Items at most, 1 to 100.
    pub limit: i32,
    /// Where to go on.
    pub cursor: Option<String>,
    /// Whom the cursor is for.
    pub viewer: PersonId,
}

/// A page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// Items, at most as many as asked for.
    pub items: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next_cursor: Option<String>,
}

/// What to order by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Sort {
    /// By last change.
    UpdatedAt,
    /// By creation.
    CreatedAt,
    /// By priority, then last change.
    Priority,
}

/// Which end first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Order {
    /// Oldest, or lowest, first.
    Ascending,
    /// Newest, or highest, first.
    Descending,
}

/// Whose tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum AssigneeFilter {
    /// Nobody's.
    None,
    /// This agent's.
    Agent(PersonId),
}

/// Which tickets, in which order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TicketQuery {
    /// Of these brands: those of the tenant that the caller may see and asked for.
    pub brands: Vec<BrandId>,
    /// Whether these are all brands of the tenant, so that none needs to be filtered out.
    pub every_brand: bool,
    /// In these statuses.
    pub statuses: Vec<Status>,
    /// Whether these are all statuses of the tenant.
    pub every_status: bool,
    /// Of this priority.
    pub priority: Option<Priority>,
    /// Of this category.
    pub category: Option<CategoryId>,
    /// Of this assignee.
    pub assignee: Option<AssigneeFilter>,
    /// Of this requester. For a customer the function sets it; it is what keeps others' tickets out.
    pub requester: Option<PersonId>,
    /// Changed at or after.
    pub updated_since: Option<Timestamp>,
    /// Deleted ones instead.
    pub deleted: bool,
    /// Order by.
    pub sort: Sort,
    /// Which end first.
    pub order: Order,
}

/// What is asked of each ticket beyond its query. It is asked while reading, as what no index answers is.
#[derive(Clone, Copy)]
pub struct Sieve<'a> {
    /// Names it: a cursor is good for this sieve alone.
    pub name: &'a str,
    /// Whether the ticket stays.
    pub keeps: &'a (dyn Fn(&Ticket) -> bool + Sync),
}

/// Where to look: an index, its partitions with the prefix of their sort keys, and how positions read from tickets.
struct Plan {
    index: Index,
    partitions: Vec<(String, String)>,
    position: fn(&Ticket) -> String,
    /// The earliest position of interest.
    from: Option<String>,
    in_memory: bool,
}

/// What one partition gave: matches, and the position where reading stopped before the end.
struct Slice {
    tickets: Vec<(String, Ticket)>,
    stopped_at: Option<String>,
}

impl Desk<'_> {
    /// A page of tickets.
    pub async fn list_tickets(&self, query: &TicketQuery, page: &PageRequest) -> Result<Page<Ticket>, StoreError> {
        self.sift_tickets(query, None, page).await
    }

    /// A page of those tickets that the sieve keeps.
    pub async fn sift_tickets(
        &self,
        query: &TicketQuery,
        sieve: Option<Sieve<'_>>,
        page: &PageRequest,
    ) -> Result<Page<Ticket>, StoreError> {
        if query.brands.is_empty() || query.statuses.is_empty() {
            return Ok(Page { items: Vec::new(), next_cursor: None });
        }
        let mut name = self.cursor_name(query, page)?;
        if let Some(sieve) = sieve {
            name = format!("{name}#{}", sieve.name);
        }
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        let plan = self.plan(query);
        let slices =
            try_join_all(plan.partitions.iter().map(|at| self.slice(&plan, at, (query, sieve), after.as_deref(), page.limit)))
                .await?;
        let (items, next) = merge(slices, query.order, usize::try_from(page.limit).unwrap_or(1));
        let next_cursor = next.map(|position| self.store.cursors.seal(&position, &name)).transpose()?;
        Ok(Page { items, next_cursor })
    }

    /// Where a page of this query would go on if this ticket were its last.
    pub fn cursor_behind(&self, ticket: &Ticket, query: &TicketQuery, page: &PageRequest) -> Result<String, StoreError> {
        self.store.cursors.seal(&position_of(query.sort)(ticket), &self.cursor_name(query, page)?)
    }

    /// The name that a cursor is bound to: tenant, viewer and the whole query.
    fn cursor_name(&self, query: &TicketQuery, page: &PageRequest) -> Result<String, StoreError> {
        let query = serde_json::to_string(query).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(format!("{}#tickets#{}#{query}", self.tenant, page.viewer))
    }

    fn plan(&self, query: &TicketQuery) -> Plan {
        let since = query.updated_since.map(keys::time);
        if let Some(requester) = query.requester
            && !query.deleted
        {
            let position = position_of(query.sort);
            let partitions = vec![(self.keys().customer(requester), String::new())];
            let in_memory = query.sort != Sort::CreatedAt;
            return Plan { index: CUSTOMER, partitions, position, from: None, in_memory };
        }
        if let Some(assignee) = query.assignee
            && query.sort == Sort::UpdatedAt
            && !query.deleted
        {
            let owners = match assignee {
                AssigneeFilter::Agent(agent) => vec![self.keys().agent(agent)],
                AssigneeFilter::None => query.brands.iter().map(|brand| self.keys().unassigned(brand)).collect(),
            };
            let pairs = |owner: String| query.statuses.iter().map(move |status| (owner.clone(), keys::status_prefix(*status)));
            let partitions = owners.into_iter().flat_map(pairs).collect();
            return Plan { index: AGENT, partitions, position: keys::by_updated, from: since, in_memory: false };
        }
        let (index, prefix, from, position) = match (query.sort, query.priority) {
            (Sort::CreatedAt, _) => (CREATED, String::new(), None, position_of(query.sort)),
            (Sort::UpdatedAt, None) => (QUEUE, String::new(), since, position_of(query.sort)),
            (Sort::Priority, None) => (PRIORITY, String::new(), None, position_of(query.sort)),
            // Within one priority both orders are the order of the last change.
            (Sort::UpdatedAt | Sort::Priority, Some(priority)) => {
                (PRIORITY, keys::priority_prefix(priority), since, position_of(Sort::UpdatedAt))
            }
        };
        let partition = |brand| -> Vec<String> {
            if query.deleted {
                return vec![self.keys().bin(brand)];
            }
            query.statuses.iter().map(|status| self.keys().queue(brand, *status)).collect()
        };
        let partitions = query.brands.iter().flat_map(partition).map(|pk| (pk, prefix.clone())).collect();
        Plan { index, partitions, position, from, in_memory: false }
    }

    async fn slice(
        &self,
        plan: &Plan,
        (pk, prefix): &(String, String),
        (query, sieve): (&TicketQuery, Option<Sieve<'_>>),
        after: Option<&str>,
        limit: i32,
    ) -> Result<Slice, StoreError> {
        let filter = Filter::of(query, plan);
        let (low, high) = bounds(prefix, plan.from.as_deref(), after.filter(|_| !plan.in_memory), query.order);
        if low > high {
            return Ok(Slice { tickets: Vec::new(), stopped_at: None });
        }
        let request = self
            .store
            .query()
            .index_name(plan.index.name)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :low AND :high")
            .expression_attribute_names("#pk", plan.index.partition)
            .expression_attribute_names("#sk", plan.index.sort)
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":low", text(low))
            .expression_attribute_values(":high", text(high))
            .scan_index_forward(query.order == Order::Ascending && !plan.in_memory);
        let unfiltered = filter.is_empty() && sieve.is_none();
        let request = filter.apply(request);
        let (items, stopped_at) = if plan.in_memory {
            (self.all_of(request).await?, None)
        } else {
            // One more than asked for: tells an end from a page that just fits.
            let read = if unfiltered { limit + 1 } else { FILTERED_READ.max(limit + 1) };
            let (items, last) = self.store.run(request.limit(read)).await?;
            (items, last.map(|last| string(&last, plan.index.sort)[prefix.len()..].to_owned()))
        };
        let mut tickets = Vec::with_capacity(items.len());
        for item in items {
            // One row that cannot be read must not take the whole list with it.
            match decode::<Ticket>(item, "ticket") {
                Ok(ticket) if sieve.is_some_and(|sieve| !(sieve.keeps)(&ticket)) => {}
                Ok(ticket) => tickets.push(((plan.position)(&ticket), ticket)),
                Err(error) => tracing::error!(tenant = %self.tenant, %error, "a ticket cannot be read"),
            }
        }
        if plan.in_memory {
            sort(&mut tickets, query.order);
            tickets.retain(|(position, _)| after.is_none_or(|after| comes_after(position, after, query.order)));
        }
        Ok(Slice { tickets, stopped_at })
    }

    /// The newest of a partition, as far as [`PAGES_IN_MEMORY`] reach.
    async fn all_of(&self, request: QueryFluentBuilder) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        for _ in 0..PAGES_IN_MEMORY {
            let (page, last) = self.store.run(request.clone().set_exclusive_start_key(start)).await?;
            items.extend(page);
            match last {
                None => break,
                last => start = last,
            }
        }
        Ok(items)
    }
}

fn position_of(sort: Sort) -> fn(&Ticket) -> String {
    match sort {
        Sort::UpdatedAt => keys::by_updated,
        Sort::CreatedAt => keys::by_created,
        Sort::Priority => keys::by_priority,
    }
}

/// The range of sort keys left to read. `~` sorts after every character of a position, and an `after` is left out by
/// stepping past it (`!`, before `#` and digits) or before it.
fn bounds(prefix: &str, from: Option<&str>, after: Option<&str>, order: Order) -> (String, String) {
    let low = match (order, after) {
        (Order::Ascending, Some(after)) => format!("{prefix}{after}!"),
        _ => format!("{prefix}{}", from.unwrap_or("!")),
    };
    let high = match (order, after) {
        // The position just below: ids have a fixed width, so cutting the last character sorts before it and
        // after everything smaller.
        (Order::Descending, Some(after)) => format!("{prefix}{}", before(after)),
        _ => format!("{prefix}~"),
    };
    (low, high)
}

/// The greatest text that sorts before every position from `position` on.
fn before(position: &str) -> String {
    let mut text = position.to_owned();
    match text.pop() {
        None => String::new(),
        // Positions end in a hexadecimal digit, so there is a character below it.
        Some(last) => {
            text.push(char::from_u32(u32::from(last) - 1).unwrap_or('!'));
            text.push('~');
            text
        }
    }
}

fn comes_after(position: &str, after: &str, order: Order) -> bool {
    match order {
        Order::Ascending => position > after,
        Order::Descending => position < after,
    }
}

fn sort(tickets: &mut [(String, Ticket)], order: Order) {
    tickets.sort_by(|(a, _), (b, _)| if order == Order::Ascending { a.cmp(b) } else { b.cmp(a) });
}

/// The first `limit` tickets of all slices, and where to go on. Beyond the first place where a slice stopped reading
/// nothing can be given out yet: that slice may hold matches before it.
fn merge(slices: Vec<Slice>, order: Order, limit: usize) -> (Vec<Ticket>, Option<String>) {
    let stops = slices.iter().filter_map(|slice| slice.stopped_at.clone());
    let frontier = if order == Order::Ascending { stops.min() } else { stops.max() };
    let mut tickets: Vec<_> = slices.into_iter().flat_map(|slice| slice.tickets).collect();
    // A ticket that moves between partitions while they are read may be found in both: its newest state stands.
    tickets.sort_by_key(|(_, ticket)| (ticket.id, std::cmp::Reverse(ticket.version)));
    tickets.dedup_by_key(|(_, ticket)| ticket.id);
    sort(&mut tickets, order);
    if let Some(frontier) = &frontier {
        tickets.retain(|(position, _)| position == frontier || comes_after(frontier, position, order));
    }
    let next = if tickets.len() > limit {
        tickets.truncate(limit);
        tickets.last().map(|(position, _)| position.clone())
    } else {
        frontier
    };
    (tickets.into_iter().map(|(_, ticket)| ticket).collect(), next)
}

/// What the index does not answer, as an expression over the ticket in `data`.
#[derive(Default)]
struct Filter {
    tests: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Filter {
    fn of(query: &TicketQuery, plan: &Plan) -> Self {
        let mut filter = Self::default();
        let served_by = |index: Index| plan.index == index;
        if let Some(category) = &query.category {
            filter.equals("category", category.as_str());
        }
        if let Some(priority) = query.priority.filter(|_| !served_by(PRIORITY)) {
            filter.equals("priority", priority.as_str());
        }
        if let Some(requester) = query.requester.filter(|_| !served_by(CUSTOMER)) {
            filter.equals("requester", &requester.to_string());
        }
        match query.assignee.filter(|_| !served_by(AGENT)) {
            Some(AssigneeFilter::Agent(agent)) => filter.equals("assignee", &agent.to_string()),
            Some(AssigneeFilter::None) => filter.is_null("assignee"),
            None => {}
        }
        if let Some(since) = query.updated_since.filter(|_| plan.from.is_none()) {
            filter.updated_since(since);
        }
        if !query.every_status && (served_by(CUSTOMER) || query.deleted) {
            filter.one_of("status", query.statuses.iter().map(|status| status.as_str()));
        }
        let one_owner = matches!(query.assignee, Some(AssigneeFilter::Agent(_)));
        if !query.every_brand && (served_by(CUSTOMER) || (served_by(AGENT) && one_owner)) {
            filter.one_of("brand", query.brands.iter().map(BrandId::as_str));
        }
        filter
    }

    fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    fn name(&mut self, field: &str) -> String {
        self.names.insert("#data".to_owned(), "data".to_owned());
        self.names.insert(format!("#{field}"), field.to_owned());
        format!("#data.#{field}")
    }

    fn value(&mut self, value: &str) -> String {
        let name = format!(":f{}", self.values.len());
        self.values.insert(name.clone(), text(value));
        name
    }

    fn equals(&mut self, field: &str, value: &str) {
        let test = format!("{} = {}", self.name(field), self.value(value));
        self.tests.push(test);
    }

    /// By the place in the queue, whose times have a fixed width.
    fn updated_since(&mut self, since: Timestamp) {
        self.names.insert("#queue_sk".to_owned(), QUEUE.sort.to_owned());
        let test = format!("#queue_sk >= {}", self.value(&keys::time(since)));
        self.tests.push(test);
    }

    fn is_null(&mut self, field: &str) {
        let name = self.name(field);
        let value = format!(":f{}", self.values.len());
        self.values.insert(value.clone(), AttributeValue::S("NULL".to_owned()));
        self.tests.push(format!("attribute_type({name}, {value})"));
    }

    fn one_of<'a>(&mut self, field: &str, values: impl Iterator<Item = &'a str>) {
        let name = self.name(field);
        let values: Vec<_> = values.map(|value| self.value(value)).collect();
        self.tests.push(format!("{name} IN ({})", values.join(", ")));
    }

    /// Narrows the query by the tests.
    fn apply(self, mut query: QueryFluentBuilder) -> QueryFluentBuilder {
        if self.tests.is_empty() {
            return query;
        }
        for (name, attribute) in self.names {
            query = query.expression_attribute_names(name, attribute);
        }
        for (name, value) in self.values {
            query = query.expression_attribute_values(name, value);
        }
        query.filter_expression(self.tests.join(" AND "))
    }
}
