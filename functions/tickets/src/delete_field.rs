//! An admin erases a field. What tickets hold of it stays, for staff to read: the name is remembered, so that what was hidden from
//! customers does not come to light when the last field goes.

use axum::extract::State;
use lambdesk_domain::{FieldDefinition, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::custom_fields::{FieldPath, find};

/// Erases a field.
pub const FUNCTION: Function =
    Function::http("tickets-delete-field", "DELETE", "/v1/ticket-fields/{field}", Access::Permission(Permission::SettingsManage))
        .summary("Erase a field of tickets")
        .needs(&[Need::Query, Need::Put]);

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
const TRIES: usize = 6;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    FieldPath(id): FieldPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    for _ in 0..TRIES {
        let config = desk.read_settings().await?.config;
        let before = find(&config, &id)?;
        if !if_match.accepts(before.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        let erased = FieldDefinition { withdrawn: true, active: false, version: before.version + 1, ..before.clone() };
        match desk.put_field(&erased, Some(before), (None, app.now())).await {
            Ok(()) => return Ok(Reply::no_content()),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the field kept changing".to_owned()).into())
}
