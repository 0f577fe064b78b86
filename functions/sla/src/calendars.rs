//! How calendars come and go over the API.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{
    Brands, Calendar, CalendarId, Caller, DomainError, FieldError, Holiday, Name, Policy, TenantConfig,
    calendar::{WeeklyHours, ZoneName},
    routing::{Condition, Criterion, Rule},
};
use lambdesk_function::{ApiError, Fields, FromFields, Reply};
use serde_json::Value;
use utoipa::ToSchema;

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
pub(crate) const TRIES: usize = 6;

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
            Ok(calendar) => {
                fields.refuse(calendar.check());
                Some(Self { id: id?, calendar })
            }
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

/// The calendar as it is now.
pub(crate) fn find<'a>(config: &'a TenantConfig, id: &CalendarId) -> Result<&'a Calendar, ApiError> {
    config.calendar(id).ok_or_else(ApiError::not_found)
}

/// The calendar as it is now, for a caller who may change it. One by which promises of other brands are counted, or by which tickets
/// of all brands find their way, is changed by those alone who work for them.
pub(crate) fn changeable<'a>(config: &'a TenantConfig, id: &CalendarId, caller: &Caller) -> Result<&'a Calendar, ApiError> {
    let calendar = find(config, id)?;
    let is_theirs = |policy: &Policy| policy.when.brand.as_ref().is_some_and(|brand| caller.brands.include(brand));
    let is_others = config.current_policies().any(|policy| policy.calendar.as_ref() == Some(id) && !is_theirs(policy))
        || config.routing.iter().any(|rule| asks_for(rule, id));
    if is_others && caller.brands != Brands::All {
        let error = FieldError::new("calendar", "not_allowed", "brands that you do not work for count by it");
        return Err(DomainError::Forbidden(vec![error]).into());
    }
    Ok(calendar)
}

/// Whether the rule asks whether the calendar is open.
pub(crate) fn asks_for(rule: &Rule, id: &CalendarId) -> bool {
    let asks = |criterion: &Criterion| matches!(criterion, Criterion::BusinessHours { calendar, .. } if calendar == id);
    rule.when.iter().flat_map(Condition::criteria).any(asks)
}

/// The answer to whoever changed it.
pub(crate) fn reply(calendar: &Calendar) -> Result<Reply, ApiError> {
    Ok(Reply::ok(calendar)?.etag(calendar.version.into()))
}
