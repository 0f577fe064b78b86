//! Several people on one ticket: who is there, what was said meanwhile, what somebody has begun to write.

mod rating;
mod waiting;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

pub(crate) use self::waiting::everything_that_waits;
use crate::support::{Desk, Session, path_of, text};

/// Carl, Ada and Mia of tenant demo.
async fn three() -> (Desk, Session, Session, Session) {
    let desk = Desk::start().await;
    let (carl, ada, mia) = sign_in(&desk).await;
    (desk, carl, ada, mia)
}

/// The same people, signed in anew: the clock was moved.
async fn sign_in(desk: &Desk) -> (Session, Session, Session) {
    (
        desk.sign_in("demo", "carl@example.test").await,
        desk.sign_in("demo", "ada@demo.test").await,
        desk.sign_in("demo", "mia@demo.test").await,
    )
}

/// All that somebody can read of a ticket, as it goes over the wire.
async fn everything_read_by(reader: &Session, ticket: &Value) -> String {
    let path = path_of(ticket);
    let mut all = String::new();
    for path in [format!("{path}?include=messages,events"), format!("{path}/messages"), format!("{path}/events"), path] {
        all += &String::from_utf8_lossy(&reader.get(&path).await.body);
    }
    all + &String::from_utf8_lossy(&reader.get("/v1/tickets").await.body)
}

fn here(answer: &Value) -> Vec<(String, String)> {
    answer["others"].as_array().unwrap().iter().map(|other| (text(other, "person"), text(other, "state"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_who_else_is_there_for_half_a_minute() {
    let (desk, carl, ada, mia) = three().await;
    let ticket = carl.open("Help").await;
    let place = format!("{}/presence", path_of(&ticket));
    let by_number = format!("/v1/tickets/{}/presence", text(&ticket, "number"));
    assert!(here(&ada.put(&place, json!({ "state": "viewing" })).await.expect(StatusCode::OK)).is_empty(), "nobody else");
    let seen = mia.put(&by_number, json!({ "state": "typing" })).await.expect(StatusCode::OK);
    assert_eq!(here(&seen), [(ada.person.clone(), "viewing".to_owned())]);
    assert_eq!(here(&ada.get(&place).await.expect(StatusCode::OK)), [(mia.person.clone(), "typing".to_owned())]);
    for refused in [carl.get(&place).await, carl.put(&place, json!({ "state": "viewing" })).await, carl.delete(&place).await] {
        refused.problem(StatusCode::FORBIDDEN);
    }
    assert!(!everything_read_by(&carl, &ticket).await.contains(&mia.person), "customers do not learn who is there");
    desk.advance("PT20S").await;
    let since = text(&seen["others"][0], "since");
    let again = ada.put(&place, json!({ "state": "viewing" })).await.expect(StatusCode::OK);
    assert_eq!(here(&again), [(mia.person.clone(), "typing".to_owned())]);
    desk.advance("PT20S").await;
    assert!(here(&ada.get(&place).await.expect(StatusCode::OK)).is_empty(), "she fell silent");
    let seen = mia.get(&place).await.expect(StatusCode::OK);
    assert_eq!(text(&seen["others"][0], "since"), since, "Ada was there all along");
    ada.delete(&place).await.expect(StatusCode::NO_CONTENT);
    assert!(here(&mia.get(&place).await.expect(StatusCode::OK)).is_empty());
    assert_eq!(ada.read(&ticket).await["version"], 1, "the ticket knows nothing of it");
    assert_eq!(ada.put(&place, json!({ "state": "asleep" })).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["state"]);
    mia.delete(&path_of(&ticket)).await.expect(StatusCode::NO_CONTENT);
    ada.get(&place).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_reply_is_told_what_was_said_since() {
    let (_desk, carl, ada, mia) = three().await;
    let ticket = carl.open("Help").await;
    let path = format!("{}/messages", path_of(&ticket));
    let stale = [("if-match", "\"1\"")];
    carl.reply(&ticket, "It is the left one.").await;
    mia.note(&ticket, "He means the right one.").await;
    mia.reply(&ticket, "Which floor?").await;
    let said = |problem: &Value| -> Vec<String> {
        problem["messages"].as_array().unwrap().iter().map(|message| text(message, "body_text")).collect()
    };
    let reply = Some(json!({ "kind": "reply", "body": "Which one?" }));
    let refused = ada.send(Method::POST, &path, &stale, reply.clone()).await.problem(StatusCode::PRECONDITION_FAILED);
    assert_eq!(said(&refused), ["It is the left one.", "He means the right one.", "Which floor?"]);
    let refused = carl.send(Method::POST, &path, &stale, reply.clone()).await.problem(StatusCode::PRECONDITION_FAILED);
    assert_eq!(said(&refused), ["It is the left one.", "Which floor?"], "and no note");
    assert!(!refused.to_string().contains("right one"));
    for n in 0..12 {
        carl.reply(&ticket, &format!("And {n}")).await;
    }
    let refused = ada.send(Method::POST, &path, &stale, reply.clone()).await.problem(StatusCode::PRECONDITION_FAILED);
    assert_eq!((said(&refused).len(), said(&refused)[9].as_str()), (10, "And 11"), "the newest");
    let now = format!("\"{}\"", refused["changes"].as_array().unwrap().last().unwrap()["version"]);
    ada.send(Method::POST, &path, &[("if-match", &now)], reply).await.expect(StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_its_authors_and_no_window_overwrites_another() {
    let (desk, carl, ada, mia) = three().await;
    let ticket = carl.open("Help").await;
    let place = format!("{}/draft", path_of(&ticket));
    let put = async |by: &Session, known: &str, body: &str| {
        let draft = Some(json!({ "kind": "reply", "body": body }));
        by.send(Method::PUT, &place, &[("if-match", known)], draft).await
    };
    ada.get(&place).await.problem(StatusCode::NOT_FOUND);
    let first = put(&ada, "\"0\"", "Draft of Ada").await;
    assert_eq!((first.header("etag"), &first.expect(StatusCode::OK)["version"]), ("\"1\"", &json!(1)));
    put(&ada, "\"0\"", "Draft of another window").await.problem(StatusCode::PRECONDITION_FAILED);
    put(&ada, "\"1\"", "Draft of Ada, longer").await.expect(StatusCode::OK);
    put(&ada, "\"1\"", "Draft of another window").await.problem(StatusCode::PRECONDITION_FAILED);
    put(&ada, "*", "Draft of Ada, longest").await.expect(StatusCode::OK);
    assert_eq!(ada.get(&place).await.expect(StatusCode::OK)["body"], "Draft of Ada, longest");

    put(&carl, "*", "Draft of Carl").await.expect(StatusCode::OK);
    mia.get(&place).await.problem(StatusCode::NOT_FOUND);
    for reader in [&carl, &ada, &mia] {
        assert!(!everything_read_by(reader, &ticket).await.contains("Draft of"), "drafts stand nowhere else");
    }
    assert!(mia.list("/v1/drafts").await.is_empty());
    let other = carl.open("Something else").await;
    let elsewhere = format!("{}/draft", path_of(&other));
    ada.put(&elsewhere, json!({ "kind": "note", "body": "Hm", "status": "pending" })).await.expect(StatusCode::OK);
    let listed = ada.list("/v1/drafts?limit=1").await;
    assert_eq!(listed.iter().map(|draft| text(draft, "ticket")).collect::<Vec<_>>(), [text(&ticket, "id"), text(&other, "id")]);
    let refused = carl.put(&elsewhere, json!({ "kind": "note", "body": "Hm", "status": "pending" })).await;
    assert_eq!(refused.wrong_fields(StatusCode::FORBIDDEN), ["kind", "status"]);
    ada.send(Method::DELETE, &elsewhere, &[("if-match", "\"7\"")], None).await.problem(StatusCode::PRECONDITION_FAILED);
    for _ in 0..2 {
        ada.delete(&elsewhere).await.expect(StatusCode::NO_CONTENT);
    }

    // What is sent of it takes it away, in one step with the message; what is said beside it leaves it.
    ada.reply(&ticket, "Something else").await;
    ada.get(&place).await.expect(StatusCode::OK);
    let sent = json!({ "kind": "reply", "body": "Draft of Ada, longest", "draft": true });
    ada.post(&format!("{}/messages", path_of(&ticket)), sent).await.expect(StatusCode::CREATED);
    ada.get(&place).await.problem(StatusCode::NOT_FOUND);
    carl.get(&place).await.expect(StatusCode::OK);

    assert_eq!(ada.read(&ticket).await["version"], 3, "drafts are no change of the ticket");
    desk.advance("P31D").await;
    let (carl, ..) = sign_in(&desk).await;
    carl.get(&place).await.problem(StatusCode::NOT_FOUND);
    assert!(carl.list("/v1/drafts").await.is_empty());
    let anew = carl.put(&place, json!({ "kind": "reply", "body": "Draft of Carl" })).await.expect(StatusCode::OK);
    assert_eq!(anew["version"], 1);
}

/// The draft was of the closed ticket; its text opened another.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_became_a_follow_up_is_gone() {
    let (desk, carl, ada, _) = three().await;
    let ticket = carl.open("Help").await;
    ada.set_status(&ticket, "closed").await.expect(StatusCode::OK);
    desk.advance("P15D").await;
    let (carl, ..) = sign_in(&desk).await;
    let place = format!("{}/draft", path_of(&ticket));
    carl.put(&place, json!({ "kind": "reply", "body": "Again" })).await.expect(StatusCode::OK);
    let late = json!({ "kind": "reply", "body": "Again", "draft": true });
    let opened = carl.post(&format!("{}/messages", path_of(&ticket)), late).await.expect(StatusCode::CREATED);
    assert_ne!(opened["ticket"], ticket["id"]);
    carl.get(&place).await.problem(StatusCode::NOT_FOUND);
}
