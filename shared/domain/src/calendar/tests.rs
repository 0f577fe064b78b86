//! What a calendar is read from, and the ends of what it can say.

use jiff::{Timestamp, civil::date};
use serde_json::{Value, json};

use super::*;
use crate::error::FieldError;

fn desk(hours: Value) -> Value {
    json!({ "id": "desk", "name": "Desk", "time_zone": "Europe/Berlin", "hours": hours })
}

fn wrong(value: Value) -> Vec<(String, &'static str)> {
    match Calendar::from_json(value) {
        Err(DomainError::Invalid(errors)) => errors.into_iter().map(|FieldError { path, code, .. }| (path, code)).collect(),
        other => panic!("{other:?}"),
    }
}

fn open(from: &str, to: &str) -> Value {
    json!({ "from": from, "to": to })
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let value = json!({
        "id": "a b",
        "time_zone": "Europe/Atlantis",
        "hours": {
            "monday": [open("13:00", "17:00"), open("09:00", "13:30"), open("10:00", "11:00")],
            "tuesday": [open("9:00", "17:00"), open("12:00", "12:00"), open("24:00", "24:00")],
            "wednesday": { "from": "09:00", "to": "17:00" },
            "funday": [],
        },
        "holidays": [
            { "date": "2026-12-24", "hours": [{ "from": "09:00", "to": "25:00" }] },
            { "name": "", "date": "2026-02-30" },
            { "name": "When?" },
            { "date": "20261224" },
            { "date": "2026-12-24", "easter": 1 },
            { "from": "2026-12-24", "to": "2026-12-23" },
            { "from": "2026-01-01", "to": "2027-01-02" },
            { "from": "2026-01-01" },
            { "yearly": { "month": 2, "day": 30 } },
            { "yearly": { "month": 13, "weekday": "someday", "nth": 0 } },
            { "yearly": { "month": 11, "weekday": "thursday", "nth": 0 } },
            { "easter": 251 },
            { "easter": 1.5, "colour": "red" },
            "2026-12-24",
        ],
        "colour": "red",
    });
    let expected = [
        ("id", "invalid"),
        ("name", "required"),
        ("time_zone", "invalid"),
        ("hours.monday[2]", "overlaps"),
        ("hours.monday[0]", "overlaps"),
        ("hours.tuesday[0].from", "invalid"),
        ("hours.tuesday[1]", "invalid"),
        ("hours.tuesday[2]", "invalid"),
        ("hours.wednesday", "invalid"),
        ("hours.funday", "unknown_field"),
        ("holidays[0].hours[0].to", "invalid"),
        ("holidays[1].name", "invalid"),
        ("holidays[1].date", "invalid"),
        ("holidays[2].date", "required"),
        ("holidays[3].date", "invalid"),
        ("holidays[4]", "invalid"),
        ("holidays[5].to", "invalid"),
        ("holidays[6].to", "invalid"),
        ("holidays[7].to", "required"),
        ("holidays[8].yearly.day", "invalid"),
        ("holidays[9].yearly.month", "invalid"),
        ("holidays[9].yearly.weekday", "invalid"),
        ("holidays[10].yearly.nth", "invalid"),
        ("holidays[11].easter", "invalid"),
        ("holidays[12].easter", "invalid"),
        ("holidays[12].colour", "unknown_field"),
        ("holidays[13]", "invalid"),
        ("colour", "unknown_field"),
    ];
    assert_eq!(wrong(value), expected.map(|(path, code)| (path.to_owned(), code)));
}

#[test]
fn serde_tells_the_same() {
    let error =
        serde_json::from_value::<Calendar>(desk(json!({ "monday": [{ "from": "9", "to": "8" }] }))).expect_err("is wrong");
    let time = "must be a time such as 09:00, from 00:00 to 24:00";
    assert_eq!(error.to_string(), format!("hours.monday[0].from {time}; hours.monday[0].to {time}"));
}

#[test]
fn a_calendar_stays_within_its_limits() {
    let holiday = json!({ "date": "2026-12-24" });
    let with = |holidays: usize| {
        let mut value = desk(json!({}));
        value["holidays"] = vec![holiday.clone(); holidays].into();
        value
    };
    assert!(Calendar::from_json(with(2000)).is_ok());
    assert_eq!(wrong(with(2001)), [("holidays".to_owned(), "too_many")]);
    assert_eq!(wrong(json!({ "holidays": vec![0; 1000] })).len(), 100, "no answer lists a thousand mistakes");
    let hours = |count: u8| {
        let hour = |hour: u8| open(&format!("{hour:02}:00"), &format!("{hour:02}:30"));
        desk(json!({ "monday": (0..count).map(|n| hour(n % 24)).collect::<Value>() }))
    };
    assert!(Calendar::from_json(hours(24)).is_ok());
    assert_eq!(wrong(hours(25)), [("hours.monday".to_owned(), "too_many")]);
}

#[test]
fn hours_that_touch_are_no_overlap_and_come_in_order() {
    let hours = json!({ "monday": [{ "from": "12:00", "to": "24:00" }, { "from": "00:00", "to": "12:00" }] });
    let calendar = Calendar::from_json(desk(hours)).expect("fits");
    let json = serde_json::to_value(&calendar.hours.monday).expect("JSON");
    assert_eq!(json, json!([{ "from": "00:00", "to": "12:00" }, { "from": "12:00", "to": "24:00" }]));
}

#[test]
fn every_shape_of_holiday_is_written_as_it_was_read() {
    let holidays = json!([
        { "date": "2026-12-24", "hours": [{ "from": "09:00", "to": "12:00" }] },
        { "name": "Summer", "from": "2026-08-03", "to": "2026-08-14" },
        { "yearly": { "month": 2, "day": 29 } },
        { "yearly": { "month": 5, "weekday": "monday", "nth": -1 } },
        { "name": "Good Friday", "easter": -2 },
    ]);
    let read: Holidays = serde_json::from_value(holidays.clone()).expect("fits");
    assert_eq!(serde_json::to_value(&read).expect("JSON"), holidays);
}

#[test]
fn a_calendar_that_never_opens_says_so() {
    let at: Timestamp = "2026-03-02T10:00:00.5Z".parse().expect("a moment");
    let never = Calendar::from_json(desk(json!({}))).expect("a week may be empty");
    assert_eq!((never.next_opening(at), never.add(at, 1), never.add(at, 0)), (None, None, Some(at)));
    assert_eq!(never.between(Timestamp::MIN, at), 0);
    let minute = Calendar::from_json(desk(json!({ "monday": [{ "from": "09:00", "to": "09:01" }] }))).expect("fits");
    // 3,653 days hold 522 Mondays after this one's hours are over.
    assert!(minute.add(at, 521 * 60).is_some() && minute.add(at, 523 * 60).is_none(), "ten years and no more");
    assert_eq!(minute.add(at, -1), None);
}

#[test]
fn a_half_day_that_meets_a_closing_is_closed() {
    let mut value = desk(json!({ "thursday": [{ "from": "09:00", "to": "17:00" }] }));
    let length_with = |holidays: Value, value: &mut Value| {
        value["holidays"] = holidays;
        let calendar = Calendar::from_json(value.clone()).expect("fits");
        let midnight = |day| date(2026, 12, day).to_zoned(calendar.time_zone.zone().clone()).expect("a day").timestamp();
        calendar.between(midnight(24), midnight(25))
    };
    let morning = json!({ "date": "2026-12-24", "hours": [{ "from": "08:00", "to": "12:00" }] });
    let midday = json!({ "yearly": { "month": 12, "day": 24 }, "hours": [{ "from": "11:00", "to": "13:00" }] });
    assert_eq!(length_with(json!([morning]), &mut value), 4 * 3600, "its own hours, not those of the week");
    assert_eq!(length_with(json!([morning, midday]), &mut value), 3600, "what both leave open");
    assert_eq!(length_with(json!([morning, { "from": "2026-12-20", "to": "2026-12-31" }]), &mut value), 0);
    assert_eq!(length_with(json!([{ "date": "2026-12-23" }]), &mut value), 8 * 3600, "another day");
}

#[test]
fn fractions_of_a_second_count_as_the_second_they_are_in() {
    let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
    let day = Calendar::from_json(desk(json!({ "monday": [{ "from": "09:00", "to": "17:00" }] }))).expect("fits");
    let (just_before, late) = (at("2026-03-02T08:59:59.999+01:00"), at("2026-03-02T16:59:58.7+01:00"));
    assert!(!day.is_open(just_before) && day.is_open(at("2026-03-02T16:59:59.999+01:00")));
    assert_eq!(day.add(just_before, 1), Some(at("2026-03-02T09:00:01+01:00")));
    assert_eq!(day.add(late, 1), Some(at("2026-03-02T16:59:59+01:00")));
    assert_eq!(day.add(late, 3), Some(at("2026-03-09T09:00:01+01:00")), "two seconds were left of the day");
    assert_eq!((day.add(late, 0), day.next_opening(late)), (Some(late), Some(late)));
    // Before 1970 seconds are still counted forwards.
    let early = Calendar::from_json(
        json!({ "id": "d", "name": "D", "time_zone": "UTC", "hours": { "wednesday": [{ "from": "23:59", "to": "24:00" }] } }),
    );
    assert!(early.expect("fits").is_open(at("1969-12-31T23:59:59.5Z")));
}

#[test]
fn time_ends_without_a_panic() {
    for zone in ["UTC", "Pacific/Apia", "America/New_York"] {
        let mut value = desk(json!({ "sunday": [{ "from": "00:00", "to": "24:00" }] }));
        value["time_zone"] = zone.into();
        value["holidays"] = json!([{ "easter": 7 }, { "yearly": { "month": 12, "day": 31 } }, { "date": "9999-12-31" }]);
        let calendar = Calendar::from_json(value).expect("fits");
        for at in [Timestamp::MIN, Timestamp::MAX] {
            let _ = (calendar.is_open(at), calendar.next_opening(at), calendar.add(at, i64::MAX), calendar.add(at, 1));
        }
        assert!(calendar.between("9990-01-01T00:00Z".parse().expect("a moment"), Timestamp::MAX) > 0);
    }
}

#[test]
fn around_the_clock_answers_as_a_calendar_would() {
    let all_day = json!([{ "from": "00:00", "to": "24:00" }]);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: serde_json::Map<_, _> = days.iter().map(|day| ((*day).to_owned(), all_day.clone())).collect();
    let calendar = Calendar::from_json(desk(hours.into())).expect("fits");
    let moments = ["2026-03-28T22:10:00.25Z", "2026-03-29T22:10:00.75Z", "2026-10-25T01:30:00Z"];
    let moments = moments.map(|at| at.parse::<Timestamp>().expect("a moment"));
    let (always, of) = (BusinessHours::from(None), BusinessHours::from(Some(&calendar)));
    for from in moments {
        for to in moments {
            assert_eq!(always.between(from, to), of.between(from, to));
        }
        for seconds in [-1, 0, 1, 90_000] {
            assert_eq!(always.add(from, seconds), of.add(from, seconds));
        }
        assert_eq!((always.is_open(from), always.next_opening(from)), (of.is_open(from), of.next_opening(from)));
    }
    assert_eq!(always.add(Timestamp::MAX, i64::MAX), None);
}

#[test]
fn a_calendar_has_no_more_hours_than_can_be_compared() {
    let day: Vec<_> = (0..24).map(|hour| open(&format!("{hour:02}:00"), &format!("{hour:02}:30"))).collect();
    let calendar = |holidays: usize| {
        let mut value = desk(json!({ "monday": day[..4] }));
        // All of them on the same days.
        let holiday = json!({ "from": "2026-01-01", "to": "2026-12-31", "hours": day });
        value["holidays"] = json!(vec![holiday; holidays]);
        Calendar::from_json(value).expect("well-formed")
    };
    assert_eq!(calendar(20).check(), [], "four and 480");
    let wrong: Vec<_> = calendar(21).check().into_iter().map(|error| (error.path, error.code)).collect();
    assert_eq!(wrong, [("holidays".to_owned(), "too_many")], "read, for it may have been kept before");
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let mondays = calendar(20).between(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    assert_eq!(mondays, 52 * 24 * 1800, "what all of them have in common is what each of them has");
}

proptest::proptest! {
    /// Hours of two days in common are those minutes that both have, in order, in as few stretches as can be.
    #[test]
    fn hours_in_common_are_the_minutes_that_both_have(
        one in proptest::collection::btree_set(0u16..96, 0..40),
        other in proptest::collection::btree_set(0u16..96, 0..40),
    ) {
        let quarter = |n: u16| TimeOfDay::parse(&format!("{:02}:{:02}", n / 4, n % 4 * 15)).expect("a time");
        let hours = |quarters: &std::collections::BTreeSet<u16>| -> Vec<OpeningHours> {
            quarters.iter().map(|n| OpeningHours::new(quarter(*n), quarter(n + 1)).expect("not empty")).collect()
        };
        let found = hours::common(&hours(&one), &hours(&other));
        let minutes = |n: &u16| (i64::from(*n) * 900, i64::from(*n + 1) * 900);
        let mut expected: Vec<(i64, i64)> = Vec::new();
        for (from, to) in one.intersection(&other).map(minutes) {
            match expected.last_mut() {
                Some(before) if before.1 == from => before.1 = to,
                _ => expected.push((from, to)),
            }
        }
        let found: Vec<_> = found.iter().map(|hours| (hours.from().seconds(), hours.to().seconds())).collect();
        proptest::prop_assert_eq!(found, expected);
    }
}
