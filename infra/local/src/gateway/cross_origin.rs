//! Cross-origin requests (CORS). Any page may call the API: it takes a token, and none comes by itself. What is for this
//! machine alone (`/local`) answers only to pages of this machine.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::local_api::guard::is_loopback_origin;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, idempotency-key, if-match, if-none-match");
const ANSWER_HEADERS: HeaderValue =
    HeaderValue::from_static("etag, location, retry-after, allow, x-request-id, idempotency-replayed, x-lambdesk-cost");
/// An hour, in seconds.
const PREFLIGHT_AGE: HeaderValue = HeaderValue::from_static("3600");

/// Answers preflights and marks answers.
pub(super) async fn allow(request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else { return next.run(request).await };
    let Some(allowed) = allowed(request.uri().path(), &origin) else { return next.run(request).await };
    let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let preflight = *request.method() == Method::OPTIONS && asks;
    let mut response = if preflight { preflight_answer(request.headers()) } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, ANSWER_HEADERS);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    response
}

fn allowed(path: &str, origin: &HeaderValue) -> Option<HeaderValue> {
    if !path.starts_with("/local/") {
        return Some(HeaderValue::from_static("*"));
    }
    is_loopback_origin(origin).then(|| origin.clone())
}

fn preflight_answer(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let wanted = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.unwrap_or(REQUEST_HEADERS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE);
    response
}
