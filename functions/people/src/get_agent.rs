//! A manager looks at an agent.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::agents::{AgentPath, AgentView, find, reply};

/// Reads an agent.
pub const FUNCTION: Function =
    Function::http("people-get-agent", "GET", "/v1/agents/{agent}", Access::Permission(Permission::PeopleManageAgents))
        .summary("Read an agent's teams, skills, capacity and availability")
        .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<AgentView>(200)
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, AgentPath(id): AgentPath) -> Result<Reply, ApiError> {
    let person = find(&app, id, &caller).await?;
    reply(&person, &*app.desk(&caller).config().await?, &caller, app.now())
}
