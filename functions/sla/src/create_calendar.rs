//! A manager writes down when the desk works.

use axum::extract::State;
use lambdesk_domain::{Calendar, CalendarId, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn, id_for};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::calendars::{Input, Read};

/// Makes a calendar.
pub const FUNCTION: Function =
    Function::http("sla-create-calendar", "POST", "/v1/calendars", Access::Permission(Permission::SlaManage))
        .summary("Make a business calendar")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<Calendar>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    idempotent: Idempotent,
    Json(mut input): Json<Read>,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    idempotent.check(&desk, app.now()).await?;
    let id = id_for(input.id.take(), input.name(), CalendarId::parse)?;
    if desk.read_settings().await?.config.calendar(&id).is_some() {
        return Err(StoreError::Taken("id").into());
    }
    let calendar = input.calendar(id, 1);
    let reply = Reply::created(format!("/v1/calendars/{}", calendar.id), &calendar)?.etag(1);
    match desk.put_calendar_once(&calendar, (idempotent.keep(&reply), app.now())).await {
        Ok(()) => Ok(reply),
        Err(StoreError::Stale) => Err(StoreError::Taken("id").into()),
        Err(error) => Err(error.into()),
    }
}
