//! Answers. Built before the change is saved, so that they can be kept with it for the idempotency key.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use lambdesk_store::Answer;
use serde::Serialize;

use crate::error::ApiError;

/// An answer with a JSON body, or none.
#[derive(Debug, Clone)]
pub struct Reply(Answer);

impl Reply {
    /// 200 with a body.
    pub fn ok(body: &impl Serialize) -> Result<Self, ApiError> {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with a body and where the new thing is.
    pub fn created(location: String, body: &impl Serialize) -> Result<Self, ApiError> {
        Ok(Self::json(StatusCode::CREATED, body)?.header("location", location))
    }

    /// 202 with a body: it will be done.
    pub fn accepted(body: &impl Serialize) -> Result<Self, ApiError> {
        Self::json(StatusCode::ACCEPTED, body)
    }

    /// 202 with a body and where it can be watched.
    pub fn begun(location: String, body: &impl Serialize) -> Result<Self, ApiError> {
        Ok(Self::accepted(body)?.header("location", location))
    }

    /// 204.
    pub fn no_content() -> Self {
        Self(Answer { status: 204, headers: Vec::new(), body: String::new() })
    }

    /// 303: what was asked for is there, to be got.
    pub fn see_other(location: String) -> Self {
        Self(Answer { status: 303, headers: Vec::new(), body: String::new() }).header("location", location)
    }

    fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, ApiError> {
        let body =
            serde_json::to_string(body).map_err(|error| ApiError::internal(format!("an answer does not serialise: {error}")))?;
        Ok(Self(Answer { status: status.as_u16(), headers: Vec::new(), body }))
    }

    /// With an `ETag` made of the version.
    #[must_use]
    pub fn etag(self, version: u64) -> Self {
        self.header("etag", format!("\"{version}\""))
    }

    /// Given out anew to whoever knows it already: something in it changes with time, and its version does not.
    #[must_use]
    pub fn always_new(self) -> Self {
        self.header("cache-control", "no-store".to_owned())
    }

    fn header(mut self, name: &str, value: String) -> Self {
        self.0.headers.push((name.to_owned(), value));
        self
    }

    /// The answer to keep.
    pub fn answer(&self) -> &Answer {
        &self.0
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self(answer)
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let Answer { status, headers, body } = self.0;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let has_body = !body.is_empty();
        let mut response = (status, body).into_response();
        response.headers_mut().remove("content-type");
        if has_body {
            response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
        }
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
