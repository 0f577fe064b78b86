//! Somebody wants no more of these mails: by the page, or by one click in their mail program (RFC 8058). The address says
//! all; whatever the body holds, doing it twice does it once.

use axum::{
    extract::{Path, State},
    response::Response,
};
use lambdesk_domain::{Language, Link, Notice, ticket::leave};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::page::{Holder, Page};

/// Stops mails.
pub const FUNCTION: Function = Function::http("email-unsubscribe", "POST", "/v1/unsubscribe/{token}", Access::Open)
    .summary("Stop mails, with one click")
    .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_html()
}

async fn handle(State(app): State<App>, Path(token): Path<String>) -> Result<Response, ApiError> {
    let holder = Holder::of(&app, &token).await?;
    match holder.token.link {
        Link::Leave(ticket) => {
            let person = holder.token.person;
            // Who leaves what was merged leaves what goes on in its place.
            let ticket = app.desk_of(&holder.token.tenant).surviving(holder.ticket(&app, ticket).await?).await?;
            holder.change(&app, ticket.id, |ticket, ctx| Ok(leave(ticket, person, ctx))).await?;
        }
        Link::Mute(notice) => mute(&app, &holder, notice).await?,
        Link::Rate(_) | Link::File(_) => return Err(ApiError::not_found()),
    }
    let language = holder.language(&app, holder.token.link.ticket()).await?;
    let (title, text) = match language {
        Language::En => ("Done", "You will get no more of these mails."),
        Language::De => ("Erledigt", "Sie bekommen diese Mails nicht mehr."),
    };
    Page { language, title, text: text.to_owned(), form: None }.answer()
}

async fn mute(app: &App, holder: &Holder, notice: Notice) -> Result<(), ApiError> {
    let desk = app.desk_of(&holder.token.tenant);
    let mut person = holder.person.clone();
    loop {
        let version = person.version;
        match desk.update_person(&person, &person.mute(notice)).await {
            Err(StoreError::Stale) => person = desk.person(person.id).await?,
            done => return Ok(done?),
        }
        if person.version == version {
            return Err(StoreError::Unavailable("the person changes and does not".to_owned()).into());
        }
    }
}
