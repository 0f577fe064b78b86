//! On which days a holiday falls: dates, and rules that say one for every year.

use jiff::{
    SignedDuration,
    civil::{Date, Weekday, date},
};

use crate::error::ParseError;

/// Days that one closing may last.
const LONGEST_PERIOD: i64 = 366;

/// On which days a holiday falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolidayDate {
    /// On one day.
    On(Date),
    /// On several days that follow each other.
    During(Period),
    /// Every year on the same day.
    Yearly(MonthDay),
    /// Every year on a certain weekday of a month.
    YearlyWeekday(MonthWeekday),
    /// Every year, so many days after Easter Sunday.
    Easter(EasterOffset),
}

impl HolidayDate {
    /// Whether it is certain at a glance that no day from `first` to `last` is one of its. Most holidays of a long list are
    /// dates of other years, and every question about working time passes them all.
    pub(super) fn is_elsewhere(self, first: Date, last: Date) -> bool {
        match self {
            Self::On(day) => day < first || last < day,
            Self::During(period) => period.to < first || last < period.from,
            Self::Yearly(_) | Self::YearlyWeekday(_) | Self::Easter(_) => false,
        }
    }

    /// Its first and last day as far as they lie within the days from `first` to `last`.
    pub(super) fn within(self, first: Date, last: Date) -> impl Iterator<Item = (Date, Date)> {
        let years = match self {
            Self::On(_) | Self::During(_) => first.year()..=first.year(),
            // No rule leads out of its year.
            Self::Yearly(_) | Self::YearlyWeekday(_) | Self::Easter(_) => first.year()..=last.year(),
        };
        let days = years.filter_map(move |year| self.in_year(year));
        days.map(move |(from, to)| (from.max(first), to.min(last))).filter(|(from, to)| from <= to)
    }

    /// Its first and last day in the year; `None` where the year has none. What does not recur is the same in every year.
    fn in_year(self, year: i16) -> Option<(Date, Date)> {
        match self {
            Self::On(day) => Some((day, day)),
            Self::During(period) => Some((period.from, period.to)),
            _ => self.of_year(year).map(|day| (day, day)),
        }
    }

    /// The day of the year on which it recurs; `None` where the year has none, and for what does not recur.
    pub fn of_year(self, year: i16) -> Option<Date> {
        match self {
            Self::On(_) | Self::During(_) => None,
            Self::Yearly(MonthDay { month, day }) => Date::new(year, month, day).ok(),
            Self::YearlyWeekday(MonthWeekday { month, weekday, nth }) => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
            }
            Self::Easter(EasterOffset(days)) => easter(year)?.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok(),
        }
    }
}

/// One or more days that follow each other, 366 at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: Date,
    to: Date,
}

impl Period {
    /// The days from the first to the last, both included.
    pub fn new(from: Date, to: Date) -> Result<Self, ParseError> {
        if to < from {
            return Err(ParseError::new("must not end before it begins"));
        }
        if to.duration_since(from) >= SignedDuration::from_hours(24 * LONGEST_PERIOD) {
            return Err(ParseError::new(format!("must be at most {LONGEST_PERIOD} days")));
        }
        Ok(Self { from, to })
    }

    /// The first day.
    pub fn from(self) -> Date {
        self.from
    }

    /// The last day.
    pub fn to(self) -> Date {
        self.to
    }
}

/// A day that every year has, such as 25 December. 29 February comes in leap years only, and is not moved in others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDay {
    month: i8,
    day: i8,
}

impl MonthDay {
    /// A month (1 to 12) and a day that it has in some year.
    pub fn new(month: i8, day: i8) -> Result<Self, ParseError> {
        const A_LEAP_YEAR: i16 = 2000;
        match Date::new(A_LEAP_YEAR, month, day) {
            Ok(_) => Ok(Self { month, day }),
            Err(_) => Err(ParseError::new("must be a day of some year")),
        }
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> i8 {
        self.day
    }
}

/// A weekday of a month by its place, such as the fourth Thursday of November. A fifth one comes in some years only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthWeekday {
    month: i8,
    weekday: Weekday,
    nth: i8,
}

impl MonthWeekday {
    /// A month (1 to 12), a weekday, and which of them: 1 to 5, or -1 for the last.
    pub fn new(month: i8, weekday: Weekday, nth: i8) -> Result<Self, ParseError> {
        if !(1..=12).contains(&month) {
            return Err(ParseError::new("must be of a month from 1 to 12"));
        }
        if !(1..=5).contains(&nth) && nth != -1 {
            return Err(ParseError::new("must be 1 to 5, or -1 for the last"));
        }
        Ok(Self { month, weekday, nth })
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.month
    }

    /// The weekday.
    pub fn weekday(self) -> Weekday {
        self.weekday
    }

    /// Which of them: 1 to 5, or -1 for the last.
    pub fn nth(self) -> i8 {
        self.nth
    }
}

/// Days after Easter Sunday, -80 to 250: Good Friday is -2, Easter Monday 1, Corpus Christi 60.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EasterOffset(i16);

impl EasterOffset {
    /// Easter lies between the 81st and the 116th day, so that these reach every day without leaving its year.
    pub(super) const RANGE: std::ops::RangeInclusive<i16> = -80..=250;

    /// So many days after Easter Sunday, or before it.
    pub fn new(days: i16) -> Result<Self, ParseError> {
        if !Self::RANGE.contains(&days) {
            return Err(ParseError::new("must be -80 to 250 days"));
        }
        Ok(Self(days))
    }

    /// The days.
    pub fn days(self) -> i16 {
        self.0
    }
}

/// Easter Sunday of the western churches; `None` before the Gregorian calendar (1583).
///
/// The anonymous Gregorian algorithm: *Nature* 13 (20 April 1876), p. 487; Meeus, *Astronomical Algorithms* (2nd ed. 1998),
/// chapter 8.
pub fn easter(year: i16) -> Option<Date> {
    if year < 1583 {
        return None;
    }
    let year_number = i32::from(year);
    // The letters are those of the source, so that they can be compared.
    let a = year_number % 19;
    let (b, c) = (year_number / 100, year_number % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let days_after_march_began = h + l - 7 * m + 21;
    date(year, 3, 1).checked_add(SignedDuration::from_hours(24 * i64::from(days_after_march_began))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates as the churches published them, the earliest and the latest possible among them.
    #[test]
    fn easter_is_when_the_churches_keep_it() {
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (1981, 4, 19),
            (2000, 4, 23),
            (2008, 3, 23),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
        assert_eq!(easter(1582), None);
    }

    #[test]
    fn easter_is_a_sunday_in_its_five_weeks() {
        for day in (1583..=9999).filter_map(easter) {
            let (earliest, latest) = (date(day.year(), 3, 22), date(day.year(), 4, 25));
            assert!(day.weekday() == Weekday::Sunday && (earliest..=latest).contains(&day), "{day}");
            for offset in [-80, 250] {
                let moved = HolidayDate::Easter(EasterOffset(offset)).of_year(day.year());
                assert_eq!(moved.map(Date::year), Some(day.year()), "the offset leads out of the year");
            }
        }
    }

    #[test]
    fn rules_fall_on_days_that_a_wall_calendar_shows() {
        let fall = |rule: Result<HolidayDate, ParseError>, year| rule.expect("fits").of_year(year);
        let nth = |month, weekday, nth| MonthWeekday::new(month, weekday, nth).map(HolidayDate::YearlyWeekday);
        assert_eq!(fall(nth(11, Weekday::Thursday, 4), 2026), Some(date(2026, 11, 26)), "Thanksgiving");
        assert_eq!(fall(nth(5, Weekday::Monday, -1), 2026), Some(date(2026, 5, 25)), "Memorial Day");
        assert_eq!(fall(nth(1, Weekday::Thursday, 5), 2026), Some(date(2026, 1, 29)));
        assert_eq!(fall(nth(2, Weekday::Thursday, 5), 2026), None, "February 2026 has four");
        let leap_day = || MonthDay::new(2, 29).map(HolidayDate::Yearly);
        assert_eq!((fall(leap_day(), 2028), fall(leap_day(), 2026)), (Some(date(2028, 2, 29)), None));
        assert_eq!(fall(EasterOffset::new(-2).map(HolidayDate::Easter), 2026), Some(date(2026, 4, 3)), "Good Friday");
    }

    #[test]
    fn a_period_is_no_longer_than_a_year() {
        assert!(Period::new(date(2028, 1, 1), date(2028, 12, 31)).is_ok(), "366 days");
        assert!(Period::new(date(2028, 1, 1), date(2029, 1, 1)).is_err());
        assert!(Period::new(date(2028, 1, 2), date(2028, 1, 1)).is_err());
    }
}
