//! A client of JSON over HTTP that keeps its connections.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, Method, Request},
};
use http_body_util::BodyExt as _;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(crate) struct Http(Client<HttpConnector, Body>);

impl Http {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    /// Sends a request; the error tells of an answer that is no success, too.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("{method} {url}: {error}");
        let mut request = Request::builder().method(&method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).map_err(|error| wrong(&error))?;
        let answer = async {
            let (parts, body) = self.0.request(request).await.map_err(|error| wrong(&error))?.into_parts();
            let body = body.collect().await.map_err(|error| wrong(&error))?.to_bytes();
            if !parts.status.is_success() {
                return Err(wrong(&format!("{} {}", parts.status, String::from_utf8_lossy(&body))));
            }
            Ok(Answer { headers: parts.headers, body: body.to_vec() })
        };
        tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| Err(wrong(&"no answer")))
    }
}

pub(crate) struct Answer {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Result<Value, String> {
        serde_json::from_slice(&self.body).map_err(|error| error.to_string())
    }

    /// A text in the answer.
    pub(crate) fn text(&self, field: &str) -> Result<String, String> {
        self.json()?[field].as_str().map(str::to_owned).ok_or_else(|| format!("an answer without {field}"))
    }
}
