//! What the desk promises.

use axum::extract::State;
use lambdesk_domain::{Permission, Policy};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use serde::Serialize;

use crate::policies::is_there;

/// Lists policies.
pub const FUNCTION: Function =
    Function::http("sla-list-policies", "GET", "/v1/sla-policies", Access::Permission(Permission::TicketsUpdate))
        .summary("List SLA policies")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<Policy>()
}

/// All at once: few by nature.
#[derive(Serialize)]
struct Items<'a> {
    items: Vec<&'a Policy>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    // As it is now, so that who just wrote sees it, whichever process answers.
    let settings = app.desk(&caller).read_settings().await?;
    let items = settings.config.current_policies().filter(|policy| is_there(policy, &caller)).collect();
    Reply::ok(&Items { items, next_cursor: None })
}
