//! Schedules: a function runs every so many minutes of the desk's clock, one run at a time.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use lambdesk_function::Endpoint;
use lambdesk_local_sqs::REGION;
use lambdesk_platform::Clock as _;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::Workshop;
use crate::{group::Stop, invoke::invoke};

const ACCOUNT: &str = "000000000000";

/// Where all schedules stand, for those who wait for what they bring. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Schedules(Arc<Mutex<BTreeMap<&'static str, Standing>>>);

/// Where one schedule stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Runs that ended, well or not.
    runs: u64,
    running: bool,
    /// How far ahead the clock was, in milliseconds, when the last run began that went well.
    ran_at: Option<i64>,
}

impl Schedules {
    /// Makes the schedule known, before its first run.
    pub(crate) fn plan(&self, function: &'static str) {
        self.all().insert(function, Standing::default());
    }

    /// Where they stand now.
    pub(crate) fn standing(&self) -> BTreeMap<&'static str, Standing> {
        self.all().clone()
    }

    /// Says which one runs, or has not run well since the clock was moved to where it is, if any.
    pub(crate) fn backlog(&self, ahead_ms: i64) -> Option<String> {
        let behind = |(name, standing): (&&str, &Standing)| {
            if standing.running {
                Some(format!("{name} runs"))
            } else {
                (standing.ran_at != Some(ahead_ms)).then(|| format!("{name} has not run since the clock was moved"))
            }
        };
        self.all().iter().find_map(behind)
    }

    fn begin(&self, function: &'static str) {
        self.all().entry(function).or_default().running = true;
    }

    fn end(&self, function: &'static str, ran_at: Option<i64>) {
        let mut all = self.all();
        let standing = all.entry(function).or_default();
        *standing = Standing { runs: standing.runs + 1, running: false, ran_at: ran_at.or(standing.ran_at) };
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<&'static str, Standing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs the function at once, to make up for the time in which nothing ran, then once a period, and whenever the
/// clock was moved: a run that comes late does what is due by now, so one makes up for all that were skipped. A run that
/// fails is made up for by the next. Stops with the group, between two runs.
pub(crate) async fn run(endpoint: Endpoint, period: Duration, workshop: Workshop, mut stop: Stop) {
    let function = endpoint.function.name;
    let mut moves = workshop.clock.moves();
    loop {
        let (begun, ahead_ms) = (Instant::now(), *moves.borrow_and_update());
        workshop.schedules.begin(function);
        let event = event(function, workshop.clock.now(), workshop.app.new_id());
        let done = invoke(&endpoint, &workshop.app, event).await;
        workshop.schedules.end(function, done.is_ok().then_some(ahead_ms));
        if let Err(error) = done {
            tracing::warn!(function, error, "a scheduled run failed; the next makes up for it");
        }
        workshop.activity.ring();
        let next = async {
            tokio::select! { () = sleep_until(begun + period) => {}, _ = moves.changed() => {} }
        };
        if stop.or(next).await.is_none() {
            return;
        }
    }
}

/// The event in the shape that EventBridge gives it.
fn event(function: &str, now: Timestamp, id: Uuid) -> Value {
    json!({
        "version": "0",
        "id": id,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": REGION,
        "resources": [format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/lambdesk-{function}")],
        "detail": {},
    })
}

#[cfg(test)]
mod tests;
