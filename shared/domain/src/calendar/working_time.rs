//! Arithmetic in working time.

use jiff::Timestamp;

use super::{Calendar, open_times::whole_second};

/// How far ahead an opening is looked for, in seconds: ten years, with the leap days they can have.
const HORIZON: i64 = 3_653 * 86_400;

impl Calendar {
    /// Whether the moment is open.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let second = whole_second(at);
        self.open_times(second, second + 1).next().is_some()
    }

    /// The earliest open moment that is not before `at`: `at` itself when it is open. `None` where there is none in ten years.
    pub fn next_opening(&self, at: Timestamp) -> Option<Timestamp> {
        let second = whole_second(at);
        match self.open_times(second, horizon(second)).next() {
            Some((opening, _)) if opening == second => Some(at),
            Some((opening, _)) => Timestamp::from_second(opening).ok(),
            None => None,
        }
    }

    /// The seconds of working time from one moment to the other; negative where `to` is the earlier.
    ///
    /// Exact for moments of whole seconds; others count as the second they lie in. It costs about as much as a look at every day
    /// in between.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> i64 {
        let (from, to) = (whole_second(from), whole_second(to));
        let open = |from, to| -> i64 { self.open_times(from, to).map(|(open, close)| close - open).sum() };
        if from <= to { open(from, to) } else { -open(to, from) }
    }

    /// The earliest moment, not before `from`, up to which `seconds` of working time have passed; `between` answers them again.
    ///
    /// So nothing added is `from` itself, open or not, and eight hours added to a day of eight hours end when that day closes,
    /// not when the next one opens. More than nothing added to a moment with a fraction of a second gives one without.
    ///
    /// `None` where the calendar has not so much in the ten years after `from`, and for a negative number.
    pub fn add(&self, from: Timestamp, seconds: i64) -> Option<Timestamp> {
        if seconds <= 0 {
            return (seconds == 0).then_some(from);
        }
        let mut left = seconds;
        let second = whole_second(from);
        for (open, close) in self.open_times(second, horizon(second)) {
            if left <= close - open {
                return Timestamp::from_second(open + left).ok();
            }
            left -= close - open;
        }
        None
    }
}

/// The end of the search, within what a timestamp can say.
fn horizon(second: i64) -> i64 {
    (second + HORIZON).min(Timestamp::MAX.as_second())
}
