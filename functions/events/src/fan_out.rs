//! Every event of the table's stream becomes a job for each worker that acts on it.

use std::collections::BTreeSet;

use aws_lambda_events::dynamodb::EventRecord;
use futures_util::future::{join, join_all};
use lambdesk_domain::{Event, EventKind, Status, TenantId};
use lambdesk_function::{Endpoint, Function, Need};
use lambdesk_platform::{App, EmailJob, Job, Metric, QueueName, RoutingJob, count};
use lambdesk_store::{StoreError, stream};

/// Fans events out to the queues.
pub const FUNCTION: Function = Function::table_stream("events-fan-out")
    .summary("Pass every event to the workers that act on it")
    .needs(&[Need::Query, Need::Send(QueueName::Email), Need::Send(QueueName::Routing)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_records(handle)
}

/// Answers how many records, from the first, are done. A record that cannot be read stops the batch there, so that the
/// stream brings it again by itself and in the end sets it aside: nothing is skipped in silence.
async fn handle(app: App, records: Vec<EventRecord>) -> usize {
    let (mut jobs, mut routing, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    let mut done = records.len();
    for (index, record) in records.into_iter().enumerate() {
        match event(record) {
            Ok(Some(event)) => {
                jobs.extend(mail_of(&event).into_iter().map(|job| (index, job)));
                routing.extend(routing_of(&event).into_iter().map(|job| (index, job)));
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
    let (mails, routes) = join(send(&app, jobs), send(&app, routing)).await;
    let first_failed = mails.into_iter().chain(routes).min();
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
