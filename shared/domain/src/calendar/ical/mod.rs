//! Holidays from an iCalendar file (RFC 5545), such as public offices and calendar programs give out.
//!
//! The reader is our own: the crates that read all of iCalendar bring a second library of dates with a second database of time
//! zones, and more code than the rest of the domain, where we need one component and a dozen of its properties.

mod event;
mod lines;
mod recurrence;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};

use self::{event::Event, lines::Line};
use super::holiday::{Holidays, MOST_HOLIDAYS};
use crate::error::ParseError;

/// Bytes that a file may have: 1 MiB.
const MOST_BYTES: usize = 1 << 20;

/// Years for which a recurrence is written out that no rule of a holiday can say.
const YEARS_AHEAD: i32 = 10;

/// Years that may be looked at for all such recurrences of a file together, a few hundred recurrences: each costs a look at all of
/// its days.
const MOST_YEARS: usize = 6_000;

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IcalHolidays {
    /// The holidays, in the order of the file.
    pub holidays: Holidays,
    /// Events that were left out because they are no holidays (they have a time of day) or cannot be understood. What was
    /// cancelled is not counted.
    pub skipped: usize,
}

/// The days in which recurrences are written out: from the first until before the end.
#[derive(Debug, Clone, Copy)]
struct Window {
    first: Date,
    end: Date,
}

/// Reads the all-day events of an iCalendar file as holidays.
///
/// An event that recurs every year becomes a rule for every year where [`HolidayDate`](super::HolidayDate) has one that means the
/// same. All other yearly recurrences (with an end, with exceptions, of several days, every few years …) are written out as
/// dates, for the ten years from `first`. Events that do not recur are taken whenever they are.
///
/// Understood: `VEVENT` (section 3.6.1) with `DTSTART`, `DTEND` or `DURATION`, `SUMMARY`, `STATUS`, `RRULE` with `FREQ=YEARLY`
/// and without `BYYEARDAY` and `BYWEEKNO`, `RDATE`, `EXDATE`, `RECURRENCE-ID`. Other frequencies are skipped: what comes every
/// month is no holiday.
///
/// # Errors
///
/// The text is over 1 MiB, no iCalendar file or not a whole one, or has more than 2,000 holidays.
pub fn holidays_from_ical(text: &str, first: Date) -> Result<IcalHolidays, ParseError> {
    if text.len() > MOST_BYTES {
        return Err(ParseError::new(format!("must be at most {MOST_BYTES} bytes, is {}", text.len())));
    }
    let events = events(text)?;
    let too_many = || ParseError::new(format!("must have at most {MOST_HOLIDAYS} holidays"));
    // Every recurrence costs a look at many days, whether or not a holiday comes of it.
    if events.iter().filter(|event| event.recurs()).count() > MOST_HOLIDAYS {
        return Err(too_many());
    }
    let window = Window { first, end: first.saturating_add(YEARS_AHEAD.years()) };
    let replaced: BTreeSet<(&str, Date)> = events.iter().filter_map(Event::replaces).collect();
    let mut holidays = Vec::new();
    let (mut skipped, mut years) = (0, 0);
    for event in events.iter().filter(|event| !event.is_cancelled()) {
        match event.holidays(window, &replaced, &mut years) {
            Some(found) => holidays.extend(found),
            None => skipped += 1,
        }
        if holidays.len() > MOST_HOLIDAYS {
            return Err(too_many());
        }
        if years > MOST_YEARS {
            return Err(ParseError::new("must have fewer recurrences that have to be written out"));
        }
    }
    Ok(IcalHolidays { holidays: Holidays::new(holidays)?, skipped })
}

fn events(text: &str) -> Result<Vec<Event>, ParseError> {
    let mut events = Vec::new();
    let mut inside: Vec<String> = Vec::new();
    let mut event = Event::default();
    let mut any = false;
    for line in lines::unfolded(text) {
        let Some(line) = Line::parse(&line) else { continue };
        // An event's own properties, not those of an alarm in it or of a time zone next to it.
        let in_event = inside.len() == 2 && inside[0] == "VCALENDAR" && inside[1] == "VEVENT";
        match line.name.as_str() {
            "BEGIN" => {
                let component = line.value.trim().to_ascii_uppercase();
                if inside.is_empty() && component != "VCALENDAR" {
                    return Err(not_ical());
                }
                any = true;
                inside.push(component);
            }
            "END" => {
                if inside.pop() != Some(line.value.trim().to_ascii_uppercase()) {
                    return Err(ParseError::new("must be a whole iCalendar file; a component ends that did not begin"));
                }
                if in_event {
                    events.push(std::mem::take(&mut event));
                }
            }
            _ if in_event => event.read(&line),
            _ => {}
        }
    }
    match (any, inside.is_empty()) {
        (false, _) => Err(not_ical()),
        (true, false) => Err(ParseError::new("must be a whole iCalendar file; it breaks off")),
        (true, true) => Ok(events),
    }
}

fn not_ical() -> ParseError {
    ParseError::new("must be an iCalendar file")
}
