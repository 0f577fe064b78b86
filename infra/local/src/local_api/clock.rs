//! `POST /local/clock`: reads the clock of the process, or moves it forward.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use jiff::{SignedDuration, Span, SpanRelativeTo};
use lambdesk_platform::Clock as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Local, token::unreadable};
use crate::gateway::problem::Problem;

/// By how much; nothing reads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    advance: Option<String>,
}

/// Answers the time.
pub(super) async fn advance(
    State(local): State<Local>,
    input: Result<Json<Input>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Input { advance }) = input.map_err(unreadable)?;
    let now = match advance.as_deref().map(parse).transpose()? {
        None => local.clock.now(),
        Some(by) => local.clock.advance(by).map_err(invalid)?,
    };
    Ok(Json(json!({ "now": now })))
}

/// Reads an ISO 8601 duration. A day has 24 hours; months and years have no length of their own and are refused.
fn parse(text: &str) -> Result<SignedDuration, Problem> {
    let span: Result<Span, _> = text.parse();
    let duration = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
    duration.map_err(|_| invalid("advance must be an ISO 8601 duration of weeks, days and smaller, such as PT2H.".to_owned()))
}

fn invalid(detail: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_iso_8601() {
        assert_eq!(parse("PT2H").expect("read"), SignedDuration::from_hours(2));
        assert_eq!(parse("P1W2DT3M4.5S").expect("read"), SignedDuration::from_millis(((9 * 24 * 60 + 3) * 60 + 4) * 1000 + 500));
        for bad in ["", "2", "P1M", "P1Y", "tomorrow"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
