//! What happens when a function goes wrong, or what it depends on does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, http::StatusCode};
use lambdesk_function::{AUTHORIZER_PROBLEM, AUTHORIZER_UNAVAILABLE};
use lambdesk_local::registry;
use serde_json::{Value, json};

use super::{
    bootstrap::Bootstrap,
    dependency::{Dependency, Manner},
    requests::{ask, assert_says_nothing},
    stage::{Stage, built, start},
};

/// What HTTP functions have on AWS: less than the 30 s after which API Gateway stops waiting.
const REQUEST_LIMIT: Duration = Duration::from_secs(15);
/// What API Gateway gives an authorizer.
const AUTHORIZER_LIMIT: Duration = Duration::from_secs(10);
/// What workers have: less than their messages stay hidden.
const WORKER_LIMIT: Duration = Duration::from_secs(25);

/// Starts a function of `troubled_functions.rs`.
async fn start_troubled(function: &str) -> Bootstrap {
    let binary = built("examples/troubled-functions", "cargo build --workspace --examples");
    let variables = Dependency::start(Manner::HangsUp).await.variables();
    let mut process = Bootstrap::start(&binary, function, &variables).await.expect("it starts");
    process.ready().await.expect("it asks for an event");
    process
}

fn sample(name: &str) -> Value {
    let path = format!("{}/../../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("a sample")).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_handler_panics_is_answered_and_the_next_one_too() {
    let mut process = start_troubled("trouble-request").await;
    let event = sample("tickets-health");
    for _ in 0..2 {
        let problem = ask(&mut process, "trouble-request", &event).await.problem(StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!((&problem["code"], &problem["request_id"]), (&json!("internal"), &event["requestContext"]["requestId"]));
        assert_says_nothing("trouble-request", &problem.to_string());
    }
    assert!(process.log().contains("on purpose"), "the log says what it was: {}", process.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_panics_fails_alone_and_the_next_one_is_taken() {
    let mut process = start_troubled("trouble-worker").await;
    let mut event = sample("email-send");
    let good_and_bad = event["Records"].as_array().expect("records").iter().map(|message| message["messageId"].clone());
    let failures: Vec<_> = good_and_bad.map(|id| json!({ "itemIdentifier": id })).collect();
    for _ in 0..2 {
        assert_eq!(timed(&mut process, &event).await.0, json!({ "batchItemFailures": failures }), "each by itself");
    }
    assert!(process.log().contains("on purpose"), "the log says what it was: {}", process.log());
    event["Records"] = json!([]);
    assert_eq!(timed(&mut process, &event).await.0, json!({ "batchItemFailures": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_though_the_table_keeps_silent() {
    let table = Dependency::start(Manner::KeepsSilent).await;
    let refused = async |name: &str| {
        let mut process = start(name, &table.variables()).await;
        let begun = Instant::now();
        let answer = ask(&mut process, name, &sample(name)).await;
        let took = begun.elapsed();
        let problem = answer.problem(StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(problem["code"], "unavailable", "{name}: {problem}");
        assert_says_nothing(name, &problem.to_string());
        assert!(took < REQUEST_LIMIT, "{name} took {took:?}");
    };
    tokio::join!(refused("tickets-health"), refused("tickets-create"), refused("tickets-list"), refused("auth-me"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authorizer_says_soon_enough_that_it_cannot_tell() {
    let table = Dependency::start(Manner::KeepsSilent).await;
    let mut process = start("auth-authorizer", &table.variables()).await;
    let mut event = sample("auth-authorizer");
    event["headers"]["authorization"] = json!("Bearer ldk_019aa0c4-1f00-7000-8000-0000000000ff_secret");
    let (answer, took) = timed(&mut process, &event).await;
    assert_eq!(answer, json!({ "isAuthorized": true, "context": { AUTHORIZER_PROBLEM: AUTHORIZER_UNAVAILABLE } }));
    assert!(took < AUTHORIZER_LIMIT, "it took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_come_again_though_the_table_keeps_silent() {
    let table = Dependency::start(Manner::KeepsSilent).await;
    let mut process = start("email-send", &table.variables()).await;
    let mut event = sample("email-send");
    event["Records"] = copies(&event["Records"][0], 10, |message, number| message["messageId"] = json!(number));
    let (answer, took) = timed(&mut process, &event).await;
    let failures: Vec<_> = (0..10).map(|number| json!({ "itemIdentifier": number.to_string() })).collect();
    assert_eq!(answer, json!({ "batchItemFailures": failures }));
    assert!(took < WORKER_LIMIT, "it took {took:?}");
}

/// A mail that SES took is marked as sent, however slow SES is: cut in between, it would go out twice.
#[tokio::test(flavor = "multi_thread")]
async fn no_mail_is_begun_that_could_not_be_marked() {
    let stage = Stage::open().await;
    let function = registry().iter().map(|endpoint| endpoint.function).find(|function| function.name == "email-send").unwrap();
    let mut samples = Vec::new();
    for _ in 0..5 {
        samples.push(stage.sample(function).await.event);
    }
    stage.desk.settle().await;
    let mut event = samples[0].clone();
    event["Records"] = json!([]);
    for (number, sample) in samples.iter().enumerate() {
        stage.forget_sent(sample).await;
        let mut message = sample["Records"][0].clone();
        message["messageId"] = json!(number.to_string());
        event["Records"].as_array_mut().unwrap().push(message);
    }
    let (ses, taken) = slow_ses().await;
    let mut variables = stage.variables();
    variables.insert("AWS_ENDPOINT_URL_SES".to_owned(), ses);
    let mut process = start(function.name, &variables).await;
    let (answer, took) = timed(&mut process, &event).await;
    let failed = answer["batchItemFailures"].as_array().expect("failures").len();
    let taken = taken.load(Ordering::SeqCst);
    assert!(taken > 0 && failed > 0, "it was in the middle when time was short: {taken} taken, {failed} failed");
    assert_eq!(taken, 5 - failed, "what SES took is done");
    assert!(took < WORKER_LIMIT, "it took {took:?}");
    for sample in &samples[..taken] {
        stage.forget_sent(sample).await;
    }
}

/// An SES that takes every mail, each in its time.
async fn slow_ses() -> (String, Arc<AtomicUsize>) {
    const ANSWER: &str = "<SendRawEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><SendRawEmailResult>\
        <MessageId>slow</MessageId></SendRawEmailResult></SendRawEmailResponse>";
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    let send = move || async move {
        tokio::time::sleep(Duration::from_secs(4)).await;
        count.fetch_add(1, Ordering::SeqCst);
        ([("content-type", "text/xml")], ANSWER)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(send)).await });
    (url, taken)
}

#[tokio::test(flavor = "multi_thread")]
async fn records_come_again_though_the_queue_keeps_silent() {
    let queue = Dependency::start(Manner::KeepsSilent).await;
    let mut process = start("events-fan-out", &queue.variables()).await;
    let mut event = sample("events-fan-out");
    event["Records"] = copies(&event["Records"][1], 100, |record, number| record["dynamodb"]["SequenceNumber"] = json!(number));
    let (answer, took) = timed(&mut process, &event).await;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "0" }] }));
    assert!(took < WORKER_LIMIT, "it took {took:?}");
}

/// As many as Lambda gives at once.
fn copies(one: &Value, count: usize, name: impl Fn(&mut Value, String)) -> Value {
    let copy = |number: usize| {
        let mut copy = one.clone();
        name(&mut copy, number.to_string());
        copy
    };
    (0..count).map(copy).collect()
}

async fn timed(process: &mut Bootstrap, event: &Value) -> (Value, Duration) {
    let begun = Instant::now();
    let answer = process.invoke(event.to_string()).await.expect("an outcome").expect("an answer");
    (serde_json::from_slice(&answer).expect("JSON"), begun.elapsed())
}
