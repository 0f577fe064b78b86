//! Background jobs, the newest first.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Query, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::table::{AGENT, QUEUE};

use crate::job::{Items, JobView, PageQuery};

/// Lists jobs.
pub const FUNCTION: Function = Function::http("jobs-list", "GET", "/v1/jobs", Access::Permission(Permission::TicketsBulk))
    .summary("List your background jobs; for admins, everybody's")
    .needs(&[Need::Query, Need::Index(AGENT), Need::Index(QUEUE)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<PageQuery>().answers_page::<JobView>()
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(page): Query<PageQuery>) -> Result<Reply, ApiError> {
    let of = (!caller.may(Permission::SettingsManage)).then_some(caller.person);
    let page = app.desk(&caller).jobs(of, &page.request(caller.person)).await?;
    let theirs = page.items.into_iter().filter(|job| job.is_there_for(&caller, app.now()));
    let view = |job: lambdesk_domain::Job| {
        let counts = job.counts.clone();
        JobView::of(job, &counts)
    };
    Reply::ok(&Items { items: theirs.map(view).collect(), next_cursor: page.next_cursor })
}
