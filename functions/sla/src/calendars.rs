//! How calendars come and go over the API.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{
    Calendar, CalendarId, DomainError, FieldError, Holiday, Name, TenantConfig,
    calendar::{WeeklyHours, ZoneName},
};
use lambdesk_function::{ApiError, Fields, FromFields, Reply};
use serde_json::Value;
use utoipa::ToSchema;

/// A calendar: when a desk, or a team of it, works.
#[derive(ToSchema)]
#[allow(dead_code, reason = "documents what `Read` reads")]
pub(crate) struct Input {
    /// Identifier, such as `support-berlin`; made from the name where it is absent.
    id: Option<CalendarId>,
    /// What this desk calls it.
    name: Name,
    /// Whose clock its hours are read on.
    time_zone: ZoneName,
    /// The hours of an ordinary week.
    hours: WeeklyHours,
    /// Days that are not ordinary.
    #[schema(max_items = 2000)]
    holidays: Option<Vec<Holiday>>,
}

/// The fields of a calendar, but for its version, which nobody writes.
const FIELDS: [&str; 4] = ["name", "time_zone", "hours", "holidays"];

/// A calendar that was read; the domain names all that is wrong with it.
#[derive(Debug)]
pub(crate) struct Read {
    /// The identifier that was given.
    pub(crate) id: Option<CalendarId>,
    calendar: Calendar,
}

impl FromFields for Read {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let id = fields.take::<Option<CalendarId>>("id");
        let mut values = fields.take_all();
        // Here, because the domain takes a version, and passes over what is null.
        let unknown = |name: &&String| !FIELDS.contains(&name.as_str());
        let unknown: Vec<_> = values.keys().filter(unknown).cloned().collect();
        fields.refuse(unknown.iter().map(|name| FieldError::new(name, "unknown_field", "is not a field of this request")));
        values.retain(|name, _| FIELDS.contains(&name.as_str()));
        // Any will do: the one it has stands beside it.
        values.insert("id".to_owned(), Value::from("any"));
        match Calendar::from_json(Value::Object(values)) {
            Ok(calendar) => Some(Self { id: id?, calendar }),
            Err(DomainError::Invalid(wrong)) => {
                fields.refuse(wrong);
                None
            }
            // Reading knows no other error.
            Err(_) => None,
        }
    }
}

impl Read {
    pub(crate) fn name(&self) -> &Name {
        &self.calendar.name
    }

    /// The calendar of this id and version.
    pub(crate) fn calendar(self, id: CalendarId, version: u32) -> Calendar {
        Calendar { id, version, ..self.calendar }
    }
}

/// A `{calendar}` in a path. What is no id names nothing.
pub(crate) struct CalendarPath(pub(crate) CalendarId);

impl<S: Send + Sync> FromRequestParts<S> for CalendarPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        CalendarId::parse(&text).map(Self).map_err(|_| ApiError::not_found())
    }
}

/// The calendars as they are now, in the order of their identifiers.
pub(crate) fn current(config: &TenantConfig) -> Vec<&Calendar> {
    let is_newest = |calendar: &&Calendar| config.calendar(&calendar.id).is_some_and(|newest| newest.version == calendar.version);
    let mut current: Vec<_> = config.calendars.iter().filter(is_newest).collect();
    current.sort_by(|a, b| a.id.cmp(&b.id));
    current
}

/// The calendar as it is now.
pub(crate) fn find<'a>(config: &'a TenantConfig, id: &CalendarId) -> Result<&'a Calendar, ApiError> {
    config.calendar(id).ok_or_else(ApiError::not_found)
}

/// The answer to whoever changed it.
pub(crate) fn reply(calendar: &Calendar) -> Result<Reply, ApiError> {
    Ok(Reply::ok(calendar)?.etag(calendar.version.into()))
}
