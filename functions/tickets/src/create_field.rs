//! An admin gives tickets a field. From the first on, tickets have the fields that were defined and no others.

use axum::extract::State;
use lambdesk_domain::{FieldDefinition, Permission, field::FieldName};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn, id_for};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::custom_fields::Input;

/// Defines a field.
pub const FUNCTION: Function =
    Function::http("tickets-create-field", "POST", "/v1/ticket-fields", Access::Permission(Permission::SettingsManage))
        .summary("Define a field of tickets")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<FieldDefinition>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    idempotent: Idempotent,
    Json(mut input): Json<Input>,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    idempotent.check(&desk, app.now()).await?;
    let id = id_for(input.id.take(), &input.label, |slug| FieldName::parse(&slug.replace('-', "_")))?;
    let config = desk.read_settings().await?.config;
    // What was erased under this name is taken up again.
    let erased = config.field(id.as_str());
    if erased.is_some_and(|known| !known.withdrawn) {
        return Err(StoreError::Taken("id").into());
    }
    let known = erased.map(|known| known.version);
    let field = input.field(id, known.map_or(1, |known| known + 1));
    field.check(&config)?;
    let reply = Reply::created(format!("/v1/ticket-fields/{}", field.id), &field)?.etag(field.version.into());
    match desk.put_field(&field, erased, (idempotent.keep(&reply), app.now())).await {
        Ok(()) => Ok(reply),
        Err(StoreError::Stale) => Err(StoreError::Taken("id").into()),
        Err(error) => Err(error.into()),
    }
}
