//! What a desk promises, and how each promise goes.
//!
//! A **policy** says for which tickets it holds, how long each metric may take, in whose working hours, and in which statuses a
//! clock stands still. A ticket has the policy that fits it most closely, in the version of the day it got it, until its
//! priority, category or brand changes; then its clocks are computed anew, from the statuses that it was in.
//!
//! A **clock** runs from its start while the ticket is open and in none of the statuses that pause it. What counts is working
//! time; the promise is kept up to and including the moment in which the last of it passes. The share that warns and the
//! moment of the breach are told once for each clock, by the desk itself, even where nobody looked until long after.

mod choose;
mod clock;
mod escalation;
mod follow;
mod outcome;
mod policy;
mod promise;
mod terms;
mod view;

#[cfg(test)]
mod tests;

pub use self::{
    clock::{Clock, ClockState, Stay},
    escalation::{Escalated, Escalation, Group, escalate},
    outcome::{Outcome, Tally, tally},
    policy::{Metric, Pauses, Policy, Scope, Targets},
    promise::{Criterion, Owed, Passing, Promise},
    terms::Term,
    view::{ClockView, PromiseView},
};
pub(crate) use follow::{begin, follow, pass};
