//! Where a ticket would go and why, without sending it there.

use axum::extract::State;
use lambdesk_domain::{
    Permission, TicketRef,
    routing::{Explanation, explain},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Json, Need, Reply, SignedIn, input, see_ticket};
use lambdesk_platform::App;
use lambdesk_store::table::{CUSTOMER, QUEUE};

use crate::crew::Scene;

/// Explains routing.
pub const FUNCTION: Function = Function::http(
    "automation-explain-routing",
    "POST",
    "/v1/routing/explain",
    Access::Permission(Permission::PeopleManageAgents),
)
.summary("Explain where a ticket would go, and change nothing")
.needs(&[Need::Get, Need::Query, Need::Index(QUEUE), Need::Index(CUSTOMER)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<Explanation>(200)
}

input! {
    /// What is asked about.
    pub(crate) struct Input {
        /// The ticket, by id or number. It is looked at as if it had just come: whoever has it now does not count.
        ticket: String,
    }
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Json(input): Json<Input>) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let name = TicketRef::parse(&input.ticket).ok_or_else(ApiError::not_found)?;
    let ticket = see_ticket(&app, &caller, &name).await?;
    // As they are now: who asks may have just changed them.
    let scene = Scene::of(&desk, &ticket, desk.read_settings().await?.config).await?;
    let explanation = scene.ask(&ticket, app.now(), |facts, config, crew| explain(facts, &config.routing, config, crew));
    Reply::ok(&explanation.seen_by(&caller.brands, &scene.crew))
}
