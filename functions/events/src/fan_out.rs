//! Every event of the table's stream becomes a job for each worker that acts on it.

use std::collections::{BTreeMap, BTreeSet};

use aws_lambda_events::dynamodb::EventRecord;
use futures_util::future::{join3, join_all};
use lambdesk_domain::{Event, EventKind, Status, TenantId, TicketId};
use lambdesk_function::{Endpoint, Function, Need};
use lambdesk_platform::{App, EmailJob, Job, Metric, QueueName, RoutingJob, ViewsJob, count};
use lambdesk_store::{StoreError, stream};

/// Fans events out to the queues.
pub const FUNCTION: Function = Function::table_stream("events-fan-out")
    .summary("Pass every event to the workers that act on it")
    .needs(&[Need::Get, Need::Query, Need::Send(QueueName::Email), Need::Send(QueueName::Routing), Need::Send(QueueName::Views)]);

/// Tickets that one job counts.
const COUNTED_AT_ONCE: usize = 20;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_records(handle)
}

/// Answers how many records, from the first, are done. A record that cannot be read stops the batch there, so that the
/// stream brings it again by itself and in the end sets it aside: nothing is skipped in silence.
async fn handle(app: App, records: Vec<EventRecord>) -> usize {
    let (mut jobs, mut routing, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    let mut counted = Counted::new();
    let mut done = records.len();
    for (index, record) in records.into_iter().enumerate() {
        match event(record) {
            Ok(Some(event)) => {
                jobs.extend(mail_of(&event).into_iter().map(|job| (index, job)));
                routing.extend(routing_of(&event).into_iter().map(|job| (index, job)));
                if event.kind.may_count() {
                    counted.entry(event.tenant.clone()).or_default().entry(event.ticket).or_insert(index);
                }
                kinds.push((index, event.kind));
            }
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, index, "a record of the stream cannot be read");
                count(Metric::JobsFailed);
                done = index;
                break;
            }
        }
    }
    let routes = desks_that_route(&app, routing.iter().map(|(_, job)| tenant_of(job))).await;
    routing.retain(|(_, job)| routes.contains(tenant_of(job)));
    // What makes room for the same desk's waiting tickets is looked at once.
    let mut seen = BTreeSet::new();
    routing.retain(|(_, job)| !matches!(job, RoutingJob::RouteWaiting { tenant } if !seen.insert(tenant.clone())));
    let views = count_jobs(&app, counted).await;
    let (mails, routes, views) = join3(send(&app, jobs), send(&app, routing), send(&app, views)).await;
    let first_failed = mails.into_iter().chain(routes).chain(views).min();
    let done = first_failed.map_or(done, |first| first.min(done));
    kinds.iter().filter(|(index, _)| *index < done).for_each(|(_, kind)| count_event(kind));
    done
}

/// Events are only ever added; what changes or ends (a row's time to live, say) is no news.
fn event(record: EventRecord) -> Result<Option<Event>, StoreError> {
    if record.event_name != "INSERT" {
        return Ok(None);
    }
    stream::event(record.change.new_image)
}

/// Business counts are taken here, where every event passes once (twice, where the answer that it was done was lost).
fn count_event(kind: &EventKind) {
    match kind {
        EventKind::Created { .. } => count(Metric::TicketsOpened),
        EventKind::MessageAdded { .. } => count(Metric::MessagesAdded),
        EventKind::StatusChanged { to: Status::Resolved | Status::Closed, .. } => count(Metric::TicketsSettled),
        EventKind::Rated { .. } => count(Metric::RatingsGiven),
        _ => {}
    }
}

/// Sends jobs; answers the first record of which one was not taken.
async fn send<J: Job>(app: &App, jobs: Vec<(usize, J)>) -> Option<usize> {
    let (indexes, jobs): (Vec<_>, Vec<_>) = jobs.into_iter().unzip();
    let not_taken = app.queues().send(&jobs).await;
    not_taken.iter().for_each(|_| count(Metric::JobsFailed));
    not_taken.into_iter().filter_map(|position| indexes.get(position).copied()).min()
}

/// Which of these desks give tickets away at all; each is asked once. In doubt they may: a job too many does nothing.
async fn desks_that_route(app: &App, tenants: impl Iterator<Item = &TenantId>) -> BTreeSet<TenantId> {
    let tenants: BTreeSet<_> = tenants.cloned().collect();
    let asked = tenants.into_iter().map(async |tenant| {
        let routes = app.desk_of(&tenant).config().await.map_or(true, |config| config.routes());
        routes.then_some(tenant)
    });
    join_all(asked).await.into_iter().flatten().collect()
}

/// Tickets to count, by desk, each with the first record that tells of it.
type Counted = BTreeMap<TenantId, BTreeMap<TicketId, usize>>;

/// Jobs for the desks that have views, each with the first record that it is for. In doubt a desk has: a job too many does
/// nothing. What is counted is the ticket as it is then, so that one job does for many events.
async fn count_jobs(app: &App, counted: Counted) -> Vec<(usize, ViewsJob)> {
    let asked = counted.into_iter().map(async |(tenant, tickets)| {
        let has_views = app.desk_of(&tenant).has_views().await.unwrap_or(true);
        has_views.then_some((tenant, tickets))
    });
    let mut jobs = Vec::new();
    for (tenant, tickets) in join_all(asked).await.into_iter().flatten() {
        let mut tickets: Vec<_> = tickets.into_iter().collect();
        tickets.sort_by_key(|(_, index)| *index);
        for some in tickets.chunks(COUNTED_AT_ONCE) {
            let tickets = some.iter().map(|(ticket, _)| *ticket).collect();
            jobs.push((some[0].1, ViewsJob::Count { tenant: tenant.clone(), tickets }));
        }
    }
    jobs
}

const fn tenant_of(job: &RoutingJob) -> &TenantId {
    match job {
        RoutingJob::Route { tenant, .. } | RoutingJob::RouteWaiting { tenant } => tenant,
    }
}

fn routing_of(event: &Event) -> Vec<RoutingJob> {
    let Event { tenant, ticket, kind, .. } = event;
    let route = event.may_route().map(|anew| RoutingJob::Route { tenant: tenant.clone(), ticket: *ticket, anew });
    let waiting = kind.makes_room().then(|| RoutingJob::RouteWaiting { tenant: tenant.clone() });
    route.into_iter().chain(waiting).collect()
}

fn mail_of(event: &Event) -> Option<EmailJob> {
    event.may_notify().then(|| EmailJob::Notify { tenant: event.tenant.clone(), ticket: event.ticket, event: event.id })
}
