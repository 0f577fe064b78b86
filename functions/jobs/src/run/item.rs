//! One ticket of a job: decided as the one who asked, saved with its result, once.

use std::time::Duration;

use lambdesk_domain::{Caller, Change, Context, DomainError, JobItem, Ticket, TicketId, TicketRef, job::Outcome};
use lambdesk_store::{DoneItem, Save, StoreError};

use super::Work;

/// Tries on a ticket that keeps changing.
const TRIES: u32 = 12;
/// The longest pause between two tries.
const PAUSE: Duration = Duration::from_millis(80);

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is done, and was written down now.
    Now(Outcome),
    /// It was done before.
    Before,
    /// The job was stopped, and nothing was done.
    Stopped,
}

/// Does to a ticket what `decide` says, if it is there for the caller. An error is trouble with the table alone: whatever else
/// goes wrong is the item's result.
pub(super) async fn change(
    work: &Work<'_>,
    caller: &Caller,
    id: TicketId,
    decide: impl Fn(Ticket, &mut Context<'_>) -> Result<Change, DomainError>,
) -> Result<Kept, StoreError> {
    for attempt in 0..TRIES {
        match once(work, caller, id, &decide).await {
            Err(StoreError::Stale) => tokio::time::sleep(pause(work, attempt)).await,
            // It may be written all the same: then the next try finds it done.
            Err(StoreError::Unavailable(error)) if attempt < 2 && work.has_time() => {
                tracing::warn!(tenant = %work.desk.tenant(), ticket = %id, error, "a ticket of a job is tried again");
                tokio::time::sleep(pause(work, attempt)).await;
            }
            kept => return kept,
        }
    }
    let item = JobItem::new(id, Outcome::Conflict, work.app.now());
    keep(work, &item.because("kept_changing", "Others kept changing this ticket, and it was left as they made it.")).await
}

async fn once(
    work: &Work<'_>,
    caller: &Caller,
    id: TicketId,
    decide: &impl Fn(Ticket, &mut Context<'_>) -> Result<Change, DomainError>,
) -> Result<Kept, StoreError> {
    let (app, desk, now) = (work.app, work.desk, work.app.now());
    let ticket = match desk.ticket(&TicketRef::Id(id)).await {
        Err(StoreError::NotFound) => return keep(work, &JobItem::new(id, Outcome::NotFound, now)).await,
        Err(StoreError::Corrupt(error)) => return keep(work, &broken(work, id, &error)).await,
        ticket => ticket?,
    };
    if !caller.sees(&ticket) {
        return keep(work, &JobItem::new(id, Outcome::NotFound, now)).await;
    }
    let config = desk.config_for(&ticket).await?;
    let change = match app.act(caller, &config, |ctx| decide(ticket, ctx)) {
        Ok(change) => change,
        Err(error) => return keep(work, &JobItem::refused(id, &error, now)).await,
    };
    if change.is_empty() {
        return keep(work, &JobItem::new(id, Outcome::Unchanged, now)).await;
    }
    let item = JobItem::new(id, Outcome::Changed, now);
    let done = DoneItem { job: &work.job, item: &item };
    match desk.save(Save { item: Some(done), ..Save::of(&change, &config, now) }).await {
        Err(StoreError::Corrupt(error)) => keep(work, &broken(work, id, &error)).await,
        Err(StoreError::TooLarge(why)) => keep(work, &JobItem::new(id, Outcome::Refused, now).because("too_large", why)).await,
        saved => kept(saved, item.outcome),
    }
}

/// Writes down what came of a thing to which nothing was done.
pub(super) async fn keep(work: &Work<'_>, item: &JobItem) -> Result<Kept, StoreError> {
    kept(work.desk.keep_job_item(DoneItem { job: &work.job, item }).await, item.outcome)
}

fn kept(written: Result<(), StoreError>, outcome: Outcome) -> Result<Kept, StoreError> {
    match written {
        Ok(()) => Ok(Kept::Now(outcome)),
        Err(StoreError::Taken("item")) => Ok(Kept::Before),
        Err(StoreError::Taken("stop")) => Ok(Kept::Stopped),
        Err(error) => Err(error),
    }
}

/// A ticket that cannot be read or written is one item's end, not the job's.
fn broken(work: &Work<'_>, id: TicketId, error: &str) -> JobItem {
    tracing::error!(tenant = %work.desk.tenant(), ticket = %id, error, "a ticket of a job is broken");
    JobItem::new(id, Outcome::Failed, work.app.now()).because("broken", "The desk cannot read or write this ticket.")
}

/// A while that differs from that of whoever was met.
fn pause(work: &Work<'_>, attempt: u32) -> Duration {
    let spread = f64::from(work.app.new_id().as_bytes()[15]) / 255.0;
    (PAUSE / 8 * (attempt + 1)).min(PAUSE).mul_f64(spread)
}
