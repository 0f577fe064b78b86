//! What holds for every calendar, and a second opinion: a model that looks at the clock on the wall minute by minute.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, date},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Calendar, MonthWeekday, OpeningHours};
use crate::calendar::HolidayDate;

const DAY: i64 = 86_400;
/// Days on either side of a zone's most interesting moment.
const AROUND: i64 = 6;

/// Zones, each with moments around which something happens to its clock.
const ZONES: &[(&str, &[&str])] = &[
    ("Europe/Berlin", &["2026-03-29T01:00Z", "2026-10-25T01:00Z", "2027-01-01T00:00Z"]),
    ("America/New_York", &["2026-03-08T07:00Z", "2026-11-01T06:00Z", "2028-02-29T12:00Z"]),
    ("Asia/Kolkata", &["2026-04-03T00:00Z", "1969-12-31T23:00Z"]),
    ("Australia/Lord_Howe", &["2026-04-04T15:00Z", "2026-10-03T15:30Z"]),
    ("Pacific/Apia", &["2011-12-30T10:00Z"]),
    ("UTC", &["2026-04-05T00:00Z"]),
];

/// Easter as published, so that the model does not lean on what it is to check.
const EASTER: &[Date] = &[
    date(1969, 4, 6),
    date(1970, 3, 29),
    date(2011, 4, 24),
    date(2012, 4, 8),
    date(2026, 4, 5),
    date(2027, 3, 28),
    date(2028, 4, 16),
];

fn times(cuts: &[u16]) -> Value {
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    // Out of order, as people may write them.
    cuts.chunks_exact(2).rev().map(|pair| json!({ "from": time(pair[0]), "to": time(pair[1]) })).collect()
}

fn day_hours() -> impl Strategy<Value = Value> {
    // Full hours often, so that moments fall on openings and closings.
    let cut = prop_oneof![0u16..=1440, (0u16..=24).prop_map(|hour| hour * 60)];
    let cuts = proptest::collection::btree_set(cut, 0..7);
    prop_oneof![
        2 => Just(json!([])),
        2 => Just(json!([{ "from": "00:00", "to": "24:00" }])),
        1 => Just(json!([{ "from": "12:00", "to": "24:00" }, { "from": "00:00", "to": "12:00" }])),
        5 => cuts.prop_map(|cuts| times(&cuts.into_iter().collect::<Vec<_>>())),
    ]
}

fn seconds() -> impl Strategy<Value = i64> {
    prop_oneof![0..200_000i64, (0..60i64).prop_map(|hours| hours * 3600)]
}

/// A holiday near the day, in any of its shapes.
fn holiday(near: Date) -> impl Strategy<Value = Value> {
    let day = move |days: i64| near.saturating_add(jiff::SignedDuration::from_hours(24 * days));
    let offset = -AROUND..=AROUND;
    let easter =
        near.day_of_year() - EASTER.iter().find(|easter| easter.year() == near.year()).map_or(100, |easter| easter.day_of_year());
    let when = prop_oneof![
        offset.clone().prop_map(move |days| json!({ "date": day(days) })),
        (offset.clone(), 0..5i64).prop_map(move |(days, more)| json!({ "from": day(days), "to": day(days + more) })),
        offset.clone().prop_map(move |days| json!({ "yearly": { "month": day(days).month(), "day": day(days).day() } })),
        (
            offset,
            proptest::sample::select(vec!["monday", "thursday", "sunday"]),
            proptest::sample::select(vec![-1, 1, 2, 3, 4, 5])
        )
            .prop_map(
                move |(days, weekday, nth)| json!({ "yearly": { "month": day(days).month(), "weekday": weekday, "nth": nth } })
            ),
        (-5i16..=5).prop_map(move |days| json!({ "easter": (easter + days).clamp(-80, 250) })),
    ];
    (when, proptest::option::weighted(0.4, day_hours())).prop_map(|(mut holiday, hours)| {
        if let Some(hours) = hours {
            holiday["hours"] = hours;
        }
        holiday
    })
}

fn calendar() -> impl Strategy<Value = (Calendar, Timestamp)> {
    let place = proptest::sample::select(ZONES).prop_flat_map(|(zone, moments)| (Just(zone), proptest::sample::select(moments)));
    place.prop_flat_map(|(zone, moment)| {
        let moment: Timestamp = moment.parse().expect("a moment");
        let near = jiff::tz::Offset::UTC.to_datetime(moment).date();
        let week = proptest::collection::vec(day_hours(), 7);
        (week, proptest::collection::vec(holiday(near), 0..4)).prop_map(move |(week, holidays)| {
            let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
            let hours: serde_json::Map<_, _> = days.iter().map(|day| (*day).to_owned()).zip(week).collect();
            let value = json!({ "id": "c", "name": "C", "time_zone": zone, "hours": hours, "holidays": holidays });
            (Calendar::from_json(value).expect("fits"), moment)
        })
    })
}

/// Nanoseconds to moments of so many days around the calendar's own; half of them on full hours.
fn moments<const N: usize>(days: i64) -> impl Strategy<Value = [i64; N]> {
    let second = prop_oneof![-days * DAY..=days * DAY, (-days * 24..=days * 24).prop_map(|hour| hour * 3600)];
    let fraction = prop_oneof![Just(0), 0..1_000_000_000i64];
    proptest::array::uniform::<_, N>((second, fraction).prop_map(|(second, fraction)| second * 1_000_000_000 + fraction))
}

fn after(moment: Timestamp, nanoseconds: i64) -> Timestamp {
    moment + jiff::SignedDuration::from_nanos(nanoseconds)
}

fn second(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond().div_euclid(1_000_000_000)).expect("a century near ours")
}

/// The model: is the minute open? It knows nothing of stretches and jumps.
fn is_open_on_the_wall(calendar: &Calendar, minute: i64) -> bool {
    let at = Timestamp::from_second(minute * 60).expect("a century near ours");
    let wall: DateTime = calendar.time_zone.zone().to_datetime(at);
    let time = i64::from(wall.hour()) * 3600 + i64::from(wall.minute()) * 60;
    let holds = |hours: &[OpeningHours]| hours.iter().any(|hours| (hours.from().seconds()..hours.to().seconds()).contains(&time));
    let usual = calendar.hours.on(wall.weekday()).as_slice();
    let today: Vec<_> = calendar.holidays.as_slice().iter().filter(|holiday| falls_on(holiday.date, wall.date())).collect();
    match (usual.is_empty(), today.is_empty()) {
        (true, _) => false,
        (false, true) => holds(usual),
        (false, false) => today.iter().all(|holiday| holds(holiday.hours.as_slice())),
    }
}

fn falls_on(holiday: HolidayDate, day: Date) -> bool {
    let is_nth = |rule: MonthWeekday| match rule.nth() {
        -1 => day.day() + 7 > day.days_in_month(),
        nth => (day.day() + 6) / 7 == nth,
    };
    match holiday {
        HolidayDate::On(on) => on == day,
        HolidayDate::During(period) => period.from() <= day && day <= period.to(),
        HolidayDate::Yearly(on) => (on.month(), on.day()) == (day.month(), day.day()),
        HolidayDate::YearlyWeekday(on) => (on.month(), on.weekday()) == (day.month(), day.weekday()) && is_nth(on),
        HolidayDate::Easter(offset) => {
            EASTER.iter().any(|easter| easter.year() == day.year() && easter.day_of_year() + offset.days() == day.day_of_year())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_clock_on_the_wall_agrees((calendar, moment) in calendar(), [a, b] in moments(AROUND), share in 0.0..=1.0f64) {
        let (from, to) = (after(moment, a.min(b)), after(moment, a.max(b)));
        let open: Vec<(i64, i64)> = (second(from).div_euclid(60)..=second(to).div_euclid(60))
            .filter(|minute| is_open_on_the_wall(&calendar, *minute))
            .map(|minute| ((minute * 60).max(second(from)), (minute * 60 + 60).min(second(to))))
            .filter(|(open, close)| open < close)
            .collect();
        let all: i64 = open.iter().map(|(open, close)| close - open).sum();
        prop_assert_eq!(calendar.between(from, to), all);

        if let Some((opening, _)) = open.first() {
            let expected = if *opening == second(from) { from } else { Timestamp::from_second(*opening).expect("near ours") };
            prop_assert_eq!(calendar.next_opening(from), Some(expected));
            prop_assert_eq!(calendar.is_open(from), expected == from);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any number up to all will do")]
        let some = ((all as f64 * share) as i64).clamp(1.min(all), all);
        if some > 0 {
            let mut left = some;
            let (open, _) = *open.iter().find(|(open, close)| { left -= close - open; left <= 0 }).expect("there is enough");
            let minute_long = open.div_euclid(60) * 60 + 60 - open;
            let within = left + minute_long.min(second(to) - open);
            prop_assert_eq!(calendar.add(from, some), Timestamp::from_second(open + within).ok());
        }
    }

    #[test]
    fn lengths_add_up((calendar, moment) in calendar(), moments in moments::<3>(400)) {
        let [a, b, c] = moments.map(|nanoseconds| after(moment, nanoseconds));
        prop_assert_eq!(calendar.between(a, c), calendar.between(a, b) + calendar.between(b, c));
        prop_assert_eq!(calendar.between(a, b), -calendar.between(b, a));
        let (earlier, later) = (a.min(b), a.max(b));
        let length = calendar.between(earlier, later);
        prop_assert!((0..=second(later) - second(earlier)).contains(&length));
    }

    #[test]
    fn what_is_added_lies_between((calendar, moment) in calendar(), [at] in moments(AROUND), n in seconds(), m in seconds()) {
        let from = after(moment, at);
        let Some(later) = calendar.add(from, n + m) else {
            let ten_years_on = from + jiff::SignedDuration::from_hours(24 * 3653);
            prop_assert!(calendar.between(from, ten_years_on) < n + m, "there would have been enough");
            return Ok(());
        };
        let end = calendar.add(from, n).expect("there is more than enough");
        prop_assert!(end >= from);
        prop_assert_eq!(calendar.between(from, end), n);
        prop_assert_eq!(calendar.add(end, m), Some(later));
        prop_assert!(if m == 0 { later == end } else { later > end }, "more takes longer");
        if n == 0 {
            prop_assert_eq!(end, from);
        } else {
            let last_second = Timestamp::from_second(second(end) - 1).expect("near ours");
            prop_assert_eq!(end.subsec_nanosecond(), 0);
            prop_assert!(calendar.is_open(last_second), "ends in closed time");
            prop_assert_eq!(calendar.between(from, last_second), n - 1, "an earlier moment would do");
        }
    }

    #[test]
    fn what_is_stored_can_be_read_again((calendar, _) in calendar()) {
        let text = serde_json::to_string(&calendar).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Calendar>(&text).expect("reads"), calendar);
    }
}
