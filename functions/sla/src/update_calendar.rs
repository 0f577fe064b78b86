//! A manager changes when the desk works: for promises to come. Those that were made keep the version that they got.

use axum::extract::State;
use lambdesk_domain::{Calendar, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Merge, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::calendars::{CalendarPath, Input, Read, TRIES, changeable, reply};

/// Changes a calendar.
pub const FUNCTION: Function =
    Function::http("sla-update-calendar", "PATCH", "/v1/calendars/{calendar}", Access::Permission(Permission::SlaManage))
        .summary("Change a business calendar (JSON Merge Patch)")
        .needs(&[Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body_patches::<Input>().heeds_if_match().answers::<Calendar>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    CalendarPath(id): CalendarPath,
    if_match: IfMatch,
    patch: Merge,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        let before = changeable(&settings.config, &id, &caller)?;
        if !if_match.accepts(before.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        let read: Read = patch.onto(before, &["id", "version"])?;
        let mut after = read.calendar(id.clone(), before.version);
        if after == *before {
            return reply(before);
        }
        after.version += 1;
        match desk.put_calendar(&after, &settings, (None, app.now())).await {
            Ok(()) => return reply(&after),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the calendar kept changing".to_owned()).into())
}
