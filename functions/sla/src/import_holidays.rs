//! A manager brings holidays from an iCalendar file, such as public offices give out.

use axum::extract::State;
use jiff::Timestamp;
use lambdesk_domain::{
    Calendar, FieldError, Permission,
    calendar::{Holidays, IcalHolidays, holidays_from_ical},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::calendars::{CalendarPath, TRIES, changeable};

/// Brings holidays.
pub const FUNCTION: Function = Function::http(
    "sla-import-holidays",
    "POST",
    "/v1/calendars/{calendar}/holidays",
    Access::Permission(Permission::SlaManage),
)
.summary("Add the holidays of an iCalendar file to a calendar")
.needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<Imported>(200)
}

input! {
    /// A file with holidays.
    pub(crate) struct Input {
        /// The text of the file (RFC 5545).
        ical: String,
        /// Whether its holidays take the place of those that the calendar has; by default they come to them.
        replace: Option<bool>,
    }
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportedHolidays)]
pub(crate) struct Imported {
    /// Holidays that the calendar did not have.
    added: usize,
    /// Events that were left out because they are no holidays: they have a time of day, or cannot be understood.
    skipped: usize,
    /// The calendar as it is now.
    calendar: Calendar,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    CalendarPath(id): CalendarPath,
    idempotent: Idempotent,
    Json(Input { ical, replace }): Json<Input>,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    idempotent.check(&desk, app.now()).await?;
    let (mut found, now) = (None, app.now());
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        let before = changeable(&settings.config, &id, &caller)?;
        let found = match &mut found {
            Some(found) => found,
            none => none.insert(read(&ical, before, now)?),
        };
        let imported = import(before, found, replace.unwrap_or(false))?;
        let reply = Reply::ok(&imported)?.etag(imported.calendar.version.into());
        let saved = match imported.calendar.version == before.version {
            true => desk.keep_answer(idempotent.keep(&reply), now).await,
            false => desk.put_calendar(&imported.calendar, &settings, (idempotent.keep(&reply), now)).await,
        };
        match saved {
            Ok(()) => return Ok(reply),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the calendar kept changing".to_owned()).into())
}

/// What the file holds. It is read once: what it costs does not grow with the tries.
fn read(ical: &str, calendar: &Calendar, now: Timestamp) -> Result<IcalHolidays, ApiError> {
    let today = now.to_zoned(calendar.time_zone.zone().clone()).date();
    holidays_from_ical(ical, today).map_err(|error| not_so("invalid", error.to_string()))
}

fn not_so(code: &'static str, message: String) -> ApiError {
    ApiError::invalid(vec![FieldError::new("ical", code, message)])
}

/// The calendar with these holidays; one that it has already is not added again.
fn import(before: &Calendar, found: &IcalHolidays, replace: bool) -> Result<Imported, ApiError> {
    let IcalHolidays { holidays: found, skipped } = found;
    let known = before.holidays.as_slice();
    let mut holidays = if replace { Vec::new() } else { known.to_vec() };
    let mut added = 0;
    for holiday in found.as_slice() {
        if !holidays.contains(holiday) {
            added += usize::from(!known.contains(holiday));
            holidays.push(holiday.clone());
        }
    }
    let holidays = Holidays::new(holidays).map_err(|error| not_so("too_many", error.to_string()))?;
    let mut calendar = Calendar { holidays, ..before.clone() };
    calendar.version += u32::from(calendar != *before);
    Ok(Imported { added, skipped: *skipped, calendar })
}
