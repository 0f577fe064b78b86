//! Whether the desk is up: for load balancers and people in a hurry.

use axum::extract::State;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply};
use lambdesk_platform::App;
use serde::Serialize;
use utoipa::ToSchema;

/// Reads the state of the desk.
pub const FUNCTION: Function = Function::http("tickets-health", "GET", "/v1/health", Access::Open)
    .summary("Version and dependencies")
    .needs(&[Need::Get]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<Health>(200)
}

/// A healthy desk; one that is not answers 503.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    status: &'static str,
    version: &'static str,
    dependencies: Dependencies,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Dependencies {
    table: &'static str,
}

async fn handle(State(app): State<App>) -> Result<Reply, ApiError> {
    app.store().ping().await?;
    Reply::ok(&Health { status: "ok", version: env!("CARGO_PKG_VERSION"), dependencies: Dependencies { table: "ok" } })
}
