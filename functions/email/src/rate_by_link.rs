//! The requester says how it went, by the link in a mail. Rating again replaces the rating, for two weeks.

use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use lambdesk_domain::{
    FieldError, Language, Link, RatingComment,
    ticket::{Score, rate},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need};
use lambdesk_platform::App;

use crate::page::{Holder, Page};

/// Rates a ticket.
pub const FUNCTION: Function = Function::http("email-rate", "POST", "/v1/ratings/{token}", Access::Open)
    .summary("Rate a ticket by the link in its mail")
    .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_html()
}

async fn handle(State(app): State<App>, Path(token): Path<String>, form: Bytes) -> Result<Response, ApiError> {
    let holder = Holder::of(&app, &token).await?;
    let Link::Rate(ticket) = holder.token.link else { return Err(ApiError::not_found()) };
    let (score, comment) = read(&form)?;
    holder.change(&app, ticket, |ticket, ctx| rate(ticket, score, comment.clone(), ctx)).await?;
    let language = holder.language(&app, Some(ticket)).await?;
    let (title, text) = match language {
        Language::En => ("Thank you", "For two weeks you can change it by the same link."),
        Language::De => ("Vielen Dank", "Zwei Wochen lang können Sie es über denselben Link ändern."),
    };
    Page { language, title, text: text.to_owned(), form: None }.answer()
}

/// What a browser sends of the form.
fn read(form: &[u8]) -> Result<(Score, Option<RatingComment>), ApiError> {
    let field = |name: &str| form_urlencoded::parse(form).find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let wrong = |name: &str, message: &str| ApiError::invalid(vec![FieldError::new(name, "invalid", message)]);
    let score = field("score").and_then(|score| score.parse::<i64>().ok()).and_then(|score| Score::try_from(score).ok());
    let score = score.ok_or_else(|| wrong("score", "must be 1 to 5"))?;
    let comment = field("comment").filter(|comment| !comment.trim().is_empty());
    let comment = comment.map(|comment| RatingComment::parse(&comment)).transpose();
    Ok((score, comment.map_err(|error| wrong("comment", &error.0))?))
}
