//! A file that was too large for a mail, by the link in it: for whom the mail was for, as long as they see its message.

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use lambdesk_domain::{Caller, FileRecord, Language, Link, Ticket, attachment::Barred, inbound::belongs, ticket::MessageView};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, download_address, may_be_given, scan_of};
use lambdesk_platform::{App, BucketName};

use crate::page::{Holder, Page};

/// Leads to a file.
pub const FUNCTION: Function = Function::http("email-open-file", "GET", "/v1/files/{token}", Access::Open)
    .summary("Get a file by the link in a mail")
    .needs(&[Need::Get, Need::Query, Need::Read(BucketName::Attachments), Need::ReadTags(BucketName::Attachments)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_html().answers_redirect()
}

/// Reading it changes nothing, and the address that it leads to is over in minutes: scanners open every link.
async fn handle(State(app): State<App>, Path(token): Path<String>) -> Result<Response, ApiError> {
    let holder = Holder::of(&app, &token).await?;
    let file = visible(&app, &holder).await?;
    let tenant = &holder.token.tenant;
    let config = app.desk_of(tenant).config().await?;
    let scan = scan_of(&app, tenant, &file).await?;
    match may_be_given(&file, scan, config.attachments) {
        Ok(()) => Ok(Redirect::to(&download_address(&app, tenant, &file).await?.0).into_response()),
        Err(barred) => {
            let ticket = file.attached_to.map(|place| place.ticket);
            not_given(holder.language(&app, ticket).await?, barred)
        }
    }
}

/// The file, while the person would still be mailed its message: that it once was makes nobody see what is no longer theirs.
async fn visible(app: &App, holder: &Holder) -> Result<FileRecord, ApiError> {
    let Link::File(id) = holder.token.link else { return Err(ApiError::not_found()) };
    let caller = Caller::of(&holder.person, &holder.token.tenant);
    let desk = app.desk(&caller);
    let file = desk.attachment(id).await?;
    let place = file.attached_to.ok_or_else(ApiError::not_found)?;
    let ticket = desk.with_fate_of_target(holder.ticket(app, place.ticket).await?).await?;
    // Who is only copied in reads mails, and signs in to nothing. Of what was merged, those who are on what goes on have it too.
    let may_have = |ticket: &Ticket| {
        let is_told = ticket.deleted_at.is_none() && belongs(&holder.person, ticket);
        is_told || caller.sees(ticket)
    };
    if !may_have(&ticket) && !may_have(&desk.surviving(ticket).await?) {
        return Err(ApiError::not_found());
    }
    let message = desk.message(place.ticket, place.message).await?;
    MessageView::of(&message, &caller).map(|_| file).ok_or_else(ApiError::not_found)
}

fn not_given(language: Language, barred: Barred) -> Result<Response, ApiError> {
    let waits = barred == Barred::Pending;
    let (title, text) = match (language, waits) {
        (Language::En, true) => ("Not yet", "This file is still being checked. Please try again in a few minutes."),
        (Language::De, true) => {
            ("Noch nicht", "Diese Datei wird noch geprüft. Bitte versuchen Sie es in ein paar Minuten wieder.")
        }
        (Language::En, false) => ("Not available", "This file cannot be had. Please ask us by answering the mail."),
        (Language::De, false) => ("Nicht verfügbar", "Diese Datei ist nicht zu haben. Bitte antworten Sie auf die Mail."),
    };
    Page { language, title, text: text.to_owned(), form: None }.answer()
}
