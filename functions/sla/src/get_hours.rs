//! Whether a calendar is open, and how much working time lies in between.

use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{FieldError, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Query, Reply, SignedIn, input};
use lambdesk_platform::App;
use serde::Serialize;
use utoipa::ToSchema;

use crate::calendars::{CalendarPath, find};

/// Counts working time.
pub const FUNCTION: Function = Function::http(
    "sla-calendar-hours",
    "GET",
    "/v1/calendars/{calendar}/hours",
    Access::Permission(Permission::TicketsUpdate),
)
.summary("Say whether a calendar is open, and count its working time")
.needs(&[Need::Query]);

/// Every day in between is looked at: ten years of them, at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 3653);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<Input>().answers::<Hours>(200)
}

input! {
    /// Which time.
    pub(crate) struct Input {
        /// From when; from now by default.
        #[schema(value_type = Option<String>, format = DateTime)]
        from: Option<Timestamp>,
        /// Until when, to have the working time counted; at most ten years away.
        #[schema(value_type = Option<String>, format = DateTime)]
        to: Option<Timestamp>,
    }
}

/// What a calendar says of a time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarHours)]
pub(crate) struct Hours {
    /// Whether it is open at `from`.
    is_open: bool,
    /// The first open moment from `from` on; null where there is none in ten years.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_opening: Option<Timestamp>,
    /// Seconds of working time until `to`, negative where that is the earlier; null without it.
    seconds: Option<i64>,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    CalendarPath(id): CalendarPath,
    Query(Input { from, to }): Query<Input>,
) -> Result<Reply, ApiError> {
    let config = app.desk(&caller).read_settings().await?.config;
    let calendar = find(&config, &id)?;
    let from = from.unwrap_or_else(|| app.now());
    if to.is_some_and(|to| from.duration_until(to).abs() > LONGEST) {
        return Err(ApiError::invalid(vec![FieldError::new("to", "out_of_range", "must be at most ten years from `from`")]));
    }
    Reply::ok(&Hours {
        is_open: calendar.is_open(from),
        next_opening: calendar.next_opening(from),
        seconds: to.map(|to| calendar.between(from, to)),
    })
}
