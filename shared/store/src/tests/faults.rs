//! A table that throttles, meets other transactions, or does not answer: a proxy in front of the engine plays it.

use std::sync::atomic::AtomicUsize;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use lambdesk_domain::ticket::{self, Assignee};

use super::*;

#[derive(Clone, Copy)]
enum Fault {
    Conflict,
    Throttled,
    Broken,
}

#[derive(Clone)]
struct Proxy {
    upstream: String,
    fault: Fault,
    left: Arc<AtomicUsize>,
}

/// Fails the next transactions, then lets everything through.
async fn proxy(State(proxy): State<Proxy>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or("").to_owned();
    let transaction = target.ends_with("TransactWriteItems");
    let fails = transaction && proxy.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    if fails {
        return fault(proxy.fault, &body);
    }
    let answer = forward(&proxy.upstream, &target, body).await;
    (StatusCode::from_u16(answer.0).expect("a status"), answer.1).into_response()
}

fn fault(fault: Fault, body: &[u8]) -> Response {
    let parts =
        serde_json::from_slice::<serde_json::Value>(body).expect("JSON")["TransactItems"].as_array().expect("parts").len();
    let (status, error) = match fault {
        Fault::Conflict => {
            let reasons: Vec<_> = (0..parts)
                .map(|part| serde_json::json!({ "Code": if part == 0 { "TransactionConflict" } else { "None" } }))
                .collect();
            (
                400,
                serde_json::json!({ "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "CancellationReasons": reasons }),
            )
        }
        Fault::Throttled => {
            (400, serde_json::json!({ "__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow down" }))
        }
        Fault::Broken => {
            (500, serde_json::json!({ "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "broken" }))
        }
    };
    (StatusCode::from_u16(status).expect("a status"), error.to_string()).into_response()
}

async fn forward(upstream: &str, target: &str, body: Bytes) -> (u16, Vec<u8>) {
    use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
    use http_body_util::BodyExt;
    let mut request = HttpRequest::new(body.to_vec().into());
    request.set_uri(upstream.to_owned()).expect("a URL");
    request.set_method("POST").expect("a method");
    let signature = "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
    for (name, value) in [
        ("x-amz-target", target),
        ("content-type", "application/x-amz-json-1.0"),
        ("authorization", signature),
        ("x-amz-date", "20250101T000000Z"),
    ] {
        request.headers_mut().insert(name.to_owned(), value.to_owned());
    }
    let response = aws_smithy_http_client::Connector::builder().build_http().call(request).await.expect("the engine answers");
    let status = response.status().as_u16();
    (status, response.into_body().collect().await.expect("a body").to_bytes().to_vec())
}

/// The same desk, seen through a proxy that fails `times` transactions.
async fn through_proxy(desk: &TestDesk, fault: Fault, times: usize) -> Store {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let state = Proxy { upstream: desk.url.clone(), fault, left: Arc::new(AtomicUsize::new(times)) };
    let router = Router::new().fallback(proxy).with_state(state);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Store::new(client(&url), "lambdesk", b"a secret for tests")
}

async fn assign_through(store: &Store, desk: &TestDesk) -> Result<(), StoreError> {
    let ticket = desk.open(&carl()).await;
    let change = desk.act(&ada(), |ctx| ticket::assign(ticket, &Assignee::Me, ctx)).expect("allowed");
    let save = Save::of(&change, &desk.config, desk.now());
    store.desk(&desk.config.id).save(save).await
}

#[tokio::test]
async fn a_transaction_that_meets_another_or_is_throttled_is_tried_again() {
    let desk = TestDesk::new().await;
    for fault in [Fault::Conflict, Fault::Throttled] {
        let store = through_proxy(&desk, fault, 4).await;
        assign_through(&store, &desk).await.expect("in the end");
    }
}

#[tokio::test]
async fn one_that_never_gets_through_is_unavailable_and_nothing_is_written() {
    let desk = TestDesk::new().await;
    for fault in [Fault::Conflict, Fault::Throttled, Fault::Broken] {
        let store = through_proxy(&desk, fault, usize::MAX).await;
        let refused = assign_through(&store, &desk).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }
    assert!(desk.desk().workload().await.expect("counted").is_empty());
}
