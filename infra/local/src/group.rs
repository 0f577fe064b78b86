//! Tasks that start together and stop together.

use std::time::Duration;

use tokio::{sync::watch, task::JoinSet};

/// How long tasks may take to finish what they are at.
const PATIENCE: Duration = Duration::from_secs(10);

/// A group of tasks. Dropped, it ends them where they stand.
pub(crate) struct Group {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// Tells a task of the group that it is to stop.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Group {
    pub(crate) fn new() -> Self {
        Self { stop: watch::Sender::new(false), tasks: JoinSet::new() }
    }

    pub(crate) fn stop_signal(&self) -> Stop {
        Stop(self.stop.subscribe())
    }

    pub(crate) fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Asks all to stop, waits, and ends those that do not.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            tracing::warn!("some tasks did not stop and are ended");
        }
        self.tasks.shutdown().await;
    }
}

impl Stop {
    /// Resolves when the group stops.
    pub(crate) async fn requested(&mut self) {
        // An error means that the group is gone, which is the same.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Runs `work` unless the group stops first.
    pub(crate) async fn or<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.requested() => None,
            result = work => Some(result),
        }
    }
}
