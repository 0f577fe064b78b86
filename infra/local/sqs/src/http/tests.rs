use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;
use crate::testing::Desk;

struct Answer {
    status: StatusCode,
    query_error: Option<String>,
    body: Value,
}

async fn call(desk: &Desk, operation: &str, body: Value) -> Answer {
    let request = Request::post("/")
        .header("x-amz-target", format!("AmazonSQS.{operation}"))
        .header("content-type", CONTENT_TYPE)
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = router(desk.queues.clone(), "http://127.0.0.1:9324/").oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], CONTENT_TYPE);
    let query_error = response.headers().get("x-amzn-query-error").map(|value| value.to_str().unwrap().to_owned());
    let status = response.status();
    let bytes = to_bytes(response.into_body(), BODY_LIMIT).await.unwrap();
    Answer { status, query_error, body: serde_json::from_slice(&bytes).unwrap() }
}

async fn ok(desk: &Desk, operation: &str, body: Value) -> Value {
    let answer = call(desk, operation, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

#[tokio::test]
async fn a_message_goes_through_its_life() {
    let desk = Desk::new();
    let created = ok(&desk, "CreateQueue", json!({ "QueueName": "email" })).await;
    assert_eq!(created["QueueUrl"], "http://127.0.0.1:9324/000000000000/email");
    // The URL of an earlier run, on another port.
    let url = "http://localhost:1/000000000000/email";
    let attributes =
        json!({ "k": { "DataType": "String", "StringValue": "v" }, "x.y": { "DataType": "Number", "StringValue": "1" } });
    let sent =
        ok(&desk, "SendMessage", json!({ "QueueUrl": url, "MessageBody": "hello", "MessageAttributes": attributes })).await;
    assert_eq!(sent["MD5OfMessageBody"], "5d41402abc4b2a76b9719d911017c592");

    let wanted = json!({ "QueueUrl": url, "MessageAttributeNames": ["x.*"], "AttributeNames": ["SentTimestamp"] });
    let received = ok(&desk, "ReceiveMessage", wanted).await;
    let message = &received["Messages"][0];
    assert_eq!(message["Body"], "hello");
    assert_eq!(message["Attributes"], json!({ "SentTimestamp": "1700000000000" }));
    assert_eq!(message["MessageAttributes"], json!({ "x.y": attributes["x.y"] }));
    assert_ne!(message["MD5OfMessageAttributes"], sent["MD5OfMessageAttributes"], "it is of the one that was asked for");

    let handle = &message["ReceiptHandle"];
    let held = json!({ "QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": 0 });
    assert_eq!(ok(&desk, "ChangeMessageVisibility", held).await, json!({}));
    assert_eq!(ok(&desk, "DeleteMessage", json!({ "QueueUrl": url, "ReceiptHandle": handle })).await, json!({}));
    assert_eq!(ok(&desk, "ReceiveMessage", json!({ "QueueUrl": url })).await, json!({}));
}

#[tokio::test]
async fn errors_come_in_both_notations() {
    let desk = Desk::new();
    let answer = call(&desk, "GetQueueUrl", json!({ "QueueName": "nope" })).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.query_error.as_deref(), Some("AWS.SimpleQueueService.NonExistentQueue;Sender"));
    assert_eq!(answer.body["__type"], "com.amazonaws.sqs#QueueDoesNotExist");
    assert_eq!(answer.body["message"], "The specified queue does not exist.");
    for (operation, body, code) in [
        ("Nope", json!({}), "InvalidAction;Sender"),
        ("DeleteQueue", json!({}), "MissingParameter;Sender"),
        ("DeleteQueue", json!("email"), "MalformedInput;Sender"),
    ] {
        assert_eq!(call(&desk, operation, body).await.query_error.as_deref(), Some(code), "{operation}");
    }
}

#[tokio::test]
async fn a_batch_answers_for_each_entry() {
    let desk = Desk::with_queue("email");
    let entries = json!([{ "Id": "a", "MessageBody": "one" }, { "Id": "b", "MessageBody": "" }]);
    let answer = ok(&desk, "SendMessageBatch", json!({ "QueueUrl": "/email", "Entries": entries })).await;
    assert_eq!(answer["Successful"][0]["Id"], "a");
    assert!(answer["Successful"][0]["MessageId"].is_string());
    assert_eq!((&answer["Failed"][0]["Id"], &answer["Failed"][0]["Code"]), (&json!("b"), &json!("MissingParameter")));
    assert_eq!(answer["Failed"][0]["SenderFault"], true);

    let received = ok(&desk, "ReceiveMessage", json!({ "QueueUrl": "/email" })).await;
    let handle = &received["Messages"][0]["ReceiptHandle"];
    let entries = json!([{ "Id": "a", "ReceiptHandle": handle, "VisibilityTimeout": 5 }]);
    let changed = ok(&desk, "ChangeMessageVisibilityBatch", json!({ "QueueUrl": "/email", "Entries": entries })).await;
    assert_eq!(changed, json!({ "Successful": [{ "Id": "a" }] }));
    let deleted = ok(&desk, "DeleteMessageBatch", json!({ "QueueUrl": "/email", "Entries": entries })).await;
    assert_eq!(deleted, json!({ "Successful": [{ "Id": "a" }] }));
}

#[tokio::test]
async fn attributes_come_as_asked() {
    let desk = Desk::with_queue("email");
    let ask =
        async |names: Value| call(&desk, "GetQueueAttributes", json!({ "QueueUrl": "/email", "AttributeNames": names })).await;
    assert_eq!(ask(json!(["DelaySeconds", "RedrivePolicy"])).await.body, json!({ "Attributes": { "DelaySeconds": "0" } }));
    assert_eq!(ask(json!([])).await.body, json!({}));
    assert!(ask(json!(["All"])).await.body["Attributes"]["QueueArn"].is_string());
    assert_eq!(ask(json!(["Nope"])).await.query_error.as_deref(), Some("InvalidAttributeName;Sender"));
    let set = json!({ "QueueUrl": "/email", "Attributes": { "DelaySeconds": "7" } });
    ok(&desk, "SetQueueAttributes", set).await;
    assert_eq!(ask(json!(["DelaySeconds"])).await.body["Attributes"]["DelaySeconds"], "7");
}

#[tokio::test]
async fn listing_pages_on() {
    let desk = Desk::new();
    for queue in ["a", "b"] {
        desk.create(queue, &Default::default());
    }
    let first = ok(&desk, "ListQueues", json!({ "MaxResults": 1 })).await;
    assert_eq!(first["QueueUrls"], json!(["http://127.0.0.1:9324/000000000000/a"]));
    let second = ok(&desk, "ListQueues", json!({ "MaxResults": 10, "NextToken": first["NextToken"] })).await;
    assert_eq!(second, json!({ "QueueUrls": ["http://127.0.0.1:9324/000000000000/b"] }));
}

#[tokio::test]
async fn a_move_task_is_over_at_once() {
    let desk = Desk::with_dead_letters("email", "dead");
    let sources = ok(&desk, "ListDeadLetterSourceQueues", json!({ "QueueUrl": "/dead" })).await;
    assert_eq!(sources["queueUrls"], json!(["http://127.0.0.1:9324/000000000000/email"]));
    let source = json!({ "SourceArn": "arn:aws:sqs:us-east-1:000000000000:dead" });
    assert!(ok(&desk, "StartMessageMoveTask", source.clone()).await["TaskHandle"].is_string());
    assert_eq!(ok(&desk, "ListMessageMoveTasks", source).await["Results"][0]["Status"], "COMPLETED");
}
