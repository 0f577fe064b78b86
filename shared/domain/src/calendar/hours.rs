//! Opening hours: times of day, the hours of one day, and those of a week.

use std::fmt;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::read::{self, Object, Wrong};
use crate::error::{FieldError, ParseError};

/// Stretches that one day may have.
const MOST_HOURS: usize = 24;

/// A time on the clock, to the minute: `00:00` to `24:00`, which is the end of the day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", example = "09:00")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Parses `HH:MM`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new("must be a time such as 09:00, from 00:00 to 24:00");
        let number = |digits: &str| {
            let fits = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
            fits.then(|| digits.parse::<u16>().ok()).flatten().ok_or_else(wrong)
        };
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let (hour, minute) = (number(hour)?, number(minute)?);
        let minutes = hour * 60 + minute;
        if minute > 59 || minutes > 24 * 60 {
            return Err(wrong());
        }
        Ok(Self(minutes))
    }

    /// Seconds that the clock is past midnight, 0 to 86,400.
    pub fn seconds(self) -> i64 {
        i64::from(self.0) * 60
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> String {
        time.to_string()
    }
}

/// One stretch in which a desk is open without a break: `{"from": "09:00", "to": "17:30"}`. It never is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// When the desk opens.
    from: TimeOfDay,
    /// When it closes; this moment is closed already.
    to: TimeOfDay,
}

impl OpeningHours {
    /// The stretch between two times, refused where it would be empty.
    pub fn new(from: TimeOfDay, to: TimeOfDay) -> Result<Self, ParseError> {
        if from >= to {
            return Err(ParseError::new("must end after it begins"));
        }
        Ok(Self { from, to })
    }

    /// When the desk opens.
    pub fn from(self) -> TimeOfDay {
        self.from
    }

    /// When it closes.
    pub fn to(self) -> TimeOfDay {
        self.to
    }

    fn read(value: Value, path: &str, wrong: &mut Wrong) -> Option<Self> {
        let mut fields = Object::open(value, path, wrong)?;
        let from = fields.required("from", read::text);
        let to = fields.required("to", read::text);
        let hours = from.zip(to).and_then(|(from, to)| fields.parsed("", Self::new(from, to)));
        fields.close();
        hours
    }
}

/// The hours of one day, in order; no two overlap. Empty: closed all day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Vec<OpeningHours>, max_items = 24)]
pub struct DayHours(Vec<OpeningHours>);

impl DayHours {
    /// The stretches, the earliest first.
    pub fn as_slice(&self) -> &[OpeningHours] {
        &self.0
    }

    /// These stretches, in whatever order; refused where two overlap. They may touch.
    pub fn new(hours: Vec<OpeningHours>) -> Result<Self, ParseError> {
        let mut day: Vec<_> = hours.into_iter().enumerate().collect();
        match in_order(&mut day).into_iter().next() {
            Some((_, message)) => Err(ParseError::new(message)),
            None => Ok(Self(day.into_iter().map(|(_, hours)| hours).collect())),
        }
    }

    pub(super) fn read(value: Value, path: &str, wrong: &mut Wrong) -> Option<Self> {
        let mut day = read::list(MOST_HOURS, OpeningHours::read)(value, path, wrong)?;
        let overlapping = in_order(&mut day);
        wrong.extend(overlapping.into_iter().map(|(at, message)| FieldError::new(format!("{path}[{at}]"), "overlaps", message)));
        Some(Self(day.into_iter().map(|(_, hours)| hours).collect()))
    }
}

/// Puts the stretches of a day in order. Each comes with its place; so do those that overlap an earlier one.
fn in_order(day: &mut [(usize, OpeningHours)]) -> Vec<(usize, String)> {
    day.sort_by_key(|(_, hours)| hours.from);
    let mut overlapping = Vec::new();
    let mut latest: Option<OpeningHours> = None;
    for (index, hours) in day {
        match latest {
            Some(before) if hours.from < before.to => {
                overlapping.push((*index, format!("overlaps {} to {}", before.from, before.to)));
                latest = Some(if before.to < hours.to { *hours } else { before });
            }
            _ => latest = Some(*hours),
        }
    }
    overlapping
}

/// What two days' hours have in common, in order; what touches is one stretch. Both are passed once, side by side, so that it takes
/// no longer than to read them.
pub(super) fn common(one: &[OpeningHours], other: &[OpeningHours]) -> Vec<OpeningHours> {
    let mut common: Vec<OpeningHours> = Vec::new();
    let (mut ones, mut others) = (one.iter().peekable(), other.iter().peekable());
    while let (Some(a), Some(b)) = (ones.peek(), others.peek()) {
        let (from, to) = (a.from.max(b.from), a.to.min(b.to));
        // The one that ends first meets nothing else.
        if a.to < b.to {
            ones.next();
        } else {
            others.next();
        }
        if from >= to {
            continue;
        }
        match common.last_mut() {
            Some(before) if before.to == from => before.to = to,
            _ => common.push(OpeningHours { from, to }),
        }
    }
    common
}

/// The hours of an ordinary week. A day that is not named is closed; a week without hours never opens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct WeeklyHours {
    pub monday: DayHours,
    pub tuesday: DayHours,
    pub wednesday: DayHours,
    pub thursday: DayHours,
    pub friday: DayHours,
    pub saturday: DayHours,
    pub sunday: DayHours,
}

impl WeeklyHours {
    /// The hours of an ordinary day.
    pub fn on(&self, weekday: Weekday) -> &DayHours {
        match weekday {
            Weekday::Monday => &self.monday,
            Weekday::Tuesday => &self.tuesday,
            Weekday::Wednesday => &self.wednesday,
            Weekday::Thursday => &self.thursday,
            Weekday::Friday => &self.friday,
            Weekday::Saturday => &self.saturday,
            Weekday::Sunday => &self.sunday,
        }
    }

    /// The hours of all seven.
    pub(super) fn days(&self) -> [&DayHours; 7] {
        let Self { monday, tuesday, wednesday, thursday, friday, saturday, sunday } = self;
        [monday, tuesday, wednesday, thursday, friday, saturday, sunday]
    }

    pub(super) fn read(value: Value, path: &str, wrong: &mut Wrong) -> Option<Self> {
        let mut fields = Object::open(value, path, wrong)?;
        let mut day = |name| fields.optional(name, DayHours::read).unwrap_or_default();
        let hours = Self {
            monday: day("monday"),
            tuesday: day("tuesday"),
            wednesday: day("wednesday"),
            thursday: day("thursday"),
            friday: day("friday"),
            saturday: day("saturday"),
            sunday: day("sunday"),
        };
        fields.close();
        Some(hours)
    }
}
