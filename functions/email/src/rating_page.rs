//! Asks the requester how it went. Reading it changes nothing: scanners open every link.

use axum::{
    extract::{Path, State},
    response::Response,
};
use lambdesk_domain::{Language, Link};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need};
use lambdesk_platform::App;

use crate::page::{Form, Holder, Page};

/// Shows the question.
pub const FUNCTION: Function = Function::http("email-rating-page", "GET", "/v1/ratings/{token}", Access::Open)
    .summary("Ask the requester how it went")
    .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_html()
}

async fn handle(State(app): State<App>, Path(token): Path<String>) -> Result<Response, ApiError> {
    let holder = Holder::of(&app, &token).await?;
    let Link::Rate(ticket) = holder.token.link else { return Err(ApiError::not_found()) };
    let ticket = holder.ticket(&app, ticket).await?;
    if ticket.deleted_at.is_some() || ticket.requester != holder.person.id {
        return Err(ApiError::not_found());
    }
    let language = holder.language(&app, Some(ticket.id)).await?;
    let (title, comment, open) = match language {
        Language::En => ("How did we do?", "Anything to add?", "This request is open again. Please tell us when it is done."),
        Language::De => (
            "Wie zufrieden sind Sie?",
            "Möchten Sie etwas ergänzen?",
            "Diese Anfrage ist wieder offen. Bitte sagen Sie es uns, wenn sie erledigt ist.",
        ),
    };
    if ticket.merged_into.is_some() {
        let text = match language {
            Language::En => "This request goes on as part of another.",
            Language::De => "Diese Anfrage wird mit einer anderen weitergeführt.",
        };
        return Page { language, title, text: text.to_owned(), form: None }.answer();
    }
    if ticket.status.is_open() {
        return Page { language, title, text: open.to_owned(), form: None }.answer();
    }
    if ticket.rating.as_ref().is_some_and(|rating| rating.is_final(app.now())) {
        return Page { language, title, text: too_late(language).to_owned(), form: None }.answer();
    }
    let label = |score: u8| match (score, language) {
        (1, Language::En) => "1 (bad)".to_owned(),
        (5, Language::En) => "5 (good)".to_owned(),
        (1, Language::De) => "1 (schlecht)".to_owned(),
        (5, Language::De) => "5 (gut)".to_owned(),
        _ => score.to_string(),
    };
    let buttons = (1..=5).map(|score| ("score", score.to_string(), label(score))).collect();
    let text = format!("{}: {}", ticket.number, ticket.subject);
    Page { language, title, text, form: Some(Form { buttons, comment: Some(comment) }) }.answer()
}

/// What is said of a rating that cannot be changed any more.
pub(crate) const fn too_late(language: Language) -> &'static str {
    match language {
        Language::En => "Your rating can no longer be changed. Thank you for it.",
        Language::De => "Ihre Bewertung lässt sich nicht mehr ändern. Vielen Dank dafür.",
    }
}
