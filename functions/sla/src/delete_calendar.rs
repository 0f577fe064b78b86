//! A manager erases a calendar that nothing is counted by.

use axum::{extract::State, http::StatusCode};
use lambdesk_domain::{
    CalendarId, Permission, TenantConfig,
    routing::{Condition, Criterion},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{
    calendars::{CalendarPath, find},
};

/// Erases a calendar.
pub const FUNCTION: Function =
    Function::http("sla-delete-calendar", "DELETE", "/v1/calendars/{calendar}", Access::Permission(Permission::SlaManage))
        .summary("Erase a business calendar that no policy and no routing rule uses")
        .needs(&[Need::Query, Need::Delete]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    CalendarPath(id): CalendarPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let config = desk.read_settings().await?.config;
    if !if_match.accepts(find(&config, &id)?.version.into()) {
        return Err(ApiError::stale(Vec::new()));
    }
    check_unused(&config, &id)?;
    let versions = config.calendars.iter().filter(|calendar| calendar.id == id).map(|calendar| calendar.version);
    desk.delete_calendar(&id, &versions.collect::<Vec<_>>()).await?;
    Ok(Reply::no_content())
}

/// Refuses, and names what uses it.
fn check_unused(config: &TenantConfig, id: &CalendarId) -> Result<(), ApiError> {
    let policies = config.current_policies().filter(|policy| policy.calendar.as_ref() == Some(id));
    let policies = policies.map(|policy| format!("the policy {}", policy.id));
    let asks = |criterion: &Criterion| matches!(criterion, Criterion::BusinessHours { calendar, .. } if calendar == id);
    let rules = config.routing.iter().filter(|rule| rule.when.iter().flat_map(Condition::criteria).any(asks));
    let rules = rules.map(|rule| format!("the routing rule {}", rule.name));
    let users: Vec<_> = policies.chain(rules).collect();
    if users.is_empty() {
        return Ok(());
    }
    let detail = format!("It is used by {}.", users.join(", "));
    Err(ApiError::new(StatusCode::CONFLICT, "calendar_in_use", detail))
}
