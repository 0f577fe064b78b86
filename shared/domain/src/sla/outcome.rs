//! Promises kept and broken, to be counted.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Clock, Metric};
use crate::{
    error::ParseError,
    id::{BrandId, PolicyId},
    ticket::Ticket,
    words::word,
};

word!(
    /// How a promise ended.
    Outcome {
        /// It was kept.
        Met = "met",
        /// It was broken.
        Breached = "breached",
    }
);

/// What is counted apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tally {
    /// The day (UTC) on which it was kept, or broken.
    pub day: Date,
    /// Whose ticket.
    pub brand: BrandId,
    /// By which policy.
    pub policy: PolicyId,
    /// What was promised.
    pub metric: Metric,
    /// How it ended.
    pub outcome: Outcome,
}

/// What a change of a ticket adds to the figures, and takes from them: a clock that runs again was not kept yet. What was
/// promised in an earlier answer's clock stays counted when the next one begins.
pub fn tally(before: Option<&Ticket>, after: &Ticket) -> BTreeMap<Tally, i64> {
    let mut figures = BTreeMap::new();
    for metric in Metric::ALL {
        let was = before.and_then(|ticket| Some((ticket, clock(ticket, *metric)?)));
        let is = clock(after, *metric);
        let goes_on = |clock: &Clock| is.is_none_or(|now| now.started_at == clock.started_at);
        let (was, is) = (was.filter(|(_, clock)| goes_on(clock)), is.map(|clock| (after, clock)));
        for ((ticket, clock), delta) in was.into_iter().map(|was| (was, -1)).chain(is.map(|is| (is, 1))) {
            if let Some(tally) = of(ticket, *metric, clock) {
                *figures.entry(tally).or_default() += delta;
            }
        }
    }
    figures.retain(|_, count| *count != 0);
    figures
}

fn clock(ticket: &Ticket, metric: Metric) -> Option<&Clock> {
    ticket.promise.as_ref()?.clocks.get(&metric)
}

fn of(ticket: &Ticket, metric: Metric, clock: &Clock) -> Option<Tally> {
    let (outcome, at) = match (clock.breached_at, clock.stopped_at) {
        (Some(at), _) => (Outcome::Breached, at),
        (None, Some(at)) => (Outcome::Met, at),
        (None, None) => return None,
    };
    Some(Tally { day: day(at), brand: ticket.brand.clone(), policy: clock.policy.clone(), metric, outcome })
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
