//! An admin says that an address may be sent mail again.

use axum::extract::{Path, State};
use lambdesk_domain::{EmailAddress, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;

/// Takes an address off the list.
pub const FUNCTION: Function =
    Function::http("email-unsuppress", "DELETE", "/v1/suppressions/{address}", Access::Permission(Permission::SettingsManage))
        .summary("Send to a suppressed address again")
        .needs(&[Need::Delete]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_nothing()
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Path(address): Path<String>) -> Result<Reply, ApiError> {
    // What is no address stands on no list.
    let address = EmailAddress::parse(&address).map_err(|_| ApiError::not_found())?;
    app.desk(&caller).delete_suppression(&address).await?;
    Ok(Reply::no_content())
}
