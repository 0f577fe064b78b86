//! An admin sees who changed what of the desk's settings, and when.

use axum::extract::State;
use lambdesk_domain::{Permission, audit::AuditEntry};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Limit, Need, Query, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::PageRequest;
use serde::Serialize;

/// Lists the audit log.
pub const FUNCTION: Function =
    Function::http("auth-list-audit", "GET", "/v1/audit", Access::Permission(Permission::AuditRead))
        .summary("List who changed which settings, the newest first")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<PageQuery>().answers_page::<AuditEntry>()
}

input! {
    /// Which page.
    pub(crate) struct PageQuery {
        /// Items at most.
        #[schema(value_type = Option<Limit>)]
        limit: Option<Limit>,
        /// The `next_cursor` of the page before.
        cursor: Option<String>,
    }
}

/// A page of it.
#[derive(Serialize)]
struct Items {
    items: Vec<AuditEntry>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(page): Query<PageQuery>) -> Result<Reply, ApiError> {
    caller.check_may_audit()?;
    let PageQuery { limit, cursor } = page;
    let request = PageRequest { limit: limit.unwrap_or_default().get(), cursor, viewer: caller.person };
    let page = app.desk(&caller).audit_log(&request).await?;
    let items = page.items.into_iter().filter(|entry| entry.expires_at() > app.now()).collect();
    Reply::ok(&Items { items, next_cursor: page.next_cursor })
}
