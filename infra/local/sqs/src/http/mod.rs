//! The AWS JSON 1.0 protocol: `POST /` with the operation in `X-Amz-Target`.

mod error;
mod message_calls;
mod operation;
mod queue_calls;
mod redrive_calls;
mod shapes;

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;

use crate::SqsError;
use crate::queues::Queues;

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

/// What comes before the operation in `X-Amz-Target`.
const TARGET_PREFIX: &str = "AmazonSQS.";

/// Room for 1 MiB of messages in JSON that writes every second byte as `\u00xx`.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// What every call can use.
#[derive(Clone)]
struct Endpoint {
    queues: Queues,
    /// Scheme, host and port of the queue URLs given out, without a slash at the end.
    base_url: String,
}

/// Serves the queues until the listener fails. Queue URLs carry the address of the listener.
///
/// Anyone who reaches the listener may do anything: it belongs on the loopback interface.
pub async fn serve(listener: TcpListener, queues: Queues) -> std::io::Result<()> {
    let base_url = base_url(listener.local_addr()?);
    axum::serve(listener, router(queues, base_url)).await
}

/// The service of [`serve`], for a server of one's own. `base_url` as in `http://127.0.0.1:9324`.
pub fn router(queues: Queues, base_url: impl Into<String>) -> Router {
    let base_url = base_url.into().trim_end_matches('/').to_owned();
    // Older SDKs post to the queue URL; the body says the same.
    Router::new()
        .route("/", post(answer))
        .route("/{account}/{queue}", post(answer))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Endpoint { queues, base_url })
}

fn base_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://127.0.0.1:{}", address.port());
    }
    format!("http://{address}")
}

async fn answer(State(endpoint): State<Endpoint>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let operation = target.strip_prefix(TARGET_PREFIX).unwrap_or(target);
    let response = match operation::run(&endpoint, operation, &body).await {
        Ok(json) => (StatusCode::OK, [(header::CONTENT_TYPE, CONTENT_TYPE)], json).into_response(),
        Err(error) => {
            log(operation, &error);
            error::to_response(&error)
        }
    };
    ([("x-amzn-requestid", uuid::Uuid::new_v4().to_string())], response).into_response()
}

fn log(operation: &str, error: &SqsError) {
    match error {
        SqsError::Storage(source) => tracing::error!(operation, %source, "the queue storage failed"),
        refusal => tracing::debug!(operation, code = error::code_of(refusal), "refused"),
    }
}

#[cfg(test)]
mod tests;
