//! The listener and its two routes.

#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::error::Refusal;
use crate::mailbox::{Mail, Mailbox};
use crate::params::Params;
use crate::settings::SettingsFile;
use crate::{actions, xml};

/// SES takes messages of 40 MB; base64 in a form is up to twice that, in bytes.
const MAX_BODY: usize = 80 * 1024 * 1024;

/// How many mails `GET /_aws/ses` answers if it isn't told.
const DEFAULT_LIMIT: usize = 100;

struct Shared {
    mailbox: Mailbox,
    settings: SettingsFile,
}

/// Which mails `GET /_aws/ses` answers: all of these must hold.
#[derive(Deserialize)]
struct Filter {
    id: Option<Uuid>,
    /// The sender's address.
    email: Option<String>,
    limit: Option<usize>,
}

/// Serves SES to everyone who connects to `listener`, storing mail in
/// `mailbox`. Runs until it is dropped.
///
/// # Errors
/// If the kept settings can't be read, or the listener fails.
pub async fn serve(listener: TcpListener, mailbox: Mailbox) -> Result<(), io::Error> {
    axum::serve(listener, router(mailbox)?).await
}

/// The routes alone: `POST /` for SES, `GET /_aws/ses` to look at the mails.
///
/// # Errors
/// If the kept settings can't be read.
pub fn router(mailbox: Mailbox) -> Result<Router, io::Error> {
    let settings = SettingsFile::open(mailbox.directory())?;
    Ok(Router::new()
        .route("/", post(action))
        .route("/_aws/ses", get(mails))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::new(Shared { mailbox, settings })))
}

async fn action(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let params = Params::parse(&body);
    let name = params.action().to_owned();
    let request_id = shared.mailbox.new_id().to_string();
    let result = actions::perform(&shared.mailbox, &shared.settings, params);
    let (status, answer) = match result {
        Ok(result) => (StatusCode::OK, xml::success(&name, &result, &request_id)),
        Err(refusal) => (refusal.status, xml::failure(&refusal, &request_id)),
    };
    tracing::debug!(request_id, status = status.as_u16(), "local SES request");
    (status, [(CONTENT_TYPE, "text/xml")], answer).into_response()
}

async fn mails(State(shared): State<Arc<Shared>>, Query(filter): Query<Filter>) -> Response {
    let mut found = shared.mailbox.list();
    found
        .retain(|mail| filter.id.is_none_or(|id| mail.id == id) && filter.email.as_ref().is_none_or(|email| mail.from == *email));
    found.truncate(filter.limit.unwrap_or(DEFAULT_LIMIT));
    let messages: io::Result<Vec<Value>> = found.iter().map(|mail| message(&shared.mailbox, mail)).collect();
    match messages {
        Ok(messages) => Json(json!({ "messages": messages })).into_response(),
        Err(error) => Refusal::from(error).status.into_response(),
    }
}

/// A mail in the shape of LocalStack's `/_aws/ses`, with a subject added.
fn message(mailbox: &Mailbox, mail: &Mail) -> io::Result<Value> {
    let raw = mailbox.raw(mail.id)?;
    Ok(json!({
        "Id": mail.id,
        "Timestamp": mail.sent_at,
        "Source": mail.from,
        "Destinations": mail.to,
        "Subject": mail.subject,
        "RawData": String::from_utf8_lossy(&raw),
    }))
}
