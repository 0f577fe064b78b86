//! What staff see of a ticket's promises.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Clock, ClockState, Criterion, Metric, Promise};
use crate::{calendar::BusinessHours, config::TenantConfig, id::PolicyId};

/// What is promised about a ticket, by which policy, and why by that one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Sla)]
pub struct PromiseView {
    /// Which policy.
    pub policy: PolicyId,
    /// In which version: that of the day on which the ticket got it.
    pub policy_version: u32,
    /// What this desk calls it.
    pub policy_name: Option<String>,
    /// What of the ticket made it fit; empty for a policy that holds for all.
    pub because: Vec<Criterion>,
    /// The calendar whose working hours count; null is around the clock.
    pub calendar: Option<String>,
    /// One for each metric that is promised and has begun.
    pub clocks: Vec<ClockView>,
}

/// A clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Clock)]
pub struct ClockView {
    /// What is promised.
    pub metric: Metric,
    /// How it stands.
    pub state: ClockState,
    /// Minutes of working time that were promised.
    pub target_minutes: i64,
    /// Seconds of working time that are left; negative when it took longer. Stands still while it is paused or done.
    pub remaining_seconds: i64,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When its time is over; null while it is paused.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// When the share that warns passed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub warned_at: Option<Timestamp>,
    /// When all of its time passed before it was done.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub breached_at: Option<Timestamp>,
    /// When what was promised was done.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub stopped_at: Option<Timestamp>,
}

impl PromiseView {
    pub(crate) fn of(promise: &Promise, config: &TenantConfig, now: Timestamp) -> Self {
        let hours = config.hours_of(promise);
        let version = config.policy_version(&promise.policy, promise.version).or_else(|| config.policy(&promise.policy));
        Self {
            policy: promise.policy.clone(),
            policy_version: promise.version,
            policy_name: version.map(|policy| policy.name.to_string()),
            because: promise.because.clone(),
            calendar: promise.calendar.as_ref().map(|(id, _)| id.to_string()),
            clocks: promise
                .clocks
                .iter()
                .filter(|(_, clock)| !clock.withdrawn)
                .map(|(metric, clock)| ClockView::of(*metric, clock, hours, now))
                .collect(),
        }
    }
}

impl ClockView {
    fn of(metric: Metric, clock: &Clock, hours: BusinessHours<'_>, now: Timestamp) -> Self {
        let state = clock.state_at(now);
        Self {
            metric,
            state,
            target_minutes: clock.target / 60,
            remaining_seconds: clock.remaining(hours, now),
            started_at: clock.started_at,
            due_at: clock.due_at,
            warned_at: clock.warned_at,
            breached_at: clock.breached_at.or(clock.due_at.filter(|_| state == ClockState::Breached)),
            stopped_at: clock.stopped_at,
        }
    }
}
