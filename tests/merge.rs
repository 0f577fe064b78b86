//! Two tickets become one, and one two: nothing that was said is lost, nobody sees what was not theirs.

mod links;
mod mail;
mod sizes;
mod split;

use axum::http::{Method, StatusCode};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    attachments::upload,
    support::{Answer, Desk, Session, path_of, text},
};

/// A desk with two customers and an agent.
async fn three() -> (Desk, Session, Session, Session) {
    let desk = Desk::start().await;
    let (carl, dana) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "dana@example.test").await);
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    (desk, carl, dana, ada)
}

async fn merge(by: &Session, source: &Value, target: &Value) -> Answer {
    by.post(&format!("{}/merge", path_of(source)), json!({ "into": target["number"] })).await
}

async fn unmerge(by: &Session, source: &Value) -> Answer {
    by.delete(&format!("{}/merge", path_of(source))).await
}

/// What was said on a ticket, as somebody reads it.
async fn texts(by: &Session, ticket: &Value) -> Vec<String> {
    by.list(&format!("{}/messages", path_of(ticket))).await.iter().map(|message| text(message, "body_text")).collect()
}

#[track_caller]
fn code(answer: &Answer, status: StatusCode) -> String {
    text(&answer.problem(status), "code")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_messages_keep_their_ids_and_order() {
    let (_desk, carl, _, ada) = three().await;
    let (source, target) = (carl.open("Printer").await, carl.open("The printer again").await);
    let first = carl.reply(&source, "one").await;
    let second = ada.reply(&target, "two").await;
    let third = ada.note(&source, "three").await;
    let closed = merge(&ada, &source, &target).await.expect(StatusCode::OK);
    assert_eq!((&closed["status"], &closed["merged_into"]), (&json!("closed"), &target["id"]));
    let fourth = carl.reply(&target, "four").await;
    let path = path_of(&target);
    let said = ada.list(&format!("{path}/messages")).await;
    let ids: Vec<_> = said.iter().map(|message| text(message, "id")).collect();
    let known: Vec<_> = [&first, &second, &third, &fourth].iter().map(|message| text(message, "id")).collect();
    assert_eq!(ids[2..], known, "in the order in which they were written");
    assert_eq!((&said[2]["ticket"], &said[3]["ticket"]), (&source["id"], &target["id"]), "each where it stands");
    // Page by page it is the same, and so is the ticket read at once.
    assert_eq!(ada.list(&format!("{path}/messages?limit=1")).await, said);
    assert_eq!(ada.list(&format!("{path}/messages?limit=4")).await, said);
    let whole = ada.get(&format!("{path}?include=messages,events")).await.expect(StatusCode::OK);
    assert_eq!(whole["messages"], json!(said));
    let happened = ada.list(&format!("{path}/events?limit=3")).await;
    assert_eq!(whole["events"], json!(happened));
    let kinds: Vec<_> = happened.iter().map(|event| text(event, "type")).collect();
    for kind in ["ticket.merged", "ticket.merge_received"] {
        assert!(kinds.iter().any(|known| known == kind), "{kind}: {kinds:?}");
    }
    // The customer's own: replies of both, and no note.
    assert_eq!(texts(&carl, &target).await, ["Please help.", "Please help.", "one", "two", "four"]);
    assert_eq!(texts(&carl, &source).await, ["Please help.", "one"]);
    assert_eq!(carl.read(&source).await["merged_into"], target["id"], "both are his");
    let now = ada.read(&target).await;
    assert_eq!((&now["merged"], now["participants"].as_object().map(serde_json::Map::len)), (&json!([source["id"]]), Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_on_the_source_alone_sees_nothing_of_the_target() {
    let (_desk, carl, dana, ada) = three().await;
    let (source, target) = (dana.open("Printer").await, carl.open("Printer").await);
    ada.reply(&target, "A secret of Carl's").await;
    let file = upload(&dana, &format!("{}/attachments", path_of(&source)), "a.txt", b"x").await;
    let with_file = json!({ "kind": "reply", "body": "See here", "attachments": [file] });
    dana.post(&format!("{}/messages", path_of(&source)), with_file).await.expect(StatusCode::CREATED);
    let theirs = upload(&carl, &format!("{}/attachments", path_of(&target)), "b.txt", b"x").await;
    let with_file = json!({ "kind": "reply", "body": "And here", "attachments": [theirs] });
    carl.post(&format!("{}/messages", path_of(&target)), with_file).await.expect(StatusCode::CREATED);
    merge(&ada, &source, &target).await.expect(StatusCode::OK);
    for path in ["", "/messages", "?include=messages,events"] {
        dana.get(&format!("{}{path}", path_of(&target))).await.problem(StatusCode::NOT_FOUND);
    }
    let own = dana.get(&format!("{}?include=messages,events", path_of(&source))).await.expect(StatusCode::OK);
    assert!(
        own["merged_into"].is_null() && !own.to_string().contains("secret") && !own.to_string().contains(&text(&target, "id"))
    );
    let kinds: Vec<_> = own["events"].as_array().unwrap().iter().map(|event| text(event, "type")).collect();
    assert_eq!(kinds.last().map(String::as_str), Some("ticket.status_changed"), "to her it closed: {kinds:?}");
    // Files follow their messages: both read hers, she reads none of his.
    for reader in [&dana, &carl, &ada] {
        reader.get(&format!("/v1/attachments/{file}")).await.expect(StatusCode::OK);
    }
    dana.get(&format!("/v1/attachments/{theirs}")).await.problem(StatusCode::NOT_FOUND);
    // What she writes goes on there, and she sees nothing more for it.
    let answer = dana.post(&format!("{}/messages", path_of(&source)), json!({ "kind": "reply", "body": "Any news?" })).await;
    assert_eq!(answer.expect(StatusCode::CREATED)["ticket"], target["id"]);
    assert_eq!(answer.header("location"), format!("{}/messages", path_of(&target)));
    assert_eq!(texts(&carl, &target).await.last().map(String::as_str), Some("Any news?"));
    assert_eq!(texts(&dana, &source).await, ["Please help.", "See here"]);
    let standing = &ada.read(&target).await["participants"][&dana.person]["standing"];
    assert_eq!(standing, "copied");
    // Taken off the target, she has no way in.
    ada.delete(&format!("{}/participants/{}", path_of(&target), dana.person)).await.expect(StatusCode::OK);
    let refused = dana.post(&format!("{}/messages", path_of(&source)), json!({ "kind": "reply", "body": "Hello?" })).await;
    assert_eq!(code(&refused, StatusCode::CONFLICT), "merged");
    assert!(!refused.json().to_string().contains(&text(&target, "number")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_merged_answers_with_where_it_went() {
    let (_desk, carl, _, ada) = three().await;
    let (source, target, third) = (carl.open("One").await, carl.open("Two").await, carl.open("Three").await);
    merge(&ada, &source, &target).await.expect(StatusCode::OK);
    let path = path_of(&source);
    for refused in [
        ada.patch(&path, json!({ "priority": "high" })).await,
        ada.put(&format!("{path}/assignee"), json!({ "assignee": "me" })).await,
        ada.put(&format!("{path}/followers/me"), json!({})).await,
        merge(&ada, &source, &third).await,
    ] {
        let problem = refused.problem(StatusCode::CONFLICT);
        assert_eq!(problem["code"], "merged");
        assert!(text(&problem, "detail").contains(&text(&target, "number")), "{problem}");
    }
    carl.put(&format!("{path}/rating"), json!({ "score": 1 })).await.problem(StatusCode::CONFLICT);
    assert_eq!(code(&merge(&ada, &third, &source).await, StatusCode::CONFLICT), "target_merged");
    assert_eq!(code(&merge(&ada, &target, &source).await, StatusCode::CONFLICT), "target_merged");
    assert_eq!(merge(&ada, &third, &third).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["into"]);
    assert_eq!(code(&unmerge(&ada, &third).await, StatusCode::CONFLICT), "not_merged");
    // A chain leads to its end.
    merge(&ada, &target, &third).await.expect(StatusCode::OK);
    let said = carl.reply(&source, "Where am I?").await;
    assert_eq!(said["ticket"], third["id"]);
    assert_eq!(texts(&ada, &third).await.len(), 4);
    assert_eq!(code(&unmerge(&ada, &source).await, StatusCode::CONFLICT), "merged", "first the later one");
    unmerge(&ada, &target).await.expect(StatusCode::OK);
    unmerge(&ada, &source).await.expect(StatusCode::OK);
    assert_eq!(texts(&ada, &third).await, ["Please help.", "Where am I?"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_is_undone_within_the_hour_and_not_after() {
    let (desk, carl, dana, ada) = three().await;
    let (source, target) = (dana.open("One").await, carl.open("Two").await);
    ada.put(&format!("{}/assignee", path_of(&source)), json!({ "assignee": "me" })).await.expect(StatusCode::OK);
    let (before, untouched) = (ada.read(&source).await, ada.read(&target).await);
    let stats = async || ada.get("/v1/stats").await.expect(StatusCode::OK);
    let figures = stats().await;
    merge(&ada, &source, &target).await.expect(StatusCode::OK);
    assert_ne!(stats().await, figures, "one less to do");
    let back = unmerge(&ada, &source).await.expect(StatusCode::OK);
    for field in ["status", "assignee", "resolved_at", "closed_at", "reopen_count", "merged_into"] {
        assert_eq!(back[field], before[field], "{field}");
    }
    let left = ada.read(&target).await;
    for field in ["status", "participants", "merged", "followers", "tags"] {
        assert_eq!(left[field], untouched[field], "{field}");
    }
    assert_eq!(stats().await, figures);
    // Who spoke on the target meanwhile stays there.
    merge(&ada, &source, &target).await.expect(StatusCode::OK);
    dana.reply(&source, "I am here").await;
    unmerge(&ada, &source).await.expect(StatusCode::OK);
    assert_eq!(ada.read(&target).await["participants"][&dana.person]["standing"], "copied");
    assert_eq!(texts(&ada, &target).await, ["Please help.", "I am here"]);
    merge(&ada, &source, &target).await.expect(StatusCode::OK);
    desk.advance("PT1H1M").await;
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    assert_eq!(code(&unmerge(&ada, &source).await, StatusCode::CONFLICT), "too_late");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_there_for_the_caller_is_merged_linked_or_followed() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let stranger = desk.people("platform").await;
    let (own, theirs) = (carl.open("Own").await, stranger.customer.open("Theirs").await);
    // Another tenant's in the body and in the path, and nobody's, are answered alike.
    for into in [text(&theirs, "id"), text(&theirs, "number"), desk.local.app().new_id().to_string(), "?".to_owned()] {
        let refused = ada.post(&format!("{}/merge", path_of(&own)), json!({ "into": into })).await;
        assert_eq!(refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["into"]);
    }
    let link = format!("{}/links/{}", path_of(&own), text(&theirs, "id"));
    ada.put(&link, json!({ "kind": "related" })).await.problem(StatusCode::NOT_FOUND);
    ada.delete(&link).await.problem(StatusCode::NOT_FOUND);
    for person in [&stranger.agent.person, &carl.person] {
        let follower = format!("{}/followers/{person}", path_of(&own));
        ada.put(&follower, json!({})).await.problem(StatusCode::NOT_FOUND);
        ada.delete(&follower).await.problem(StatusCode::NOT_FOUND);
    }
    let moved =
        json!({ "subject": "x", "messages": [stranger.customer.list(&format!("{}/messages", path_of(&theirs))).await[0]["id"]] });
    let refused = ada.post(&format!("{}/split", path_of(&own)), moved).await;
    assert_eq!(refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["messages[0]"]);
    assert_eq!(ada.read(&own).await["version"], 1, "untouched");
    // Of two brands, an agent of one.
    let customer = desk.sign_in("ozean", "customer@ozean.test").await;
    let (ka, ol) = (
        customer.open_with(json!({ "subject": "x", "body": "x", "brand": "KA" })).await,
        customer.open_with(json!({ "subject": "x", "body": "x", "brand": "OL" })).await,
    );
    let of_ka = desk.sign_in("ozean", "agent.ka@ozean.test").await;
    assert_eq!(merge(&of_ka, &ka, &ol).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["into"]);
    let link = format!("{}/links/{}", path_of(&ka), text(&ol, "id"));
    of_ka.put(&link, json!({ "kind": "related" })).await.problem(StatusCode::NOT_FOUND);
    of_ka.delete(&link).await.problem(StatusCode::NOT_FOUND);
    let admin = desk.sign_in("ozean", "admin@ozean.test").await;
    assert_eq!(code(&merge(&admin, &ka, &ol).await, StatusCode::CONFLICT), "other_brand");
    // Linked by who sees both, it is shown to who sees both.
    let linked = admin.put(&link, json!({ "kind": "related" })).await.expect(StatusCode::OK);
    assert_eq!(linked["links"][text(&ol, "id")]["kind"], "related");
    assert_eq!(of_ka.read(&ka).await["links"], json!({}));
    let follower = format!("{}/followers/{}", path_of(&ol), of_ka.person);
    admin.put(&follower, json!({})).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_made_twice_merges_once_and_old_versions_are_refused() {
    let (_desk, carl, _, ada) = three().await;
    let (source, target) = (carl.open("One").await, carl.open("Two").await);
    let path = format!("{}/merge", path_of(&source));
    let body = || Some(json!({ "into": target["id"] }));
    ada.send(Method::POST, &path, &[("if-match", "\"7\"")], body()).await.problem(StatusCode::PRECONDITION_FAILED);
    let once = [("idempotency-key", "merge"), ("if-match", "\"1\"")];
    let first = ada.send(Method::POST, &path, &once, body()).await.expect(StatusCode::OK);
    let again = ada.send(Method::POST, &path, &[("idempotency-key", "merge")], body()).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.expect(StatusCode::OK), first);
    assert_eq!(ada.read(&target).await["merged"], json!([source["id"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_that_meets_replies_loses_none() {
    let (_desk, carl, dana, ada) = three().await;
    for _ in 0..4 {
        let (source, target) = (dana.open("One").await, carl.open("Two").await);
        let path = format!("{}/messages", path_of(&source));
        let replies = (0..6).map(|n| dana.post(&path, json!({ "kind": "reply", "body": format!("Reply {n}") })));
        let (merged, replies) = tokio::join!(merge(&ada, &source, &target), join_all(replies));
        merged.expect(StatusCode::OK);
        replies.iter().for_each(|reply| drop(reply.expect(StatusCode::CREATED)));
        let said = texts(&ada, &target).await;
        for n in 0..6 {
            assert_eq!(said.iter().filter(|said| **said == format!("Reply {n}")).count(), 1, "{said:?}");
        }
        assert_eq!(said.len(), 8);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_merge_into_one_at_once_and_the_figures_stay_true() {
    let (desk, carl, _, ada) = three().await;
    let before = ada.list("/v1/tickets?status=open").await.len();
    let target = carl.open("Target").await;
    let mut sources = Vec::new();
    for n in 0..20 {
        sources.push(carl.open(&format!("Source {n}")).await);
    }
    // A hundred requests for twenty merges: each is done once, and those that came too late are told so.
    let mut pending: Vec<_> = sources.iter().flat_map(|source| std::iter::repeat_n(source, 5)).collect();
    let mut done = 0;
    while !pending.is_empty() {
        let answers = join_all(pending.iter().map(|source| merge(&ada, source, &target))).await;
        let mut again = Vec::new();
        for (source, answer) in pending.iter().zip(answers) {
            match answer.status {
                StatusCode::OK => done += 1,
                StatusCode::CONFLICT => {
                    // The second is told who read the source before its merge, and the full target after it.
                    let code = code(&answer, StatusCode::CONFLICT);
                    assert!(["merged", "too_many_merged"].contains(&code.as_str()), "{code}");
                }
                _ => {
                    answer.problem(StatusCode::SERVICE_UNAVAILABLE);
                    again.push(*source);
                }
            }
        }
        pending = again;
    }
    assert_eq!(done, 20);
    let now = ada.read(&target).await;
    assert_eq!(now["merged"].as_array().map(Vec::len), Some(20));
    assert_eq!(texts(&ada, &target).await.len(), 21);
    assert_eq!(ada.list(&format!("{}/messages?limit=7", path_of(&target))).await.len(), 21);
    assert_eq!(ada.list("/v1/tickets?status=open").await.len(), before + 1);
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    assert_eq!(mia.get("/v1/stats").await.expect(StatusCode::OK)["open"], before + 1, "the figures say the same");
    let one_more = carl.open("One more").await;
    assert_eq!(code(&merge(&ada, &one_more, &target).await, StatusCode::CONFLICT), "too_many_merged");
}
