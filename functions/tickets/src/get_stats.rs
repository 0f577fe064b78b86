//! How many tickets stand where: the figures of the dashboard.

use std::collections::BTreeMap;

use axum::extract::State;
use lambdesk_domain::{Caller, Permission, Priority, Role, Status};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use serde::Serialize;
use utoipa::ToSchema;

/// Reads the figures.
pub const FUNCTION: Function =
    Function::http("tickets-stats", "GET", "/v1/stats", Access::Permission(Permission::AnalyticsRead))
        .summary("Count tickets by status and priority; agents their own")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<Stats>(200)
}

/// Tickets by status.
pub(crate) type StatusCounts = BTreeMap<Status, i64>;

/// Tickets by status and priority, deleted ones not counted.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Stats {
    /// `desk`: all tickets of the caller's brands. `own`: an agent's open tickets.
    scope: &'static str,
    total: i64,
    /// Neither resolved nor closed.
    open: i64,
    #[schema(value_type = Object)]
    by_status: StatusCounts,
    #[schema(value_type = Object)]
    by_priority: BTreeMap<Priority, i64>,
    #[schema(value_type = Object)]
    by_status_and_priority: BTreeMap<Status, BTreeMap<Priority, i64>>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let config = desk.config().await?;
    let (scope, counts) = counts(&app, &caller).await?;
    let mut stats = Stats { scope, ..Stats::default() };
    for entry in &config.statuses {
        stats.by_status.insert(entry.status, 0);
    }
    for priority in Priority::ALL {
        stats.by_priority.insert(*priority, 0);
    }
    for (status, priority, count) in counts {
        stats.total += count;
        stats.open += if status.is_open() { count } else { 0 };
        *stats.by_status.entry(status).or_default() += count;
        *stats.by_priority.entry(priority).or_default() += count;
        *stats.by_status_and_priority.entry(status).or_default().entry(priority).or_default() += count;
    }
    Reply::ok(&stats)
}

/// An agent's permission to read figures covers their own; from managers on it covers the desk's.
async fn counts(app: &App, caller: &Caller) -> Result<(&'static str, Vec<(Status, Priority, i64)>), ApiError> {
    let desk = app.desk(caller);
    if caller.role == Role::Agent {
        let mut workload = desk.workload().await?;
        let own = workload.remove(&caller.person).unwrap_or_default();
        return Ok(("own", own.into_iter().map(|((status, priority), count)| (status, priority, count)).collect()));
    }
    let counts = desk.counts(&caller.brands).await?;
    Ok(("desk", counts.into_iter().map(|((_, status, priority), count)| (status, priority, count)).collect()))
}
