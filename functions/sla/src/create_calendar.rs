//! A manager writes down when the desk works.

use axum::extract::State;
use lambdesk_domain::{Calendar, CalendarId, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn, id_for};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::calendars::{Input, Read, TRIES};

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
    let mut calendar = input.calendar(id, 1);
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        settings.config.check_room_for_calendar(&calendar.id)?;
        // Of one that was erased, tickets may have versions: this one goes on after them.
        calendar.version = match settings.config.newest_calendar(&calendar.id) {
            Some(before) if !before.withdrawn => return Err(StoreError::Taken("id").into()),
            before => before.map_or(0, |before| before.version) + 1,
        };
        let reply = Reply::created(format!("/v1/calendars/{}", calendar.id), &calendar)?.etag(calendar.version.into());
        match desk.put_calendar(&calendar, &settings, (idempotent.keep(&reply), app.now())).await {
            Ok(()) => return Ok(reply),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("calendars kept changing".to_owned()).into())
}
