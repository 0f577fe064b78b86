//! An HTTP function: answers in API Gateway's shape, and lets nobody in who must not.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use lambdesk_domain::{Link, LinkToken, Notice, Role, TenantId};
use lambdesk_function::{AUTHORIZER_CALLER, Access, Function};
use serde_json::{Value, json};

use super::{
    bootstrap::Bootstrap,
    document,
    stage::{Sample, Stage},
};
use crate::{
    attachments::upload,
    support::{Answer, path_of, text},
};

/// The root of the trace that the Runtime API names.
const TRACE: &str = "1-5bef4de7-ad49b0e87f6ef6c87fc2e700";

/// Sends the function its sample, and then the same with something wrong.
pub(crate) async fn check(
    stage: &Stage,
    process: &mut Bootstrap,
    function: Function,
    (method, path, access): (&str, &str, Access),
) {
    let name = function.name;
    let sample = stage.sample(function).await.event;
    let answer = ask(process, name, &sample).await;
    check_good(name, &answer, (method, path));
    assert_eq!(answer.header("x-request-id"), sample["requestContext"]["requestId"], "{name}");
    assert_eq!(answer.header("cache-control"), "no-store", "{name}");

    if access != Access::Open {
        let mut nobody = sample.clone();
        nobody["requestContext"].as_object_mut().unwrap().remove("authorizer");
        refused(process, name, &nobody, (StatusCode::UNAUTHORIZED, "unauthenticated")).await;
    }
    if let Access::Permission(permission) = access {
        let roles = Role::ALL.iter().filter(|role| !role.grants(permission)).map(|role| ("role", json!(role)));
        // Every role may do some things; a key without scopes may do nothing.
        for (field, value) in roles.chain([("scopes", json!([]))]) {
            let who = with_caller(&sample, field, value);
            refused(process, name, &who, (StatusCode::FORBIDDEN, "forbidden")).await;
        }
    }
    if sample["body"].is_string() {
        for body in [r#"{"subject": "half"#, "\u{0}", "[]", ""] {
            let mut unreadable = sample.clone();
            unreadable["body"] = json!(body);
            // Under the key of the good one it would be refused for that.
            unreadable["headers"].as_object_mut().unwrap().remove("idempotency-key");
            refused(process, name, &unreadable, (StatusCode::BAD_REQUEST, "unreadable")).await;
        }
    }
    check_log(name, &process.log());
}

/// A page that a link in a mail leads to: for a browser, and for whoever has the link.
pub(crate) async fn check_page(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let name = function.name;
    let Sample { mut event, ticket, .. } = stage.sample(function).await;
    stage.agent.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    refused(process, name, &event, (StatusCode::NOT_FOUND, "not_found")).await;
    let link = match name {
        "email-rating-page" | "email-rate" => Link::Rate(text(&ticket, "id").parse().expect("an id")),
        "email-open-file" => Link::File(attached(stage, &ticket).await.parse().expect("an id")),
        _ => Link::Mute(Notice::Acknowledgement),
    };
    let (tenant, person) = (TenantId::parse("demo").expect("a name"), stage.customer.person.parse().expect("an id"));
    let token = stage.desk.local.app().sign_link(&LinkToken { tenant, person, link });
    let sample = text(&event["pathParameters"], "token");
    event = serde_json::from_str(&event.to_string().replace(&sample, &token)).expect("JSON");
    if name == "email-rate" {
        event["body"] = json!("score=5");
        event["headers"]["content-type"] = json!("application/x-www-form-urlencoded");
    }
    let answer = ask(process, name, &event).await;
    if name == "email-open-file" {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name}: {}", String::from_utf8_lossy(&answer.body));
        assert!(answer.header("location").contains("/uploads/demo/"), "{name}");
    } else {
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", String::from_utf8_lossy(&answer.body));
        assert!(answer.header("content-type").starts_with("text/html"), "{name}");
    }
    check_log(name, &process.log());
}

/// A file of the customer's on the ticket.
async fn attached(stage: &Stage, ticket: &Value) -> String {
    let file = upload(&stage.customer, &format!("{}/attachments", path_of(ticket)), "x.txt", b"x").await;
    let reply = json!({ "kind": "reply", "body": "x", "attachments": [file] });
    stage.customer.post(&format!("{}/messages", path_of(ticket)), reply).await.expect(StatusCode::CREATED);
    file
}

/// Invokes the function, and reads its answer as API Gateway does.
pub(crate) async fn ask(process: &mut Bootstrap, name: &str, event: &Value) -> Answer {
    let outcome = process.invoke(event.to_string()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    let payload = outcome.unwrap_or_else(|failure| panic!("{name}: {failure}"));
    let payload: Value = serde_json::from_slice(&payload).expect("JSON");
    let fields = ["body", "cookies", "headers", "isBase64Encoded", "multiValueHeaders", "statusCode"];
    let known = |field: &String| fields.contains(&field.as_str());
    assert!(payload.as_object().is_some_and(|payload| payload.keys().all(known)), "{name}: not payload format 2.0: {payload}");
    assert_ne!(payload["isBase64Encoded"], true, "{name}: the desk answers in text");
    let status = payload["statusCode"].as_u64().and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    let mut headers = HeaderMap::new();
    for (header, value) in payload["headers"].as_object().expect("headers") {
        let value = HeaderValue::from_str(value.as_str().expect("one text a header")).expect("a header's value");
        headers.insert(header.parse::<HeaderName>().expect("a header"), value);
    }
    let body = payload["body"].as_str().unwrap_or_default().to_owned().into();
    Answer { status: status.expect("a status"), headers, body }
}

/// A success that `openapi.json` lists, with what it lists for it.
#[track_caller]
fn check_good(name: &str, answer: &Answer, (method, path): (&str, &str)) {
    let document: Value = serde_json::from_str(include_str!("../../openapi.json")).expect("JSON");
    let responses = &document["paths"][path][method.to_lowercase()]["responses"];
    let response = &responses[answer.status.as_str()];
    let said = String::from_utf8_lossy(&answer.body);
    assert!(answer.status.is_success() && response.is_object(), "{name}: {} {said}", answer.status);
    let Some(content) = response["content"].as_object() else {
        assert_eq!(said, "", "{name}");
        return;
    };
    let schema = &content.get(answer.header("content-type")).expect("the promised type")["schema"];
    document::fits(&document, schema, &answer.json()).unwrap_or_else(|error| panic!("{name}: {error}"));
}

async fn refused(process: &mut Bootstrap, name: &str, event: &Value, (status, code): (StatusCode, &str)) {
    let answer = ask(process, name, event).await;
    let problem = answer.problem(status);
    assert_eq!(problem["code"], code, "{name}: {problem}");
    assert_eq!(problem["request_id"], event["requestContext"]["requestId"], "{name}");
    assert_eq!(problem["trace_id"], TRACE, "{name}");
    assert_says_nothing(name, &problem.to_string());
}

/// What an answer must not tell of how the desk is made.
#[track_caller]
pub(crate) fn assert_says_nothing(name: &str, text: &str) {
    for inside in ["127.0.0.1", "http:", "demo#", "pk", "panicked", "src/", ".rs", "DynamoDB", "dispatch", "aws"] {
        assert!(!text.contains(inside), "{name} says {inside:?}: {text}");
    }
}

fn with_caller(sample: &Value, field: &str, value: Value) -> Value {
    let mut sample = sample.clone();
    let caller = &mut sample["requestContext"]["authorizer"]["lambda"][AUTHORIZER_CALLER];
    let mut changed: Value = serde_json::from_str(caller.as_str().expect("a text")).expect("JSON");
    changed[field] = value;
    *caller = json!(changed.to_string());
    sample
}

/// JSON lines that name the function, and none of what people wrote or sign in with.
#[track_caller]
pub(crate) fn check_log(name: &str, log: &str) {
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{name} logs {line}"))).collect();
    let ours: Vec<_> = lines.iter().filter(|line| line["function"] == name).collect();
    assert!(!ours.is_empty(), "{name} logs nothing: {log}");
    for line in ours {
        let requests = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().into_iter().flatten();
        assert!(requests.into_iter().any(|metric| metric["Name"] == "Requests"), "{name} counts no request: {line}");
        assert_eq!((&line["Requests"], &line["Stage"], &line["trace_id"]), (&json!(1), &json!("test"), &json!(TRACE)), "{name}");
    }
    for secret in ["eyJhbGciOiJFUzI1NiJ9", "printer", "unplug", "@", "half"] {
        assert!(!log.contains(secret), "{name} logs {secret}: {log}");
    }
}
