//! Worked examples from two countries, each worked out by hand with a calendar on the wall.
//!
//! Moments are local times with their offset from UTC, so that a line can be checked without knowing the zone's rules.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Calendar;

fn calendar(zone: &str, hours: &Value, holidays: &Value) -> Calendar {
    let value = json!({ "id": "desk", "name": "Desk", "time_zone": zone, "hours": hours, "holidays": holidays });
    Calendar::from_json(value).expect("fits")
}

/// Monday to Thursday 09:00 to 17:00 (8 hours), Friday 09:00 to 15:00 (6 hours); 24 December until noon (3 hours).
fn germany() -> Calendar {
    let day = json!([{ "from": "09:00", "to": "17:00" }]);
    let friday = json!([{ "from": "09:00", "to": "15:00" }]);
    let hours = json!({ "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": friday });
    let holidays = json!([
        { "name": "Neujahr", "yearly": { "month": 1, "day": 1 } },
        { "name": "Karfreitag", "easter": -2 },
        { "name": "Ostermontag", "easter": 1 },
        { "name": "Tag der Arbeit", "yearly": { "month": 5, "day": 1 } },
        { "name": "Christi Himmelfahrt", "easter": 39 },
        { "name": "Pfingstmontag", "easter": 50 },
        { "name": "Tag der Deutschen Einheit", "yearly": { "month": 10, "day": 3 } },
        { "name": "Heiligabend", "yearly": { "month": 12, "day": 24 }, "hours": [{ "from": "09:00", "to": "12:00" }] },
        { "name": "1. Weihnachtstag", "yearly": { "month": 12, "day": 25 } },
        { "name": "2. Weihnachtstag", "yearly": { "month": 12, "day": 26 } },
    ]);
    calendar("Europe/Berlin", &hours, &holidays)
}

/// Monday to Friday 08:00 to 18:00 (10 hours); the day after Thanksgiving 2026 until 13:00 (5 hours).
fn usa() -> Calendar {
    let day = json!([{ "from": "08:00", "to": "18:00" }]);
    let hours = json!({ "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day });
    let holidays = json!([
        { "name": "New Year's Day", "yearly": { "month": 1, "day": 1 } },
        { "name": "Martin Luther King Jr. Day", "yearly": { "month": 1, "weekday": "monday", "nth": 3 } },
        { "name": "Washington's Birthday", "yearly": { "month": 2, "weekday": "monday", "nth": 3 } },
        { "name": "Memorial Day", "yearly": { "month": 5, "weekday": "monday", "nth": -1 } },
        { "name": "Juneteenth", "yearly": { "month": 6, "day": 19 } },
        { "name": "Independence Day", "yearly": { "month": 7, "day": 4 } },
        { "name": "Labor Day", "yearly": { "month": 9, "weekday": "monday", "nth": 1 } },
        { "name": "Thanksgiving", "yearly": { "month": 11, "weekday": "thursday", "nth": 4 } },
        { "name": "Day after Thanksgiving", "date": "2026-11-27", "hours": [{ "from": "08:00", "to": "13:00" }] },
        { "name": "Christmas Day", "yearly": { "month": 12, "day": 25 } },
    ]);
    calendar("America/New_York", &hours, &holidays)
}

/// Never closed, in Berlin.
fn around_the_clock() -> Calendar {
    let day = json!([{ "from": "00:00", "to": "24:00" }]);
    let hours = json!({
        "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day, "saturday": day, "sunday": day,
    });
    calendar("Europe/Berlin", &hours, &json!([]))
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment with its offset")
}

/// From, hours of working time, until, why.
type Example = (&'static str, f64, &'static str, &'static str);

const GERMANY: &[Example] = &[
    ("2026-03-02T10:00+01:00", 4.0, "2026-03-02T14:00+01:00", "Monday, within one day"),
    ("2026-03-02T09:00+01:00", 8.0, "2026-03-02T17:00+01:00", "a whole Monday ends when it closes, not on Tuesday at nine"),
    ("2026-03-02T16:00+01:00", 2.0, "2026-03-03T10:00+01:00", "Monday 1 h, Tuesday 1 h"),
    ("2026-03-02T07:30+01:00", 1.0, "2026-03-02T10:00+01:00", "before Monday opens at nine"),
    ("2026-03-02T20:15+01:00", 0.25, "2026-03-03T09:15+01:00", "after Monday closed"),
    ("2026-03-06T14:00+01:00", 2.0, "2026-03-09T10:00+01:00", "Friday until three 1 h, Monday 1 h"),
    ("2026-03-07T12:00+01:00", 38.0, "2026-03-13T15:00+01:00", "from Saturday a whole week: 4 × 8 h + 6 h"),
    ("2026-03-27T14:00+01:00", 2.0, "2026-03-30T10:00+02:00", "clocks go forward in the weekend between"),
    ("2026-04-02T16:00+02:00", 2.0, "2026-04-07T10:00+02:00", "Thursday 1 h, Good Friday, Easter Monday, Tuesday 1 h"),
    ("2026-04-30T16:30+02:00", 1.0, "2026-05-04T09:30+02:00", "1 May is a Friday: Thursday ½ h, Monday ½ h"),
    ("2026-05-13T16:00+02:00", 2.0, "2026-05-15T10:00+02:00", "Ascension is Thursday 14 May"),
    ("2026-05-22T14:00+02:00", 2.0, "2026-05-26T10:00+02:00", "Whit Monday is 25 May"),
    ("2026-10-02T14:30+02:00", 1.0, "2026-10-05T09:30+02:00", "3 October is a Saturday and closes nothing"),
    ("2026-10-23T14:00+02:00", 10.0, "2026-10-27T10:00+01:00", "Friday 1 h, clocks go back, Monday 8 h, Tuesday 1 h"),
    ("2026-12-23T16:00+01:00", 5.0, "2026-12-28T10:00+01:00", "Wednesday 1 h, the 24th 3 h, Christmas and weekend, Monday 1 h"),
    ("2026-12-31T16:00+01:00", 2.0, "2027-01-04T10:00+01:00", "Thursday 1 h, New Year is a Friday, Monday 1 h"),
    ("2028-12-22T14:00+01:00", 2.0, "2028-12-27T10:00+01:00", "24 December is a Sunday: its half day opens nothing"),
    ("2026-01-01T00:00+01:00", 1929.0, "2026-12-31T17:00+01:00", "all of 2026: 209 × 8 h + 52 × 6 h − 55 h of holidays"),
];

const USA: &[Example] = &[
    ("2026-01-16T17:30-05:00", 1.0, "2026-01-20T08:30-05:00", "19 January is the third Monday"),
    ("2026-02-13T17:30-05:00", 1.0, "2026-02-17T08:30-05:00", "16 February is the third Monday"),
    ("2026-03-06T17:00-05:00", 2.0, "2026-03-09T09:00-04:00", "clocks go forward on Sunday 8 March"),
    ("2026-05-22T17:00-04:00", 11.0, "2026-05-26T18:00-04:00", "Friday 1 h, Memorial Day, Tuesday until it closes"),
    ("2026-06-18T17:00-04:00", 2.0, "2026-06-22T09:00-04:00", "19 June is a Friday"),
    ("2026-07-03T17:00-04:00", 2.0, "2026-07-06T09:00-04:00", "4 July is a Saturday and closes nothing"),
    ("2026-09-04T17:00-04:00", 2.0, "2026-09-08T09:00-04:00", "Labor Day is Monday 7 September"),
    ("2026-10-30T17:00-04:00", 2.0, "2026-11-02T09:00-05:00", "clocks go back on Sunday 1 November"),
    ("2026-11-25T17:00-05:00", 2.0, "2026-11-27T09:00-05:00", "Wednesday 1 h, Thanksgiving, Friday 1 h"),
    ("2026-11-25T17:00-05:00", 6.0, "2026-11-27T13:00-05:00", "Wednesday 1 h, Friday's half day 5 h"),
    ("2026-11-25T17:00-05:00", 7.0, "2026-11-30T09:00-05:00", "and Monday 1 h"),
    ("2026-12-31T17:00-05:00", 2.0, "2027-01-04T09:00-05:00", "New Year is a Friday"),
    ("2028-02-28T17:00-05:00", 12.0, "2028-03-01T09:00-05:00", "Monday 1 h, Tuesday 29 February 10 h, Wednesday 1 h"),
    ("2026-01-01T00:00-05:00", 2525.0, "2026-12-31T18:00-05:00", "all of 2026: (261 − 8) × 10 h − 5 h of the half day"),
];

const AROUND_THE_CLOCK: &[Example] = &[
    ("2026-03-28T12:00+01:00", 24.0, "2026-03-29T13:00+02:00", "clocks go forward at night"),
    ("2026-10-24T12:00+02:00", 24.0, "2026-10-25T11:00+01:00", "clocks go back at night"),
    ("2026-10-25T00:00+02:00", 25.0, "2026-10-26T00:00+01:00", "that day has 25 hours"),
    ("2026-12-31T23:00+01:00", 2.0, "2027-01-01T01:00+01:00", "no seam at midnight"),
];

#[test]
fn worked_examples_hold() {
    for (calendar, examples) in [(germany(), GERMANY), (usa(), USA), (around_the_clock(), AROUND_THE_CLOCK)] {
        for (from, hours, until, why) in examples {
            #[expect(clippy::cast_possible_truncation, reason = "hours and quarters of them")]
            let seconds = (hours * 3600.0) as i64;
            assert_eq!(calendar.add(at(from), seconds), Some(at(until)), "{from} + {hours} h: {why}");
            assert_eq!(calendar.between(at(from), at(until)), seconds, "{from} to {until}: {why}");
            assert_eq!(calendar.between(at(until), at(from)), -seconds, "{until} back to {from}: {why}");
        }
    }
}

#[test]
fn openings_are_found() {
    let germany = germany();
    for (from, opening, why) in [
        ("2026-03-02T10:00+01:00", "2026-03-02T10:00+01:00", "is open"),
        ("2026-03-02T09:00+01:00", "2026-03-02T09:00+01:00", "opens just now"),
        ("2026-03-02T17:00+01:00", "2026-03-03T09:00+01:00", "closes just now"),
        ("2026-04-02T17:00+02:00", "2026-04-07T09:00+02:00", "all Easter"),
        ("2026-12-24T12:00+01:00", "2026-12-28T09:00+01:00", "the half day is over"),
    ] {
        assert_eq!(germany.next_opening(at(from)), Some(at(opening)), "{from}: {why}");
        assert_eq!(germany.is_open(at(from)), from == opening, "{from}: {why}");
    }
}

/// In Berlin the clock goes from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October.
#[test]
fn hours_in_a_jump_of_the_clock_are_those_that_the_clock_shows() {
    let gap = calendar("Europe/Berlin", &json!({ "sunday": [{ "from": "02:30", "to": "04:00" }] }), &json!([]));
    assert_eq!(gap.next_opening(at("2026-03-29T00:00+01:00")), Some(at("2026-03-29T03:00+02:00")), "at the end of the gap");
    assert_eq!(gap.between(at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00")), 3600, "03:00 to 04:00");
    let lost = calendar("Europe/Berlin", &json!({ "sunday": [{ "from": "02:00", "to": "03:00" }] }), &json!([]));
    assert_eq!(lost.between(at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00")), 0, "never on the clock");
    let twice = calendar("Europe/Berlin", &json!({ "sunday": [{ "from": "01:00", "to": "04:00" }] }), &json!([]));
    assert_eq!(twice.between(at("2026-10-25T00:00+02:00"), at("2026-10-26T00:00+01:00")), 4 * 3600, "one hour comes twice");
    let partly = calendar("Europe/Berlin", &json!({ "sunday": [{ "from": "01:00", "to": "02:30" }] }), &json!([]));
    let (begin, end) = (at("2026-10-25T00:00+02:00"), at("2026-10-26T00:00+01:00"));
    assert_eq!(partly.between(begin, end), 2 * 3600, "01:00 to 02:30, and from 02:00 to 02:30 once more");
    assert!(!partly.is_open(at("2026-10-25T02:45+02:00")) && partly.is_open(at("2026-10-25T02:15+01:00")));
}

/// Samoa went from 29 to 31 December 2011: the 30th, a Friday, was on no clock there.
#[test]
fn a_day_that_was_left_out_has_no_hours() {
    let hours = json!({ "friday": [{ "from": "09:00", "to": "17:00" }], "saturday": [{ "from": "09:00", "to": "10:00" }] });
    let apia = calendar("Pacific/Apia", &hours, &json!([]));
    let thursday = at("2011-12-29T23:00-10:00");
    assert_eq!(apia.next_opening(thursday), Some(at("2011-12-31T09:00+14:00")));
    assert_eq!(apia.between(thursday, at("2012-01-01T00:00+14:00")), 3600);
}
