//! How far a background job is.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::job::{JobPath, JobView, find};

/// Reads a job.
pub const FUNCTION: Function = Function::http("jobs-get", "GET", "/v1/jobs/{job}", Access::Permission(Permission::TicketsBulk))
    .summary("Read a background job, and how far it is")
    .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<JobView>(200)
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, JobPath(id): JobPath) -> Result<Reply, ApiError> {
    let found = find(&app, id, &caller).await?;
    Reply::ok(&JobView::of(found.job, &found.counts))
}
