//! The open times of a calendar as stretches of real time, one after the other: all arithmetic stands on them.

use std::{borrow::Cow, iter};

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Weekday, date},
};

use super::{
    Calendar,
    hours::{OpeningHours, common},
};

const DAY: i64 = 86_400;

/// Days whose holidays are looked up together. Fewer repeat the look at all holidays, more do work that a short question never
/// uses.
const DAYS_AT_ONCE: i64 = 92;

/// The day that has the number 0.
const EPOCH: Date = date(1970, 1, 1);

/// The second in which the moment lies, counted from 1970.
pub(super) fn whole_second(at: Timestamp) -> i64 {
    // jiff rounds towards 1970; a second before it begins earlier.
    at.as_second() - i64::from(at.subsec_nanosecond() < 0)
}

impl Calendar {
    /// When it is open from the second `from` until just before `to`: begins and ends in seconds from 1970, in order, none
    /// empty. They may touch.
    pub(super) fn open_times(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, i64)> {
        self.clock_stretches(from, to).flat_map(move |stretch| {
            let ClockStretch { from, to, offset } = stretch;
            self.open_on_the_wall(from + offset, to + offset).map(move |(from, to)| (from - offset, to - offset))
        })
    }

    /// The time from `from` to `to` in stretches between which the clock on the wall jumps.
    fn clock_stretches(&self, from: i64, to: i64) -> impl Iterator<Item = ClockStretch> {
        let zone = self.time_zone.zone();
        let mut from = from;
        iter::from_fn(move || {
            if from >= to {
                return None;
            }
            let moment = Timestamp::from_second(from).ok()?;
            let jump = zone.following(moment).next().map_or(to, |jump| whole_second(jump.timestamp()).min(to));
            let stretch = ClockStretch { from, to: jump, offset: i64::from(zone.to_offset(moment).seconds()) };
            from = jump;
            Some(stretch)
        })
    }

    /// The open times while the clock on the wall runs from `from` to `to` without a jump; the clock counts seconds from its own
    /// 1 January 1970.
    fn open_on_the_wall(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, i64)> {
        let (first, last) = (from.div_euclid(DAY), (to - 1).div_euclid(DAY));
        let starts = iter::successors(Some(first), |start| Some(start + DAYS_AT_ONCE)).take_while(move |start| *start <= last);
        let days = starts.flat_map(move |start| {
            let end = last.min(start + DAYS_AT_ONCE - 1);
            (start..=end).zip(self.hours_of_days(start, end))
        });
        let open = days.flat_map(|(day, hours)| {
            (0..hours.len()).map(move |index| {
                let open = hours[index];
                (day * DAY + open.from().seconds(), day * DAY + open.to().seconds())
            })
        });
        open.map(move |(open, close)| (open.max(from), close.min(to))).filter(|(open, close)| open < close)
    }

    /// The hours of the days with the numbers from `first` to `last`.
    fn hours_of_days(&self, first: i64, last: i64) -> Vec<Cow<'_, [OpeningHours]>> {
        let mut on_holidays: Vec<Option<Cow<'_, [OpeningHours]>>> = (first..=last).map(|_| None).collect();
        let (first_date, last_date) = (date_of(first), date_of(last));
        let holidays = self.holidays.as_slice().iter().filter(|holiday| !holiday.date.is_elsewhere(first_date, last_date));
        for holiday in holidays {
            for (from, to) in holiday.date.within(first_date, last_date) {
                for day in number_of(from)..=number_of(to) {
                    let Some(hours) = usize::try_from(day - first).ok().and_then(|index| on_holidays.get_mut(index)) else {
                        continue;
                    };
                    let own = holiday.hours.as_slice();
                    *hours = Some(hours.take().map_or(Cow::Borrowed(own), |others| Cow::Owned(common(&others, own))));
                }
            }
        }
        let days = (first..=last).zip(on_holidays).map(|(day, on_holiday)| {
            let usual = self.hours.on(weekday_of(day)).as_slice();
            on_holiday.filter(|_| !usual.is_empty()).unwrap_or(Cow::Borrowed(usual))
        });
        days.collect()
    }
}

/// Real time from `from` to `to` in which the clock on the wall is `offset` seconds ahead of UTC.
struct ClockStretch {
    from: i64,
    to: i64,
    offset: i64,
}

fn number_of(day: Date) -> i64 {
    day.duration_since(EPOCH).as_hours() / 24
}

fn date_of(day: i64) -> Date {
    EPOCH.saturating_add(SignedDuration::from_hours(24 * day))
}

fn weekday_of(day: i64) -> Weekday {
    const WEEK: [Weekday; 7] = [
        // 1 January 1970 was one.
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
    ];
    usize::try_from(day.rem_euclid(7)).ok().and_then(|index| WEEK.get(index).copied()).unwrap_or(Weekday::Thursday)
}
