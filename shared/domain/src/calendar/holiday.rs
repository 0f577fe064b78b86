//! Holidays: days on which the hours of the week do not hold.

use jiff::civil::{Date, Weekday};
use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};

use super::{
    holiday_date::{EasterOffset, HolidayDate, MonthDay, MonthWeekday, Period},
    hours::DayHours,
    read::{self, Object, Wrong},
};
use crate::{error::ParseError, text::Name};

/// Holidays that one calendar may have.
pub(super) const MOST_HOLIDAYS: usize = 2000;

/// Days on which the hours of the week do not hold. The desk is closed the whole local day, or open in the holiday's own hours.
///
/// Own hours stand in place of the week's where the week has any that day: a half day on 24 December opens nothing when the 24th
/// is a Sunday without hours. Where several holidays meet, the desk is open when all of them have it open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// How it is called.
    pub name: Option<Name>,
    /// When it is.
    pub date: HolidayDate,
    /// Hours in which the desk is open nevertheless; mostly none.
    pub hours: DayHours,
}

// The shape of a holiday in JSON. What is said here is said to the users of the API.
/// Days on which the hours of the week do not hold: exactly one of `date`, `from` with `to`, `yearly` and `easter`. The desk is
/// closed the whole day in its time zone, or open in the holiday's own `hours`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HolidayShape<'a> {
    /// How it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a Name>,
    /// The one day of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    date: Option<Date>,
    /// The first day of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day of several, at most 366 in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// The day of every year.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    yearly: Option<YearlyShape>,
    /// Days after Easter Sunday (western): -2 is Good Friday.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -80, maximum = 250)]
    easter: Option<i16>,
    /// Hours that hold instead of the week's, where the week has any that day; without them the desk is closed all day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<super::OpeningHours>>, max_items = 24)]
    hours: Option<&'a DayHours>,
}

/// A day of every year: a month with either a `day`, or a `weekday` and its `nth`.
#[derive(Default, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct YearlyShape {
    /// The month.
    #[schema(minimum = 1, maximum = 12)]
    month: i8,
    /// The day of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 31)]
    day: Option<i8>,
    /// The weekday.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(monday|tuesday|wednesday|thursday|friday|saturday|sunday)$")]
    weekday: Option<&'static str>,
    /// Which of the month's: 1 to 5, or -1 for the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -1, maximum = 5)]
    nth: Option<i8>,
}

impl Serialize for Holiday {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let hours = Some(&self.hours).filter(|hours| !hours.as_slice().is_empty());
        let mut shape =
            HolidayShape { name: self.name.as_ref(), date: None, from: None, to: None, yearly: None, easter: None, hours };
        match self.date {
            HolidayDate::On(day) => shape.date = Some(day),
            HolidayDate::During(period) => (shape.from, shape.to) = (Some(period.from()), Some(period.to())),
            HolidayDate::Yearly(day) => {
                shape.yearly = Some(YearlyShape { month: day.month(), day: Some(day.day()), ..YearlyShape::default() });
            }
            HolidayDate::YearlyWeekday(day) => {
                let weekday = Some(WeekdayName(day.weekday()).as_str());
                shape.yearly = Some(YearlyShape { month: day.month(), day: None, weekday, nth: Some(day.nth()) });
            }
            HolidayDate::Easter(offset) => shape.easter = Some(offset.days()),
        }
        shape.serialize(serializer)
    }
}

impl PartialSchema for Holiday {
    fn schema() -> RefOr<Schema> {
        HolidayShape::schema()
    }
}

impl ToSchema for Holiday {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        HolidayShape::schemas(schemas);
    }
}

impl Holiday {
    /// A holiday that closes the desk all day.
    pub fn closed(name: Option<Name>, date: HolidayDate) -> Self {
        Self { name, date, hours: DayHours::default() }
    }

    pub(super) fn read(value: Value, path: &str, wrong: &mut Wrong) -> Option<Self> {
        let mut fields = Object::open(value, path, wrong)?;
        let name = fields.optional("name", read::text);
        let hours = fields.optional("hours", DayHours::read).unwrap_or_default();
        let date = read_date(&mut fields);
        fields.close();
        Some(Self { name, date: date?, hours })
    }
}

fn read_date(fields: &mut Object<'_>) -> Option<HolidayDate> {
    let given = [fields.has("date"), fields.has("from") || fields.has("to"), fields.has("yearly"), fields.has("easter")];
    let how_many = given.iter().filter(|given| **given).count();
    let date = fields.optional("date", read::text).map(|IsoDate(day)| HolidayDate::On(day));
    let period = if given[1] { read_period(fields) } else { None };
    let yearly = fields.optional("yearly", read_yearly);
    let easter = fields.optional("easter", read::integer(EasterOffset::RANGE));
    let easter = easter.and_then(|days| fields.parsed("easter", EasterOffset::new(days)));
    match how_many {
        0 => fields.note("date", "required", "is required, or from with to, yearly or easter"),
        1 => {}
        _ => fields.note("", "invalid", "must have only one of date, from with to, yearly and easter"),
    }
    date.or(period).or(yearly).or(easter.map(HolidayDate::Easter))
}

fn read_period(fields: &mut Object<'_>) -> Option<HolidayDate> {
    let from = fields.required("from", read::text);
    let to = fields.required("to", read::text);
    let (IsoDate(from), IsoDate(to)) = from.zip(to)?;
    fields.parsed("to", Period::new(from, to)).map(HolidayDate::During)
}

fn read_yearly(value: Value, path: &str, wrong: &mut Wrong) -> Option<HolidayDate> {
    // Whatever is in the ranges fits the type.
    let narrow = |number: i16| i8::try_from(number).unwrap_or_default();
    let mut fields = Object::open(value, path, wrong)?;
    let month = fields.required("month", read::integer(1..=12)).map(narrow);
    let by_weekday = fields.has("weekday") || fields.has("nth");
    let date = if by_weekday {
        let weekday = fields.required("weekday", read::text);
        let nth = fields.required("nth", read::integer(-1..=5)).map(narrow);
        let all = month.zip(weekday.zip(nth));
        let day =
            all.and_then(|(month, (WeekdayName(weekday), nth))| fields.parsed("nth", MonthWeekday::new(month, weekday, nth)));
        day.map(HolidayDate::YearlyWeekday)
    } else {
        let day = fields.required("day", read::integer(1..=31)).map(narrow);
        let day = month.zip(day).and_then(|(month, day)| fields.parsed("day", MonthDay::new(month, day)));
        day.map(HolidayDate::Yearly)
    };
    fields.close();
    date
}

/// A date in the one spelling `2026-12-24`; jiff would also take a moment, and `20261224`.
struct IsoDate(Date);

impl TryFrom<String> for IsoDate {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
        date.map(Self).ok_or_else(|| ParseError::new("must be a date such as 2026-12-24"))
    }
}

/// A weekday by its English name in lower case.
struct WeekdayName(Weekday);

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl WeekdayName {
    fn as_str(&self) -> &'static str {
        WEEKDAYS.iter().find(|(_, weekday)| *weekday == self.0).map_or("", |(name, _)| name)
    }
}

impl TryFrom<String> for WeekdayName {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        let found = WEEKDAYS.iter().find(|(name, _)| *name == text);
        found.map(|(_, weekday)| Self(*weekday)).ok_or_else(|| ParseError::new("must be one of monday to sunday"))
    }
}

/// The holidays of a calendar, at most 2,000, in the order in which they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Holidays(Vec<Holiday>);

impl Holidays {
    /// These holidays, unless they are too many.
    pub fn new(holidays: Vec<Holiday>) -> Result<Self, ParseError> {
        if holidays.len() > MOST_HOLIDAYS {
            return Err(ParseError::new(format!("must be at most {MOST_HOLIDAYS} holidays, are {}", holidays.len())));
        }
        Ok(Self(holidays))
    }

    /// The holidays.
    pub fn as_slice(&self) -> &[Holiday] {
        &self.0
    }

    /// The holidays, to add to them or leave some out.
    pub fn into_vec(self) -> Vec<Holiday> {
        self.0
    }

    pub(super) fn read(value: Value, path: &str, wrong: &mut Wrong) -> Option<Self> {
        let holidays = read::list(MOST_HOLIDAYS, Holiday::read)(value, path, wrong)?;
        Some(Self(holidays.into_iter().map(|(_, holiday)| holiday).collect()))
    }
}
