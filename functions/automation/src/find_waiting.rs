//! Every few minutes: in which desks tickets may wait for somebody who is there again. Nobody tells of that: an absence ends
//! by itself.

use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, QueueName, RoutingJob};
use lambdesk_store::StoreError;

/// Looks for desks whose tickets may wait.
pub const FUNCTION: Function = Function::schedule("automation-find-waiting", 5)
    .summary("Look at the tickets that wait for an agent")
    .needs(&[Need::Query, Need::Send(QueueName::Routing)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_schedule(handle)
}

async fn handle(app: App) -> Result<(), JobError> {
    let mut jobs = Vec::new();
    for tenant in app.store().tenants().await? {
        match app.desk_of(&tenant).config().await {
            Ok(config) if config.routes() => jobs.push(RoutingJob::RouteWaiting { tenant }),
            Ok(_) | Err(StoreError::NotFound) => {}
            // One desk that cannot be read must not take the others with it.
            Err(error) => tracing::error!(%tenant, %error, "a desk's settings cannot be read"),
        }
    }
    match app.queues().send(&jobs).await.len() {
        0 => Ok(()),
        not_taken => Err(JobError(format!("{not_taken} jobs were not taken"))),
    }
}
