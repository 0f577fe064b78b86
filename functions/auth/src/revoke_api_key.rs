//! An admin ends an API key.

use axum::extract::{Path, State};
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;

/// Revokes an API key.
pub const FUNCTION: Function =
    Function::http("auth-revoke-api-key", "DELETE", "/v1/api-keys/{key}", Access::Permission(Permission::KeysManage))
        .summary("Revoke an API key")
        .needs(&[Need::Get, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_nothing()
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Path(key): Path<String>) -> Result<Reply, ApiError> {
    let id = key.parse().map_err(|_| ApiError::not_found())?;
    app.desk(&caller).revoke_api_key(id, app.now()).await?;
    Ok(Reply::no_content())
}
