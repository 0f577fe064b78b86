//! A ticket whose time has come is closed by the desk itself, if that is still so.

use lambdesk_domain::{Status, TenantId, TicketId, TicketRef, ticket::auto_close};
use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, QueueName, SlaJob};
use lambdesk_store::{Save, StoreError};

/// Does what is due.
pub const FUNCTION: Function = Function::queue("sla-worker", QueueName::Sla)
    .summary("Close a resolved ticket after its days of silence")
    .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

/// Tries on a ticket that keeps changing.
const TRIES: usize = 6;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_jobs(handle)
}

async fn handle(app: App, job: SlaJob) -> Result<(), JobError> {
    let SlaJob::Close { tenant, ticket } = job;
    match close(&app, &tenant, ticket).await {
        Ok(()) => Ok(()),
        // Gone with its ticket or desk: there is nothing left to do, and no sweep need find it again.
        Err(StoreError::NotFound) => Ok(app.desk_of(&tenant).forget_due(ticket).await?),
        // Also a row that cannot be read: a newer version may have written it, and then it is to be closed yet.
        Err(error) => Err(error.into()),
    }
}

/// Decides on the ticket as it is; somebody else's change in between is decided on again. Who came second, by a job that
/// was delivered twice or by an overlapping sweep, finds it closed.
async fn close(app: &App, tenant: &TenantId, ticket: TicketId) -> Result<(), StoreError> {
    let desk = app.desk_of(tenant);
    let config = desk.config().await?;
    for _ in 0..TRIES {
        let ticket = desk.ticket(&TicketRef::Id(ticket)).await?;
        let change = app.act_alone(&config, |ctx| auto_close(ticket, ctx));
        if change.is_empty() {
            // Still resolved: the configuration changed since it was. Without a new place every sweep would find it.
            return match change.after.status {
                Status::Resolved => desk.place_due(&change.after, &config).await,
                _ => Ok(()),
            };
        }
        let save = Save::of(&change, &config, app.now());
        match desk.save(save).await {
            Err(StoreError::Stale) => {}
            saved => return saved,
        }
    }
    Err(StoreError::Unavailable("the ticket kept changing".to_owned()))
}
