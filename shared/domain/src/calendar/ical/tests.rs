use jiff::civil::{Weekday, date};
use proptest::prelude::*;

use super::*;
use crate::{
    calendar::{Holiday, HolidayDate, MonthDay, MonthWeekday},
    text::Name,
};

/// The day from which recurrences are written out.
const FIRST: Date = date(2026, 1, 1);

fn file(events: &[&str]) -> String {
    let events: String = events.iter().map(|event| format!("BEGIN:VEVENT\n{event}\nEND:VEVENT\n")).collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n").replace('\n', "\r\n")
}

fn read(events: &[&str]) -> IcalHolidays {
    holidays_from_ical(&file(events), FIRST).expect("is a whole file")
}

/// The days of one event, in a form that is short to write down: `2026-12-24` or `2026-12-24/2026-12-26`.
fn days(event: &str) -> Vec<String> {
    let holidays = read(&[event]).holidays;
    let day = |holiday: &Holiday| match holiday.date {
        HolidayDate::On(day) => day.to_string(),
        HolidayDate::During(period) => format!("{}/{}", period.from(), period.to()),
        rule => format!("{rule:?}"),
    };
    holidays.as_slice().iter().map(day).collect()
}

fn rule(event: &str) -> Option<HolidayDate> {
    match read(&[event]).holidays.as_slice() {
        [Holiday { date: rule, .. }] if rule.of_year(2026).is_some() => Some(*rule),
        _ => None,
    }
}

fn skipped(event: &str) -> bool {
    let found = read(&[event]);
    found.skipped == 1 && found.holidays.as_slice().is_empty()
}

/// As a public calendar looks: time zones, alarms, folded lines, escapes and properties of which we know nothing.
const PUBLIC: &str = "\u{FEFF}BEGIN:VCALENDAR\r\nPRODID:-//Example//Feiertage//DE\r\nVERSION:2.0\r\nX-WR-CALNAME:Feiertage\r\n\
BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n\
TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260403\r\nDTEND;VALUE=DATE:20260404\r\n\
DTSTAMP:20251101T120000Z\r\nUID:karfreitag@example.test\r\n\
CLASS:PUBLIC\r\nSUMMARY;LANGUAGE=\"de:DE;x\":Karfreitag\\, der \r\n stille Fei\r\n\tertag\r\nTRANSP:TRANSPARENT\r\n\
BEGIN:VALARM\r\nACTION:DISPLAY\r\nSUMMARY:Wecker\r\nDURATION:PT15M\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:20260402T090000\r\nDTEND;TZID=Europe/Berlin:20260402T100000\r\n\
SUMMARY:Meeting\r\nEND:VEVENT\r\n\
BEGIN:VTODO\r\nDTSTART;VALUE=DATE:20260405\r\nSUMMARY:Eggs\r\nEND:VTODO\r\n\
END:VCALENDAR\r\n";

#[test]
fn a_public_calendar_is_read() {
    let found = holidays_from_ical(PUBLIC, FIRST).expect("is a whole file");
    let name = Name::parse("Karfreitag, der stille Feiertag").expect("fits");
    assert_eq!(found.holidays.as_slice(), [Holiday::closed(Some(name), HolidayDate::On(date(2026, 4, 3)))]);
    assert_eq!(found.skipped, 1, "the meeting");
    let bare = PUBLIC.replace("\r\n", "\n");
    assert_eq!(holidays_from_ical(&bare, FIRST), Ok(found), "line feeds alone will do");
}

#[test]
fn the_end_is_the_day_after_the_last() {
    for (event, expected) in [
        ("DTSTART;VALUE=DATE:20261224", "2026-12-24"),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261225", "2026-12-24"),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20270102", "2026-12-24/2027-01-01"),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224", "2026-12-24"),
        ("DTSTART;VALUE=DATE:20261224\nDURATION:P3D", "2026-12-24/2026-12-26"),
        ("DTSTART;VALUE=DATE:20261224\nDURATION:P1W", "2026-12-24/2026-12-30"),
        ("DTSTART:20261224", "2026-12-24"),
        ("dtstart;value=date:20261224", "2026-12-24"),
        ("DTSTART;VALUE=DATE:19991224", "1999-12-24"),
    ] {
        assert_eq!(days(event), [expected], "{event}");
    }
}

#[test]
fn what_has_a_time_or_makes_no_sense_is_counted_as_skipped() {
    for event in [
        "SUMMARY:No day",
        "DTSTART:20261224T090000Z\nDTEND:20261224T170000Z",
        "DTSTART:20261224T000000\nDTEND:20261225T000000",
        "DTSTART;VALUE=DATE-TIME:20261224",
        "DTSTART;VALUE=DATE:20261224\nDTEND:20261224T170000Z",
        "DTSTART;VALUE=DATE:20261224\nDURATION:PT8H",
        "DTSTART;VALUE=DATE:20260230",
        "DTSTART;VALUE=DATE:2026-12-24",
        "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20280101",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=WEEKLY;BYDAY=SU",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=MONTHLY",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYWEEKNO=20",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYYEARDAY=100",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;INTERVAL=0",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYMONTH=13",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYDAY=XX",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY\nRRULE:FREQ=YEARLY;BYMONTH=5",
        "DTSTART;VALUE=DATE:18000101\nRRULE:FREQ=YEARLY;COUNT=400",
    ] {
        assert!(skipped(event), "{event}: {:?}", read(&[event]));
    }
    let cancelled = read(&["DTSTART;VALUE=DATE:20261224\nSTATUS:CANCELLED"]);
    assert_eq!((cancelled.holidays.as_slice().len(), cancelled.skipped), (0, 0));
}

#[test]
fn what_comes_every_year_is_a_rule() {
    let on = |month, day| MonthDay::new(month, day).map(HolidayDate::Yearly).ok();
    let nth = |month, weekday, nth| MonthWeekday::new(month, weekday, nth).map(HolidayDate::YearlyWeekday).ok();
    for (event, expected) in [
        ("DTSTART;VALUE=DATE:20201225\nRRULE:FREQ=YEARLY", on(12, 25)),
        ("DTSTART;VALUE=DATE:20201225\nRRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=12;BYMONTHDAY=25;WKST=MO", on(12, 25)),
        ("DTSTART;VALUE=DATE:20201225\nRRULE:FREQ=YEARLY;BYMONTH=12", on(12, 25)),
        ("DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", nth(11, Weekday::Thursday, 4)),
        ("DTSTART;VALUE=DATE:20200525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", nth(5, Weekday::Monday, -1)),
        ("DTSTART;VALUE=DATE:20200525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=MO;BYSETPOS=-1", nth(5, Weekday::Monday, -1)),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY", on(12, 25)),
    ] {
        assert_eq!(rule(event), expected, "{event}");
    }
}

/// From 2026 on for ten years; worked out with a calendar on the wall.
#[test]
fn what_no_rule_can_say_is_written_out() {
    for (event, expected) in [
        ("DTSTART;VALUE=DATE:20241224\nRRULE:FREQ=YEARLY;UNTIL=20271224", vec!["2026-12-24", "2027-12-24"]),
        ("DTSTART;VALUE=DATE:20241224\nRRULE:FREQ=YEARLY;UNTIL=20271223T230000Z", vec!["2026-12-24"]),
        // 2023, 2024, 2025, 2026.
        ("DTSTART;VALUE=DATE:20231224\nRRULE:FREQ=YEARLY;COUNT=4", vec!["2026-12-24"]),
        ("DTSTART;VALUE=DATE:20231224\nRRULE:FREQ=YEARLY;COUNT=3", vec![]),
        // 2022, 2025, 2028, 2031, 2034.
        ("DTSTART;VALUE=DATE:20220701\nRRULE:FREQ=YEARLY;INTERVAL=3", vec!["2028-07-01", "2031-07-01", "2034-07-01"]),
        // The year has it every four years.
        ("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;COUNT=3", vec!["2028-02-29", "2032-02-29"]),
        // It begins after the first day, so that a rule would be too early.
        ("DTSTART;VALUE=DATE:20340310\nRRULE:FREQ=YEARLY", vec!["2034-03-10", "2035-03-10"]),
        ("DTSTART;VALUE=DATE:20401224\nRRULE:FREQ=YEARLY", vec![]),
        // Its start is not a day of its rule, and counts nevertheless.
        ("DTSTART;VALUE=DATE:20260505\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1MO;COUNT=2", vec!["2026-05-05", "2027-05-03"]),
        // The third from last Friday of January.
        ("DTSTART;VALUE=DATE:20260116\nRRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=-3FR;COUNT=2", vec!["2026-01-16", "2027-01-15"]),
        // The last day of February.
        (
            "DTSTART;VALUE=DATE:20260228\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1;COUNT=3",
            vec!["2026-02-28", "2027-02-28", "2028-02-29"],
        ),
        // The first Monday of the year, which is not of a month.
        ("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=YEARLY;BYDAY=1MO;COUNT=2", vec!["2026-01-05", "2027-01-04"]),
        // Penance Day in Saxony: the Wednesday before 23 November.
        (
            "DTSTART;VALUE=DATE:20261118\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=WE;BYMONTHDAY=16,17,18,19,20,21,22;COUNT=3",
            vec!["2026-11-18", "2027-11-17", "2028-11-22"],
        ),
        // Exceptions and additions.
        (
            "DTSTART;VALUE=DATE:20251224\nRRULE:FREQ=YEARLY;UNTIL=20281231\nEXDATE;VALUE=DATE:20261224,20281224",
            vec!["2027-12-24"],
        ),
        ("DTSTART;VALUE=DATE:20251224\nRRULE:FREQ=YEARLY;UNTIL=20271231\nEXDATE:20261224T000000", vec!["2027-12-24"]),
        (
            "DTSTART;VALUE=DATE:20261224\nRDATE;VALUE=DATE:20270601,20270602\nEXDATE;VALUE=DATE:20270602",
            vec!["2026-12-24", "2027-06-01"],
        ),
        // Two days that recur; the first of January is within ten years though they began in the year before.
        (
            "DTSTART;VALUE=DATE:20201231\nDTEND;VALUE=DATE:20210102\nRRULE:FREQ=YEARLY;UNTIL=20261231",
            vec!["2025-12-31/2026-01-01", "2026-12-31/2027-01-01"],
        ),
    ] {
        assert_eq!(days(event), expected, "{event}");
    }
    let without_end = days("DTSTART;VALUE=DATE:20201224\nDTEND;VALUE=DATE:20201227\nRRULE:FREQ=YEARLY");
    assert_eq!((without_end.len(), without_end.last().map(String::as_str)), (10, Some("2035-12-24/2035-12-26")));
}

#[test]
fn an_occurrence_can_be_moved_or_cancelled() {
    let yearly = "UID:1\nDTSTART;VALUE=DATE:20251224\nRRULE:FREQ=YEARLY;UNTIL=20291231";
    let moved = "UID:1\nRECURRENCE-ID;VALUE=DATE:20271224\nDTSTART;VALUE=DATE:20271223";
    let cancelled = "UID:1\nRECURRENCE-ID;VALUE=DATE:20281224\nDTSTART;VALUE=DATE:20281224\nSTATUS:CANCELLED";
    let of_another = "UID:2\nDTSTART;VALUE=DATE:20271224";
    let found = read(&[yearly, moved, cancelled, of_another]);
    let expected = [date(2026, 12, 24), date(2029, 12, 24), date(2027, 12, 23), date(2027, 12, 24)];
    assert_eq!(found.holidays.as_slice(), expected.map(|day| Holiday::closed(None, HolidayDate::On(day))));
    let for_ever = "UID:1\nDTSTART;VALUE=DATE:20251224\nRRULE:FREQ=YEARLY";
    assert_eq!(read(&[for_ever, cancelled]).holidays.as_slice().len(), 9, "ten years but one");
}

#[test]
fn a_name_becomes_one_line() {
    let named = |summary: &str| {
        let found = read(&[&format!("DTSTART;VALUE=DATE:20261224\nSUMMARY:{summary}")]);
        found.holidays.as_slice()[0].name.as_ref().map(ToString::to_string)
    };
    assert_eq!(named(r"Christmas\n Eve\, \\ half\; day").as_deref(), Some(r"Christmas Eve, \ half; day"));
    assert_eq!(named(&"ü".repeat(200)).map(|name| name.chars().count()), Some(120));
    assert_eq!((named(""), named(r" \n ")), (None, None));
}

#[test]
fn what_is_no_whole_file_is_refused() {
    let whole = file(&["DTSTART;VALUE=DATE:20261224"]);
    for bad in ["", "Hello", "<html>", "BEGIN:VCARD\nEND:VCARD", "BEGIN:VEVENT\nEND:VEVENT", "END:VCALENDAR"] {
        assert!(holidays_from_ical(bad, FIRST).is_err(), "{bad:?} was taken");
    }
    assert!(holidays_from_ical(whole.trim_end().trim_end_matches("END:VCALENDAR"), FIRST).is_err(), "it breaks off");
    assert!(holidays_from_ical(&whole.replace("END:VEVENT\r\n", ""), FIRST).is_err(), "the event does not end");
    assert_eq!(holidays_from_ical("BEGIN:VCALENDAR\nEND:VCALENDAR", FIRST).map(|found| found.holidays.as_slice().len()), Ok(0));
}

#[test]
fn a_file_stays_within_its_limits() {
    let message = |text: &str| holidays_from_ical(text, FIRST).expect_err("is too much").to_string();
    let one = "DTSTART;VALUE=DATE:20261224";
    assert_eq!(read(&vec![one; 2000]).holidays.as_slice().len(), 2000);
    assert_eq!(message(&file(&vec![one; 2001])), "must have at most 2000 holidays");
    let dates = format!("{one}\nRDATE;VALUE=DATE:{}", "20270101,".repeat(5000));
    assert_eq!(days(&dates), ["2026-12-24", "2027-01-01"], "the same day again is one");
    let every_day = "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU";
    assert_eq!(message(&file(&[every_day])), "must have at most 2000 holidays");
    let no_day = "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30";
    assert_eq!(message(&file(&vec![no_day; 2001])), "must have at most 2000 holidays");
    // Counted from long ago, and every day is compared with all that the rule names.
    let weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let all: Vec<_> = (1..=53).flat_map(|n| weekdays.iter().map(move |day| format!("{n}{day}"))).collect();
    let counted = format!("DTSTART;VALUE=DATE:19760101\nRRULE:FREQ=YEARLY;COUNT=1;BYDAY={}", all.join(","));
    assert_eq!(days(&counted), Vec::<String>::new());
    assert_eq!(message(&file(&vec![&counted[..]; 200])), "must have fewer recurrences that have to be written out");
    assert!(skipped("DTSTART;VALUE=DATE:19750101\nRRULE:FREQ=YEARLY;COUNT=90"), "longer ago than is counted");
    assert!(
        skipped("DTSTART;VALUE=DATE:00010101\nDTEND;VALUE=DATE:99990101\nRRULE:FREQ=YEARLY;BYDAY=1MO"),
        "longer than any holiday"
    );
    assert_eq!(message(&"x".repeat((1 << 20) + 1)), "must be at most 1048576 bytes, is 1048577");
}

/// Pieces of which a hostile or broken file could be made.
fn piece() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "BEGIN:VCALENDAR\r\n",
        "END:VCALENDAR\r\n",
        "BEGIN:VEVENT\r\n",
        "END:VEVENT\r\n",
        "BEGIN:",
        "END:",
        "\r\n",
        "\n",
        "\r",
        " ",
        ":",
        ";",
        "\"",
        "\\",
        ",",
        "=",
        "DTSTART;VALUE=DATE:",
        "DTSTART:",
        "DTEND;VALUE=DATE:",
        "DURATION:",
        "P",
        "W",
        "RRULE:",
        "FREQ=YEARLY;",
        "INTERVAL=",
        "COUNT=",
        "UNTIL=",
        "BYMONTH=",
        "BYMONTHDAY=",
        "BYDAY=",
        "BYSETPOS=",
        "EXDATE:",
        "RDATE:",
        "RECURRENCE-ID:",
        "UID:1",
        "SUMMARY:",
        "20261224",
        "00000101",
        "99991231",
        "20240229",
        "-1MO",
        "53SU",
        "-",
        "+",
        "1000",
        "32767",
        "-32768",
        "99999999999999999999",
        "ü",
        "\u{FEFF}",
        "\0",
    ]);
    prop_oneof![9 => known.prop_map(str::to_owned), 1 => "\\PC{0,9}"]
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}", pieces in proptest::collection::vec(piece(), 0..60)) {
        let pieces = pieces.concat();
        let rule = format!("DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=YEARLY;{text}{pieces}");
        let files = [file(&[&text]), file(&[&pieces]), file(&[&rule])];
        for text in files.iter().chain([&text, &pieces]) {
            for first in [FIRST, Date::MIN, Date::MAX] {
                let _ = holidays_from_ical(text, first);
            }
        }
    }

    /// Every rule of well-formed parts gives days of its own years, in order, and none twice.
    #[test]
    fn recurrences_stay_in_their_window(
        (year, month, day) in (1890i16..2060, 1i8..=12, 1i8..=31),
        interval in 1u16..9,
        parts in proptest::sample::subsequence(
            vec!["COUNT=7", "UNTIL=20301224", "BYMONTH=2,5", "BYMONTHDAY=-1,13,29", "BYDAY=FR,-1SU,53WE", "BYSETPOS=1,-1"],
            0..=6,
        ),
    ) {
        let Ok(start) = Date::new(year, month, day) else { return Ok(()) };
        let (first_day, parts_of_it) = (start.strftime("%Y%m%d"), parts.join(";"));
        let event = format!("DTSTART;VALUE=DATE:{first_day}\nRRULE:FREQ=YEARLY;INTERVAL={interval};{parts_of_it}");
        let found = read(&[&event]);
        let days: Vec<Date> = found.holidays.as_slice().iter().filter_map(|holiday| match holiday.date {
            HolidayDate::On(day) => Some(day),
            _ => None,
        }).collect();
        prop_assert!(days.windows(2).all(|pair| pair[0] < pair[1]), "{event}: {days:?}");
        prop_assert!(days.iter().all(|day| FIRST <= *day && *day < date(2036, 1, 1) && *day >= start), "{event}: {days:?}");
        prop_assert!(days.iter().all(|day| i32::from(day.year() - year) % i32::from(interval) == 0), "{event}: {days:?}");
        prop_assert!(!parts.contains(&"COUNT=7") || days.len() <= 7);
    }
}
