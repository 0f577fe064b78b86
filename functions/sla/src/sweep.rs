//! Every minute: what is due becomes a job for the worker, in all desks at once. And background jobs whose message was lost get
//! another.

use std::time::{Duration, Instant};

use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, BackgroundJob, QueueName, SlaJob};
use lambdesk_store::{Due, DueCursor, table::DUE};

/// Finds what is due.
pub const FUNCTION: Function = Function::schedule("sla-sweep", 1)
    .summary("Find the tickets, uploads and replies whose time has come, and jobs that stand still")
    .needs(&[Need::Index(DUE), Need::Send(QueueName::Sla), Need::Send(QueueName::Jobs)]);

/// Tickets that one page has of each of the eight shards, at most.
const PAGE: i32 = 100;
/// Pages of one run, at most: 16,000 tickets. What is left is due a minute later too.
const PAGES: usize = 20;
/// When no further page is begun: far below the function's 25 s.
const TIME: Duration = Duration::from_secs(12);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_schedule(handle)
}

/// What is still due when the next run comes (its job waits, or was lost) gets another job: the worker takes as much as it
/// likes of the same.
async fn handle(app: App) -> Result<(), JobError> {
    let now = app.now();
    let mut from = DueCursor::default();
    let begun = Instant::now();
    for _ in 0..PAGES {
        let page = app.store().due(now, PAGE, from).await?;
        let (mut jobs, mut still) = (Vec::new(), Vec::new());
        for due in page.items {
            match due {
                Due::Ticket { tenant, ticket } => jobs.push(SlaJob::KeepTime { tenant, ticket }),
                Due::Upload { tenant, file } => jobs.push(SlaJob::Erase { tenant, file }),
                Due::Scheduled { tenant, ticket, message } => jobs.push(SlaJob::Send { tenant, ticket, message }),
                Due::Job { tenant, job } => still.push(BackgroundJob::Step { tenant, id: job, step: None }),
            }
        }
        let not_taken = app.queues().send(&jobs).await.len() + app.queues().send(&still).await.len();
        if not_taken > 0 {
            return Err(JobError(format!("{not_taken} jobs were not taken")));
        }
        let Some(next) = page.next.filter(|_| begun.elapsed() < TIME) else { break };
        from = next;
    }
    Ok(())
}
