//! What all of the API promises: problems that name every field, versions, idempotency, pages, the life of a ticket.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, PATIENCE, path_of, text};

const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_one_clear_error_that_names_every_field() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let before = carl.list("/v1/tickets").await.len();
    let all = json!({
        "subject": "", "body": 5, "body_format": "rtf", "priority": "asap", "category": "nope", "brand": "nope",
        "fields": [], "colour": "red", "status": "closed",
    });
    let wrong = carl.post("/v1/tickets", all).await.wrong_fields(UNPROCESSABLE);
    assert_eq!(wrong, ["subject", "body", "body_format", "priority", "category", "brand", "fields", "colour", "status"]);

    let post = async |body: &str, kind: &str| -> Answer {
        carl.send_raw(Method::POST, "/v1/tickets", &[("content-type", kind)], body).await
    };
    for malformed in ["", "{", "[]", "null", "\"x\"", "{\"subject\": \"a\"", "\u{0}", "{\"subject\": NaN}"] {
        assert_eq!(
            post(malformed, "application/json").await.problem(StatusCode::BAD_REQUEST)["code"],
            "unreadable",
            "{malformed:?}"
        );
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    post(&deep, "application/json").await.problem(StatusCode::BAD_REQUEST);
    post("{}", "text/plain").await.problem(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for size in [600_000, 1_048_576, 5_000_000] {
        let huge = json!({ "subject": "x", "body": "y".repeat(size) }).to_string();
        post(&huge, "application/json").await.problem(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let subjects = [
        String::new(),
        " ".into(),
        "x".repeat(500),
        "a\0b".into(),
        "a\r\nBcc: x@y.z".into(),
        "\u{200B}\u{200B}".into(),
        "\u{FEFF}".into(),
    ];
    for subject in subjects {
        let answer = carl.post("/v1/tickets", json!({ "subject": subject, "body": "x" })).await;
        assert_eq!(answer.wrong_fields(UNPROCESSABLE), ["subject"], "{subject:?}");
    }
    for body in [String::new(), "\n \t".into(), "\u{200B}".into(), "a\0".into(), "y".repeat(200_000)] {
        let answer = carl.post("/v1/tickets", json!({ "subject": "x", "body": body })).await;
        assert_eq!(answer.wrong_fields(UNPROCESSABLE), ["body"]);
    }
    let hidden = json!({ "subject": "x", "body": "<p> </p><script>alert(1)</script>", "body_format": "html" });
    assert_eq!(carl.post("/v1/tickets", hidden).await.wrong_fields(UNPROCESSABLE), ["body"]);
    let fields = json!({ "subject": "x", "body": "x", "fields": { "ok": 1, "a b": 1, "nested": {}, "huge": 1e300 } });
    assert_eq!(
        carl.post("/v1/tickets", fields).await.wrong_fields(UNPROCESSABLE),
        ["fields.a b", "fields.huge", "fields.nested"]
    );
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "status=nope",
        "priority=5",
        "sort=subject",
        "order=up",
        "assignee=bob",
        "updated_since=yesterday",
        "colour=red",
        "deleted=maybe",
    ] {
        let wrong = carl.get(&format!("/v1/tickets?{query}")).await.wrong_fields(UNPROCESSABLE);
        assert_eq!(
            wrong.iter().map(|path| path.split('[').next().unwrap()).collect::<Vec<_>>(),
            [query.split('=').next().unwrap()],
            "{query}"
        );
    }
    assert_eq!(
        carl.get("/v1/tickets?limit=0&order=up&colour=red").await.wrong_fields(UNPROCESSABLE),
        ["order", "limit", "colour"]
    );
    assert_eq!(carl.list("/v1/tickets").await.len(), before, "nothing was half-written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_change_is_refused_and_told_what_changed() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let (ada, ben) = (desk.sign_in("demo", "ada@demo.test").await, desk.sign_in("demo", "ben@demo.test").await);
    let ticket = carl.open("Help").await;
    let path = path_of(&ticket);
    let seen = ada.get(&path).await;
    assert_eq!(seen.header("etag"), "\"1\"");
    ben.note(&ticket, "I am on it").await;
    ben.patch(&path, json!({ "priority": "urgent" })).await.expect(StatusCode::OK);
    let etag = [("if-match", seen.header("etag"))];
    let reply = json!({ "kind": "reply", "body": "x", "status": "resolved" });
    for (method, path, body) in [
        (Method::PATCH, path.clone(), Some(json!({ "status": "closed" }))),
        (Method::POST, format!("{path}/messages"), Some(reply)),
        (Method::PUT, format!("{path}/assignee"), Some(json!({ "assignee": "me" }))),
    ] {
        let problem = ada.send(method, &path, &etag, body).await.problem(StatusCode::PRECONDITION_FAILED);
        let changes: Vec<_> = problem["changes"].as_array().unwrap().iter().map(|change| text(change, "type")).collect();
        assert_eq!(changes, ["ticket.message_added", "ticket.field_changed"]);
    }
    let carls = carl
        .send(Method::PATCH, &path, &etag, Some(json!({ "status": "closed" })))
        .await
        .problem(StatusCode::PRECONDITION_FAILED);
    let changes: Vec<_> = carls["changes"].as_array().unwrap().iter().map(|change| text(change, "type")).collect();
    assert_eq!(changes, ["ticket.field_changed"], "a customer does not learn of the note");
    let dana = desk.sign_in("demo", "dana@example.test").await;
    let danas = dana.open("Quiet").await;
    ben.note(&danas, "Nothing that she sees").await;
    let reply = json!({ "kind": "reply", "body": "Still mine" });
    let answer = dana.send(Method::POST, &format!("{}/messages", path_of(&danas)), &[("if-match", "\"1\"")], Some(reply)).await;
    answer.expect(StatusCode::CREATED);
    let now = ada.get(&path).await;
    let fresh = [("if-match", now.header("etag"))];
    let changed = ada.send(Method::PATCH, &path, &fresh, Some(json!({ "status": "pending" }))).await;
    assert_eq!(changed.expect(StatusCode::OK)["status"], "pending");
    assert_eq!(changed.header("etag"), "\"4\"");
    for weak in ["W/\"4\"", "4", "\"x\""] {
        ada.send(Method::PATCH, &path, &[("if-match", weak)], Some(json!({ "priority": "low" })))
            .await
            .problem(StatusCode::PRECONDITION_FAILED);
    }
    let unchanged = ada.send(Method::GET, &path, &[("if-none-match", "\"4\"")], None).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_and_request_is_done_once() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let dana = desk.sign_in("demo", "dana@example.test").await;
    let before = carl.list("/v1/tickets").await.len();
    let key = [("idempotency-key", "a-key")];
    let body = json!({ "subject": "Once", "body": "x" });
    let answers =
        futures_util::future::join_all((0..8).map(|_| carl.send(Method::POST, "/v1/tickets", &key, Some(body.clone())))).await;
    let first = answers[0].expect(StatusCode::CREATED);
    for answer in &answers {
        assert_eq!(answer.expect(StatusCode::CREATED), first, "the first answer, again");
        assert_eq!(answer.header("location"), answers[0].header("location"));
        assert_eq!(answer.header("etag"), "\"1\"");
    }
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count(), 7);
    assert_eq!(carl.list("/v1/tickets").await.len(), before + 1);
    let other = json!({ "subject": "Other", "body": "x" });
    let reused = carl.send(Method::POST, "/v1/tickets", &key, Some(other)).await.problem(UNPROCESSABLE);
    assert_eq!(reused["code"], "idempotency_key_reused");
    dana.send(Method::POST, "/v1/tickets", &key, Some(body)).await.expect(StatusCode::CREATED);
    let long = "k".repeat(256);
    let refused =
        carl.send(Method::POST, "/v1/tickets", &[("idempotency-key", &long)], Some(json!({ "subject": "x", "body": "x" }))).await;
    assert_eq!(refused.wrong_fields(UNPROCESSABLE), ["Idempotency-Key"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_sent_again_is_answered_though_its_own_first_try_made_it_stale() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let ticket = carl.open("Help").await;
    let path = format!("{}/messages", path_of(&ticket));
    let headers = [("if-match", "\"1\""), ("idempotency-key", "reply-1")];
    let body = json!({ "kind": "reply", "body": "Done.", "status": "resolved" });
    let first = ada.send(Method::POST, &path, &headers, Some(body.clone())).await.expect(StatusCode::CREATED);
    let again = ada.send(Method::POST, &path, &headers, Some(body)).await;
    assert_eq!(again.expect(StatusCode::CREATED), first);
    assert_eq!(ada.list(&path).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_without_a_version_meet_and_all_happen() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let ticket = carl.open("Help").await;
    let path = format!("{}/messages", path_of(&ticket));
    let notes = (0..5).map(|n| ada.post(&path, json!({ "kind": "note", "body": format!("note {n}") })));
    for answer in futures_util::future::join_all(notes).await {
        answer.expect(StatusCode::CREATED);
    }
    assert_eq!(ada.list(&path).await.len(), 6);
    assert_eq!(ada.read(&ticket).await["version"], 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_moves_are_refused_and_change_nothing() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let (ada, mia) = (desk.sign_in("demo", "ada@demo.test").await, desk.sign_in("demo", "mia@demo.test").await);
    let ticket = carl.open("Help").await;
    let path = path_of(&ticket);
    let moves = [
        (json!({ "status": "assigned" }), "assignee_required"),
        (json!({ "status": "new", "assignee": "me" }), "new_is_unassigned"),
    ];
    for (patch, code) in moves {
        assert_eq!(ada.patch(&path, patch).await.problem(StatusCode::CONFLICT)["code"], code);
    }
    ada.set_status(&ticket, "closed").await.expect(StatusCode::OK);
    let refused = ada.set_status(&ticket, "pending").await.problem(StatusCode::CONFLICT);
    assert_eq!(refused["code"], "transition_not_allowed");
    assert_eq!(mia.post(&format!("{path}/restore"), json!({})).await.problem(StatusCode::CONFLICT)["code"], "not_deleted");
    let rating = json!({ "score": 6 });
    assert_eq!(carl.put(&format!("{path}/rating"), rating).await.wrong_fields(UNPROCESSABLE), ["score"]);
    ada.put(&format!("{path}/rating"), json!({ "score": 5 })).await.problem(StatusCode::FORBIDDEN);
    assert_eq!(ada.read(&ticket).await["version"], 2, "only the closing");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let desk = Desk::start().await;
    let people = desk.people("platform").await;
    let mut opened = Vec::new();
    for n in 0..30 {
        opened.push(text(&people.customer.open(&format!("{n}")).await, "number"));
    }
    for limit in [1, 7, 30, 100] {
        assert_eq!(people.agent.numbers(&format!("/v1/tickets?sort=created_at&order=asc&limit={limit}")).await, opened);
        assert_eq!(
            people.customer.numbers(&format!("/v1/tickets?order=asc&limit={limit}")).await,
            opened,
            "customers see their own, by creation"
        );
    }
    let page = people.agent.get("/v1/tickets?limit=30&status=new").await.expect(StatusCode::OK);
    assert_eq!(page["next_cursor"], Value::Null, "a page that just fits is the end");
    let first = people.agent.get("/v1/tickets").await.expect(StatusCode::OK);
    assert_eq!(first["items"].as_array().unwrap().len(), 25, "the default");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_open_tickets_for_addresses_that_nobody_knew() {
    let desk = Desk::start().await;
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let body =
        json!({ "subject": "By phone", "body": "She called.", "requester": "New.Person@Example.test", "channel": "phone" });
    let (one, two) = (ada.open_with(body.clone()).await, ada.open_with(body.clone()).await);
    assert_eq!(one["requester"], two["requester"], "one address, one person");
    assert_eq!(one["channel"], "phone");
    let parallel = json!({ "subject": "x", "body": "x", "requester": "another@example.test" });
    let answers = futures_util::future::join_all((0..6).map(|_| ada.post("/v1/tickets", parallel.clone()))).await;
    let people: std::collections::BTreeSet<_> =
        answers.iter().map(|answer| text(&answer.expect(StatusCode::CREATED), "requester")).collect();
    assert_eq!(people.len(), 1, "also when they come at once");
    let new = desk.sign_in("demo", "new.person@example.test").await;
    assert_eq!(new.list("/v1/tickets").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_after_the_window_opens_a_follow_up() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ticket = carl.open("Help").await;
    carl.set_status(&ticket, "closed").await.expect(StatusCode::OK);
    let reopened = carl.reply(&ticket, "One more thing").await;
    assert_eq!(reopened["ticket"], ticket["id"]);
    assert_eq!(carl.read(&ticket).await["status"], "in_progress");
    carl.set_status(&ticket, "closed").await.expect(StatusCode::OK);
    desk.advance("PT2400H").await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let follow_up = carl.reply(&ticket, "It is back").await;
    assert_ne!(follow_up["ticket"], ticket["id"]);
    let opened = carl.get(&format!("/v1/tickets/{}", text(&follow_up, "ticket"))).await.expect(StatusCode::OK);
    assert_eq!((opened["follow_up_of"].clone(), opened["status"].clone()), (ticket["id"].clone(), json!("new")));
    assert_eq!(carl.read(&ticket).await["status"], "closed");
    let refused = carl.set_status(&ticket, "in_progress").await.problem(StatusCode::CONFLICT);
    assert_eq!(refused["code"], "reopen_window_passed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_says_so_in_the_same_words() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let nothing = "01937b3c-0000-7000-8000-000000000001";
    for path in [
        format!("/v1/tickets/{nothing}"),
        "/v1/tickets/DEMO-1999-0001".into(),
        "/v1/tickets/..%2fsecret".into(),
        "/v1/nothing".into(),
        "/v1/tickets/%00".into(),
    ] {
        carl.get(&path).await.problem(StatusCode::NOT_FOUND);
    }
    let wrong_method = carl.delete("/v1/tickets").await;
    wrong_method.problem(StatusCode::METHOD_NOT_ALLOWED);
    assert!(wrong_method.header("allow").contains("POST"));
    let answer = desk.client.anonymous().get("/v1/health").await;
    assert_eq!(answer.expect(StatusCode::OK)["status"], "ok");
    let id = carl.get(&format!("/v1/tickets/{nothing}")).await;
    assert_eq!(id.json()["request_id"], id.header("x-request-id"), "what a person quotes is what the log has");
    desk.local.settle(PATIENCE).await.expect("idle");
}
