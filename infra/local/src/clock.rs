//! The clock of the process: the machine's, moved forward on request.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lambdesk_platform::{Clock, SystemClock};
use tokio::sync::watch;

use crate::state::State;

/// The most that the clock may be ahead of the machine's: far enough for every policy, near enough for every date type.
const MAX_AHEAD: SignedDuration = SignedDuration::from_hours(100 * 366 * 24);

/// A clock that can be moved forward, for tests and demos of what waits for hours. It never goes back: identifiers and
/// sort keys rely on that. Cheap to clone; clones move together.
#[derive(Clone)]
pub struct MovableClock {
    shared: Arc<Shared>,
}

struct Shared {
    state: State,
    /// How far ahead it is, in milliseconds.
    ahead_ms: watch::Sender<i64>,
}

impl MovableClock {
    /// The clock as it was left.
    pub(crate) fn open(state: State) -> Result<Self, String> {
        let ahead_ms = state.clock_offset_ms()?;
        Ok(Self { shared: Arc::new(Shared { state, ahead_ms: watch::Sender::new(ahead_ms) }) })
    }

    /// Moves the clock forward and answers the new time. Kept on disk before it counts.
    ///
    /// # Errors
    /// A sentence for people if the duration is negative or leads further than a hundred years ahead.
    pub fn advance(&self, by: SignedDuration) -> Result<Timestamp, String> {
        if by.is_negative() {
            return Err("The clock only moves forward.".to_owned());
        }
        let mut result = Ok(());
        self.shared.ahead_ms.send_modify(|ahead_ms| {
            let moved = SignedDuration::from_millis(*ahead_ms).checked_add(by).filter(|ahead| *ahead <= MAX_AHEAD);
            let Some(moved) = moved.and_then(|ahead| i64::try_from(ahead.as_millis()).ok()) else {
                result = Err("The clock can be moved by a hundred years at most.".to_owned());
                return;
            };
            result = self.shared.state.keep_clock_offset_ms(moved);
            if result.is_ok() {
                *ahead_ms = moved;
            }
        });
        result.map(|()| self.now())
    }

    /// How far it is ahead of the machine's, in milliseconds: another number after every move.
    pub(crate) fn ahead_ms(&self) -> i64 {
        *self.shared.ahead_ms.borrow()
    }

    /// Tells whenever the clock was moved: who waits for a time must look again.
    pub(crate) fn moves(&self) -> watch::Receiver<i64> {
        self.shared.ahead_ms.subscribe()
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now();
        let ahead = SignedDuration::from_millis(self.ahead_ms());
        now.checked_add(ahead).unwrap_or(now)
    }
}

impl lambdesk_local_sqs::Clock for MovableClock {
    fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock_on(directory: &std::path::Path) -> MovableClock {
        MovableClock::open(State::open(&directory.join("state.sqlite")).expect("opens")).expect("opens")
    }

    #[test]
    fn it_moves_forward_and_stays_there_after_a_restart() {
        let directory = tempfile::tempdir().expect("a directory");
        let before = SystemClock.now();
        let moved = clock_on(directory.path()).advance(SignedDuration::from_hours(2)).expect("forward");
        assert!(moved >= before + SignedDuration::from_hours(2));
        assert!(clock_on(directory.path()).now() >= moved, "kept on disk");
    }

    #[test]
    fn it_never_goes_back_nor_out_of_range() {
        let directory = tempfile::tempdir().expect("a directory");
        let clock = clock_on(directory.path());
        assert!(clock.advance(SignedDuration::from_hours(-1)).is_err());
        assert!(clock.advance(SignedDuration::MAX).is_err());
        assert!(clock.now() < SystemClock.now() + SignedDuration::from_mins(1), "a refused move moves nothing");
    }

    #[test]
    fn it_counts_whole_milliseconds() {
        let directory = tempfile::tempdir().expect("a directory");
        let clock = clock_on(directory.path());
        clock.advance(SignedDuration::from_nanos(1_500_000)).expect("forward");
        assert_eq!(clock.now().subsec_nanosecond() % 1_000_000, 0);
    }
}
