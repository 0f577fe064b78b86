//! A manager erases a calendar that nothing is counted by from now on. Tickets whose promises are counted by it keep it.

use axum::{extract::State, http::StatusCode};
use lambdesk_domain::{Calendar, CalendarId, Permission, TenantConfig};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::calendars::{CalendarPath, TRIES, asks_for, changeable};

/// Erases a calendar.
pub const FUNCTION: Function =
    Function::http("sla-delete-calendar", "DELETE", "/v1/calendars/{calendar}", Access::Permission(Permission::SlaManage))
        .summary("Erase a business calendar that no policy and no routing rule uses")
        .needs(&[Need::Query, Need::Put]);

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
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        let before = changeable(&settings.config, &id, &caller)?;
        if !if_match.accepts(before.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        check_unused(&settings.config, &id)?;
        let after = Calendar { version: before.version + 1, withdrawn: true, ..before.clone() };
        match desk.put_calendar(&after, &settings, (None, app.now())).await {
            Ok(()) => return Ok(Reply::no_content()),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the calendar kept changing".to_owned()).into())
}

/// Refuses, and names what uses it.
fn check_unused(config: &TenantConfig, id: &CalendarId) -> Result<(), ApiError> {
    let policies = config.current_policies().filter(|policy| policy.calendar.as_ref() == Some(id));
    let policies = policies.map(|policy| format!("the policy {}", policy.id));
    let rules = config.routing.iter().filter(|rule| asks_for(rule, id));
    let rules = rules.map(|rule| format!("the routing rule {}", rule.name));
    let users: Vec<_> = policies.chain(rules).collect();
    if users.is_empty() {
        return Ok(());
    }
    let detail = format!("It is used by {}.", users.join(", "));
    Err(ApiError::new(StatusCode::CONFLICT, "calendar_in_use", detail))
}
