//! Promises kept and broken, to be counted.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Clock, Metric};
use crate::{
    error::ParseError,
    event::EventKind,
    id::{BrandId, PolicyId},
    ticket::{Change, Ticket},
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

/// What a change of a ticket adds to the figures, and takes from them. A broken promise counts when it is told; a kept one when
/// it is done, and no longer when its ticket is open again. What was promised in an earlier answer's clock stays counted when the
/// next one begins.
pub fn tally(change: &Change) -> BTreeMap<Tally, i64> {
    let mut figures = BTreeMap::new();
    let brand = &change.after.brand;
    for event in &change.events {
        if let EventKind::SlaBreached { metric, policy, passed_at, .. } = &event.kind {
            let (day, policy) = (day(*passed_at), policy.clone());
            let tally = Tally { day, brand: brand.clone(), policy, metric: *metric, outcome: Outcome::Breached };
            *figures.entry(tally).or_default() += 1;
        }
    }
    // Of what is erased the promise goes, too; that it was kept stays so.
    if change.events.iter().any(|event| matches!(event.kind, EventKind::Purged {} | EventKind::PersonErased { .. })) {
        figures.retain(|_, count| *count != 0);
        return figures;
    }
    for metric in Metric::ALL {
        let (was, is) = (change.before.as_ref().and_then(|ticket| clock(ticket, *metric)), clock(&change.after, *metric));
        let goes_on = |clock: &&Clock| is.is_none_or(|now| now.started_at == clock.started_at);
        for (clock, delta) in was.filter(goes_on).into_iter().map(|was| (was, -1)).chain(is.map(|is| (is, 1))) {
            let met_at = clock.stopped_at.filter(|_| clock.breached_at.is_none());
            let tally = met_at.map(|at| Tally {
                day: day(at),
                brand: brand.clone(),
                policy: clock.policy.clone(),
                metric: *metric,
                outcome: Outcome::Met,
            });
            if let Some(tally) = tally {
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

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
