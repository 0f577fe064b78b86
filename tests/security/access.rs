//! D: other people's things, and fields that are not the caller's to set.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Desk, path_of, text};

#[tokio::test(flavor = "multi_thread")]
async fn d1_a_tenant_named_anywhere_but_in_the_credential_changes_nothing() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let headers =
        [("x-tenant", "platform"), ("x-tenant-id", "platform"), ("host-tenant", "platform"), ("x-amzn-request-context", "{}")];
    let me = carl.send(Method::GET, "/v1/me", &headers, None).await.expect(StatusCode::OK);
    assert_eq!(me["tenant"], "demo");
    for field in ["tenant", "tenant_id"] {
        let mut body = json!({ "subject": "x", "body": "x" });
        body[field] = json!("platform");
        assert_eq!(carl.post("/v1/tickets", body).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), [field]);
        assert_eq!(
            carl.get(&format!("/v1/tickets?{field}=platform")).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY),
            [field]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_a_job_that_names_another_tenant_finds_nothing_of_this_one() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let ticket = carl.open("Help").await;
    desk.settle().await;
    let sent = desk.local.mailbox().list().len();
    let event = ada.list(&format!("{}/events", path_of(&ticket))).await[0].clone();
    let job = json!({ "job": "notify", "tenant": "platform", "ticket": ticket["id"], "event": event["id"] }).to_string();
    let sqs = json!({ "Records": [{ "messageId": "m1", "body": job, "receiptHandle": "r", "attributes": {}, "messageAttributes": {}, "eventSource": "aws:sqs" }] });
    let send =
        lambdesk_local::registry().into_iter().find(|endpoint| endpoint.function.name == "email-send").expect("registered");
    let answer = send.run(desk.local.app().clone(), sqs).expect("a worker").await.expect("a partial failure, not an error");
    assert_eq!(answer["batchItemFailures"], json!([{ "itemIdentifier": "m1" }]));
    assert_eq!(desk.local.mailbox().list().len(), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_notes_stay_with_staff_in_every_answer() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ticket = carl.open("Help").await;
    let note = ada.note(&ticket, "internal-word").await;
    let path = path_of(&ticket);
    for read in
        [path.clone(), format!("{path}?include=messages,events"), format!("{path}/messages"), "/v1/tickets?limit=100".into()]
    {
        let answer = carl.get(&read).await;
        answer.expect(StatusCode::OK);
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!body.contains("internal-word") && !body.contains(&text(&note, "id")), "{read}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d4_nothing_but_the_declared_fields_can_be_set() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let smuggled = [
        "id",
        "number",
        "version",
        "created_at",
        "closed_at",
        "first_response_at",
        "role",
        "reopen_count",
        "rating",
        "deleted_at",
        "merged_into",
    ];
    for field in smuggled {
        for (by, create) in [(&carl, true), (&ada, true), (&ada, false)] {
            let mut body = if create { json!({ "subject": "x", "body": "x" }) } else { json!({ "subject": "x" }) };
            body[field] = json!("2020-01-01T00:00:00Z");
            let answer =
                if create { by.post("/v1/tickets", body).await } else { by.patch("/v1/tickets/DEMO-2000-0001", body).await };
            assert_eq!(answer.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), [field]);
        }
    }
    let staffs =
        json!({ "subject": "x", "body": "x", "channel": "email", "organization": "acme", "assignee": "me", "tags": ["vip"] });
    let refused = carl.post("/v1/tickets", staffs).await.wrong_fields(StatusCode::FORBIDDEN);
    assert!(["channel", "organization", "tags"].iter().all(|field| refused.contains(&(*field).to_owned())), "{refused:?}");
    let someone = json!({ "subject": "x", "body": "x", "requester": "dana@example.test" });
    assert_eq!(carl.post("/v1/tickets", someone).await.wrong_fields(StatusCode::FORBIDDEN), ["requester"]);
    let nobody = json!({ "subject": "x", "body": "x", "requester": "nobody@example.test" });
    assert_eq!(carl.post("/v1/tickets", nobody).await.wrong_fields(StatusCode::FORBIDDEN), ["requester"], "known or not");
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_secrets_show_once_and_in_no_list() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let body = json!({ "name": "CI", "scopes": ["tickets.read"], "expires_in_days": 30 });
    let key = [("idempotency-key", "make-key")];
    let made = admin.send(Method::POST, "/v1/api-keys", &key, Some(body.clone())).await.expect(StatusCode::CREATED);
    let credential = text(&made, "credential");
    let secret = credential.rsplit('_').next().unwrap();
    let again = admin.send(Method::POST, "/v1/api-keys", &key, Some(body)).await.expect(StatusCode::CREATED);
    assert_eq!((again["id"].clone(), again["credential"].clone()), (made["id"].clone(), Value::Null), "the secret is not kept");
    let listed = admin.get("/v1/api-keys").await;
    let listed = String::from_utf8_lossy(&listed.body).into_owned();
    assert!(listed.contains(&text(&made, "id")));
    for hidden in [secret, "secret", "hash", "credential"] {
        assert!(!listed.contains(hidden), "{hidden} in {listed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d7_cursors_and_filters_cannot_be_bent() {
    let desk = Desk::start().await;
    let people = desk.people("platform").await;
    for n in 0..3 {
        people.customer.open(&format!("{n}")).await;
    }
    let cursor = text(&people.agent.get("/v1/tickets?limit=1").await.expect(StatusCode::OK), "next_cursor");
    let page = async |by: &crate::support::Session, query: &str| by.get(&format!("/v1/tickets?{query}&cursor={cursor}")).await;
    page(&people.agent, "limit=1").await.expect(StatusCode::OK);
    for (by, query) in [
        (&people.manager, "limit=1"),
        (&people.customer, "limit=1"),
        (&people.agent, "status=new"),
        (&people.agent, "sort=priority"),
    ] {
        assert_eq!(page(by, query).await.problem(StatusCode::BAD_REQUEST)["code"], "invalid_cursor");
    }
    let mut bent = cursor.clone();
    bent.replace_range(bent.len() - 2.., if cursor.ends_with("AA") { "BB" } else { "AA" });
    for wrong in [bent.as_str(), "", "x", "eyJwayI6ImRlbW8ifQ", "%00", "..."] {
        people.agent.get(&format!("/v1/tickets?cursor={wrong}")).await.problem(StatusCode::BAD_REQUEST);
    }
    for value in ["new%23closed", "new'%20OR%201=1", "*", "%23pk"] {
        people.agent.get(&format!("/v1/tickets?status={value}")).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
        people.agent.get(&format!("/v1/tickets?brand={value}")).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    }
}
