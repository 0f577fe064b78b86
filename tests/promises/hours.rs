//! Working time as a table of minutes: each is open or not, as the local clock says while it lasts. No arithmetic on spans that
//! could share a mistake with the desk's.

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;

/// Minutes of the local day: from the first, until before the last.
type Span = (i64, i64);

/// The hours of a desk, as somebody would write them on its door.
pub(super) struct Door {
    pub(super) zone: &'static str,
    pub(super) week: fn(Weekday) -> Vec<Span>,
    pub(super) holidays: Vec<(Date, Vec<Span>)>,
}

impl Door {
    fn on(&self, day: Date) -> Vec<Span> {
        let holiday = self.holidays.iter().find(|(date, _)| *date == day);
        holiday.map_or_else(|| (self.week)(day.weekday()), |(_, spans)| spans.clone())
    }

    /// The calendar as the desk's configuration has it.
    pub(super) fn calendar(&self, version: u32) -> Value {
        use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
        let days = [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday];
        let hours: serde_json::Map<_, _> =
            days.iter().map(|day| (format!("{day:?}").to_lowercase(), written(&(self.week)(*day)))).collect();
        let holiday = |(n, (day, spans)): (usize, &(Date, Vec<Span>))| json!({ "name": format!("Holiday {n}"), "date": day.to_string(), "hours": written(spans) });
        let holidays: Vec<_> = self.holidays.iter().enumerate().map(holiday).collect();
        json!({
            "id": "door", "name": "Door", "time_zone": self.zone, "hours": hours, "holidays": holidays, "version": version,
        })
    }
}

fn written(spans: &[Span]) -> Value {
    let time = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    spans.iter().map(|(from, to)| json!({ "from": time(*from), "to": time(*to) })).collect()
}

/// What time counts.
pub(super) enum Hours {
    Always,
    Door(Minutes),
}

impl Hours {
    /// Milliseconds that count between two moments.
    pub(super) fn between(&self, from: i64, to: i64) -> i64 {
        match self {
            Self::Always => to - from,
            Self::Door(minutes) => minutes.counted_until(to) - minutes.counted_until(from),
        }
    }

    /// The first moment at which so many milliseconds have counted.
    pub(super) fn after(&self, from: i64, counting: i64) -> i64 {
        match self {
            _ if counting <= 0 => from,
            Self::Always => from + counting,
            Self::Door(minutes) => minutes.when_counted(minutes.counted_until(from) + counting),
        }
    }
}

/// How many minutes were open before each minute of a stretch of time.
pub(super) struct Minutes {
    first: i64,
    open_before: Vec<i64>,
}

impl Minutes {
    /// Looks at every minute between two moments.
    pub(super) fn of(door: &Door, from: i64, to: i64) -> Self {
        let zone = TimeZone::get(door.zone).expect("a zone");
        let (first, last) = (from.div_euclid(MINUTE), to.div_euclid(MINUTE));
        let (mut open_before, mut open) = (vec![0], 0);
        for minute in first..last {
            let local = Timestamp::from_second(minute * 60).expect("near").to_zoned(zone.clone());
            let of_day = i64::from(local.hour()) * 60 + i64::from(local.minute());
            open += i64::from(door.on(local.date()).iter().any(|(from, to)| (*from..*to).contains(&of_day)));
            open_before.push(open);
        }
        Self { first, open_before }
    }

    fn counted_until(&self, at: i64) -> i64 {
        let index = usize::try_from(at.div_euclid(MINUTE) - self.first).expect("within the table");
        let (before, after) = (self.open_before[index], self.open_before[index + 1]);
        before * MINUTE + (after - before) * at.rem_euclid(MINUTE)
    }

    fn when_counted(&self, goal: i64) -> i64 {
        // The minute within which, or at whose end, the goal is reached.
        let next = self.open_before.partition_point(|open| open * MINUTE < goal);
        assert!(next < self.open_before.len(), "the table is too short");
        let minute = self.first + i64::try_from(next).expect("small") - 1;
        minute * MINUTE + goal - self.open_before[next - 1] * MINUTE
    }
}

/// What the model says of time, on examples counted by hand.
#[test]
fn the_table_of_minutes_counts_as_people_do() {
    let week = |day| if day == Weekday::Sunday { vec![(60, 240)] } else { vec![(510, 720), (780, 1050)] };
    let door = Door { zone: "Europe/Berlin", week, holidays: vec![(jiff::civil::date(2027, 3, 25), vec![(600, 660)])] };
    let at = |text: &str| text.parse::<Timestamp>().expect("a time").as_millisecond();
    let hours = Hours::Door(Minutes::of(&door, at("2027-03-20T00:00:00Z"), at("2027-04-20T00:00:00Z")));
    let wednesday = at("2027-03-24T16:00:00Z");
    assert_eq!(hours.between(wednesday, at("2027-03-25T23:00:00Z")), 90 * MINUTE, "until 17:30, and the hour of the half day");
    assert_eq!(hours.after(wednesday, 30 * MINUTE), at("2027-03-24T16:30:00Z"), "the end of a day, not the next one's beginning");
    assert_eq!(hours.after(wednesday, 30 * MINUTE + 1), at("2027-03-25T09:00:00.001Z"));
    let sunday = (at("2027-03-27T23:00:00Z"), at("2027-03-28T22:00:00Z"));
    assert_eq!(hours.between(sunday.0, sunday.1), 120 * MINUTE, "from 1 to 4, but there is no 2 to 3");
}
