//! A manager erases a team that nothing leads to. Its members keep their tickets, and the name of it, which then says nothing.

use axum::{extract::State, http::StatusCode};
use lambdesk_domain::{Permission, TeamId, TenantConfig};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::teams::{TRIES, TeamPath, changeable};

/// Erases a team.
pub const FUNCTION: Function =
    Function::http("people-delete-team", "DELETE", "/v1/teams/{team}", Access::Permission(Permission::PeopleManageAgents))
        .summary("Erase a team that no rule, category and policy names")
        .needs(&[Need::Query, Need::Put, Need::Delete]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TeamPath(id): TeamPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    for _ in 0..TRIES {
        let settings = desk.read_settings().await?;
        let team = changeable(&settings.config, &id, &caller)?;
        if !if_match.accepts(team.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        check_unused(&settings.config, &id)?;
        match desk.delete_team(&id, &settings, (None, app.now())).await {
            Ok(()) => return Ok(Reply::no_content()),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the team kept changing".to_owned()).into())
}

/// Refuses, and names what leads to it.
fn check_unused(config: &TenantConfig, id: &TeamId) -> Result<(), ApiError> {
    let is_it = |team: &Option<TeamId>| team.as_ref() == Some(id);
    let rules = config.routing.iter().filter(|rule| is_it(&rule.then.team));
    let rules = rules.map(|rule| format!("the routing rule {}", rule.name));
    let categories = config.categories.iter().filter(|category| is_it(&category.default_team));
    let categories = categories.map(|category| format!("the category {}", category.id));
    // As they are now; what older versions escalate to is passed over where it is gone.
    let policies = config.current_policies().filter(|policy| policy.escalations.iter().any(|escalation| is_it(&escalation.team)));
    let policies = policies.map(|policy| format!("the policy {}", policy.id));
    let users: Vec<_> = rules.chain(categories).chain(policies).collect();
    if users.is_empty() {
        return Ok(());
    }
    let detail = format!("It is named by {}.", users.join(", "));
    Err(ApiError::new(StatusCode::CONFLICT, "team_in_use", detail))
}
