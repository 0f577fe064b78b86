//! The caller, as API Gateway passes on what the authorizer said.

use axum::{extract::FromRequestParts, http::Extensions, http::request::Parts};
use lambda_http::{Context, request::RequestContext};
use lambdesk_domain::Caller;

use crate::{error::ApiError, line};

/// The key in the authorizer's context that holds the caller, as JSON.
pub const AUTHORIZER_CALLER: &str = "caller";
/// The key that says why there is none.
pub const AUTHORIZER_PROBLEM: &str = "problem";

/// What stands there when the authorizer could not find out: the caller may try again.
pub const AUTHORIZER_UNAVAILABLE: &str = "unavailable";

/// Who the authorizer says calls, if anybody; the reason where nobody.
pub(crate) fn of(extensions: &Extensions) -> Result<Caller, String> {
    let Some(RequestContext::ApiGatewayV2(context)) = extensions.get::<RequestContext>() else {
        return Err("no request context".to_owned());
    };
    let Some(authorizer) = &context.authorizer else { return Err("no credential".to_owned()) };
    let text = |key: &str| authorizer.fields.get(key).and_then(|value| value.as_str());
    let Some(caller) = text(AUTHORIZER_CALLER) else {
        return Err(text(AUTHORIZER_PROBLEM).unwrap_or("no caller").to_owned());
    };
    serde_json::from_str(caller).map_err(|error| format!("unreadable caller: {error}"))
}

/// The request id that API Gateway gave, or Lambda.
pub(crate) fn request_id(extensions: &Extensions) -> Option<String> {
    match extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV2(context) => context.request_id.clone(),
        _ => None,
    }
}

/// The id of the X-Ray trace that the request belongs to; empty where there is none.
pub(crate) fn trace_id(extensions: &Extensions) -> String {
    let header = extensions.get::<Context>().and_then(|context| context.xray_trace_id.as_deref());
    header.map(line::root_of).unwrap_or_default().to_owned()
}

/// A caller whom the layer has let in.
#[derive(Debug, Clone)]
pub(crate) struct Admitted(pub(crate) Caller);

/// The caller as a handler's argument. Only the layer can produce it, after it has asked what the authorizer said and
/// what the function demands.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Caller);

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let admitted = parts.extensions.get::<Admitted>();
        // Only a function declared open has no admitted caller, and an open function must not ask for one.
        admitted
            .map(|Admitted(caller)| Self(caller.clone()))
            .ok_or_else(|| ApiError::internal("an open function asked for a caller"))
    }
}
