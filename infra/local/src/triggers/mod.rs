//! What makes workers run: the table's stream, the queues, and the passing of time.

mod queue;
mod schedule;
mod stream;
mod upkeep;

use std::{sync::Arc, time::Duration};

use lambdesk_function::{Endpoint, Trigger};
use lambdesk_local_sqs::Queues;
use lambdesk_platform::App;
use tokio::sync::Notify;

pub(crate) use self::schedule::Schedules;
use crate::{clock::MovableClock, dynamo::Dynamo, group::Group, state::State};

/// What all triggers work with.
#[derive(Clone)]
pub(crate) struct Workshop {
    pub(crate) app: App,
    pub(crate) clock: MovableClock,
    pub(crate) dynamo: Arc<Dynamo>,
    pub(crate) queues: Queues,
    pub(crate) state: State,
    pub(crate) schedules: Schedules,
    pub(crate) activity: Activity,
}

/// Rings when something was done that others may wait for: a request was answered, a batch was worked off.
#[derive(Clone, Default)]
pub(crate) struct Activity(Arc<Notify>);

impl Activity {
    pub(crate) fn ring(&self) {
        self.0.notify_waiters();
    }

    pub(crate) async fn rung(&self) {
        self.0.notified().await;
    }
}

/// Starts a task for each worker, and those that look after the table.
pub(crate) fn start(registry: &[Endpoint], workshop: &Workshop, group: &mut Group) -> Result<(), String> {
    for endpoint in registry {
        match endpoint.function.trigger {
            Trigger::TableStream => {
                let reader = stream::Reader::new(endpoint.clone(), workshop.clone())?;
                group.spawn(reader.run(group.stop_signal()));
            }
            Trigger::Queue(queue) => group.spawn(queue::run(endpoint.clone(), queue, workshop.clone(), group.stop_signal())),
            Trigger::Schedule { minutes } => {
                workshop.schedules.plan(endpoint.function.name);
                let period = Duration::from_secs(u64::from(minutes) * 60);
                group.spawn(schedule::run(endpoint.clone(), period, workshop.clone(), group.stop_signal()));
            }
            Trigger::Http { .. } | Trigger::Authorizer => {}
        }
    }
    let readers = stream_functions(registry);
    group.spawn(upkeep::run(readers, workshop.clone(), group.stop_signal()));
    Ok(())
}

/// The functions that read the stream.
pub(crate) fn stream_functions(registry: &[Endpoint]) -> Vec<&'static str> {
    let functions = registry.iter().map(|endpoint| endpoint.function);
    functions.filter(|function| function.trigger == Trigger::TableStream).map(|function| function.name).collect()
}
