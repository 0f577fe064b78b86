//! Lists against a brute-force recount: every filter and order, page by page, equals what sorting everything gives.

use std::collections::BTreeSet;

use lambdesk_domain::{
    BrandId, CategoryId, Priority, Status,
    ticket::{self, Assignee, TicketPatch},
};

use super::*;
use crate::{AssigneeFilter, Order, PageRequest, Sort, TicketQuery, measure};

const PRIORITIES: [Priority; 4] = [Priority::Low, Priority::Medium, Priority::High, Priority::Urgent];

fn category(n: usize) -> Option<CategoryId> {
    [None, CategoryId::parse("billing").ok(), CategoryId::parse("other").ok()][n % 3].clone()
}

fn brand(n: usize) -> BrandId {
    BrandId::parse(["KA", "OL"][n % 2]).expect("fits")
}

/// Sixty tickets in every mixture, some of them deleted.
async fn mixture(desk: &TestDesk) -> Vec<Ticket> {
    let mut tickets = Vec::new();
    for n in 0..60 {
        let customer = caller(Role::Customer, 100 + (n % 4) as u128);
        let change = desk
            .opening(&customer, |new| {
                new.priority = Some(PRIORITIES[n * 7 % 4]);
                new.category = category(n);
                new.brand = Some(brand(n / 3));
            })
            .await;
        desk.save(&change).await.expect("saved");
        let mut ticket = change.after;
        if n % 3 == 0 {
            ticket = desk.change(&ada(), &ticket, |ticket, ctx| ticket::assign(ticket, &Assignee::Me, ctx)).await;
        }
        let status = Status::ALL[n * 5 % 6];
        if status != Status::New && status != Status::Assigned {
            let patch = TicketPatch { status: Some(status), ..TicketPatch::default() };
            ticket = desk.change(&ada(), &ticket, |ticket, ctx| ticket::update(ticket, patch, ctx)).await;
        }
        if n % 13 == 0 {
            ticket = desk.change(&mia(), &ticket, ticket::delete).await;
        }
        tickets.push(ticket);
    }
    tickets
}

fn everything() -> TicketQuery {
    TicketQuery {
        brands: vec![brand(0), brand(1)],
        every_brand: true,
        statuses: Status::ALL.to_vec(),
        every_status: true,
        priority: None,
        category: None,
        assignee: None,
        requester: None,
        updated_since: None,
        deleted: false,
        sort: Sort::UpdatedAt,
        order: Order::Descending,
    }
}

fn expected(tickets: &[Ticket], query: &TicketQuery) -> Vec<String> {
    let fits = |ticket: &&Ticket| {
        query.brands.contains(&ticket.brand)
            && query.statuses.contains(&ticket.status)
            && query.priority.is_none_or(|priority| ticket.priority == priority)
            && query.category.is_none_or_ref(|category| ticket.category.as_ref() == Some(category))
            && query.requester.is_none_or(|requester| ticket.requester == requester)
            && query.updated_since.is_none_or(|since| ticket.updated_at >= since)
            && query.deleted == ticket.deleted_at.is_some()
            && query.assignee.is_none_or(|assignee| match assignee {
                AssigneeFilter::None => ticket.assignee.is_none(),
                AssigneeFilter::Agent(agent) => ticket.assignee == Some(agent),
            })
    };
    let mut rows: Vec<_> = tickets.iter().filter(fits).collect();
    rows.sort_by_key(|ticket| match query.sort {
        Sort::UpdatedAt => (0, ticket.updated_at, ticket.id),
        Sort::CreatedAt => (0, ticket.created_at, ticket.id),
        Sort::Priority => (ticket.priority.rank(), ticket.updated_at, ticket.id),
    });
    if query.order == Order::Descending {
        rows.reverse();
    }
    rows.iter().map(|ticket| ticket.number.to_string()).collect()
}

trait NoneOrRef<T> {
    fn is_none_or_ref(&self, test: impl FnOnce(&T) -> bool) -> bool;
}

impl<T> NoneOrRef<T> for Option<T> {
    fn is_none_or_ref(&self, test: impl FnOnce(&T) -> bool) -> bool {
        self.as_ref().is_none_or(test)
    }
}

async fn listed(desk: &TestDesk, query: &TicketQuery, limit: i32) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut cursor = None;
    for _ in 0..200 {
        let page = desk.desk().list_tickets(query, &PageRequest { limit, cursor, viewer: ada().person }).await.expect("a page");
        assert!(page.items.len() <= usize::try_from(limit).expect("small"));
        numbers.extend(page.items.iter().map(|ticket| ticket.number.to_string()));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return numbers;
        }
    }
    panic!("a list without an end");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_and_order_equals_a_recount() {
    let desk = TestDesk::new().await;
    let tickets = mixture(&desk).await;
    let middle = tickets[30].updated_at;
    let filters: Vec<fn(&mut TicketQuery, Timestamp)> = vec![
        |_, _| {},
        |query, _| query.statuses = vec![Status::New],
        |query, _| query.statuses = vec![Status::InProgress, Status::Resolved],
        |query, _| query.brands = vec![brand(1)],
        |query, _| query.priority = Some(Priority::High),
        |query, _| query.category = category(1),
        |query, _| query.assignee = Some(AssigneeFilter::Agent(ada().person)),
        |query, _| query.assignee = Some(AssigneeFilter::None),
        |query, _| query.requester = Some(caller(Role::Customer, 101).person),
        |query, middle| query.updated_since = Some(middle),
        |query, _| query.deleted = true,
        |query, middle| {
            query.assignee = Some(AssigneeFilter::Agent(ada().person));
            query.brands = vec![brand(0)];
            query.updated_since = Some(middle);
        },
        |query, _| {
            query.priority = Some(Priority::Urgent);
            query.category = category(1);
            query.statuses = vec![Status::New, Status::Closed];
        },
        |query, middle| {
            query.requester = Some(caller(Role::Customer, 101).person);
            query.statuses = vec![Status::Pending, Status::Closed];
            query.updated_since = Some(middle);
        },
        |query, _| query.statuses = vec![],
    ];
    let mut not_empty = 0;
    for (index, filter) in filters.iter().enumerate() {
        for sort in [Sort::UpdatedAt, Sort::CreatedAt, Sort::Priority] {
            for order in [Order::Ascending, Order::Descending] {
                let mut query = TicketQuery { sort, order, ..everything() };
                filter(&mut query, middle);
                query.every_brand = query.brands.len() == 2;
                query.every_status = query.statuses.len() == Status::ALL.len();
                let expected = expected(&tickets, &query);
                not_empty += usize::from(!expected.is_empty());
                for limit in [4, 100] {
                    assert_eq!(
                        listed(&desk, &query, limit).await,
                        expected,
                        "filter {index}, {sort:?}, {order:?}, limit {limit}"
                    );
                }
            }
        }
    }
    assert!(not_empty >= 80, "the recount must have something to compare: {not_empty}");
}

#[tokio::test]
async fn d7_a_cursor_belongs_to_its_query_and_its_reader() {
    let desk = TestDesk::new().await;
    mixture(&desk).await;
    let page = |cursor, viewer| PageRequest { limit: 5, cursor, viewer };
    let query = everything();
    let first = desk.desk().list_tickets(&query, &page(None, ada().person)).await.expect("a page");
    let cursor = first.next_cursor.expect("there is more");
    let narrower = TicketQuery { statuses: vec![Status::New], ..everything() };
    for (query, viewer) in [(&narrower, ada().person), (&query, mia().person)] {
        let refused = desk.desk().list_tickets(query, &page(Some(cursor.clone()), viewer)).await;
        assert!(matches!(refused, Err(StoreError::InvalidCursor)));
    }
    let second = desk.desk().list_tickets(&query, &page(Some(cursor), ada().person)).await.expect("a page");
    let seen: BTreeSet<_> = first.items.iter().chain(&second.items).map(|ticket| ticket.id).collect();
    assert_eq!(seen.len(), 10, "no ticket twice");
}

#[tokio::test]
async fn a_list_costs_a_query_for_each_status_asked_for() {
    let desk = TestDesk::new().await;
    mixture(&desk).await;
    let one_brand = TicketQuery { brands: vec![brand(0)], ..everything() };
    for statuses in [1, 3, 6] {
        let query = TicketQuery { statuses: Status::ALL[..statuses].to_vec(), ..one_brand.clone() };
        let page = PageRequest { limit: 25, cursor: None, viewer: ada().person };
        let (_, usage) = measure(desk.desk().list_tickets(&query, &page)).await;
        assert_eq!(usage.calls as usize, statuses);
    }
}
