use axum::{
    body::to_bytes,
    extract::Path,
    http::{HeaderMap, HeaderValue},
};
use lambdesk_function::{Function, SignedIn};
use lambdesk_platform::Config;
use serde_json::Value;

use super::*;

async fn open(Path(name): Path<String>) -> String {
    assert_ne!(name, "panic", "a panic of the function");
    name
}

async fn take(_: axum::body::Bytes) -> &'static str {
    "taken"
}

async fn who(SignedIn(caller): SignedIn) -> String {
    caller.tenant.to_string()
}

/// Takes `good`, refuses everything else.
fn authorizer() -> Endpoint {
    Function::authorizer("test-authorizer").on_authorization(|_, event: Value| async move {
        let good = event["identitySource"][0] == "Bearer good";
        let caller =
            json!({ "tenant": "demo", "person": "01937b3c-0000-7000-8000-000000000001", "role": "agent", "brands": null });
        let context = if good { json!({ "caller": caller.to_string() }) } else { json!({ "problem": "unknown" }) };
        json!({ "isAuthorized": true, "context": context })
    })
}

fn router() -> Router {
    let variable = |name: &str| match name {
        "LAMBDESK_SECRET" => Some("x".repeat(32)),
        "SCANNER" => None,
        "OIDC_ISSUER" | "AWS_ENDPOINT_URL" => Some("http://127.0.0.1:1".to_owned()),
        _ => Some("test".to_owned()),
    };
    let app = App::new(Config::read(variable).expect("complete"));
    let registry = [
        Function::http("test-get", "GET", "/v1/things/{name}", Access::Open).serve(open),
        Function::http("test-put", "PUT", "/v1/things/{name}", Access::Open).serve(take),
        Function::http("test-who", "GET", "/v1/who", Access::SignedIn).serve(who),
        authorizer(),
    ];
    super::router(&registry, &app, Activity::default(), (Router::new(), super::pages::Pages::default()))
}

async fn call(
    router: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Body,
) -> (StatusCode, HeaderMap, String) {
    use tower::ServiceExt as _;
    let mut request = axum::http::Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(body).expect("a request");
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
    let Ok(response) = router.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).expect("text"))
}

#[tokio::test]
async fn each_method_of_a_path_reaches_its_function() {
    let router = router();
    let (status, _, body) = call(&router, "GET", "/v1/things/a%2Fb", &[], Body::empty()).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "a/b"));
    let (status, _, body) = call(&router, "PUT", "/v1/things/a", &[], Body::from("x")).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "taken"));
    assert_eq!(call(&router, "HEAD", "/v1/things/a", &[], Body::empty()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let router = router();
    let (status, headers, body) = call(&router, "DELETE", "/v1/things/a", &[], Body::empty()).await;
    assert_eq!((status, &headers[header::ALLOW]), (StatusCode::METHOD_NOT_ALLOWED, &HeaderValue::from_static("GET,HEAD,PUT")));
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    assert!(body.contains("\"code\":\"method_not_allowed\""), "{body}");
    let (status, headers, body) = call(&router, "GET", "/v2/things", &[], Body::empty()).await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::NOT_FOUND, &HeaderValue::from_static("application/problem+json"))
    );
    assert!(body.contains("\"code\":\"not_found\""), "{body}");
}

#[tokio::test]
async fn a_panic_is_an_answer_and_nothing_more() {
    let router = router();
    let (status, headers, body) = call(&router, "GET", "/v1/things/panic", &[], Body::empty()).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(headers.contains_key("x-request-id"));
    assert!(!body.contains("panic"), "{body}");
    assert_eq!(call(&router, "GET", "/v1/things/a", &[], Body::empty()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn too_large_a_body_is_the_functions_to_refuse() {
    let (status, headers, _) = call(&router(), "PUT", "/v1/things/a", &[], Body::from(vec![b'x'; 5 * 1024 * 1024])).await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::PAYLOAD_TOO_LARGE, &HeaderValue::from_static("application/problem+json"))
    );
}

#[tokio::test]
async fn the_function_learns_who_calls() {
    let router = router();
    let (status, _, body) = call(&router, "GET", "/v1/who", &[("authorization", "Bearer good")], Body::empty()).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "demo"));
    assert_eq!(call(&router, "GET", "/v1/who", &[], Body::empty()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&router, "GET", "/v1/things/a", &[("authorization", "Bearer bad")], Body::empty()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn e5_guessing_ends_but_known_callers_go_on() {
    let router = router();
    let with = async |credential: &str| call(&router, "GET", "/v1/who", &[("authorization", credential)], Body::empty()).await;
    assert_eq!(with("Bearer good").await.0, StatusCode::OK);
    for guess in 0..20 {
        assert_eq!(with(&format!("Bearer {guess}")).await.0, StatusCode::UNAUTHORIZED);
    }
    let (status, headers, body) = with("Bearer 20").await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    let seconds: i64 = headers[header::RETRY_AFTER].to_str().expect("text").parse().expect("seconds");
    assert!((1..=60).contains(&seconds) && body.contains("too_many_attempts"), "{body}");
    assert_eq!(with("Bearer good").await.0, StatusCode::OK);
}

#[tokio::test]
async fn pages_of_other_origins_may_call() {
    let router = router();
    let origin = ("origin", "https://shop.example");
    let asks = [origin, ("access-control-request-method", "PATCH"), ("access-control-request-headers", "x-own")];
    let (status, headers, _) = call(&router, "OPTIONS", "/v1/things/a", &asks, Body::empty()).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_HEADERS], "x-own");
    let (_, headers, _) = call(&router, "GET", "/v1/who", &[origin], Body::empty()).await;
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "also on errors");
    let (_, headers, _) = call(&router, "GET", "/local/token", &[origin], Body::empty()).await;
    assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "but not what is for this machine");
}
