//! Who answers, and how much each has on their desk.

use std::collections::BTreeSet;

use axum::extract::State;
use jiff::Timestamp;
use lambdesk_domain::{AtWork, Availability, Brands, Permission, Person, PersonId, Role, Skill, TeamId, routing::Load};
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
    /// What they can do.
    skills: BTreeSet<Skill>,
    /// The weight that they may carry; null is no limit.
    capacity: Option<u32>,
    /// Whether they are there, as it was said.
    availability: Availability,
    /// Whether they are there now.
    is_available: bool,
    /// Tickets assigned to them that are neither resolved nor closed.
    active_tickets: i64,
    /// The same by status.
    #[schema(value_type = Object)]
    by_status: StatusCounts,
    /// What they carry: each open ticket by its priority (low 1, medium 2, high 3, urgent 4).
    weight: u32,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let (staff, workload) = (desk.staff().await?, desk.workload().await?);
    let colleagues = staff.into_iter().filter(|person| caller.brands.meet(&person.brands));
    let items = colleagues.map(|person| agent(person, &workload, app.now())).collect();
    Reply::ok(&Items { items, next_cursor: None })
}

fn agent(person: Person, workload: &Workload, now: Timestamp) -> Agent {
    let mut by_status = StatusCounts::new();
    let carried = || workload.get(&person.id).into_iter().flatten();
    for ((status, _), count) in carried() {
        *by_status.entry(*status).or_default() += count;
    }
    let weight = Load::of(carried().map(|((_, priority), count)| (*priority, *count))).weight;
    let AtWork { skills, capacity, availability } = person.at_work.clone();
    Agent {
        id: person.id,
        name: person.display_name().to_owned(),
        email: person.email.as_str().to_owned(),
        role: person.role,
        brands: person.brands,
        teams: person.teams,
        skills,
        capacity,
        availability,
        is_available: availability.is_available(now),
        active_tickets: by_status.values().sum(),
        by_status,
        weight,
    }
}
