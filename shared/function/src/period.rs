//! Days that figures are asked for.

use std::ops::RangeInclusive;

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use lambdesk_domain::FieldError;

use crate::error::ApiError;

/// The most days of one answer: a year.
const MOST_DAYS: i32 = 366;
/// The days of an answer where none are named.
const DAYS: i32 = 30;
/// The years that days may be of: others are written otherwise than keys are.
const YEARS: RangeInclusive<i16> = 1970..=9998;

/// The first and the last day (UTC, both included): today, and thirty days in all, where they are not named.
pub fn period(from: Option<Date>, to: Option<Date>, now: Timestamp) -> Result<(Date, Date), ApiError> {
    let to = to.unwrap_or_else(|| now.to_zoned(TimeZone::UTC).date());
    let from = match from {
        Some(from) => from,
        None => to.saturating_sub((DAYS - 1).days()),
    };
    if !YEARS.contains(&to.year()) {
        let message = format!("must be a day of the years {} to {}", YEARS.start(), YEARS.end());
        return Err(ApiError::invalid(vec![FieldError::new("to", "out_of_range", message)]));
    }
    let length = to.since(from).map(|span| span.get_days()).unwrap_or(i32::MAX);
    if !(0..MOST_DAYS).contains(&length) {
        let message = format!("must be a day from {} days before `to` until `to`", MOST_DAYS - 1);
        return Err(ApiError::invalid(vec![FieldError::new("from", "out_of_range", message)]));
    }
    Ok((from, to))
}
