//! Calling something over and over, with a clock.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    Create,
    Get,
    List,
    Reply,
}

impl Operation {
    pub(crate) const ALL: [Self; 4] = [Self::Create, Self::Get, Self::List, Self::Reply];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get",
            Self::List => "list",
            Self::Reply => "reply",
        }
    }

    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Reply)
    }

    /// The loads under which it is measured. Nothing follows from reading, so nothing is to be waited for.
    pub(crate) fn loads(self) -> &'static [Load] {
        if self.writes() { &[Load::Apart, Load::One, Load::Many] } else { &[Load::One, Load::Many] }
    }
}

/// Who calls how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Load {
    /// One client, with a pause between calls in which the mail of a ticket is sent.
    Apart,
    /// One client without a pause.
    One,
    /// As many clients as there are, without a pause.
    Many,
}

impl Load {
    pub(crate) const fn clients(self) -> usize {
        match self {
            Self::Apart | Self::One => 1,
            Self::Many => MOST_CLIENTS,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Apart => "1, pausing",
            Self::One => "1",
            Self::Many => "16",
        }
    }
}

/// Longer than a mail takes.
const PAUSE: Duration = Duration::from_millis(20);

/// One of the two sides.
pub(crate) trait Target: Send + Sync + 'static {
    /// Does it once; answers how many calls to DynamoDB that took. `client` is the number of who calls, below
    /// [`MOST_CLIENTS`]: no number calls twice at once.
    fn call(&self, operation: Operation, client: usize) -> impl Future<Output = Result<u32, String>> + Send;
}

pub(crate) const MOST_CLIENTS: usize = 16;

/// What came of calling.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    latencies: Vec<Duration>,
    calls: Vec<u32>,
    elapsed: Duration,
}

impl Samples {
    pub(crate) fn extend(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.calls.extend(other.calls);
        self.elapsed += other.elapsed;
    }

    /// The time that this share (0 to 1) of the calls stayed within, in milliseconds; the nearest rank.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        at(&sorted, share).as_secs_f64() * 1000.0
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// The usual number of DynamoDB calls: now and then one more refreshes what the desk remembers.
    pub(crate) fn usual_calls(&self) -> u32 {
        let mut sorted = self.calls.clone();
        sorted.sort_unstable();
        at(&sorted, 0.5)
    }
}

fn at<T: Copy + Default>(sorted: &[T], share: f64) -> T {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// Calls for so long.
pub(crate) async fn load<T: Target>(
    target: &Arc<T>,
    (operation, load): (Operation, Load),
    time: Duration,
) -> Result<Samples, String> {
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for client in 0..load.clients() {
        let target = target.clone();
        tasks.spawn(async move {
            let mut samples = Samples::default();
            while started.elapsed() < time {
                let begun = Instant::now();
                let calls = target.call(operation, client).await?;
                samples.latencies.push(begun.elapsed());
                samples.calls.push(calls);
                if load == Load::Apart {
                    tokio::time::sleep(PAUSE).await;
                }
            }
            Ok::<_, String>(samples)
        });
    }
    let mut all = Samples::default();
    while let Some(samples) = tasks.join_next().await {
        all.extend(samples.map_err(|error| error.to_string())??);
    }
    all.elapsed = started.elapsed();
    Ok(all)
}
