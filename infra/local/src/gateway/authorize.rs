//! Asking the authorizer who calls.

use std::net::IpAddr;

use aws_lambda_events::apigw::{ApiGatewayRequestAuthorizer, ApiGatewayV2httpRequestContext};
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use lambdesk_function::{AUTHORIZER_CALLER, AUTHORIZER_PROBLEM, AUTHORIZER_UNAVAILABLE, Endpoint, Trigger};
use lambdesk_platform::App;
use serde_json::Value;

use super::{
    context::authorizer_event,
    credentials::{Credentials, Fields},
    failures::Failures,
    problem::Problem,
};
use crate::invoke::invoke;

/// The authorizer function, with what the gateway remembers of its answers.
pub(super) struct Authorizer {
    endpoint: Option<Endpoint>,
    credentials: Credentials,
    failures: Failures,
}

impl Authorizer {
    /// The registry's authorizer.
    pub(super) fn new(registry: &[Endpoint]) -> Self {
        let endpoint = registry.iter().find(|endpoint| endpoint.function.trigger == Trigger::Authorizer).cloned();
        Self { endpoint, credentials: Credentials::default(), failures: Failures::default() }
    }

    /// What the authorizer says of the credential. It is passed on also where it names no caller: the function then
    /// answers 401 and says why in its log.
    pub(super) async fn ask(
        &self,
        app: &App,
        parts: &Parts,
        context: &ApiGatewayV2httpRequestContext,
        source: IpAddr,
        credential: &str,
    ) -> Result<ApiGatewayRequestAuthorizer, Problem> {
        if let Some(fields) = self.credentials.fresh(credential, app.now()) {
            return Ok(authorizer(fields));
        }
        if let Some(seconds) = self.failures.wait(source, app.now()) {
            return Err(too_many_attempts(seconds));
        }
        let endpoint = self.endpoint.as_ref().ok_or_else(|| Problem::internal("there is no authorizer"))?;
        let answer = invoke(endpoint, app, authorizer_event(parts, context, credential)).await;
        let answer = answer.map_err(|error| Problem::internal(format!("the authorizer: {error}")))?;
        let fields = fields(&answer);
        if fields.contains_key(AUTHORIZER_CALLER) {
            self.credentials.keep(credential.to_owned(), fields.clone(), app.now());
        } else if fields.get(AUTHORIZER_PROBLEM).is_some_and(|problem| problem == AUTHORIZER_UNAVAILABLE) {
            // Not the caller's failure.
        } else if let Some(seconds) = self.failures.count(source, app.now()) {
            return Err(too_many_attempts(seconds));
        }
        Ok(authorizer(fields))
    }
}

/// The context that the authorizer answered; without a caller unless it authorises.
fn fields(answer: &Value) -> Fields {
    let context = answer["context"].as_object().into_iter().flatten();
    let authorised = answer["isAuthorized"] == true;
    context
        .filter(|(name, _)| authorised || *name != AUTHORIZER_CALLER)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn authorizer(fields: Fields) -> ApiGatewayRequestAuthorizer {
    let mut authorizer = ApiGatewayRequestAuthorizer::default();
    authorizer.fields = fields;
    authorizer
}

fn too_many_attempts(seconds: i64) -> Problem {
    let detail = format!("Too many credentials from this address were not valid. Try again in {seconds} s.");
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail);
    problem.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_caller_counts_only_with_an_authorisation() {
        let said =
            |authorised: Value| fields(&json!({ "isAuthorized": authorised, "context": { "caller": "{}", "problem": "x" } }));
        assert!(said(json!(true)).contains_key(AUTHORIZER_CALLER));
        for no in [json!(false), json!("true"), json!(1), Value::Null] {
            assert!(!said(no).contains_key(AUTHORIZER_CALLER));
        }
        assert!(fields(&Value::Null).is_empty());
    }
}
