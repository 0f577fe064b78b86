//! A background job is stopped: nothing more of it is done from this answer on.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::job::{JobPath, JobView, find};

/// Stops a job.
pub const FUNCTION: Function =
    Function::http("jobs-stop", "POST", "/v1/jobs/{job}/stop", Access::Permission(Permission::TicketsBulk))
        .summary("Stop a background job; what was done stays done")
        .needs(&[Need::Query, Need::Put, Need::Update]);

/// Tries on a job that moves on meanwhile.
const TRIES: usize = 10;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<JobView>(200)
}

/// Stopping twice is stopping once, so a key that was used before needs no answer of its own.
async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    JobPath(id): JobPath,
    _: Idempotent,
) -> Result<Reply, ApiError> {
    for _ in 0..TRIES {
        let found = find(&app, id, &caller).await?;
        let after = found.job.stop()?;
        let stopped = if after == found.job { Ok(()) } else { app.desk(&caller).stop_job(&after).await };
        match stopped {
            Ok(()) => return Reply::ok(&JobView::of(after, &found.counts)),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the job kept moving".to_owned()).into())
}
