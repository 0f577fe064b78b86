//! What the tests share: queues with a clock turned by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock::Clock;
use crate::message::{ReceiveOptions, ReceivedMessage, SendMessage, SentMessage};
use crate::name::QueueName;
use crate::queues::Queues;
use crate::settings::{QueueChanges, RedrivePolicy};

/// A clock that stands still until it is turned.
pub(crate) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A clock that follows the paused time of a tokio test.
pub(crate) struct TokioClock(tokio::time::Instant);

impl TokioClock {
    pub(crate) fn start() -> Arc<Self> {
        Arc::new(Self(tokio::time::Instant::now()))
    }
}

impl Clock for TokioClock {
    fn now_ms(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

/// Queues in memory or in a file, and their clock.
pub(crate) struct Desk {
    pub(crate) queues: Queues,
    pub(crate) clock: Arc<HandClock>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(1_700_000_000_000)));
        Self { queues: Queues::in_memory_with_clock(clock.clone()).unwrap(), clock }
    }

    pub(crate) fn with_queue(queue: &str) -> Self {
        let desk = Self::new();
        desk.create(queue, &QueueChanges::default());
        desk
    }

    pub(crate) fn with_fifo(queue: &str) -> Self {
        let desk = Self::new();
        desk.create(queue, &QueueChanges::fifo());
        desk
    }

    /// A queue that gives up after two receives, and its dead-letter queue.
    pub(crate) fn with_dead_letters(queue: &str, dead: &str) -> Self {
        let desk = Self::new();
        let fifo = Some(name(queue).is_fifo());
        desk.create(dead, &QueueChanges { fifo, ..Default::default() });
        let redrive_policy = Some(Some(RedrivePolicy { dead_letter_queue: name(dead), max_receive_count: 2 }));
        desk.create(queue, &QueueChanges { fifo, redrive_policy, ..Default::default() });
        desk
    }

    pub(crate) fn create(&self, queue: &str, changes: &QueueChanges) {
        self.queues.create_queue(&name(queue), changes).unwrap();
    }

    pub(crate) fn advance_s(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub(crate) fn send(&self, queue: &str, body: &str) -> SentMessage {
        self.send_message(queue, SendMessage::new(body))
    }

    pub(crate) fn send_message(&self, queue: &str, message: SendMessage) -> SentMessage {
        self.queues.send(&name(queue), &message).unwrap()
    }

    /// Receives up to ten messages without waiting.
    pub(crate) fn receive(&self, queue: &str) -> Vec<ReceivedMessage> {
        self.receive_up_to(queue, 10)
    }

    pub(crate) fn receive_up_to(&self, queue: &str, max: u32) -> Vec<ReceivedMessage> {
        let options = ReceiveOptions { max_messages: Some(max), wait: Some(std::time::Duration::ZERO), ..Default::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(self.queues.receive(&name(queue), &options)).unwrap()
    }

    pub(crate) fn receive_one(&self, queue: &str) -> ReceivedMessage {
        self.receive_up_to(queue, 1).pop().expect("a message")
    }

    pub(crate) fn receive_bodies(&self, queue: &str) -> Vec<String> {
        self.receive(queue).into_iter().map(|message| message.body).collect()
    }
}

pub(crate) fn name(text: &str) -> QueueName {
    QueueName::parse(text).unwrap()
}

/// A message for a FIFO queue.
pub(crate) fn grouped(body: &str, group: &str, deduplication_id: &str) -> SendMessage {
    SendMessage {
        group_id: Some(group.to_owned()),
        deduplication_id: Some(deduplication_id.to_owned()),
        ..SendMessage::new(body)
    }
}
