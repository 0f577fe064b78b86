//! Which versions of policies and calendars a ticket has.

use std::collections::BTreeSet;

use crate::{calendar::CalendarId, config::TenantConfig, id::PolicyId, ticket::Ticket};

/// A policy or a calendar in a version that never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// A policy.
    Policy(PolicyId, u32),
    /// A calendar.
    Calendar(CalendarId, u32),
}

impl TenantConfig {
    /// The versions that these tickets have and that it lacks: all but the newest are to be read for those who ask.
    pub fn lacks<'a>(&self, tickets: impl IntoIterator<Item = &'a Ticket>) -> BTreeSet<Term> {
        let promises = tickets.into_iter().filter_map(|ticket| ticket.promise.as_ref());
        let terms = promises.flat_map(|promise| {
            let owed = promise.owed.iter().map(|owed| (&owed.policy, owed.version));
            // No policy has the version 0: it says that nothing is promised.
            let policies = owed.chain([(&promise.policy, promise.version)]).filter(|(_, version)| *version > 0);
            let policies = policies.map(|(id, version)| Term::Policy(id.clone(), version));
            policies.chain(promise.calendar.iter().map(|(id, version)| Term::Calendar(id.clone(), *version)))
        });
        terms.filter(|term| !self.has(term)).collect()
    }

    fn has(&self, term: &Term) -> bool {
        match term {
            Term::Policy(id, version) => self.policy_version(id, *version).is_some(),
            Term::Calendar(id, version) => self.calendars.iter().any(|c| c.id == *id && c.version == *version),
        }
    }
}
