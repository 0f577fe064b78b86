//! What a view asks, as a query of the indexes: as much of it as they answer.

use lambdesk_domain::{
    Caller, TenantConfig,
    routing::Among,
    view::{Test, View, ViewOrder, ViewSort, Who},
};
use lambdesk_store::{AssigneeFilter, Order, Sort, TicketQuery};

/// The narrowest query that finds every ticket of the view for the caller, and whether it finds others too.
pub(crate) fn query(view: &View, caller: &Caller, config: &TenantConfig) -> (TicketQuery, bool) {
    let mut query = everything(view, caller, config);
    let mut finds_others = false;
    for test in &view.filter {
        match test {
            Test::Status(values) => query.statuses.retain(|status| values.holds(|value| value.holds(*status))),
            Test::Brand(values) => query.brands.retain(|brand| values.holds(|value| value == brand)),
            Test::Priority(Among::Is(values)) if values.len() == 1 && query.priority.is_none() => {
                query.priority = values.first().copied();
            }
            Test::Assignee(Among::Is(values)) if values.len() == 1 && query.assignee.is_none() => {
                query.assignee = values.first().map(|who| match who {
                    Who::Me => AssigneeFilter::Agent(caller.person),
                    Who::Nobody => AssigneeFilter::None,
                    Who::Agent(agent) => AssigneeFilter::Agent(*agent),
                });
            }
            Test::Requester(Among::Is(values)) if values.len() == 1 && query.requester.is_none() => {
                query.requester = values.first().copied();
            }
            _ => finds_others = true,
        }
    }
    query.every_brand = query.brands.len() == config.brands.len();
    query.every_status = query.statuses.len() == config.statuses.len();
    (query, finds_others)
}

fn everything(view: &View, caller: &Caller, config: &TenantConfig) -> TicketQuery {
    TicketQuery {
        brands: config.brands.iter().map(|brand| &brand.id).filter(|brand| caller.brands.include(brand)).cloned().collect(),
        every_brand: true,
        statuses: config.statuses.iter().map(|entry| entry.status).collect(),
        every_status: true,
        priority: None,
        category: None,
        assignee: None,
        requester: None,
        updated_since: None,
        deleted: false,
        sort: match view.sort {
            ViewSort::UpdatedAt => Sort::UpdatedAt,
            ViewSort::CreatedAt => Sort::CreatedAt,
            ViewSort::Priority => Sort::Priority,
        },
        order: match view.order {
            ViewOrder::Ascending => Order::Ascending,
            ViewOrder::Descending => Order::Descending,
        },
    }
}
