//! One event of an iCalendar file (RFC 5545, section 3.6.1), as far as a holiday needs it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, civil::Date};

use super::{
    Window,
    lines::{Line, unescaped},
    recurrence::Recurrence,
};
use crate::{
    calendar::{Holiday, HolidayDate, Period},
    text::Name,
};

/// Characters that the name of a holiday keeps.
const LONGEST_NAME: usize = 120;
/// Days that an event may last.
const LONGEST: i64 = 366;

/// What an event says.
#[derive(Debug, Default)]
pub(super) struct Event {
    uid: String,
    name: Option<Name>,
    cancelled: bool,
    /// The first day.
    start: Option<Date>,
    /// The day after the last.
    end: Option<Date>,
    /// Days that it lasts, where it says that instead of an end.
    length: Option<i64>,
    recurrence: Option<Recurrence>,
    except: BTreeSet<Date>,
    also: BTreeSet<Date>,
    /// The occurrence of another event with its `UID` that this one stands for.
    replaces: Option<Date>,
    /// It has a time of day, or something that cannot be understood.
    no_holiday: bool,
}

impl Event {
    /// Takes one of its properties; those that say nothing of a holiday are left.
    pub(super) fn read(&mut self, line: &Line<'_>) {
        match line.name.as_str() {
            "UID" => line.value.clone_into(&mut self.uid),
            "SUMMARY" => self.name = name(line.value),
            "STATUS" => self.cancelled = line.value.trim().eq_ignore_ascii_case("CANCELLED"),
            "DTSTART" => self.start = self.understood(all_day(line, line.value)),
            "DTEND" => self.end = self.understood(all_day(line, line.value)),
            "DURATION" => self.length = self.understood(days(line.value)),
            // More than one should not be (section 3.8.5.3), and nobody agrees on what it means.
            "RRULE" if self.recurrence.is_some() => self.no_holiday = true,
            "RRULE" => self.recurrence = self.understood(Recurrence::parse(line.value)),
            // Outlook leaves out a day by its first moment.
            "EXDATE" => self.except.extend(line.value.split(',').filter_map(day_of)),
            "RDATE" => self.also.extend(line.value.split(',').filter_map(|value| all_day(line, value))),
            "RECURRENCE-ID" => self.replaces = day_of(line.value),
            _ => {}
        }
    }

    fn understood<T>(&mut self, value: Option<T>) -> Option<T> {
        self.no_holiday |= value.is_none();
        value
    }

    /// Whether it does not take place.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    /// Whether it has a rule of recurrence.
    pub(super) fn recurs(&self) -> bool {
        self.recurrence.is_some()
    }

    /// The occurrence of another event that this one, cancelled or not, stands for (section 3.8.4.4).
    pub(super) fn replaces(&self) -> Option<(&str, Date)> {
        self.replaces.filter(|_| !self.uid.is_empty()).map(|day| (self.uid.as_str(), day))
    }

    /// Its holidays; `None` if it is none. Adds to `years` how many had to be looked at for it.
    pub(super) fn holidays(&self, window: Window, replaced: &BTreeSet<(&str, Date)>, years: &mut usize) -> Option<Vec<Holiday>> {
        let start = self.start.filter(|_| !self.no_holiday)?;
        // Longer ones are none: see `Period`.
        let length = Some(self.length(start)).filter(|length| *length <= LONGEST)?;
        let dates = match &self.recurrence {
            Some(recurrence) => {
                let is_plain = length == 1 && self.except.is_empty() && self.also.is_empty() && !self.is_replaced(replaced);
                if let Some(rule) = is_plain.then(|| recurrence.as_rule(start, window.first)).flatten() {
                    return Some(vec![Holiday::closed(self.name.clone(), rule)]);
                }
                // What began just before may last into it.
                let before = SignedDuration::from_hours(24 * (length - 1));
                let window = Window { first: window.first.saturating_sub(before), ..window };
                *years += recurrence.years(start, window);
                recurrence.dates(start, window)?
            }
            None => vec![start],
        };
        let mut dates: BTreeSet<Date> = dates.into_iter().chain(self.also.iter().copied()).collect();
        dates.retain(|day| {
            let is_replaced = self.replaces.is_none() && replaced.contains(&(self.uid.as_str(), *day));
            !self.except.contains(day) && !is_replaced
        });
        dates.into_iter().map(|day| Some(Holiday::closed(self.name.clone(), lasting(day, length)?))).collect()
    }

    fn is_replaced(&self, replaced: &BTreeSet<(&str, Date)>) -> bool {
        let first_of_it = (self.uid.as_str(), Date::MIN);
        replaced.range(first_of_it..).next().is_some_and(|(uid, _)| *uid == self.uid)
    }

    /// Days that it lasts. Without an end it is one (section 3.6.1), and so it is with an end that some programs put on the day
    /// of the start itself.
    fn length(&self, start: Date) -> i64 {
        let until_end = self.end.map(|end| end.duration_since(start).as_hours() / 24);
        until_end.or(self.length).unwrap_or(1).max(1)
    }
}

/// The days of one occurrence; `None` if they are too many for a holiday.
fn lasting(day: Date, length: i64) -> Option<HolidayDate> {
    if length == 1 {
        return Some(HolidayDate::On(day));
    }
    let last = day.checked_add(SignedDuration::from_hours(24 * (length - 1))).ok()?;
    Period::new(day, last).ok().map(HolidayDate::During)
}

/// The date of a value without a time of day. That it has none is also taken from its form: not every program says `VALUE=DATE`.
fn all_day(line: &Line<'_>, value: &str) -> Option<Date> {
    let is_date = line.value_type.as_deref().is_none_or(|value_type| value_type == "DATE");
    let value = value.trim();
    day_of(value).filter(|_| is_date && value.len() == 8)
}

/// The day of a date or moment: its first eight digits (sections 3.3.4 and 3.3.5).
pub(super) fn day_of(value: &str) -> Option<Date> {
    let value = value.trim();
    let digits = value.get(..8).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let goes_on = value.get(8..).is_none_or(|rest| rest.is_empty() || rest.starts_with('T'));
    let number = |from, to| digits.get(from..to)?.parse::<i16>().ok();
    let small = |from, to| i8::try_from(number(from, to)?).ok();
    Date::new(number(0, 4)?, small(4, 6)?, small(6, 8)?).ok().filter(|_| goes_on)
}

/// A duration of whole days (section 3.3.6): `P1D`, `P2W`.
fn days(value: &str) -> Option<i64> {
    let value = value.trim();
    let value = value.strip_prefix('+').unwrap_or(value).strip_prefix('P')?;
    let (number, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    let number: i64 = number.parse::<u16>().ok()?.into();
    match unit {
        "D" => Some(number),
        "W" => Some(7 * number),
        _ => None,
    }
}

/// The summary as a name: in one line, cut to its length; `None` where nothing is left.
fn name(value: &str) -> Option<Name> {
    let text = unescaped(value);
    let words: Vec<_> = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let line: String = words.join(" ").chars().take(LONGEST_NAME).collect();
    Name::parse(&line).ok()
}
