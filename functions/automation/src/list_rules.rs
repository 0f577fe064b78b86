//! Where tickets go, in the order in which it is asked.

use axum::extract::State;
use lambdesk_domain::{Permission, routing::Rule};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use serde::Serialize;

/// Lists routing rules.
pub const FUNCTION: Function =
    Function::http("automation-list-rules", "GET", "/v1/routing-rules", Access::Permission(Permission::AutomationManage))
        .summary("List routing rules in the order in which they are asked")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<Rule>()
}

/// All at once: few by nature.
#[derive(Serialize)]
struct Items<'a> {
    items: Vec<&'a Rule>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    // As it is now, so that who just wrote sees it, whichever process answers.
    let settings = app.desk(&caller).read_settings().await?;
    let mut items: Vec<_> = settings.config.routing.iter().collect();
    items.sort_by_key(|rule| (rule.position, rule.id));
    Reply::ok(&Items { items, next_cursor: None })
}
