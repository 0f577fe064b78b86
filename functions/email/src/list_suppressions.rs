//! An admin sees which addresses are sent nothing, and why.

use axum::extract::State;
use jiff::Timestamp;
use lambdesk_domain::{EmailAddress, FailureDetail, Permission, Suppression, SuppressionReason, TicketId};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Limit, Need, Query, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::{PageRequest, table::QUEUE};
use serde::Serialize;
use utoipa::ToSchema;

/// Lists suppressed addresses.
pub const FUNCTION: Function =
    Function::http("email-list-suppressions", "GET", "/v1/suppressions", Access::Permission(Permission::SettingsManage))
        .summary("List addresses that are sent nothing, the newest first")
        .needs(&[Need::Query, Need::Index(QUEUE)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<PageQuery>().answers_page::<SuppressionView>()
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

/// An address that is sent nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suppression)]
pub(crate) struct SuppressionView {
    address: EmailAddress,
    /// Why.
    reason: SuppressionReason,
    /// What the server said, or staff.
    detail: Option<FailureDetail>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Until when; null for as long as nobody takes it off the list.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// The ticket that the failed mail was about.
    ticket: Option<TicketId>,
    /// How many mails failed.
    failures: u32,
}

impl From<Suppression> for SuppressionView {
    fn from(suppression: Suppression) -> Self {
        let Suppression { address, reason, detail, since, ticket, failures, until } = suppression;
        Self { address, reason, detail, since, until, ticket, failures }
    }
}

/// A page of them.
#[derive(Debug, Serialize)]
struct Suppressions {
    items: Vec<SuppressionView>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(page): Query<PageQuery>) -> Result<Reply, ApiError> {
    let PageQuery { limit, cursor } = page;
    let request = PageRequest { limit: limit.unwrap_or_default().get(), cursor, viewer: caller.person };
    let page = app.desk(&caller).suppressions(&request).await?;
    let active = page.items.into_iter().filter(|suppression| suppression.is_active(app.now()));
    Reply::ok(&Suppressions { items: active.map(SuppressionView::from).collect(), next_cursor: page.next_cursor })
}
