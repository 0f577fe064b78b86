//! One clock: how much of its time has gone, and when the rest will have.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Metric, Policy};
use crate::{
    calendar::BusinessHours,
    error::ParseError,
    id::PolicyId,
    words::{Status, word},
};

/// Since when a ticket was in a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// Since when.
    pub since: Timestamp,
    /// In which.
    pub status: Status,
}

word!(
    /// How a clock stands.
    ClockState {
        /// Its time passes.
        Running = "running",
        /// It stands still.
        Paused = "paused",
        /// What was promised was done in time.
        Met = "met",
        /// It was not, whether or not it was done since.
        Breached = "breached",
    }
);

/// A clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The policy that promised it.
    pub policy: PolicyId,
    /// Seconds of working time that were promised.
    pub target: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// Seconds of working time that had gone at `running_since`, or when it last paused or stopped.
    pub used: i64,
    /// Since when it runs.
    pub running_since: Option<Timestamp>,
    /// When the share that warns will have passed, while it runs.
    pub warns_at: Option<Timestamp>,
    /// When all of its time will have passed, while it runs; when it would have, once it has stopped; when it had, once it is
    /// broken.
    pub due_at: Option<Timestamp>,
    /// When what was promised was done.
    pub stopped_at: Option<Timestamp>,
    /// When the share that warns passed.
    pub warned_at: Option<Timestamp>,
    /// When all of its time passed before it was done.
    pub breached_at: Option<Timestamp>,
    /// Whether it is promised no more, but may be again: the ticket has another policy now, or none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// What a clock is computed from.
pub(super) struct Course<'a> {
    pub(super) metric: Metric,
    pub(super) policy: &'a Policy,
    pub(super) hours: BusinessHours<'a>,
    pub(super) stays: &'a [Stay],
    pub(super) started_at: Timestamp,
    pub(super) stopped_at: Option<Timestamp>,
    pub(super) now: Timestamp,
}

impl Clock {
    /// Where it stands.
    pub fn state(&self) -> ClockState {
        match (self.breached_at, self.stopped_at, self.running_since) {
            (Some(_), _, _) => ClockState::Breached,
            (None, Some(_), _) => ClockState::Met,
            (None, None, Some(_)) => ClockState::Running,
            (None, None, None) => ClockState::Paused,
        }
    }

    /// The same as it stands at `now`, though nobody has looked since.
    pub fn state_at(&self, now: Timestamp) -> ClockState {
        let passed = self.breaks_at().is_some_and(|due| has_passed(due, now));
        if passed { ClockState::Breached } else { self.state() }
    }

    /// Seconds of working time that are left at `now`; below zero when it took longer.
    pub fn remaining(&self, hours: BusinessHours<'_>, now: Timestamp) -> i64 {
        let running = self.running_since.map_or(0, |since| hours.between(since, now.max(since)));
        self.target - self.used - running
    }

    /// The next moment of it that is to be told.
    pub(super) fn next_moment(&self) -> Option<Timestamp> {
        let warns = self.warns_at.filter(|_| self.running_since.is_some() && self.warned_at.is_none());
        warns.into_iter().chain(self.breaks_at()).min()
    }

    /// When it will be broken if nothing happens.
    pub fn breaks_at(&self) -> Option<Timestamp> {
        self.due_at.filter(|_| self.running_since.is_some() && self.breached_at.is_none())
    }

    /// The same clock, whose time is over, done at last or not: what was promised and when it was broken stays as it was. How
    /// late it is goes on as `course` says; where nothing is promised any more, it is not counted on.
    pub(super) fn broken(&self, stopped_at: Option<Timestamp>, course: Option<&Course<'_>>) -> Self {
        let late = course.map(|course| Self::compute(course, self.target, None));
        let (used, running_since) = late.map_or((self.used, None), |late| (late.used, late.running_since));
        Self { used, running_since, stopped_at, warns_at: None, withdrawn: false, ..self.clone() }
    }

    /// The same clock while nothing is promised; what was told of it stays known.
    pub(super) fn withdrawn(&self) -> Self {
        Self { running_since: None, warns_at: None, due_at: None, withdrawn: true, ..self.clone() }
    }

    /// Computes a clock from the statuses that its ticket was in. What was found to have passed before stays so: `known` is the
    /// same clock as it was, where it is the same.
    pub(super) fn compute(course: &Course<'_>, target: i64, known: Option<&Self>) -> Self {
        let warning = target * i64::from(course.policy.warn_percent) / 100;
        let mut warned = Mark::new(warning);
        let mut breached = Mark::new(target);
        let (mut used, mut running_since, mut due_at, mut warns_at) = (0, None, None, None);
        for run in course.runs() {
            running_since = run.until.is_none().then_some(run.from);
            warns_at = course.hours.add(run.from, (warning - used).max(0));
            due_at = course.hours.add(run.from, (target - used).max(0));
            let until = run.until.unwrap_or(course.now);
            warned.pass(warns_at, until);
            breached.pass(due_at, until);
            if run.until.is_some() {
                used += course.hours.between(run.from, until);
            }
        }
        let is_paused = running_since.is_none() && course.stopped_at.is_none();
        let known = known.filter(|known| known.started_at == course.started_at);
        let warned_at = known.and_then(|known| known.warned_at).or(warned.at);
        let breached_at = known.and_then(|known| known.breached_at).or(breached.at);
        Self {
            policy: course.policy.id.clone(),
            target,
            started_at: course.started_at,
            used,
            running_since,
            warns_at: warns_at.filter(|_| running_since.is_some()),
            due_at: breached_at.or(due_at.filter(|_| !is_paused)),
            stopped_at: course.stopped_at,
            warned_at,
            breached_at,
            withdrawn: false,
        }
    }
}

/// A moment that passes once.
struct Mark {
    seconds: i64,
    at: Option<Timestamp>,
}

impl Mark {
    const fn new(seconds: i64) -> Self {
        Self { seconds, at: None }
    }

    /// Notes that it passed in a run that lasted until `until`, if it did: strictly before, for what is done in the last moment is
    /// done in time.
    fn pass(&mut self, at: Option<Timestamp>, until: Timestamp) {
        debug_assert!(self.seconds >= 0, "a share of a time");
        self.at = self.at.or(at.filter(|at| has_passed(*at, until)));
    }
}

/// Whether a moment is over at another. Time is counted in whole seconds: in the second in which it ends it is not over.
pub(super) fn has_passed(moment: Timestamp, at: Timestamp) -> bool {
    moment < at && moment.as_second() != at.as_second()
}

/// A time in which a clock ran; the last may have no end yet.
struct Run {
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Course<'_> {
    fn runs(&self) -> impl Iterator<Item = Run> {
        let ends = self.stays.iter().skip(1).map(|next| Some(next.since)).chain([None]);
        self.stays.iter().zip(ends).filter_map(|(stay, end)| {
            if !stay.status.is_open() || self.policy.pauses.holds(self.metric, stay.status) {
                return None;
            }
            let from = stay.since.max(self.started_at);
            let until = match (end, self.stopped_at) {
                (Some(end), Some(stopped)) => Some(end.min(stopped)),
                (end, stopped) => end.or(stopped),
            };
            until.is_none_or(|until| from < until).then_some(Run { from, until })
        })
    }
}
