//! Credentials that were good a moment ago.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// What the authorizer said of a credential.
pub(super) type Fields = HashMap<String, Value>;

/// How long an answer counts. By the clock of the process: moved forward, it also lets tokens expire at once.
const FRESH_FOR: SignedDuration = SignedDuration::from_secs(5);
/// How many are remembered.
const LIMIT: usize = 1000;

/// The answers of the authorizer, by credential.
#[derive(Default)]
pub(super) struct Credentials(Mutex<HashMap<String, (Timestamp, Fields)>>);

impl Credentials {
    /// What was said of it, if that is fresh.
    pub(super) fn fresh(&self, credential: &str, now: Timestamp) -> Option<Fields> {
        let known = self.known();
        let (at, fields) = known.get(credential)?;
        (now.duration_since(*at) < FRESH_FOR).then(|| fields.clone())
    }

    /// Remembers what was said.
    pub(super) fn keep(&self, credential: String, fields: Fields, now: Timestamp) {
        let mut known = self.known();
        if known.len() >= LIMIT {
            known.retain(|_, (at, _)| now.duration_since(*at) < FRESH_FOR);
        }
        if known.len() < LIMIT {
            known.insert(credential, (now, fields));
        }
    }

    // Each change leaves the map whole.
    fn known(&self) -> MutexGuard<'_, HashMap<String, (Timestamp, Fields)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_for_five_seconds_and_memory_is_bounded() {
        let credentials = Credentials::default();
        let start = Timestamp::UNIX_EPOCH;
        for n in 0..2 * LIMIT {
            credentials.keep(format!("Bearer {n}"), Fields::new(), start);
        }
        assert_eq!(credentials.known().len(), LIMIT);
        assert!(credentials.fresh("Bearer 1", start + SignedDuration::from_millis(4999)).is_some());
        assert!(credentials.fresh("Bearer 1", start + FRESH_FOR).is_none());
        assert!(credentials.fresh("Bearer x", start).is_none());

        credentials.keep("Bearer x".to_owned(), Fields::new(), start + FRESH_FOR);
        assert_eq!(credentials.known().len(), 1, "old ones make room");
    }
}
