//! An admin changes a field. What tickets hold already stays as it is.

use axum::extract::State;
use lambdesk_domain::{FieldDefinition, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Merge, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::custom_fields::{FIXED, FieldPath, Input, find, reply};

/// Changes a field.
pub const FUNCTION: Function =
    Function::http("tickets-update-field", "PATCH", "/v1/ticket-fields/{field}", Access::Permission(Permission::SettingsManage))
        .summary("Change a field of tickets (JSON Merge Patch)")
        .needs(&[Need::Query, Need::Put]);

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
const TRIES: usize = 6;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body_patches::<Input>().heeds_if_match().answers::<FieldDefinition>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    FieldPath(id): FieldPath,
    if_match: IfMatch,
    patch: Merge,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    for _ in 0..TRIES {
        let config = desk.read_settings().await?.config;
        let before = find(&config, &id)?;
        if !if_match.accepts(before.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        let input: Input = patch.onto(before, &FIXED)?;
        let same = input.field(id.clone(), before.version);
        if same == *before {
            return reply(before);
        }
        let after = FieldDefinition { version: before.version + 1, ..same };
        after.check(&config)?;
        match desk.put_field(&after, Some(before), (None, app.now())).await {
            Ok(()) => return reply(&after),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the field kept changing".to_owned()).into())
}
