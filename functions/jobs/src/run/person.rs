//! What a person's export and their erasure share: the way through everything that is about them.
//!
//! No index leads from a person to the tickets of others on which they are, so all tickets are looked at, those in the bin too. Such
//! a job is rare, and its steps are as short as those of others.

use lambdesk_domain::{
    BrandId, PersonId, Status, Ticket,
    job::{Cursor, Stage},
    ticket::concerns,
};
use lambdesk_store::{Order, PageRequest, Sort, StoreError, TicketQuery};

use super::Work;

/// Tickets of one page.
const PAGE: i32 = 100;

/// Somebody on the way through all tickets of the desk.
pub(super) struct Everything {
    person: PersonId,
    pub(super) cursor: Cursor,
}

impl Everything {
    /// Goes on where the job was left, or begins.
    pub(super) fn of(work: &Work<'_>, person: PersonId) -> Self {
        // A place among mails, where that was left last, is none among tickets.
        let left = work.job.progress.walk.clone().filter(|walk| !walk.stages.is_empty() || walk.after.is_none());
        Self { person, cursor: left.unwrap_or_else(|| beginning(work)) }
    }

    /// Whether nothing is left.
    pub(super) fn is_over(&self) -> bool {
        self.cursor.stages.is_empty()
    }

    /// The next tickets that may be about the person, often none, and where the way goes on behind all of them.
    pub(super) async fn page(&self, work: &Work<'_>) -> Result<(Vec<Ticket>, Cursor), StoreError> {
        let mut next = self.cursor.clone();
        let Some(stage) = self.cursor.stages.first() else { return Ok((Vec::new(), next)) };
        let page = work.desk.list_tickets(&query(stage), &self.request(work)).await?;
        next.after = page.next_cursor;
        if next.after.is_none() {
            next.stages.remove(0);
        }
        Ok((page.items.into_iter().filter(|ticket| concerns(ticket, self.person)).collect(), next))
    }

    /// Goes behind one ticket of a page: what is done is not looked at again, however little of the page fits into a step.
    pub(super) fn go_behind(&mut self, work: &Work<'_>, ticket: &Ticket) -> Result<(), StoreError> {
        if let Some(stage) = self.cursor.stages.first() {
            self.cursor.after = Some(work.desk.cursor_behind(ticket, &query(stage), &self.request(work))?);
        }
        Ok(())
    }

    fn request(&self, work: &Work<'_>) -> PageRequest {
        PageRequest { limit: PAGE, cursor: self.cursor.after.clone(), viewer: work.job.by.person }
    }
}

/// A brand and a status each, whose tickets stand together; and the bin of each brand, which is a stage without a status.
fn beginning(work: &Work<'_>) -> Cursor {
    let of = |brand: &BrandId| {
        let stage = |statuses| Stage { brands: vec![brand.clone()], statuses };
        let bin = stage(Vec::new());
        Status::ALL.iter().map(|status| stage(vec![*status])).chain([bin]).collect::<Vec<_>>()
    };
    Cursor { stages: work.config.brands.iter().flat_map(|brand| of(&brand.id)).collect(), after: None }
}

fn query(stage: &Stage) -> TicketQuery {
    let deleted = stage.statuses.is_empty();
    TicketQuery {
        brands: stage.brands.clone(),
        every_brand: false,
        statuses: if deleted { Status::ALL.to_vec() } else { stage.statuses.clone() },
        every_status: deleted,
        priority: None,
        category: None,
        assignee: None,
        requester: None,
        updated_since: None,
        deleted,
        sort: Sort::CreatedAt,
        order: Order::Ascending,
    }
}
