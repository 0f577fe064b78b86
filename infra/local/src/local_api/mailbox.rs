//! `GET /local/mailbox`: the mail that the desk sent.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use lambdesk_local_ses::Mail;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Local;
use crate::gateway::problem::Problem;

/// How many mails a list shows unless it is told.
const DEFAULT_LIMIT: usize = 1000;

/// What to show.
#[derive(Deserialize)]
pub(super) struct Input {
    limit: Option<usize>,
}

/// The newest mails, newest first.
pub(super) async fn list(State(local): State<Local>, Query(input): Query<Input>) -> Json<Value> {
    let show = |mail: &Mail| {
        json!({
            "id": mail.id,
            "from": mail.from,
            "to": mail.to,
            "subject": mail.subject,
            "message_id": mail.message_id,
            "sent_at": mail.sent_at,
        })
    };
    let limit = input.limit.unwrap_or(DEFAULT_LIMIT);
    Json(json!({ "items": local.mailbox.list().iter().take(limit).map(show).collect::<Vec<_>>() }))
}

/// One mail as it was sent (RFC 5322), as text: a browser must not render what customers wrote.
pub(super) async fn raw(State(local): State<Local>, Path(id): Path<String>) -> Result<Response, Problem> {
    let nothing = || Problem::not_found("There is no such mail.");
    let id: Uuid = id.parse().map_err(|_| nothing())?;
    match local.mailbox.raw(id) {
        Ok(raw) => {
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
                (header::CACHE_CONTROL, "no-store"),
            ];
            Ok((headers, raw).into_response())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(nothing()),
        Err(error) => Err(Problem::internal(format!("the mailbox: {error}"))),
    }
}
