//! Business calendars: when a desk works, and how much working time lies between two moments.
//!
//! **What is open.** A moment is open when the clock on the wall of the calendar's time zone then shows a time that the
//! hours of that day hold; an end does not belong to its hours. The rest follows:
//!
//! - The hours of a weekday are those of the week, unless the day is a holiday ([`Holiday`] says what then holds).
//! - Real time counts. Where clocks go forward, hours that would begin in the gap begin at its end, and what lies in the gap is
//!   never worked. Where clocks go back, the hour that comes twice is worked twice, as far as the hours hold it: a day of
//!   24 hours has 25 that night.
//! - A day that a zone left out (30 December 2011 in Apia) has no hours.
//! - Hours to 24:00 and hours from 00:00 on the next day are one stretch without a seam.
//!
//! **Fractions of a second** do not count: every moment stands for the whole second it lies in. So lengths add up exactly,
//! whatever the fractions: `between(a, c) == between(a, b) + between(b, c)`.

mod business_hours;
mod holiday;
mod holiday_date;
mod hours;
pub mod ical;
mod id;
mod open_times;
mod read;
mod working_time;
mod zone;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use self::read::{Object, Wrong, deserialize_by_reading};
pub use self::{
    business_hours::BusinessHours,
    holiday::{Holiday, Holidays},
    holiday_date::{EasterOffset, HolidayDate, MonthDay, MonthWeekday, Period, easter},
    hours::{DayHours, OpeningHours, TimeOfDay, WeeklyHours},
    ical::{IcalHolidays, holidays_from_ical},
    id::CalendarId,
    zone::ZoneName,
};
use crate::{
    error::{DomainError, FieldError},
    text::Name,
};

// Building one reads no file and computes nothing ahead: it comes with the configuration that every request reads.
/// When a desk, or a team of it, works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Identifier, such as `support-berlin`.
    pub id: CalendarId,
    /// What this desk calls it.
    pub name: Name,
    /// Whose clock its hours are read on.
    pub time_zone: ZoneName,
    /// The hours of an ordinary week.
    pub hours: WeeklyHours,
    /// Days that are not ordinary.
    #[schema(value_type = Vec<Holiday>, required = false, max_items = 2000)]
    pub holidays: Holidays,
    /// Grows by one with every change; also the ETag.
    #[schema(required = false)]
    pub version: u32,
    /// Whether it was deleted: kept for the tickets that count by it, and so that its versions go on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(ignore)]
    pub withdrawn: bool,
}

/// Stretches of opening hours that one calendar may have, in its week and on its holidays together: where holidays meet, their
/// hours are compared day by day.
const MOST_STRETCHES: usize = 500;

impl Calendar {
    /// Reads a calendar.
    ///
    /// # Errors
    ///
    /// [`DomainError::Invalid`] with every field that is wrong (100 at most), such as `hours.monday[1]` or
    /// `holidays[3].date`; unknown fields are wrong too.
    pub fn from_json(value: Value) -> Result<Self, DomainError> {
        read::whole(value, Self::read)
    }

    /// What is wrong with it as a whole. Not a part of reading: what is kept is read whatever the limits are by then.
    pub fn check(&self) -> Vec<FieldError> {
        let own = self.holidays.as_slice().iter().map(|holiday| &holiday.hours);
        let stretches: usize = own.chain(self.hours.days()).map(|day| day.as_slice().len()).sum();
        let too_many = || {
            let message = format!("must be at most {MOST_STRETCHES} stretches of hours with those of the week, are {stretches}");
            FieldError::new("holidays", "too_many", message)
        };
        (stretches > MOST_STRETCHES).then(too_many).into_iter().collect()
    }

    fn read(value: Value, path: &str, wrong: &mut Wrong) -> Option<Self> {
        let mut fields = Object::open(value, path, wrong)?;
        let id = fields.required("id", read::text);
        let name = fields.required("name", read::text);
        let time_zone = fields.required("time_zone", read::text);
        let hours = fields.required("hours", WeeklyHours::read);
        let holidays = fields.optional("holidays", Holidays::read).unwrap_or_default();
        let version = fields.optional("version", read::number).unwrap_or(1);
        let withdrawn = fields.optional("withdrawn", read::flag).unwrap_or(false);
        fields.close();
        Some(Self { id: id?, name: name?, time_zone: time_zone?, hours: hours?, holidays, version, withdrawn })
    }
}

deserialize_by_reading!(Calendar, WeeklyHours, Holiday, Holidays);
