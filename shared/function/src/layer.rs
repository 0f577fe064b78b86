//! What stands around every HTTP handler: request id, caller and permission, size limit, replay of kept answers, cost,
//! one log line.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::{FromRequestParts, Request},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use lambdesk_domain::Caller;
use lambdesk_platform::{App, counting};
use lambdesk_store::{Scope, StoreError, Usage, measure};
use sha2::{Digest, Sha256};

use crate::{
    caller::{self, Admitted},
    error::{ApiError, Failure},
    function::{Access, Function, Trigger},
    line::{Line, Outcome},
    preconditions::Idempotent,
};

/// The largest request: a body of 128 KiB with room for escapes, and far below API Gateway's own 10 MB.
pub const MAX_REQUEST_BYTES: usize = 512 * 1024;

/// How long a request may take: less than the 15 s of its function, so that the answer and its line are ours.
const REQUEST_LIMIT: Duration = Duration::from_secs(13);

/// What the layer knows of the request before the handler runs.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) function: &'static str,
    /// Of method, path and body: the identity of a request for its idempotency key.
    pub(crate) digest: String,
}

/// The id that answers and logs quote.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Puts the layer around a function's router.
pub(crate) fn around(function: Function, scope: Arc<Scope>, router: Router<App>) -> Router<App> {
    router.layer(middleware::from_fn(move |Extension(app): Extension<App>, request: Request, next: Next| {
        // On the heap: the futures within are large, and each frame around them would hold them again.
        Box::pin(scope.clone().run(answer(function, app, request, next)))
    }))
}

async fn answer(function: Function, app: App, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let request_id = caller::request_id(&parts.extensions).unwrap_or_else(|| app.new_id().to_string());
    let trace_id = caller::trace_id(&parts.extensions);
    let caller = caller::of(&parts.extensions);
    let tenant = caller.as_ref().map(|caller| caller.tenant.to_string()).unwrap_or_default();
    let work = async {
        let served = tokio::time::timeout(REQUEST_LIMIT, serve(function, &app, caller, parts, body, next)).await;
        served.unwrap_or_else(|_| Err(StoreError::Unavailable("no time was left".to_owned()).into()))
    };
    let ((result, usage), counted) = counting(Box::pin(measure(work))).await;
    let mut response = result.unwrap_or_else(IntoResponse::into_response);
    let failure = response.extensions().get::<Arc<Failure>>().cloned();
    if let Some(failure) = &failure {
        let headers = std::mem::take(response.headers_mut());
        response = failure.respond(&request_id, &trace_id);
        response.headers_mut().extend(
            headers
                .into_iter()
                .filter_map(|(name, value)| Some((name?, value)))
                .filter(|(name, _)| *name != header::CONTENT_LENGTH),
        );
    }
    finish(&mut response, &request_id, usage, app.config().show_cost);
    let outcome = Outcome::Request {
        tenant: &tenant,
        request_id: &request_id,
        status: response.status().as_u16(),
        code: failure.as_ref().map_or("", |failure| failure.code),
        context: failure.as_ref().and_then(|failure| failure.internal.as_deref()).unwrap_or(""),
    };
    let line = Line {
        function: function.name,
        stage: app.config().stage.as_deref(),
        now: app.now(),
        duration: started.elapsed(),
        usage,
        counted,
        trace_id: &trace_id,
        outcome,
    };
    line.write();
    response
}

async fn serve(
    function: Function,
    app: &App,
    caller: Result<Caller, String>,
    mut parts: Parts,
    body: Body,
    next: Next,
) -> Result<Response, ApiError> {
    if let Some(caller) = admit(function, caller)? {
        parts.extensions.insert(Admitted(caller));
    }
    let body = read(body).await?;
    parts.extensions.insert(Incoming { function: function.name, digest: digest(&parts, &body) });
    let known = parts.headers.get(header::IF_NONE_MATCH).cloned();
    let (retry_parts, get) = (parts.clone(), parts.method == Method::GET);
    let handled = AssertUnwindSafe(next.run(Request::from_parts(parts, Body::from(body)))).catch_unwind().await;
    // The panic itself is in the log; what it left half-done was never saved.
    let response = handled.map_err(|_| ApiError::internal("the handler panicked"))?;
    // See `Reply::always_new`; every answer gets the header in the end.
    let is_always_new = response.headers().contains_key(header::CACHE_CONTROL);
    if get && !is_always_new && known.is_some() && known.as_ref() == response.headers().get(header::ETAG) {
        let mut unchanged = StatusCode::NOT_MODIFIED.into_response();
        unchanged.headers_mut().extend(response.headers().get(header::ETAG).map(|etag| (header::ETAG, etag.clone())));
        return Ok(unchanged);
    }
    if response.status().is_client_error() && retry_parts.method == Method::POST {
        return Ok(first_answer(app, retry_parts).await?.unwrap_or(response));
    }
    Ok(response)
}

/// Lets the caller in, or says why not. The one check that no function can forget.
fn admit(function: Function, caller: Result<Caller, String>) -> Result<Option<Caller>, ApiError> {
    let Trigger::Http { access, .. } = function.trigger else {
        return Err(ApiError::internal("a worker got a request"));
    };
    if access == Access::Open {
        return Ok(None);
    }
    let caller = caller.map_err(|why| {
        tracing::debug!(why, "no caller");
        if why == caller::AUTHORIZER_UNAVAILABLE {
            return ApiError::from(StoreError::Unavailable("the authorizer could not tell who calls".to_owned()));
        }
        ApiError::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Send a valid token or API key as Authorization: Bearer.")
    })?;
    match access {
        Access::Permission(permission) if !caller.may(permission) => {
            Err(ApiError::new(StatusCode::FORBIDDEN, "forbidden", format!("This needs the permission {permission}.")))
        }
        _ => Ok(Some(caller)),
    }
}

async fn read(body: Body) -> Result<Bytes, ApiError> {
    match Limited::new(body, MAX_REQUEST_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let detail = format!("The request must be at most {MAX_REQUEST_BYTES} bytes.");
            Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail))
        }
        Err(error) => Err(ApiError::new(StatusCode::BAD_REQUEST, "unreadable", format!("The body could not be read: {error}."))),
    }
}

fn digest(parts: &Parts, body: &[u8]) -> String {
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let mut hasher = Sha256::new();
    hasher.update(parts.method.as_str());
    hasher.update([0]);
    hasher.update(target);
    hasher.update([0]);
    hasher.update(body);
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A request that fails now may have been done before: its first try changed the very thing that now refuses it.
async fn first_answer(app: &App, mut parts: Parts) -> Result<Option<Response>, ApiError> {
    let Ok(Idempotent(Some(key))) = <Idempotent as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await else {
        return Ok(None);
    };
    let Some(Admitted(caller)) = parts.extensions.get::<Admitted>() else { return Ok(None) };
    match app.desk(caller).answered(&key, app.now()).await? {
        Some(answered @ (StoreError::Answered(_) | StoreError::KeyReused)) => Ok(Some(ApiError::from(answered).into_response())),
        _ => Ok(None),
    }
}

fn finish(response: &mut Response, request_id: &str, usage: Usage, show_cost: bool) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if show_cost {
        let cost = format!("calls={}, rcu={}, wcu={}", usage.calls, usage.read_units, usage.write_units);
        headers.extend(HeaderValue::from_str(&cost).ok().map(|cost| (HeaderName::from_static("x-lambdesk-cost"), cost)));
    }
}

#[cfg(test)]
mod tests {
    use lambdesk_platform::Config;
    use tower::ServiceExt;

    use super::*;
    use crate::reply::Reply;

    fn app() -> App {
        let variable = |name: &str| match name {
            "LAMBDESK_SECRET" => Some("x".repeat(32)),
            "AWS_ENDPOINT_URL" => Some("http://127.0.0.1:1".to_owned()),
            name if name.starts_with("LAMBDESK") || name == "SCANNER" => None,
            _ => Some("http://127.0.0.1:1".to_owned()),
        };
        App::new(Config::read(variable).expect("complete"))
    }

    async fn panics() -> Reply {
        panic!("a secret that stood in a variable")
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing() {
        let endpoint = Function::http("tickets-panics", "GET", "/x", Access::Open).serve(panics);
        let router = endpoint.router(app()).expect("an HTTP function");
        let response = router.oneshot(Request::get("/x").body(Body::empty()).expect("a request")).await.expect("answered");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = response.into_body().collect().await.expect("read").to_bytes();
        let problem: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((problem["code"].as_str(), problem["request_id"].is_string()), (Some("internal"), true));
        assert!(!problem.to_string().contains("secret"));
    }

    #[tokio::test]
    async fn d5_no_context_is_no_caller() {
        async fn secret() -> Reply {
            Reply::no_content()
        }
        let endpoint = Function::http("tickets-secret", "GET", "/x", Access::SignedIn).serve(secret);
        let router = endpoint.router(app()).expect("an HTTP function");
        let response = router.oneshot(Request::get("/x").body(Body::empty()).expect("a request")).await.expect("answered");
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    }
}
