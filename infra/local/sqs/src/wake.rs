//! Wakes receivers that wait for a message.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::name::QueueName;

/// One bell per queue that someone has waited on.
#[derive(Default)]
pub(crate) struct Bells {
    by_queue: Mutex<HashMap<QueueName, Arc<Notify>>>,
}

impl Bells {
    /// The bell to wait on. A wait registered before a ring is woken by it, even when it has not been polled yet.
    pub(crate) fn of(&self, queue: &QueueName) -> Arc<Notify> {
        let mut bells = self.lock();
        if let Some(bell) = bells.get(queue) {
            return Arc::clone(bell);
        }
        Arc::clone(bells.entry(queue.clone()).or_default())
    }

    /// Wakes everyone who waits: something in the queue may have become receivable.
    pub(crate) fn ring(&self, queue: &QueueName) {
        if let Some(bell) = self.lock().get(queue) {
            bell.notify_waiters();
        }
    }

    /// Wakes everyone a last time and forgets the queue.
    pub(crate) fn remove(&self, queue: &QueueName) {
        if let Some(bell) = self.lock().remove(queue) {
            bell.notify_waiters();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<QueueName, Arc<Notify>>> {
        // The map is whole at any point a panic could leave it.
        self.by_queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
