//! Many tickets are changed alike: first it is found which, where a filter says so; then each is changed.

use lambdesk_domain::{
    Caller, JobItem, Person, TicketId,
    job::{BulkChanges, Outcome, Progress, TicketFilter},
    markup::Body,
    mention,
    ticket::{self, BulkNote},
};
use lambdesk_store::{JobPlan, StoreError};

use super::{
    MOST_ITEMS, MOST_TICKETS, Stepped, Trouble, Work, check_tries,
    item::{Kept, change, keep},
    walk::Walk,
};

/// Tickets of one page of the look, and pages of one step.
const PAGE: i32 = 100;
const PAGES: usize = 50;

pub(super) async fn step(
    work: &mut Work<'_>,
    caller: &Caller,
    changes: &BulkChanges,
    filter: Option<&TicketFilter>,
) -> Result<Stepped, Trouble> {
    let plan = work.desk.job_plan(work.job.id).await?;
    match filter.filter(|_| !work.job.progress.listed) {
        Some(filter) => list(work, caller, filter, plan).await,
        None => change_some(work, caller, changes, &plan).await,
    }
}

/// Finds the tickets. Too many end the job before anything was done.
async fn list(work: &Work<'_>, caller: &Caller, filter: &TicketFilter, mut plan: JobPlan) -> Result<Stepped, Trouble> {
    check_tries(work)?;
    let mut walk = Walk::of(work, filter, caller);
    let mut found = plan.tickets.len();
    for _ in 0..PAGES {
        if walk.is_over() || !work.has_time() {
            break;
        }
        for ticket in walk.page(work, PAGE).await? {
            // One that moved meanwhile may be met twice.
            if !plan.tickets.contains(&ticket.id) {
                found += 1;
                plan.tickets.extend((plan.tickets.len() < MOST_TICKETS).then_some(ticket.id));
            }
        }
    }
    if found > MOST_TICKETS {
        let at_least = if walk.is_over() { "" } else { "at least " };
        let message = format!("{at_least}{found} tickets fit, and at most {MOST_TICKETS} can be changed at once.");
        return Err(Trouble::ended("too_many", message));
    }
    let listed = walk.is_over();
    let total = listed.then_some(found as u64);
    let progress = Progress { listed, walk: (!listed).then_some(walk.cursor), ..work.job.progress.clone() };
    Ok(Stepped { total, plan: Some(plan), ..Stepped::at(progress) })
}

async fn change_some(work: &mut Work<'_>, caller: &Caller, changes: &BulkChanges, plan: &JobPlan) -> Result<Stepped, Trouble> {
    let assignee = assignee(work, changes).await?;
    let staff = staff(work, plan.note.as_ref()).await?;
    let mut progress = work.job.progress.clone();
    let first = progress.position;
    for id in plan.tickets.iter().skip(first).take(MOST_ITEMS) {
        if !work.has_time() {
            break;
        }
        let kept = if work.job.gives_up() && progress.position == first {
            give_up(work, *id).await
        } else {
            change(work, caller, *id, |ticket, ctx| {
                let note = plan
                    .note
                    .as_ref()
                    .map(|body| BulkNote { mentions: mention::mentioned(&body.text, &staff, &ticket.brand), body: body.clone() });
                ticket::bulk(ticket, changes, (assignee.as_ref(), note), ctx)
            })
            .await
        };
        match kept {
            Ok(Kept::Stopped) => break,
            Ok(Kept::Now(_) | Kept::Before) => progress.position += 1,
            // What was done is saved; the rest is another step's.
            Err(StoreError::Unavailable(_)) if progress.position > first => break,
            Err(error) => return Err(error.into()),
        }
        if !work.save_carefully(&progress).await? {
            break;
        }
    }
    let is_done = progress.position >= plan.tickets.len();
    Ok(if is_done { Stepped::done(progress) } else { Stepped::at(progress) })
}

async fn give_up(work: &Work<'_>, id: TicketId) -> Result<Kept, StoreError> {
    let item = JobItem::new(id, Outcome::Failed, work.app.now());
    keep(work, &item.because("broke_down", "The desk broke down at this ticket several times, and gave it up.")).await
}

/// Whom the tickets are given to. Somebody who is not there is refused with each ticket, as it would be alone.
async fn assignee(work: &Work<'_>, changes: &BulkChanges) -> Result<Option<Person>, StoreError> {
    let Some(Some(id)) = changes.assignee else { return Ok(None) };
    match work.desk.person(id).await {
        Err(StoreError::NotFound) => Ok(None),
        person => person.map(Some),
    }
}

/// Who may be named by the note; nobody is asked for where it names nobody.
async fn staff(work: &Work<'_>, note: Option<&Body>) -> Result<Vec<Person>, StoreError> {
    match note {
        Some(note) if mention::may_mention(&note.text) => work.desk.staff().await,
        _ => Ok(Vec::new()),
    }
}
