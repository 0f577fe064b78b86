//! What came of each thing of a background job.

use axum::extract::State;
use lambdesk_domain::{JobItem, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Query, Reply, SignedIn};
use lambdesk_platform::App;

use crate::job::{Items, JobPath, PageQuery, find};

/// Lists what came of a job's things.
pub const FUNCTION: Function =
    Function::http("jobs-list-items", "GET", "/v1/jobs/{job}/items", Access::Permission(Permission::TicketsBulk))
        .summary("List what came of each thing of a background job")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<PageQuery>().answers_page::<JobItem>()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    JobPath(id): JobPath,
    Query(page): Query<PageQuery>,
) -> Result<Reply, ApiError> {
    find(&app, id, &caller).await?;
    let page = app.desk(&caller).job_items(id, &page.request(caller.person)).await?;
    Reply::ok(&Items { items: page.items, next_cursor: page.next_cursor })
}
