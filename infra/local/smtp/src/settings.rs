//! How much the server puts up with.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

/// Tells the time; the caller's, so that tests can hold it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Limits, and the clock. [`Settings::new`] has those of RFC 5321 and SES.
#[derive(Clone)]
pub struct Settings {
    /// The time in `Received` lines and identifiers.
    pub clock: Clock,
    /// The longest mail, in bytes, without the lines that the server adds.
    pub max_size: usize,
    /// What all mails together may take while they arrive, in bytes; beyond it `452`.
    pub max_memory: usize,
    /// Recipients of one mail; beyond it `452`.
    pub max_recipients: usize,
    /// Connections at once; beyond it `421`.
    pub max_connections: usize,
    /// Commands of one connection that were none, or came out of turn; at that many `421`.
    pub max_bad_commands: u32,
    /// How long the client may say nothing.
    pub idle: Duration,
}

impl Settings {
    /// 40 MiB a mail as SES has it, 256 MiB at once, 100 recipients, 100 connections, 20 bad commands, five minutes.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            max_size: 40 * 1024 * 1024,
            max_memory: 256 * 1024 * 1024,
            max_recipients: 100,
            max_connections: 100,
            max_bad_commands: 20,
            idle: Duration::from_mins(5),
        }
    }
}
