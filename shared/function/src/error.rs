//! Errors as the API answers them: problem details (RFC 9457), with a public message for the caller and an internal
//! context for the log, and never the one in place of the other.

use std::time::Duration;

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use lambdesk_domain::{
    DomainError, FieldError,
    ticket::{EventView, MessageView},
};
use lambdesk_platform::ObjectError;
use lambdesk_store::{Answer, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::Reply;

/// Errors that one answer names at most.
const MOST_ERRORS: usize = 100;

/// Why a request was not done.
#[derive(Debug)]
pub enum ApiError {
    /// It failed.
    Failed(Box<Failure>),
    /// It was done before, under the same idempotency key: the first answer, again.
    Answered(Box<Answer>),
}

/// A failure: what the caller is told, and what only the log is told.
#[derive(Debug)]
pub struct Failure {
    /// HTTP status.
    pub status: StatusCode,
    /// A stable word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub detail: String,
    /// The fields that are wrong.
    pub errors: Vec<FieldError>,
    /// With 412: what changed since.
    pub changes: Vec<EventView>,
    /// With 412: what was said since.
    pub messages: Vec<MessageView>,
    /// For the log only.
    pub internal: Option<String>,
    /// With 429 and 503: how many seconds to wait.
    pub retry_after: u64,
}

/// The body of an error answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
struct ProblemBody<'a> {
    /// `about:blank`: the status and code say what kind of problem it is.
    r#type: &'static str,
    /// The status in words.
    title: &'a str,
    /// HTTP status.
    status: u16,
    /// A stable word for programs; docs/ERRORS.md lists them.
    code: &'a str,
    /// A sentence for people.
    detail: &'a str,
    /// To be quoted to the operator.
    #[serde(skip_serializing_if = "str::is_empty")]
    request_id: &'a str,
    /// The X-Ray trace of the request, where there is one: for the operator.
    #[serde(skip_serializing_if = "str::is_empty")]
    trace_id: &'a str,
    /// Every field that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemField<'a>>,
    /// With 412: what changed since the version that `If-Match` named.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    changes: &'a [EventView],
    /// With 412: the newest messages among them.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    messages: &'a [MessageView],
}

#[derive(Debug, Serialize, ToSchema)]
struct ProblemField<'a> {
    /// The field, such as `subject` or `tags[2]`.
    path: &'a str,
    /// A stable word for programs.
    code: &'a str,
    /// A sentence for people.
    message: &'a str,
}

pub(crate) fn problem_schema() -> (String, serde_json::Value, Vec<(String, serde_json::Value)>) {
    crate::openapi::named_schema::<ProblemBody<'static>>()
}

impl ApiError {
    /// A failure with a sentence for people.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::Failed(Box::new(Failure {
            status,
            code,
            detail,
            errors: Vec::new(),
            changes: Vec::new(),
            messages: Vec::new(),
            internal: None,
            retry_after: 1,
        }))
    }

    /// 404: not there, or not yours.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing here.")
    }

    /// 422: fields that are not valid, all of them (100 at most).
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields", "Some fields are not valid.").with_errors(errors)
    }

    /// 412: the thing changed since the version that the caller knew.
    pub fn stale(changes: Vec<EventView>) -> Self {
        let error = Self::new(StatusCode::PRECONDITION_FAILED, "stale", "This changed since you last read it.");
        match error {
            Self::Failed(mut failure) => {
                failure.changes = changes;
                Self::Failed(failure)
            }
            answered @ Self::Answered(_) => answered,
        }
    }

    /// Adds what was said since.
    #[must_use]
    pub fn with_messages(mut self, messages: Vec<MessageView>) -> Self {
        if let Self::Failed(failure) = &mut self {
            failure.messages = messages;
        }
        self
    }

    /// 500: nothing that the caller could change; the context goes to the log.
    pub fn internal(context: impl Into<String>) -> Self {
        let error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.");
        error.with_internal(context)
    }

    /// Says how long to wait, where that is longer than a second.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        if let Self::Failed(failure) = &mut self {
            failure.retry_after = wait.as_secs().max(1);
        }
        self
    }

    fn with_errors(mut self, mut errors: Vec<FieldError>) -> Self {
        // Enough for any person; a request made of nothing but mistakes gets no answer longer than itself.
        errors.truncate(MOST_ERRORS);
        if let Self::Failed(failure) = &mut self {
            failure.errors = errors;
        }
        self
    }

    fn with_internal(mut self, context: impl Into<String>) -> Self {
        if let Self::Failed(failure) = &mut self {
            failure.internal = Some(context.into());
        }
        self
    }
}

impl From<DomainError> for ApiError {
    fn from(error: DomainError) -> Self {
        let detail = error.to_string();
        match error {
            DomainError::Invalid(fields) => Self::invalid(fields),
            DomainError::Forbidden(fields) => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", "You may not do this.").with_errors(fields)
            }
            DomainError::NotFound => Self::not_found(),
            DomainError::Rule { code, .. } => Self::new(StatusCode::CONFLICT, code, detail),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found(),
            StoreError::Stale => Self::stale(Vec::new()),
            StoreError::Answered(answer) => Self::Answered(answer),
            StoreError::KeyReused => {
                let detail = "This Idempotency-Key was used for another request.";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
            }
            StoreError::InvalidCursor => {
                let detail = "The cursor is not valid for this list.";
                let field = FieldError::new("cursor", "invalid_cursor", "is not a cursor of this list");
                Self::new(StatusCode::BAD_REQUEST, "invalid_cursor", detail).with_errors(vec![field])
            }
            StoreError::Taken(what) => Self::new(StatusCode::CONFLICT, "taken", format!("The {what} is taken.")),
            StoreError::TooLarge(detail) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "too_large", detail),
            StoreError::Unavailable(context) => {
                let detail = "The desk cannot answer right now. Try again.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).with_internal(context)
            }
            StoreError::Corrupt(context) => Self::internal(context),
        }
    }
}

impl From<ObjectError> for ApiError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::NotFound => Self::not_found(),
            ObjectError::TooLarge(_) => Self::internal(error.to_string()),
            ObjectError::Unavailable(context) => StoreError::Unavailable(context).into(),
        }
    }
}

impl Failure {
    /// The answer, which quotes the request id.
    pub(crate) fn respond(&self, request_id: &str, trace_id: &str) -> Response {
        let field = |error: &'_ FieldError| (error.path.clone(), error.code, error.message.clone());
        let fields: Vec<_> = self.errors.iter().map(field).collect();
        let body = ProblemBody {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            request_id,
            trace_id,
            errors: fields.iter().map(|(path, code, message)| ProblemField { path, code, message }).collect(),
            changes: &self.changes,
            messages: &self.messages,
        };
        // Plain data always serialises; an empty body would still carry the status.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110, 11.6.1: a 401 names the scheme that would do.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(self.retry_after));
        }
        response
    }
}

impl IntoResponse for ApiError {
    // The layer around every handler takes the failure out again and answers with the request id.
    fn into_response(self) -> Response {
        match self {
            Self::Failed(failure) => {
                let mut response = failure.respond("", "");
                response.extensions_mut().insert(std::sync::Arc::new(*failure));
                response
            }
            Self::Answered(answer) => {
                let mut response = Reply::from(*answer).into_response();
                response.headers_mut().insert(HeaderName::from_static("idempotency-replayed"), HeaderValue::from_static("true"));
                response
            }
        }
    }
}
