//! Yearly recurrence rules (RFC 5545, sections 3.3.10 and 3.8.5.3).

use std::{collections::BTreeSet, iter};

use jiff::civil::{Date, Weekday};

use super::{Window, event::day_of};
use crate::calendar::{HolidayDate, MonthDay, MonthWeekday};

/// A recurrence with a number of times is counted from its start, which is no longer ago than this many years.
const YEARS_COUNTED: i16 = 50;

/// A rule with `FREQ=YEARLY`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Recurrence {
    /// Years from one to the next.
    interval: i16,
    /// How often in all, the start included.
    count: Option<usize>,
    /// The last day on which it may be.
    until: Option<Date>,
    months: BTreeSet<i8>,
    /// Days of the month; from its end where negative.
    month_days: BTreeSet<i8>,
    /// Weekdays (Monday is 0), with which of the month or year: from its end where negative, 0 for every one.
    weekdays: BTreeSet<(i16, i8)>,
    /// Which of the days that a year then has; from its end where negative.
    positions: BTreeSet<i16>,
}

impl Recurrence {
    /// Reads a rule; `None` for one that is not understood.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let mut yearly = false;
        let mut rule = Self {
            interval: 1,
            count: None,
            until: None,
            months: BTreeSet::new(),
            month_days: BTreeSet::new(),
            weekdays: BTreeSet::new(),
            positions: BTreeSet::new(),
        };
        for part in value.trim().split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            let value = value.trim().to_ascii_uppercase();
            match name.trim().to_ascii_uppercase().as_str() {
                "FREQ" => yearly = value == "YEARLY",
                "INTERVAL" => rule.interval = value.parse().ok().filter(|interval| (1..=1000).contains(interval))?,
                "COUNT" => rule.count = Some(value.parse().ok().filter(|count| *count > 0)?),
                "UNTIL" => rule.until = Some(day_of(&value)?),
                "BYMONTH" => rule.months = numbers(&value, 12, false)?,
                "BYMONTHDAY" => rule.month_days = numbers(&value, 31, true)?,
                "BYDAY" => rule.weekdays = value.split(',').map(weekday).collect::<Option<_>>()?,
                "BYSETPOS" => rule.positions = numbers(&value, 366, true)?,
                // Where weeks begin changes nothing without BYWEEKNO.
                "WKST" => {}
                _ => return None,
            }
        }
        yearly.then_some(rule)
    }

    /// The rule of a holiday that means the same from `first` on; `None` where there is none.
    pub(super) fn as_rule(&self, start: Date, first: Date) -> Option<HolidayDate> {
        if self.interval != 1 || self.count.is_some() || self.until.is_some() {
            return None;
        }
        let (months, month_days) = (in_order(&self.months), in_order(&self.month_days));
        let (weekdays, positions) = (in_order(&self.weekdays), in_order(&self.positions));
        let rule = match (&months[..], &month_days[..], &weekdays[..], &positions[..]) {
            ([], [], [], []) => HolidayDate::Yearly(MonthDay::new(start.month(), start.day()).ok()?),
            ([month], [], [], []) => HolidayDate::Yearly(MonthDay::new(*month, start.day()).ok()?),
            ([month], [day], [], []) => HolidayDate::Yearly(MonthDay::new(*month, *day).ok()?),
            ([month], [], [(nth, weekday)], []) | ([month], [], [(0, weekday)], [nth]) => {
                let weekday = Weekday::from_monday_zero_offset(*weekday).ok()?;
                HolidayDate::YearlyWeekday(MonthWeekday::new(*month, weekday, i8::try_from(*nth).ok()?).ok()?)
            }
            _ => return None,
        };
        // A rule has no beginning: this one must have begun before it matters, and on a day that is its own.
        let begins_late = start.year() > first.year().saturating_add(1)
            || (first.year()..=start.year()).filter_map(|year| rule.of_year(year)).any(|day| first <= day && day < start);
        (rule.of_year(start.year()) == Some(start) && !begins_late).then_some(rule)
    }

    /// The first year that has to be looked at; `None` where its days cannot be counted.
    fn first_year(&self, start: Date, window: Window) -> Option<i16> {
        let ago = window.first.year().saturating_sub(start.year());
        let missed = match self.count {
            Some(_) if ago > YEARS_COUNTED => return None,
            Some(_) => 0,
            // Whole steps to the year of the window, or to the one before it.
            None => (ago / self.interval).max(0),
        };
        Some(start.year() + missed * self.interval)
    }

    /// How many years have to be looked at, which is what it costs.
    pub(super) fn years(&self, start: Date, window: Window) -> usize {
        let first = self.first_year(start, window);
        let years = first.map_or(0, |first| window.end.year().saturating_sub(first).max(0) / self.interval + 1);
        usize::try_from(years).unwrap_or(0)
    }

    /// Its days in the window; `None` where they cannot be counted.
    pub(super) fn dates(&self, start: Date, window: Window) -> Option<Vec<Date>> {
        let first_year = self.first_year(start, window)?;
        let years = (first_year..=window.end.year()).step_by(usize::try_from(self.interval).ok()?);
        // The start is the first of them, whatever the rule says.
        let days = iter::once(start).chain(years.flat_map(|year| self.of_year(year, start)).filter(|day| *day > start));
        let last = self.until.unwrap_or(Date::MAX);
        let days = days.take_while(|day| *day < window.end && *day <= last).take(self.count.unwrap_or(usize::MAX));
        Some(days.filter(|day| window.first <= *day).collect())
    }

    /// Its days in one year, in order.
    fn of_year(&self, year: i16, start: Date) -> Vec<Date> {
        let only_months = self.month_days.is_empty() && self.weekdays.is_empty();
        let in_month = |month: &i8| match self.months.is_empty() {
            // What the rule does not say, the start does.
            true => !only_months || *month == start.month(),
            false => self.months.contains(month),
        };
        let first_of_month = (1..=12).filter(in_month).filter_map(|month| Date::new(year, month, 1).ok());
        let days = first_of_month
            .flat_map(|first| (1..=first.days_in_month()).filter_map(move |day| first.with().day(day).build().ok()));
        let days: Vec<Date> =
            days.filter(|day| if only_months { day.day() == start.day() } else { self.falls_on(*day) }).collect();
        if self.positions.is_empty() {
            return days;
        }
        let at = |(index, day): (usize, &Date)| {
            let from_start = i16::try_from(index + 1).unwrap_or(i16::MAX);
            let from_end = i16::try_from(days.len() - index).unwrap_or(i16::MAX);
            (self.positions.contains(&from_start) || self.positions.contains(&-from_end)).then_some(*day)
        };
        days.iter().enumerate().filter_map(at).collect()
    }

    fn falls_on(&self, day: Date) -> bool {
        let from_end = day.day() - day.days_in_month() - 1;
        let by_day = self.month_days.is_empty() || self.month_days.contains(&day.day()) || self.month_days.contains(&from_end);
        by_day && (self.weekdays.is_empty() || self.falls_on_weekday(day))
    }

    fn falls_on_weekday(&self, day: Date) -> bool {
        // In the month where the rule names months, else in the year.
        let (place, all) = match self.months.is_empty() {
            true => (day.day_of_year(), day.days_in_year()),
            false => (day.day().into(), day.days_in_month().into()),
        };
        let from_start = (place - 1) / 7 + 1;
        let from_end = (all - place) / 7 + 1;
        let weekday = day.weekday().to_monday_zero_offset();
        [0, from_start, -from_end].iter().any(|nth| self.weekdays.contains(&(*nth, weekday)))
    }
}

fn in_order<T: Copy>(set: &BTreeSet<T>) -> Vec<T> {
    set.iter().copied().collect()
}

/// A list of numbers from 1 to the most, or from its negative to -1 where that is possible.
fn numbers<T: TryFrom<i16> + Ord>(value: &str, most: i16, negative: bool) -> Option<BTreeSet<T>> {
    let number = |text: &str| {
        let number: i16 = text.trim().parse().ok()?;
        let fits = (1..=most).contains(&number) || (negative && (-most..=-1).contains(&number));
        T::try_from(number).ok().filter(|_| fits)
    };
    value.split(',').map(number).collect()
}

/// A weekday with its number, such as `4TH`, `-1MO` or `SU`.
fn weekday(text: &str) -> Option<(i16, i8)> {
    let text = text.trim();
    let (number, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let number = if number.is_empty() { 0 } else { number.parse().ok().filter(|n| *n != 0 && (-53..=53).contains(n))? };
    Some((number, weekday.to_monday_zero_offset()))
}
