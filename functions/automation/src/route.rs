//! A ticket that nobody has finds a team and an agent by the desk's rules; what waits for room gets it as there is some.

use std::{collections::BTreeMap, time::Duration};

use lambdesk_domain::{
    Team, TenantConfig, TenantId, Ticket, TicketId, TicketRef,
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
/// Pages of waiting tickets that one job looks at.
const PAGES: usize = 10;

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

/// Looks at what waits, those that nothing happened to for longest first. A team that has nobody for one ticket has nobody for
/// those like it, and is not asked again in the same look.
async fn find_for_waiting(app: &App, tenant: &TenantId) -> Result<(), StoreError> {
    let desk = app.desk_of(tenant);
    let config = desk.config().await?;
    if !config.routes() {
        return Ok(());
    }
    let mut full = BTreeMap::new();
    let mut cursor = None;
    for _ in 0..PAGES {
        let page = waiting(&desk, &config, cursor).await?;
        for ticket in page.items.iter().filter(|ticket| needs_routing(ticket) && may_find(&config, ticket)) {
            if !has_time_for(TRY_TIME) {
                // The next look goes on: what was given away no longer waits.
                return Ok(());
            }
            let like = (ticket.brand.clone(), ticket.team.clone(), ticket.routing.skills.clone());
            let weight = ticket.priority.weight();
            if ticket.team.is_some() && full.get(&like).is_some_and(|least| weight >= *least) {
                continue;
            }
            match find(app, tenant, ticket.id, ticket.team.is_none()).await {
                Ok(Found::Nobody) => drop(full.insert(like, weight)),
                Ok(Found::Somebody) | Err(StoreError::NotFound) => {}
                // One ticket's trouble is not the others'.
                Err(error) => tracing::warn!(%tenant, ticket = %ticket.id, %error, "nobody was looked for"),
            }
        }
        let Some(next) = page.next_cursor else { break };
        cursor = Some(next);
    }
    Ok(())
}

/// Whether somebody may be found for it by now: its team gives tickets away, or rules name somebody who was not there.
fn may_find(config: &TenantConfig, ticket: &Ticket) -> bool {
    team(config, ticket).is_none_or(Team::gives_away)
}

/// The team that it is in; one that was erased is none.
fn team<'a>(config: &'a TenantConfig, ticket: &Ticket) -> Option<&'a Team> {
    config.team(ticket.team.as_ref()?)
}

/// What came of looking for somebody.
enum Found {
    Somebody,
    Nobody,
}

/// Decides and saves, and decides again where the ticket or the agent's load changed in between: so nobody is ever given more
/// than they may carry, and who carries least is who carries least when it counts.
async fn find(app: &App, tenant: &TenantId, ticket: TicketId, anew: bool) -> Result<Found, StoreError> {
    let desk = app.desk_of(tenant);
    if !desk.config().await?.routes() {
        return Ok(Found::Nobody);
    }
    for attempt in 0..TRIES {
        let ticket = desk.ticket(&TicketRef::Id(ticket)).await?;
        if !needs_routing(&ticket) {
            return Ok(Found::Somebody);
        }
        let scene = Scene::of(&desk, &ticket, desk.config_for(&ticket).await?).await?;
        // Where somebody put it into a team, it stays there, while there is one.
        let by_rules = team(&scene.config, &ticket).is_none() || (anew && !ticket.routing.fixed);
        let decision = scene.ask(&ticket, app.now(), |facts, config, crew| match by_rules {
            true => decide(facts, &config.routing, config, crew),
            false => decide_in_team(facts, crew),
        });
        let found = if decision.assignee.is_some() { Found::Somebody } else { Found::Nobody };
        let change = app.act_alone(&scene.config, |ctx| route(ticket, &decision, ctx));
        let given = scene.given(&decision.expects);
        let save = Save { given: given.as_ref(), ..Save::of(&change, &scene.config, app.now()) };
        match desk.save(save).await {
            Err(StoreError::Stale) if has_time_for(TRY_TIME) => tokio::time::sleep(pause(app, attempt)).await,
            saved => return saved.map(|()| found),
        }
    }
    Err(StoreError::Unavailable("the ticket, or who could get it, kept changing".to_owned()))
}

/// A while that differs from that of whoever was met.
fn pause(app: &App, attempt: u32) -> Duration {
    let spread = f64::from(app.new_id().as_bytes()[15]) / 255.0;
    (PAUSE / 4 * (attempt + 1)).min(PAUSE).mul_f64(spread)
}
