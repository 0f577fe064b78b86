//! Asks whether somebody really wants no more of these mails. Reading it changes nothing: scanners open every link.

use axum::{
    extract::{Path, State},
    response::Response,
};
use lambdesk_domain::{Language, Link};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need};
use lambdesk_platform::App;

use crate::page::{Form, Holder, Page};

/// Shows the question.
pub const FUNCTION: Function = Function::http("email-unsubscribe-page", "GET", "/v1/unsubscribe/{token}", Access::Open)
    .summary("Ask whether mails are to stop")
    .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_html()
}

async fn handle(State(app): State<App>, Path(token): Path<String>) -> Result<Response, ApiError> {
    let holder = Holder::of(&app, &token).await?;
    let language = holder.language(&app, holder.token.link.ticket()).await?;
    let text = match (holder.token.link, language) {
        (Link::Rate(_) | Link::File(_), _) => return Err(ApiError::not_found()),
        (Link::Leave(_), Language::En) => "You will get no more mails about this request.",
        (Link::Leave(_), Language::De) => "Sie bekommen keine Mails mehr zu dieser Anfrage.",
        (Link::Mute(_), Language::En) => "You will get no more mails of this kind.",
        (Link::Mute(_), Language::De) => "Sie bekommen keine Mails dieser Art mehr.",
    };
    let (title, label) = match language {
        Language::En => ("Stop these mails?", "Stop them"),
        Language::De => ("Diese Mails abbestellen?", "Abbestellen"),
    };
    // As a mail program that does it with one click (RFC 8058, 3.2).
    let buttons = vec![("List-Unsubscribe", "One-Click".to_owned(), label.to_owned())];
    Page { language, title, text: text.to_owned(), form: Some(Form { buttons, comment: None }) }.answer()
}
