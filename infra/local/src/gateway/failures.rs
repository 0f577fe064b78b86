//! Failed credentials, counted for each source address, so that nobody guesses without limit.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

/// So many failures are allowed
const ALLOWED: u32 = 20;
/// in this time.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// Addresses to remember; an attacker with more than this has other means.
const ADDRESSES: usize = 10_000;

/// The count of failures.
#[derive(Default)]
pub(super) struct Failures(Mutex<HashMap<IpAddr, Window>>);

/// A minute that began with a failure.
struct Window {
    ends: Timestamp,
    count: u32,
}

impl Failures {
    /// How many seconds this address must wait before its next try; `None` if it need not.
    pub(super) fn wait(&self, source: IpAddr, now: Timestamp) -> Option<i64> {
        let windows = self.windows();
        let window = windows.get(&source).filter(|window| window.count >= ALLOWED)?;
        seconds_until(window.ends, now)
    }

    /// Counts a failure; answers how many seconds to wait if it was one too many.
    pub(super) fn count(&self, source: IpAddr, now: Timestamp) -> Option<i64> {
        let mut windows = self.windows();
        if windows.len() >= ADDRESSES {
            windows.retain(|_, window| window.ends > now);
        }
        if windows.len() >= ADDRESSES {
            windows.clear();
        }
        let window = windows.entry(source).or_insert(Window { ends: now + WINDOW, count: 0 });
        if window.ends <= now {
            *window = Window { ends: now + WINDOW, count: 0 };
        }
        window.count = window.count.saturating_add(1);
        // Guesses made at once pass the check together; those over the limit still learn nothing.
        if window.count > ALLOWED { seconds_until(window.ends, now) } else { None }
    }

    // Each change leaves the map whole.
    fn windows(&self) -> MutexGuard<'_, HashMap<IpAddr, Window>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seconds_until(end: Timestamp, now: Timestamp) -> Option<i64> {
    let left = end.duration_since(now);
    (left > SignedDuration::ZERO).then(|| left.as_secs() + i64::from(left.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e5_guesses_end_after_twenty_in_a_minute() {
        let failures = Failures::default();
        let (guesser, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let start = Timestamp::from_second(1_000_000).expect("a time");
        for _ in 0..ALLOWED {
            assert_eq!(failures.wait(guesser, start), None);
            assert_eq!(failures.count(guesser, start), None);
        }
        let later = start + SignedDuration::from_millis(20_500);
        assert_eq!(failures.wait(guesser, later), Some(40));
        assert_eq!(failures.count(guesser, later), Some(40), "one that was under way");
        assert_eq!(failures.wait(other, later), None);

        let over = start + WINDOW;
        assert_eq!(failures.wait(guesser, over), None);
        assert_eq!(failures.count(guesser, over), None, "a new minute, a new count");
    }

    #[test]
    fn memory_is_bounded() {
        let failures = Failures::default();
        for n in 0..20_000_u32 {
            failures.count(IpAddr::from(n.to_be_bytes()), Timestamp::UNIX_EPOCH);
        }
        assert!(failures.windows().len() <= ADDRESSES);
    }
}
