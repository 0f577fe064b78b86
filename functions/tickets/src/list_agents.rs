//! Who answers, and how much each has on their desk.

use axum::extract::State;
use lambdesk_domain::{Brands, Caller, Permission, Person, PersonId, Role, TeamId};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::{Workload, table::QUEUE};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{get_stats::StatusCounts, rows::Items};

/// Lists agents with their workload.
pub const FUNCTION: Function =
    Function::http("tickets-agents", "GET", "/v1/agents", Access::Permission(Permission::TicketsUpdate))
        .summary("List agents with their workload")
        .needs(&[Need::Query, Need::Index(QUEUE)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<Agent>()
}

/// An agent and their open tickets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Agent {
    id: PersonId,
    name: String,
    email: String,
    role: Role,
    /// The brands they work for; null is all.
    #[schema(value_type = Option<Vec<lambdesk_domain::BrandId>>)]
    brands: Brands,
    teams: Vec<TeamId>,
    /// Tickets assigned to them that are neither resolved nor closed.
    active_tickets: i64,
    /// The same by status.
    #[schema(value_type = Object)]
    by_status: StatusCounts,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let (staff, workload) = (desk.staff().await?, desk.workload().await?);
    let colleagues = staff.into_iter().filter(|person| works_with(&caller, person));
    let items = colleagues.map(|person| agent(person, &workload)).collect();
    Reply::ok(&Items { items, next_cursor: None })
}

/// Staff who share a brand with the caller.
fn works_with(caller: &Caller, person: &Person) -> bool {
    match (&caller.brands, &person.brands) {
        (Brands::All, _) | (_, Brands::All) => true,
        (Brands::Only(mine), Brands::Only(theirs)) => !mine.is_disjoint(theirs),
    }
}

fn agent(person: Person, workload: &Workload) -> Agent {
    let mut by_status = StatusCounts::new();
    for ((status, _), count) in workload.get(&person.id).into_iter().flatten() {
        *by_status.entry(*status).or_default() += count;
    }
    Agent {
        id: person.id,
        name: person.display_name().to_owned(),
        email: person.email.as_str().to_owned(),
        role: person.role,
        brands: person.brands,
        teams: person.teams,
        active_tickets: by_status.values().sum(),
        by_status,
    }
}
