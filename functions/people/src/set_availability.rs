//! I am here; I am away; I am out until then.

use axum::extract::State;
use lambdesk_domain::{AtWorkPatch, Availability, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Json, Need, Reply, SignedIn, input};
use lambdesk_platform::{App, QueueName};

use crate::agents::{AgentView, change};

/// Says whether the caller is there. Whoever may take tickets may say that they take none.
pub const FUNCTION: Function = Function::http(
    "people-set-availability",
    "PUT",
    "/v1/me/availability",
    Access::Permission(Permission::TicketsAssignSelf),
)
.summary("Say whether you are there to be given tickets")
.needs(&[Need::Get, Need::Query, Need::Put, Need::Send(QueueName::Routing)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<AgentView>(200)
}

input! {
    /// Whether somebody is there.
    pub(crate) struct Input {
        /// `online`, `away`, or `out` with the time `until` which.
        availability: Availability,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    if_match: IfMatch,
    Json(Input { availability }): Json<Input>,
) -> Result<Reply, ApiError> {
    let wanted = AtWorkPatch { availability: Some(Some(availability)), ..AtWorkPatch::default() };
    change(&app, &caller, (caller.person, &if_match), &wanted).await
}
