//! A manager says what an agent can do, for which teams, how much they carry, and whether they are there.

use std::collections::BTreeSet;

use axum::extract::State;
use lambdesk_domain::{AtWorkPatch, Availability, Permission, Skill, TeamId};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Json, Need, Patched, Reply, SignedIn, input};
use lambdesk_platform::{App, QueueName};

use crate::agents::{AgentPath, AgentView, change};

/// Changes an agent.
pub const FUNCTION: Function =
    Function::http("people-update-agent", "PATCH", "/v1/agents/{agent}", Access::Permission(Permission::PeopleManageAgents))
        .summary("Change an agent's teams, skills, capacity and availability (JSON Merge Patch)")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Send(QueueName::Routing)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<AgentView>(200)
}

input! {
    /// What changes: absent leaves, null clears.
    pub(crate) struct Input {
        /// All their teams; those of brands that you do not work for stay, whether or not they are named.
        #[schema(value_type = Option<Vec<TeamId>>)]
        teams: Patched<Vec<TeamId>>,
        /// All that they can do.
        #[schema(value_type = Option<BTreeSet<Skill>>)]
        skills: Patched<BTreeSet<Skill>>,
        /// The sum of weights that they may carry in open tickets (low 1, medium 2, high 3, urgent 4); null is no limit. It
        /// limits what the desk gives them, not what they take.
        #[schema(value_type = Option<u32>, maximum = 10000)]
        capacity: Patched<u32>,
        /// Whether they are there; null is `online`.
        #[schema(value_type = Option<Availability>)]
        availability: Patched<Availability>,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    AgentPath(id): AgentPath,
    if_match: IfMatch,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let Input { teams, skills, capacity, availability } = input;
    let wanted = AtWorkPatch { teams: teams.0, skills: skills.0, capacity: capacity.0, availability: availability.0 };
    change(&app, &caller, (id, &if_match), &wanted).await
}
