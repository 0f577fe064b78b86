//! An admin sees which API keys there are, never their secrets.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::table::QUEUE;
use serde::Serialize;

use crate::create_api_key::ApiKeyView;

/// Lists API keys.
pub const FUNCTION: Function =
    Function::http("auth-list-api-keys", "GET", "/v1/api-keys", Access::Permission(Permission::KeysManage))
        .summary("List API keys, without their secrets")
        .needs(&[Need::Index(QUEUE)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<ApiKeyView>()
}

/// All keys, oldest first.
#[derive(Debug, Serialize)]
pub(crate) struct ApiKeys {
    items: Vec<ApiKeyView>,
    /// Always null: a desk has few keys.
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    let keys = app.desk(&caller).api_keys().await?;
    Reply::ok(&ApiKeys { items: keys.iter().map(ApiKeyView::from).collect(), next_cursor: None })
}
