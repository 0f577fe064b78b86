//! What was promised about one ticket.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Clock, Metric};
use crate::{calendar::CalendarId, error::ParseError, id::PolicyId, words::word};

word!(
    /// What of a ticket made a policy fit.
    Criterion {
        /// Its requester's company.
        Organization = "organization",
        /// Its category, or one above it.
        Category = "category",
        /// How it came.
        Channel = "channel",
        /// Its brand.
        Brand = "brand",
        /// Its priority.
        Priority = "priority",
    }
);

word!(
    /// A moment of a clock that is told once.
    Passing {
        /// The share of the time that warns has passed.
        Warning = "warning",
        /// All of it has.
        Breach = "breach",
    }
);

/// The policy that a ticket has, and its clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Which policy.
    pub policy: PolicyId,
    /// In which version.
    pub version: u32,
    /// Whose working hours count, in which version; around the clock where there is none.
    pub calendar: Option<(CalendarId, u32)>,
    /// What of the ticket made it fit; nothing for a policy that holds for all.
    pub because: Vec<Criterion>,
    /// By metric. The clock of the next response is that of the customer's last unanswered message, or of the last that was.
    pub clocks: BTreeMap<Metric, Clock>,
    /// What has passed and is not told yet, in the order in which it passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<Owed>,
}

/// Something that has passed and is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Of which clock.
    pub metric: Metric,
    /// What.
    pub passing: Passing,
    /// When it passed.
    pub at: Timestamp,
    /// When the clock's time is over, or was.
    pub due_at: Option<Timestamp>,
    /// By which policy.
    pub policy: PolicyId,
    /// In which version.
    pub version: u32,
}

impl Promise {
    /// What is left of it where its ticket goes on as part of another: what has ended stays known, and counted; what had not is
    /// neither kept nor broken.
    pub(crate) fn dropped(mut self) -> Self {
        self.clocks.retain(|_, clock| clock.stopped_at.is_some() || clock.breached_at.is_some());
        Self { version: 0, calendar: None, because: Vec::new(), owed: Vec::new(), ..self }
    }

    /// The same as it is taken up again: what ran is computed anew from what the ticket went through, and has not passed meanwhile.
    pub(crate) fn resumed(mut self) -> Self {
        for clock in self.clocks.values_mut().filter(|clock| clock.running_since.is_some() && clock.breached_at.is_none()) {
            *clock = clock.withdrawn();
        }
        self
    }

    /// The next moment at which something is to be told.
    pub fn next_moment(&self) -> Option<Timestamp> {
        let owed = self.owed.iter().map(|owed| owed.at);
        owed.chain(self.clocks.values().filter_map(Clock::next_moment)).min()
    }

    /// When the first promise would be broken that is not yet.
    pub fn next_breach(&self) -> Option<Timestamp> {
        self.clocks.values().filter_map(Clock::breaks_at).min()
    }
}
