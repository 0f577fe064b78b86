//! A ticket changed: it is counted in the views that it is in now. A view is new, or asks otherwise: all tickets are.

use lambdesk_domain::{TenantId, TicketId};
use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, QueueName, ViewsJob};
use lambdesk_store::{
    StoreError,
    table::{CREATED, QUEUE},
};

use crate::{
    views::TRIES,
    walk::{self, Step},
};

/// Counts tickets in views.
pub const FUNCTION: Function = Function::queue("views-count", QueueName::Views)
    .summary("Count tickets in the views that they are in")
    .needs(&[
        Need::Get,
        Need::GetMany,
        Need::Query,
        Need::Put,
        Need::Update,
        Need::Check,
        Need::Index(QUEUE),
        Need::Index(CREATED),
        Need::Send(QueueName::Views),
    ]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_jobs(handle)
}

async fn handle(app: App, job: ViewsJob) -> Result<(), JobError> {
    let done = match job {
        ViewsJob::Count { tenant, tickets } => count(&app, &tenant, &tickets).await,
        ViewsJob::Walk { tenant, stamp, asked_at, again, done, cursor } => {
            return walk::go_on(&app, Step { tenant, stamp, asked_at, again, done, cursor }).await;
        }
        ViewsJob::Sweep { tenant } => sweep(&app, &tenant).await,
    };
    match done {
        // Gone with its desk.
        Err(StoreError::NotFound) => Ok(()),
        done => Ok(done?),
    }
}

async fn count(app: &App, tenant: &TenantId, tickets: &[TicketId]) -> Result<(), StoreError> {
    let desk = app.desk_of(tenant);
    let config = desk.config().await?;
    desk.count_tickets(tickets, &config).await
}

/// Forgets figures of views that are gone. Where views change meanwhile, it is begun again.
pub(crate) async fn sweep(app: &App, tenant: &TenantId) -> Result<(), StoreError> {
    let desk = app.desk_of(tenant);
    for _ in 1..TRIES {
        match desk.sweep_view_counts().await {
            Err(StoreError::Stale) => {}
            swept => return swept,
        }
    }
    // Whoever changes views has them swept, too.
    Ok(())
}
