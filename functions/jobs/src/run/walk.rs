//! The way through the tickets that fit a filter, page by page, which can be left and taken up again.

use lambdesk_domain::{
    Caller, Ticket,
    job::{AssigneeIs, Cursor, Stage, TicketFilter},
};
use lambdesk_store::{AssigneeFilter, Order, PageRequest, Sort, StoreError, TicketQuery};

use super::Work;

/// Somebody on the way.
pub(super) struct Walk<'a> {
    filter: &'a TicketFilter,
    caller: &'a Caller,
    pub(super) cursor: Cursor,
}

impl<'a> Walk<'a> {
    /// Goes on where the job was left, or begins.
    pub(super) fn of(work: &Work<'_>, filter: &'a TicketFilter, caller: &'a Caller) -> Self {
        let begin = || Cursor { stages: filter.stages(caller, &work.config), after: None };
        Self { filter, caller, cursor: work.job.progress.walk.clone().unwrap_or_else(begin) }
    }

    /// Whether nothing is left.
    pub(super) fn is_over(&self) -> bool {
        self.cursor.stages.is_empty()
    }

    /// The next tickets that fit, of so many at most; often fewer, and also none before the end. In the order of creation, which
    /// no change of a ticket changes.
    pub(super) async fn page(&mut self, work: &Work<'_>, limit: i32) -> Result<Vec<Ticket>, StoreError> {
        let Some(stage) = self.cursor.stages.first() else { return Ok(Vec::new()) };
        let page = PageRequest { limit, cursor: self.cursor.after.clone(), viewer: work.job.by.person };
        let page = work.desk.list_tickets(&self.query(stage), &page).await?;
        self.cursor.after = page.next_cursor;
        if self.cursor.after.is_none() {
            self.cursor.stages.remove(0);
        }
        Ok(page.items.into_iter().filter(|ticket| self.filter.matches(ticket, self.caller)).collect())
    }

    fn query(&self, stage: &Stage) -> TicketQuery {
        TicketQuery {
            brands: stage.brands.clone(),
            every_brand: false,
            statuses: stage.statuses.clone(),
            every_status: false,
            priority: self.filter.priority,
            category: self.filter.category.clone(),
            assignee: self.filter.assignee.map(|assignee| match assignee {
                AssigneeIs::Nobody => AssigneeFilter::None,
                AssigneeIs::Person(person) => AssigneeFilter::Agent(person),
            }),
            requester: self.filter.requester,
            updated_since: self.filter.updated_since,
            deleted: false,
            sort: Sort::CreatedAt,
            order: Order::Ascending,
        }
    }
}
