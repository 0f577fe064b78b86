//! Says who calls. API Gateway asks before it passes a request on, and keeps the answer for a while.
//!
//! It identifies; the layer around each function authorises. The answer is always "go on", with the caller or with the
//! reason why there is none, because API Gateway would answer a refusal in its own shape and with 403, where the API
//! promises problem details and 401.

use aws_lambda_events::apigw::ApiGatewayV2CustomAuthorizerV2Request;
use lambdesk_domain::Caller;
use lambdesk_function::{AUTHORIZER_CALLER, AUTHORIZER_PROBLEM, Endpoint, Function, Need};
use lambdesk_platform::App;
use serde_json::{Value, json};

use crate::bearer::{Credential, Refusal};

/// Answers who calls.
pub const FUNCTION: Function = Function::authorizer("auth-authorizer").summary("Say who calls").needs(&[Need::Get]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_authorization(handle)
}

async fn handle(app: App, event: ApiGatewayV2CustomAuthorizerV2Request) -> Value {
    match identify(&app, &event).await {
        Ok(caller) => {
            // The caller is plain data and always serialises; without it the layer lets nobody in.
            let caller = serde_json::to_string(&caller).unwrap_or_default();
            json!({ "isAuthorized": true, "context": { AUTHORIZER_CALLER: caller } })
        }
        Err(refusal) => {
            tracing::info!(%refusal, "no caller");
            json!({ "isAuthorized": true, "context": { AUTHORIZER_PROBLEM: refusal.to_string() } })
        }
    }
}

async fn identify(app: &App, event: &ApiGatewayV2CustomAuthorizerV2Request) -> Result<Caller, Refusal> {
    let given = event.headers.get("authorization").and_then(|value| value.to_str().ok()).ok_or(Refusal::Missing)?;
    match Credential::parse(given)? {
        Credential::ApiKey { id, secret } => crate::bearer::api_key_caller(app, id, secret).await,
        Credential::Token(token) => crate::token::caller(app, token).await,
    }
}
