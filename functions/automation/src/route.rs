//! A ticket that nobody has finds a team and an agent by the desk's rules; what waits for room gets it as there is some.

use std::time::Duration;

use lambdesk_domain::{
    Strategy, TenantConfig, TenantId, TicketId, TicketRef,
    routing::{decide, decide_in_team},
    ticket::{needs_routing, route},
};
use lambdesk_function::{Endpoint, Function, JobError, Need, has_time_for};
use lambdesk_platform::{App, QueueName, RoutingJob};
use lambdesk_store::{
    Save, StoreError,
    table::{AGENT, CUSTOMER, QUEUE},
};

use crate::crew::{Scene, waiting};

/// Finds somebody for tickets.
pub const FUNCTION: Function = Function::queue("automation-route", QueueName::Routing)
    .summary("Find a team and an agent for a ticket that nobody has")
    .needs(&[Need::Get, Need::Query, Need::Put, Need::Update, Need::Index(QUEUE), Need::Index(AGENT), Need::Index(CUSTOMER)]);

/// Tries on a ticket, or on agents, that keep changing: as many as tickets may be given away at once.
const TRIES: u32 = 40;
/// The longest pause between two tries.
const PAUSE: Duration = Duration::from_millis(60);
/// What one try may take.
const TRY_TIME: Duration = Duration::from_secs(4);
/// Waiting tickets that one job looks at.
const WAITING: i32 = 50;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_jobs(handle)
}

async fn handle(app: App, job: RoutingJob) -> Result<(), JobError> {
    let done = match job {
        RoutingJob::Route { tenant, ticket, anew } => find(&app, &tenant, ticket, anew).await.map(drop),
        RoutingJob::RouteWaiting { tenant } => find_for_waiting(&app, &tenant).await,
    };
    match done {
        // Gone with its ticket or desk.
        Err(StoreError::NotFound) => Ok(()),
        done => Ok(done?),
    }
}

/// Whether anything is given away here.
pub(crate) fn routes(config: &TenantConfig) -> bool {
    let named = config.categories.iter().any(|category| category.default_assignee.is_some() || category.default_team.is_some());
    named || config.routing.iter().any(|rule| rule.active) || gives_away(config)
}

/// Whether a team of this desk gives tickets away, and does not leave them to be taken.
pub(crate) fn gives_away(config: &TenantConfig) -> bool {
    config.teams.iter().any(|team| team.strategy != Strategy::Manual || team.sticky)
}

async fn find_for_waiting(app: &App, tenant: &TenantId) -> Result<(), StoreError> {
    let desk = app.desk_of(tenant);
    let config = desk.config().await?;
    if !gives_away(&config) {
        return Ok(());
    }
    for ticket in waiting(&desk, &config, WAITING).await? {
        if !has_time_for(TRY_TIME) {
            // The next look goes on: what was given away no longer waits.
            return Ok(());
        }
        if ticket.team.is_some() {
            find(app, tenant, ticket.id, false).await?;
        }
    }
    Ok(())
}

/// Decides and saves, and decides again where the ticket or the agent's load changed in between: so nobody is ever given more
/// than they may carry, and who carries least is who carries least when it counts.
async fn find(app: &App, tenant: &TenantId, ticket: TicketId, anew: bool) -> Result<(), StoreError> {
    let desk = app.desk_of(tenant);
    if !routes(&*desk.config().await?) {
        return Ok(());
    }
    for attempt in 0..TRIES {
        let ticket = desk.ticket(&TicketRef::Id(ticket)).await?;
        if !needs_routing(&ticket) {
            return Ok(());
        }
        let scene = Scene::of(&desk, &ticket).await?;
        let decide = if anew { decide } else { decide_in_team };
        let decision = scene.ask(&ticket, app.now(), |facts, config, crew| decide(facts, &config.routing, config, crew));
        let change = app.act_alone(&scene.config, |ctx| route(ticket, &decision, ctx));
        let given = scene.given(&decision.expects);
        let save = Save { given: given.as_ref(), ..Save::of(&change, &scene.config, app.now()) };
        match desk.save(save).await {
            Err(StoreError::Stale) if has_time_for(TRY_TIME) => tokio::time::sleep(pause(app, attempt)).await,
            saved => return saved,
        }
    }
    Err(StoreError::Unavailable("the ticket, or who could get it, kept changing".to_owned()))
}

/// A while that differs from that of whoever was met.
fn pause(app: &App, attempt: u32) -> Duration {
    let spread = f64::from(app.new_id().as_bytes()[15]) / 255.0;
    (PAUSE / 4 * (attempt + 1)).min(PAUSE).mul_f64(spread)
}
