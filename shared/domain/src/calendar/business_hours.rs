//! Working time with or without a calendar.

use jiff::Timestamp;

use super::{Calendar, open_times::whole_second};

/// What time counts: all of it, or that of a calendar. The four questions are the same; [`Calendar`] says what they answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BusinessHours<'a> {
    /// Around the clock.
    Always,
    /// When the calendar is open.
    Of(&'a Calendar),
}

impl<'a> From<Option<&'a Calendar>> for BusinessHours<'a> {
    /// Without a calendar all time counts.
    fn from(calendar: Option<&'a Calendar>) -> Self {
        calendar.map_or(Self::Always, Self::Of)
    }
}

impl BusinessHours<'_> {
    /// Whether the moment is open.
    pub fn is_open(self, at: Timestamp) -> bool {
        match self {
            Self::Always => true,
            Self::Of(calendar) => calendar.is_open(at),
        }
    }

    /// The earliest open moment that is not before `at`.
    pub fn next_opening(self, at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Always => Some(at),
            Self::Of(calendar) => calendar.next_opening(at),
        }
    }

    /// The seconds of working time from one moment to the other; negative where `to` is the earlier.
    pub fn between(self, from: Timestamp, to: Timestamp) -> i64 {
        match self {
            Self::Always => whole_second(to) - whole_second(from),
            Self::Of(calendar) => calendar.between(from, to),
        }
    }

    /// The earliest moment, not before `from`, up to which `seconds` of working time have passed; `None` where there is none.
    pub fn add(self, from: Timestamp, seconds: i64) -> Option<Timestamp> {
        match self {
            Self::Always if seconds == 0 => Some(from),
            Self::Always if seconds < 0 => None,
            Self::Always => Timestamp::from_second(whole_second(from).checked_add(seconds)?).ok(),
            Self::Of(calendar) => calendar.add(from, seconds),
        }
    }
}
