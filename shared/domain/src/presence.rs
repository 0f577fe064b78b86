//! Who has a ticket before their eyes right now. A lease and no state of the ticket: whoever falls silent is gone by themselves.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{error::ParseError, id::PersonId, words::word};

/// How long somebody is there without saying so again. Clients say so every ten seconds or so: two may be lost.
pub const LEASE: SignedDuration = SignedDuration::from_secs(30);

word!(
    /// What somebody does on a ticket.
    Activity {
        /// Reads it.
        Viewing = "viewing",
        /// Writes an answer.
        Typing = "typing",
    }
);

/// Somebody who is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Presence {
    /// Who.
    pub person: PersonId,
    /// What they do.
    pub state: Activity,
    /// Since when they do that without a break.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When they are gone, unless they say again that they are there.
    #[schema(value_type = String, format = DateTime)]
    pub leased_until: Timestamp,
}

impl Presence {
    /// Says that somebody is there. Who did the same all along goes on with it.
    pub fn renewed(before: Option<&Self>, person: PersonId, state: Activity, now: Timestamp) -> Self {
        let goes_on = before.filter(|before| before.person == person && before.state == state && before.is_here(now));
        let since = goes_on.map_or(now, |before| before.since);
        Self { person, state, since, leased_until: now + LEASE }
    }

    /// Whether they are there at this time.
    pub fn is_here(&self, now: Timestamp) -> bool {
        now < self.leased_until
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn who_falls_silent_is_gone_and_begins_anew() {
        let ada = PersonId(Uuid::from_u128(1));
        let at = |seconds: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        let first = Presence::renewed(None, ada, Activity::Viewing, at(0));
        assert!(first.is_here(at(29)) && !first.is_here(at(30)));
        let second = Presence::renewed(Some(&first), ada, Activity::Viewing, at(20));
        assert_eq!((second.since, second.leased_until), (at(0), at(50)));
        assert_eq!(Presence::renewed(Some(&second), ada, Activity::Typing, at(21)).since, at(21), "does something else");
        assert_eq!(Presence::renewed(Some(&second), ada, Activity::Viewing, at(50)).since, at(50), "was gone");
        let ben = PersonId(Uuid::from_u128(2));
        assert_eq!(Presence::renewed(Some(&second), ben, Activity::Viewing, at(21)).since, at(21), "is somebody else");
    }
}
